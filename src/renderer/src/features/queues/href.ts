import { hrefTo } from '../../navigation/hash-params.js';

/** Where a queue is worked on; `item`: at one of its items. */
export const hrefOfQueue = (name: string, item?: string) =>
  hrefTo(`/review/${encodeURIComponent(name)}`, item === undefined ? {} : { item });

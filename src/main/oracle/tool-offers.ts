import type { Json, ToolOffer } from '../../shared/model/index.js';
import { openCatalogue } from './catalogue.js';

/** All tools of the domain that the named ones are of, as they are offered to a model; null where they are not all of one that is known. */
export type ToolsBeside = (names: readonly string[]) => ToolOffer[] | null;

/** The domains of the folders are read when they are first asked for. */
export function toolsBeside(folders: readonly string[]): ToolsBeside {
  let catalogue: ReturnType<typeof openCatalogue> | null = null;
  return (names) => {
    catalogue ??= openCatalogue(folders);
    const tools = [...(catalogue.domain(names[0]?.split('.')[0] ?? '')?.tools.values() ?? [])];
    const known = new Set(tools.map(({ id }) => id));
    if (!names.every((name) => known.has(name))) return null;
    return tools.map(({ id, file, parameters }) => ({
      name: id,
      description: file.about,
      parameters: parameters as Json,
      kind: 'function',
    }));
  };
}

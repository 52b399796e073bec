import { readFileSync } from 'node:fs';
import { SluiceError } from '../../shared/errors.js';

/** `map:FILE` with the file's text in its place: the engine may run in another folder. Throws usage. */
export function namedHere(as: string | undefined): string | undefined {
  if (as === undefined || !as.startsWith('map:')) return as;
  const path = as.slice('map:'.length);
  if (path.trimStart().startsWith('{')) return as;
  try {
    return `map:${readFileSync(path, 'utf8')}`;
  } catch (cause) {
    throw new SluiceError('usage', `--as ${as}: the mapping cannot be read.`, undefined, { cause });
  }
}

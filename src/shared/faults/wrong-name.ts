import type { Json } from '../model/index.js';
import type { Fault } from './fault.js';

/** A path is misspelt; the call with the right one is right. */
export const wrongName = {
  id: 'wrong-name',
  title: 'Misspelt path',
  attempt(_, args, dice) {
    if (typeof args !== 'object' || args === null || Array.isArray(args)) return null;
    const paths = Object.entries(args).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === 'string' && /^[\w./~-]*[\w-]{3,}\.[a-z]{1,5}$/i.test(entry[1]),
    );
    if (paths.length === 0) return null;
    const [field, path] = dice.pick(paths);
    const misspelt = misspell(path, dice.number(100));
    if (misspelt === path) return null;
    const faulty: { [name: string]: Json } = { ...args, [field]: misspelt };
    return { arguments: faulty, result: `Error: ENOENT: no such file or directory, open '${misspelt}'` };
  },
} satisfies Fault;

/** Two neighbouring letters of the file's name in each other's place, where they differ. */
function misspell(path: string, start: number): string {
  const from = path.lastIndexOf('/') + 1;
  const to = path.lastIndexOf('.') - 1;
  const places = Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index).filter(
    (at) => path[at] !== path[at + 1],
  );
  const at = places[start % Math.max(1, places.length)];
  return at === undefined ? path : `${path.slice(0, at)}${path[at + 1]}${path[at]}${path.slice(at + 2)}`;
}

import { basename, isAbsolute, join } from 'node:path';
import type { Json } from '../../shared/model/index.js';

/** Files that stand in every result folder besides those the result lists. */
const companions = ['README.md', 'manifest.json', 'leaks.json'];

/** Absolute path of a file named by a job's result `{out, files: [{name}]}`; null for everything else. */
export function jobFile(result: Json, name: string): string | null {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return null;
  const { out, files } = result;
  if (typeof out !== 'string' || !isAbsolute(out) || !Array.isArray(files)) return null;
  const listed = files.some(
    (file) => typeof file === 'object' && file !== null && !Array.isArray(file) && file.name === name,
  );
  return (listed || companions.includes(name)) && basename(name) === name ? join(out, name) : null;
}

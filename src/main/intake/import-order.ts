import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { SluiceError } from '../../shared/errors.js';
import type { Importer } from './importers/importer.js';
import { importerById, importers } from './importers/index.js';

/** Throws `import_format_unknown`. */
export function importerNamed(as: string): Importer {
  const importer = importerById(as);
  if (importer !== null) return importer;
  throw new SluiceError('import_format_unknown', `There is no importer ${as}.`, {
    importers: importers.map(({ id }) => id),
  });
}

/** Throws `import_unreadable`. */
export async function regularFile(path: string) {
  const found = isAbsolute(path) ? await stat(path).catch(() => null) : null;
  if (found?.isFile()) return found;
  throw new SluiceError('import_unreadable', 'The path names no file that can be read on this machine.');
}

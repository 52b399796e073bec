import { readFile, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { SluiceError } from '../../shared/errors.js';
import { documentFolder } from './folders.js';
import type { Importer } from './importers/importer.js';
import { importerById, importers } from './importers/index.js';
import { mappedImporter } from './importers/mapped/index.js';
import { readMapping } from './importers/mapped/mapping.js';

/** What stands before a mapping, or the path of its file, where an importer is named. */
const mapped = 'map:';
/** Characters of a mapping: it travels in an address, too. */
const mostMapping = 12_000;

/** Throws `import_format_unknown`, and `mapping_invalid`. */
export function importerNamed(as: string): Importer {
  if (as.startsWith(mapped)) return mappedImporter(readMapping(as.slice(mapped.length)));
  const importer = importerById(as);
  if (importer !== null) return importer;
  throw new SluiceError('import_format_unknown', `There is no importer ${as}.`, {
    importers: importers.map(({ id }) => id),
  });
}

/**
 * The importer that is named, checked, with the mapping itself in the place of its file: what an import goes by is what the file
 * said when it was started. Throws `import_format_unknown`, `mapping_invalid`, `import_unreadable`.
 */
export async function namedImporter(as: string): Promise<string> {
  const mapping = as.slice(mapped.length);
  const named = as.startsWith(mapped) && !mapping.trimStart().startsWith('{') ? await mappingIn(mapping) : as;
  importerNamed(named);
  return named;
}

async function mappingIn(path: string): Promise<string> {
  const { size } = await regularFile(path);
  if (size > mostMapping) {
    throw new SluiceError('mapping_invalid', `The mapping has more than ${mostMapping} bytes.`, { field: '' });
  }
  return `${mapped}${await readFile(path, 'utf8')}`;
}

/** Throws `import_unreadable`. */
export async function regularFile(path: string) {
  const found = isAbsolute(path) ? await stat(path).catch(() => null) : null;
  if (found?.isFile()) return found;
  throw new SluiceError('import_unreadable', 'The path names no file that can be read on this machine.');
}

/** A file, or a folder that is one document. Throws `import_unreadable`. */
export async function importable(path: string) {
  const found = isAbsolute(path) ? await stat(path).catch(() => null) : null;
  if (found?.isDirectory() && (await documentFolder(path)) !== null) return found;
  return regularFile(path);
}

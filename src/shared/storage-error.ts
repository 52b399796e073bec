import { SluiceError } from './errors.js';

/** What the system and SQLite say where a disk is full, is taken away or may not be written to. */
const system = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EACCES', 'EPERM']);
const sqlite = /^SQLITE_(?:FULL|IOERR|READONLY|CANTOPEN)/;

/** The error that the disk gave, in words; null where it was not the disk. */
export function storageError(error: unknown): SluiceError | null {
  const { code } = (error ?? {}) as { code?: unknown };
  if (error instanceof SluiceError || typeof code !== 'string' || !(system.has(code) || sqlite.test(code))) return null;
  const full = ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'].includes(code);
  const message = full ? `The disk is full (${code}).` : `The disk refused to be written to or read (${code}).`;
  return new SluiceError('storage_failing', message, undefined, { cause: error });
}

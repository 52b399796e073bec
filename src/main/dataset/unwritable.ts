import { dirname, sep } from 'node:path';
import { SluiceError } from '../../shared/errors.js';

/** What the system says where a folder cannot be written to, in words. */
const reasons: { [code: string]: string } = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of its user is used up',
  EFBIG: 'the file would be larger than is allowed there',
  EACCES: 'its rights do not allow it',
  EPERM: 'its rights do not allow it',
  EROFS: 'it can only be read',
  ENOTDIR: 'a file stands where a folder should be',
  ENAMETOOLONG: 'its name is too long',
  EIO: 'the disk failed',
  // What a folder that cannot be made gives, whatever the reason.
  ENOENT: 'its folder is not there and cannot be made',
};

/** An error that comes of where a dataset was to be written, as the user needs to hear it; any other as it is. */
export function unwritable(error: unknown, folder: string): unknown {
  const { code, path } = (error ?? {}) as { code?: unknown; path?: unknown };
  // Other files may be missing too.
  if (code === 'ENOENT' && !(typeof path === 'string' && isAt(path, folder))) return error;
  const reason = typeof code === 'string' && Object.hasOwn(reasons, code) ? reasons[code] : undefined;
  if (reason === undefined || error instanceof SluiceError) return error;
  return new SluiceError('export_unwritable', `${folder} cannot be written to: ${reason} (${String(code)}).`, {
    folder,
    code: code as string,
  });
}

/** Whether a path is the folder's, of one above it, or of what is written beside it meanwhile. */
function isAt(path: string, folder: string): boolean {
  return (
    `${folder}${sep}`.startsWith(`${path}${sep}`) ||
    path.startsWith(`${dirname(folder)}${sep}.`) ||
    path.startsWith(`${folder}${sep}`)
  );
}

import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';

/** What stands at the path is a pipe, a device or a folder; `code` as the file system's errors have it. */
export class NoRegularFile extends Error {
  readonly code = 'EFTYPE';
}

/** `follow`: a link may stand in its place, which only who named the path may say. */
interface Opening {
  follow?: boolean;
}

// A pipe that nobody writes into would hold the thread that opens it, and files of everybody wait for those.
const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;

/** Opens a regular file for reading and nothing else. Throws `NoRegularFile`, and what the file system throws. */
export async function openRegular(path: string, { follow = false }: Opening = {}): Promise<FileHandle> {
  const file = await open(path, O_RDONLY | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW));
  try {
    if (!(await file.stat()).isFile()) throw new NoRegularFile(`${path} is no regular file`);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The text of a regular file of at most so many bytes. Throws as `openRegular` does, and `NoRegularFile` for one that is larger. */
export async function readRegular(
  path: string,
  { maxBytes = Number.POSITIVE_INFINITY, ...opening }: Opening & { maxBytes?: number } = {},
): Promise<string> {
  const file = await openRegular(path, opening);
  try {
    if ((await file.stat()).size > maxBytes) throw new NoRegularFile(`${path} is larger than ${maxBytes} bytes`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Whether a regular file stands there, and no link to one. Throws what the file system throws. */
export async function isRegular(path: string): Promise<boolean> {
  return (await lstat(path)).isFile();
}

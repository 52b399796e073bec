import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { SluiceError } from '../../shared/errors.js';
import { isObject, parseJson } from '../ground/json.js';

/** What is looked at behind a place that an earlier run noted: more than it can have written since. */
const mostTail = 16 * 1024 * 1024;

/**
 * A file of JSON lines that only grows, the user's alone. A line is in it whole or not at all; one that was moved away is begun
 * anew under its name.
 * @throws SluiceError `trace_output_unwritable`
 */
export async function openAppendedFile(path: string) {
  let handle = await opened(path);

  /** Rotated or deleted: what the handle writes to is not what the path names any more. */
  async function current(): Promise<FileHandle> {
    const [named, held] = await Promise.all([stat(path).catch(() => null), handle.stat()]);
    if (named !== null && named.ino === held.ino && named.dev === held.dev) return handle;
    await handle.close();
    handle = await opened(path);
    return handle;
  }

  return {
    /** Bytes that are in it by now. */
    size: async () => (await handle.stat()).size,

    /** Appends and waits for the disk; the size afterwards. What was written in part is taken back before it throws. */
    async append(lines: readonly Uint8Array[]): Promise<number> {
      const file = await current();
      const { size } = await file.stat();
      const bytes = Buffer.concat(lines);
      try {
        await file.appendFile(bytes);
        await file.datasync();
      } catch (error) {
        await file.truncate(size).catch(() => {});
        throw error;
      }
      return size + bytes.length;
    },

    /**
     * The rows behind a place, by `keyOf`, and cuts off a last line that was not written to its end. What is not ours is left as
     * it is: a line in front of the place that has no end gets one.
     */
    async rowsBehind(place: number, keyOf: (row: { [name: string]: unknown }) => string): Promise<Set<string>> {
      const keys = new Set<string>();
      const { size } = await handle.stat();
      if (size === 0) return keys;
      const from = Math.max(Math.min(place, size), size - mostTail);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
      const tail = buffer.subarray(0, bytesRead);
      const whole = tail.lastIndexOf(0x0a) + 1;
      for (const line of tail.subarray(0, whole).toString('utf8').split('\n')) {
        const row = parseJson(line);
        if (isObject(row)) keys.add(keyOf(row));
      }
      if (whole < tail.length) await handle.truncate(from + whole);
      else if (tail.length === 0 && !(await endsLine(handle, size))) await handle.appendFile('\n');
      return keys;
    },

    close: () => handle.close(),
  };
}
export type AppendedFile = Awaited<ReturnType<typeof openAppendedFile>>;

async function endsLine(handle: FileHandle, size: number): Promise<boolean> {
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}

async function opened(path: string): Promise<FileHandle> {
  let handle: FileHandle | undefined;
  try {
    // Never waits: a pipe that nobody reads is refused below.
    handle = await open(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK, 0o600);
    if (!(await handle.stat()).isFile()) throw new SluiceError('trace_output_unwritable', `${path} is no file.`);
    if (process.platform !== 'win32') await handle.chmod(0o600);
    return handle;
  } catch (cause) {
    await handle?.close();
    if (cause instanceof SluiceError) throw cause;
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new SluiceError('trace_output_unwritable', `${path} cannot be written (${code}).`, undefined, { cause });
  }
}

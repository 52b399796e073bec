import { chmodSync, closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Bytes of one file. */
const largest = 2_000_000;
/** Files that are kept behind the one that is written. */
const older = 2;

export interface LogFile {
  /** Appends whole lines. A file that cannot be written is told once and never stops who logs. */
  write(lines: string): void;
  close(): void;
}

/** A log of one process that nobody else reads: `path`, then `path.1` and `path.2`, 2 MB at most each. */
export function openLogFile(path: string, onError: (error: NodeJS.ErrnoException) => void): LogFile {
  let handle: number | null = null;
  let size = 0;
  let isReported = false;

  function open(): number {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const opened = openSync(path, 'a', 0o600);
    if (process.platform !== 'win32') chmodSync(path, 0o600);
    size = fstatSync(opened).size;
    handle = opened;
    return opened;
  }

  function close(): void {
    if (handle !== null) closeSync(handle);
    handle = null;
  }

  function turn(): void {
    close();
    rmSync(`${path}.${older}`, { force: true });
    for (let number = older; number > 1; number--) move(`${path}.${number - 1}`, `${path}.${number}`);
    move(path, `${path}.1`);
  }

  return {
    write(lines) {
      try {
        const bytes = Buffer.from(lines);
        const opened = handle ?? open();
        const full = size > 0 && size + bytes.length > largest;
        if (full) turn();
        size += writeSync(full ? open() : opened, bytes.subarray(0, largest));
        isReported = false;
      } catch (error) {
        close();
        if (!isReported) onError(error as NodeJS.ErrnoException);
        isReported = true;
      }
    },
    close,
  };
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

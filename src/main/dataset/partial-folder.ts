import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SluiceError } from '../../shared/errors.js';
import { processAlive } from '../ground/process-alive.js';
import { syncFolder } from '../ground/replace-file.js';

/** A folder that becomes `out` at once, or leaves nothing. */
export interface PartialFolder {
  /** Where to write meanwhile: beside `out`, so that the renaming stays within one file system. */
  path: string;
  /** Absolute path of the finished folder. */
  out: string;
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/** Throws `export_target_exists` where `out` is a file or a folder with something in it. */
export async function refuseExisting(out: string): Promise<void> {
  try {
    if ((await readdir(out)).length === 0) return;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    if (codeOf(error) !== 'ENOTDIR') throw error;
  }
  throw new SluiceError('export_target_exists', `${out} exists already.`, { out });
}

/** Opens a partial folder for `out`, missing parents included; what is made is its owner's alone. Leftovers of processes that died are removed first. */
export async function openPartialFolder(target: string): Promise<PartialFolder> {
  const out = resolve(target);
  await refuseExisting(out);
  const parent = dirname(out);
  const firstMade = await mkdir(parent, { recursive: true, mode: 0o700 });
  await removeLeftovers(parent, basename(out));
  const path = join(parent, `${partialPrefix(basename(out))}${process.pid}-${randomBytes(6).toString('hex')}`);
  await mkdir(path, { mode: 0o700 });
  return {
    path,
    out,
    async commit() {
      await syncFolder(path);
      // Renaming onto an empty folder is allowed on POSIX only.
      await rmdir(out).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return;
        throw codeOf(error) === 'ENOTEMPTY' || codeOf(error) === 'ENOTDIR'
          ? new SluiceError('export_target_exists', `${out} exists already.`, { out })
          : error;
      });
      await rename(path, out);
      await syncFolder(parent);
    },
    async discard() {
      await rm(path, { recursive: true, force: true });
      if (firstMade !== undefined) await removeEmptyUpTo(parent, firstMade);
    },
  };
}

/** Removes what exports into `out`'s folder left behind when their process was killed; `name` narrows it to one. */
export async function removeLeftovers(parent: string, name?: string): Promise<void> {
  const entries = await readdir(parent).catch(() => []);
  for (const entry of entries) {
    const match = /^\.(.+)\.partial-(\d+)-[0-9a-f]{12}$/.exec(entry);
    if (!match || (name !== undefined && match[1] !== name) || processAlive(Number(match[2]))) continue;
    await rm(join(parent, entry), { recursive: true, force: true });
  }
}

function partialPrefix(name: string): string {
  return `.${name}.partial-`;
}

/** Removes the parents that were made for this export, as long as nobody else put something there. */
async function removeEmptyUpTo(from: string, firstMade: string): Promise<void> {
  for (let folder = from; folder.length >= firstMade.length; folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

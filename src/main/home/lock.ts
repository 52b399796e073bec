import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import { parseJson } from '../ground/json.js';
import { processAlive } from '../ground/process-alive.js';
import type { DataFolder } from './folder.js';

/** Who holds the data folder, and how its engine is reached once it is up. */
const lockSchema = z.object({
  pid: z.number().int(),
  /** Tells a process from a later one that was given the same number; null where the system does not say. */
  process_start: z.string().nullable(),
  started_at: z.string(),
  proxy: z.string().optional(),
  api: z.string().optional(),
  /** Opens the API for commands of this user, where the engine was given a token of its own; as long as this process runs. */
  command_token: z.string().optional(),
});
export type LockHolder = z.infer<typeof lockSchema>;

export interface FolderLock {
  /** Says where the engine is reached, for `sluice status` and `sluice run`. */
  announce(reached: { proxy: string; api: string; command_token?: string }): void;
  release(): void;
}

/** Takes the folder for this process. Throws data_dir_in_use with the holder in details. */
export function lockFolder(folder: DataFolder): FolderLock {
  const own: LockHolder = {
    pid: process.pid,
    process_start: processStart(process.pid),
    started_at: new Date().toISOString(),
  };
  const draft = `${folder.lock}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    for (;;) {
      try {
        // A link appears whole or not at all: nobody ever reads a half-written lock.
        linkSync(draft, folder.lock);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        const holder = lockHolder(folder);
        if (holder) {
          const { command_token: _secret, ...shown } = holder;
          throw new SluiceError(
            'data_dir_in_use',
            `The data folder ${folder.root} is in use by process ${holder.pid}, running since ${holder.started_at}.`,
            shown,
          );
        }
        removeStale(folder, `${draft}.stale`);
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
  // However the process ends by its own doing, the folder is free afterwards.
  process.once('exit', release);
  return {
    announce(reached) {
      // Whoever read it half-written would take it for a stale one, and the folder with it.
      writeFileSync(draft, JSON.stringify({ ...own, ...reached }), { mode: 0o600 });
      renameSync(draft, folder.lock);
    },
    release,
  };

  function release(): void {
    process.off('exit', release);
    rmSync(folder.lock, { force: true });
    // Left where it could not be given its name: a full disk, an end in between.
    rmSync(draft, { force: true });
  }
}

/** Takes a dead process's lock away. Another one may have done so and locked the folder since: that lock is put back. */
function removeStale(folder: DataFolder, aside: string): void {
  try {
    renameSync(folder.lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (holderIn(aside)) linkSync(aside, folder.lock);
  rmSync(aside, { force: true });
}

/** The living process that holds the folder, or null. */
export function lockHolder(folder: DataFolder): LockHolder | null {
  return holderIn(folder.lock);
}

function holderIn(path: string): LockHolder | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  const holder = lockSchema.safeParse(parseJson(text)).data;
  return holder !== undefined && isAlive(holder) ? holder : null;
}

function isAlive(holder: LockHolder): boolean {
  if (!processAlive(holder.pid) || isDead(holder.pid)) return false;
  const start = processStart(holder.pid);
  return start === null || holder.process_start === null || start === holder.process_start;
}

/** Killed, and not yet taken note of by its parent (state Z or X of proc(5)): it holds nothing any more. */
function isDead(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** Field 22 of /proc/PID/stat: start time in clock ticks since boot (proc(5)). */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

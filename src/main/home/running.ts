import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { parseJson } from '../ground/json.js';
import { replaceFileSync } from '../ground/replace-file.js';
import { type DataFolder, dataFolder, defaultDataDir } from './folder.js';
import { type LockHolder, lockHolder } from './lock.js';

export interface RunningStudio {
  folder: DataFolder;
  holder: LockHolder;
}

const entrySchema = z.object({ data_dir: z.string() });

/** Where this user's engines leave word of their data folders. Whether one still runs, its lock says. */
function runningDir(): string {
  const home = homedir();
  if (process.platform === 'darwin') return join(home, 'Library', 'Caches', 'Sluice', 'running');
  if (process.platform === 'win32')
    return join(process.env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'Sluice', 'running');
  return join(process.env.XDG_STATE_HOME ?? join(home, '.local', 'state'), 'sluice', 'running');
}

function entryOf({ root }: DataFolder): string {
  return join(runningDir(), `${createHash('sha256').update(root).digest('hex').slice(0, 16)}.json`);
}

/**
 * Lets commands that are given no folder find this engine. Throws what the file system throws.
 * @returns takes the word back
 */
export function tellRunning(folder: DataFolder): () => void {
  mkdirSync(runningDir(), { recursive: true, mode: 0o700 });
  const entry = entryOf(folder);
  replaceFileSync(entry, `${JSON.stringify({ data_dir: folder.root })}\n`);
  return () => rmSync(entry, { force: true });
}

/** This user's engines that can be reached now, the default folder's first. */
export function runningStudios(): RunningStudio[] {
  const roots = new Set([defaultDataDir(), ...registeredRoots().sort()].map((root) => dataFolder(root).root));
  return [...roots].flatMap((root) => {
    const folder = dataFolder(root);
    const holder = lockHolder(folder);
    return holder?.api === undefined ? [] : [{ folder, holder }];
  });
}

function registeredRoots(): string[] {
  const dir = runningDir();
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const path = join(dir, name);
      const root = entrySchema.safeParse(parseJson(textOf(path))).data?.data_dir;
      if (root === undefined) return [];
      // Its engine was killed and the folder deleted: no engine can begin there at this moment.
      if (!existsSync(root)) rmSync(path, { force: true });
      return [root];
    });
}

/** Empty where its engine ended at this moment. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

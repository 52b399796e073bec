import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../shared/errors.js';
import { processAlive } from '../ground/process-alive.js';

/** An append takes milliseconds: a lock of this age was left behind, whoever has its process id by now. */
const staleMs = 120_000;
const patienceMs = 30_000;
let made = 0;

/**
 * Runs `work` while no other process appends: a command may write an entry beside a running engine.
 * Throws `engine_busy` where the lock is not given up.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  made += 1;
  const draft = `${path}.${process.pid}-${made}`;
  await writeFile(draft, String(process.pid), { mode: 0o600 });
  try {
    await take(path, draft);
    try {
      return await work();
    } finally {
      await rm(path, { force: true });
    }
  } finally {
    await rm(draft, { force: true });
  }
}

async function take(path: string, draft: string): Promise<void> {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      // A link appears whole or not at all.
      await link(draft, path);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (await isStale(path)) await removeStale(path, `${draft}.stale`);
    else if (Date.now() > until) throw new SluiceError('engine_busy', 'Another process holds the audit log.');
    else await sleep(5);
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    const [pid, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return Date.now() - mtimeMs > staleMs || !processAlive(Number(pid));
  } catch (error) {
    // Given up meanwhile: the next try takes it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Another process may have done so and taken the lock since: that one is put back. */
async function removeStale(path: string, aside: string): Promise<void> {
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (!(await isStale(aside))) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitAll, makeRepository, write } from './repositories.js';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A clone with a commit for each state: its files, or a folder whose files they are. */
export function cloneOf(...states: (Files | string)[]): { path: string; commits: string[] } {
  const path = mkdtempSync(join(tmpdir(), 'sluice-clone-'));
  makeRepository(path);
  const commits = states.map((state) => {
    for (const name of readdirSync(path)) if (name !== '.git') rmSync(join(path, name), { recursive: true });
    if (typeof state === 'string') cpSync(state, path, { recursive: true });
    else write(path, state);
    return commitAll(path);
  });
  return { path, commits };
}

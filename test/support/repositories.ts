import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { extract, type Header } from 'tar-stream';

const fixed = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.com',
  GIT_AUTHOR_DATE: '1700000000 +0000',
  GIT_COMMITTER_DATE: '1700000000 +0000',
};

/** Runs git as a person would, without this machine's settings. */
export function gitIn(folder: string, ...words: string[]): string {
  return execFileSync('git', ['-C', folder, ...words], {
    env: { ...process.env, ...fixed },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
    .toString()
    .trim();
}

export function write(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** A repository of git. */
export function makeRepository(folder: string, ...words: string[]): void {
  mkdirSync(folder, { recursive: true });
  gitIn(folder, 'init', '--quiet', '--initial-branch=main', ...words);
}

/** Commits all that lies there. Gives the commit. */
export function commitAll(folder: string, message = 'change'): string {
  gitIn(folder, 'add', '--all');
  gitIn(folder, 'commit', '--quiet', '--allow-empty', '--message', message);
  return gitIn(folder, 'rev-parse', 'HEAD');
}

/** What a tar holds. */
export async function tarEntries(tar: AsyncIterable<Uint8Array>): Promise<{ header: Header; bytes: Buffer }[]> {
  const entries = extract();
  const feeding = (async () => {
    for await (const chunk of tar) entries.write(chunk);
    entries.end(null);
  })();
  feeding.catch((error: Error) => entries.destroy(error));
  const all: { header: Header; bytes: Buffer }[] = [];
  for await (const entry of entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    all.push({ header: entry.header, bytes: Buffer.concat(chunks) });
  }
  await feeding;
  return all;
}

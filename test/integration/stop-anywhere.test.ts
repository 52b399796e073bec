import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cleanEnv, startEngine } from '../support/engine.js';

const root = join(import.meta.dirname, '..', '..');
const cli = join(root, 'out', 'main', 'cli.js');

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-stop-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** Starts a command and sends it SIGTERM as soon as `moment` resolves; how it ended. */
async function ended(args: string[], moment: (stdout: NodeJS.ReadableStream) => Promise<unknown>) {
  const child = spawn(process.execPath, [cli, ...args, '--data-dir', dataDir, '--proxy-port', '0', '--api-port', '0'], {
    cwd: root,
    env: cleanEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
  await Promise.race([moment(child.stdout), exit]);
  child.kill('SIGTERM');
  const [code, signal] = await exit;
  return { code, signal, stderr };
}

const after = (ms: number) => () => new Promise((wake) => setTimeout(wake, ms));

async function appears(path: string): Promise<void> {
  while (!existsSync(path)) await new Promise((wake) => setTimeout(wake, 1));
}

/** What of a lock lies in the folder, drafts of it too. */
const locks = () => (existsSync(dataDir) ? readdirSync(dataDir).filter((name) => name.startsWith('lock.json')) : []);

describe('SIGTERM at any moment', () => {
  it('gives the folder back and exits 0, from the first thing it opens to long after it is ready', async () => {
    const line = async (stdout: NodeJS.ReadableStream) => void (await once(stdout, 'data'));
    const file = (name: string) => () => appears(join(dataDir, name));
    const moments: [string, (stdout: NodeJS.ReadableStream) => Promise<unknown>][] = [
      ...['lock.json', 'key', 'token', 'ca', 'journal', 'sluice.db', 'sluice.db-wal'].map(
        (name) => [name, file(name)] as [string, () => Promise<unknown>],
      ),
      ['ready', line],
      ...Array.from({ length: 12 }, (_, at) => [`${at * 110} ms`, after(at * 110)] as [string, () => Promise<unknown>]),
    ];
    for (const [name, moment] of moments) {
      const { code, signal, stderr } = await ended(['serve', '--json'], moment);
      // Before it has opened anything, nobody listens yet and nothing is there to be given back.
      const early = signal === 'SIGTERM' && /ms$/.test(name);
      expect({ name, code: early ? 0 : code, locks: locks(), stderr }).toMatchObject({ name, code: 0, locks: [] });
      rmSync(dataDir, { recursive: true, force: true });
    }
    await using engine = await startEngine([], { dataDir });
    expect((await engine.api('/health')).status).toBe('healthy');
  });

  it('gives the folder back at a second signal and where another command started the engine', async () => {
    const twice = spawn(
      process.execPath,
      [cli, 'serve', '--json', '--data-dir', dataDir, '--proxy-port', '0', '--api-port', '0'],
      {
        cwd: root,
        env: cleanEnv(),
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    const exit = once(twice, 'exit') as Promise<[number | null, string | null]>;
    await once(twice.stdout, 'data');
    twice.kill('SIGTERM');
    twice.kill('SIGINT');
    const [code] = await exit;
    expect([0, 1]).toContain(code);
    expect(locks()).toEqual([]);

    const left = join(dataDir, 'ran');
    for (const name of ['lock.json', 'sluice.db']) {
      rmSync(dataDir, { recursive: true, force: true });
      const args = ['run', '--data-dir', dataDir, '--', process.execPath, '-e', `fs.writeFileSync('${left}', '')`];
      const child = spawn(process.execPath, [cli, ...args], { cwd: root, env: cleanEnv(), stdio: 'ignore' });
      const over = once(child, 'exit') as Promise<[number | null, string | null]>;
      await appears(join(dataDir, name));
      child.kill('SIGTERM');
      expect({ name, code: (await over)[0], locks: locks() }).toEqual({ name, code: 1, locks: [] });
      expect(existsSync(left)).toBe(false);
    }
  });
});

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cleanEnv } from '../../support/engine.js';

const root = join(import.meta.dirname, '..', '..', '..');
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-scripts-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

interface Running {
  child: ChildProcessWithoutNullStreams;
  stdout(): string;
  stderr(): string;
  ended: Promise<number | null>;
}

function script(name: string, ...args: string[]): Running {
  const env = cleanEnv({ SLUICE_DATA_DIR: dataDir, SLUICE_PROXY_PORT: '0', SLUICE_API_PORT: '0', CI: '1' });
  delete env['DISPLAY'];
  delete env['WAYLAND_DISPLAY'];
  const child = spawn(process.execPath, [join(root, 'scripts', name), ...args], { cwd: dataDir, env });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}

/** Waits for output; fails with everything that was said when the process ends before. */
async function printed(running: Running, pattern: RegExp): Promise<void> {
  while (!pattern.test(running.stdout())) {
    const over = await Promise.race([running.ended.then(() => true), once(running.child.stdout, 'data')]);
    if (over === true && !pattern.test(running.stdout())) throw new Error(running.stdout() + running.stderr());
  }
}

describe('the commands of the repository', () => {
  it('run the CLI: one line on stdout when it serves, drained and 0 after SIGTERM', async () => {
    const serve = script('sluice.mjs', 'serve', '--json');
    await printed(serve, /\n/);
    const ready = JSON.parse(serve.stdout());
    expect(ready).toMatchObject({ ready: true, data_dir: dataDir });
    expect(await (await fetch(`${ready.api}/health`)).json()).toMatchObject({ status: 'healthy' });
    serve.child.kill('SIGTERM');
    expect(await serve.ended).toBe(0);
    expect(serve.stdout().trimEnd().split('\n')).toHaveLength(1);
  });

  it('pass on the exit code', async () => {
    expect(await script('sluice.mjs', '--version').ended).toBe(0);
    expect(await script('sluice.mjs', 'status', '--json').ended).toBe(1);
    expect(await script('sluice.mjs', '--no-such-flag').ended).toBe(2);
  });

  // Windows has no signal that a process could answer.
  it.skipIf(process.platform === 'win32')('open the studio without a display, and say where it is', async () => {
    const start = script('start.mjs');
    await printed(start, /Studio\s+http/);
    if (process.platform === 'linux') expect(start.stderr()).toContain('there is no display');
    const address = /Studio\s+(\S+)/.exec(start.stdout())?.[1] as string;
    const page = await fetch(address);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('<div id="root">');
    start.child.kill('SIGINT');
    expect(await start.ended).toBe(0);
  });

  it('find everything set up already, several at a time', async () => {
    const setups = [script('setup.mjs'), script('setup.mjs'), script('setup.mjs')];
    expect(await Promise.all(setups.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    expect(setups.map(({ stdout }) => stdout()).join('')).toBe('');
  });
});

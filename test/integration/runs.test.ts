import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cleanEnv, type Engine, sluice, startEngine } from '../support/engine.js';
import { startModelServer } from '../support/model-server.js';

const cli = join(import.meta.dirname, '..', '..', 'out', 'main', 'cli.js');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-runs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Whether a model was reached through this proxy. */
async function ask(proxy: string, text: string, path = '/stub'): Promise<boolean> {
  const response = await fetch(`${proxy}${path}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: text }] }),
  }).catch(() => null);
  await response?.text();
  return response?.status === 200;
}

const open = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
const sessions = async (engine: Engine): Promise<(string | null)[]> =>
  (await engine.api('/exchanges')).items.map(({ session }: { session: string | null }) => session);

describe('a run', () => {
  it('has its listener again on the same port after the capture thread was ended, as often as that happens', async () => {
    const knife = join(folder, 'knife');
    const preload = join(folder, 'preload.mjs');
    // Threads of Node cannot be killed from outside: the thread that is given a CA ends itself when the file is there.
    writeFileSync(
      preload,
      `import { existsSync, rmSync } from 'node:fs';
       import { workerData } from 'node:worker_threads';
       if (workerData?.ca) setInterval(() => {
         if (!existsSync(${JSON.stringify(knife)})) return;
         rmSync(${JSON.stringify(knife)});
         process.exit(9);
       }, 20).unref();`,
    );
    await using model = await startModelServer();
    await using engine = await startEngine(['--upstream', `stub=${model.url}`], {
      dataDir: join(folder, 'data'),
      env: { NODE_OPTIONS: `--import ${pathToFileURL(preload)}` },
    });
    const { proxy } = await engine.api('/runs', { body: { session: 'a run' } });
    expect(await ask(proxy, 'before')).toBe(true);
    for (const times of [1, 2]) {
      writeFileSync(knife, '');
      await engine.until('/status', ({ restarts }) => restarts.capture === times);
      await expect.poll(() => ask(proxy, `after ${times}`)).toBe(true);
    }
    await engine.until('/health', ({ exchanges }) => exchanges.pending === 0);
    expect(await sessions(engine)).toEqual(['a run', 'a run', 'a run']);
    expect(engine.log()).not.toContain('run_listener_lost');
  });

  it('names the studio without the token, as an import does', async () => {
    await using model = await startModelServer();
    await using engine = await startEngine(['--upstream', `stub=${model.url}`], { dataDir: join(folder, 'data') });
    const data = ['--data-dir', engine.ready.data_dir];
    // An agent of its own: it goes by no proxy variables.
    const client = `const { Agent, request } = require('node:http');
      const options = { method: 'POST', agent: new Agent(), headers: { 'content-type': 'application/json' } };
      request(process.env.HTTP_PROXY + '/stub/v1/chat/completions', options, (answer) => answer.resume()).end(
        JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }));`;
    const run = await sluice(['run', ...data, '--', process.execPath, '-e', client]);
    const file = join(folder, 'chat.jsonl');
    writeFileSync(file, '{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"ho"}]}\n');
    const taken = await sluice(['import', ...data, file]);
    expect([run.code, taken.code], run.stderr).toEqual([0, 0]);
    for (const printed of [run.stderr, taken.stdout]) {
      expect(printed).toContain(`studio ${engine.ready.api}`);
      expect(printed).not.toContain(engine.ready.token);
    }
  });

  it('gives its listener and its consent back when its process is killed', async () => {
    await using model = await startModelServer();
    await using engine = await startEngine(['--upstream', `stub=${model.url}`], { dataDir: join(folder, 'data') });
    const args = ['run', '--data-dir', engine.ready.data_dir, '--session', 'killed', '--licence', 'MIT', '--'];
    const command = [
      process.execPath,
      '-e',
      'console.log(process.env.HTTP_PROXY, process.pid); setInterval(() => {}, 1e6)',
    ];
    const child: ChildProcess = spawn(process.execPath, [cli, ...args, ...command], { env: cleanEnv() });
    const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    const [proxy, pid] = line.toString().trim().split(' ') as [string, string];
    try {
      expect(await ask(proxy, 'alive')).toBe(true);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const port = Number(new URL(proxy).port);
      await expect.poll(() => open(port)).toBe(false);
      await expect.poll(() => engine.log()).toContain('run_abandoned');
      // The same session, without the run.
      expect(await ask(engine.ready.proxy, 'later', '/s/killed/stub')).toBe(true);
      await engine.settled();
      const { items } = await engine.api('/traces');
      const licences = await Promise.all(
        items.map(async ({ trace_id }: { trace_id: string }) => (await engine.api(`/traces/${trace_id}`)).consent),
      );
      expect(licences.map((consent) => consent?.licence ?? null).sort()).toEqual(['MIT', null]);
    } finally {
      process.kill(Number(pid), 'SIGKILL');
    }
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Engine, sluice, startEngine } from '../support/engine.js';

/** A user's home in which engines run; his commands are given no folder. */
let home: string;
let env: Record<string, string>;
const engines: Engine[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-user-'));
  env = { HOME: home, XDG_DATA_HOME: join(home, 'share'), XDG_STATE_HOME: join(home, 'state') };
});
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.dispose()));
  rmSync(home, { recursive: true, force: true });
});

async function studio(name: string, args: string[] = []): Promise<Engine> {
  const engine = await startEngine(args, { dataDir: join(home, name), env });
  engines.push(engine);
  return engine;
}

it('a command reaches the only engine that runs, wherever its folder is', async () => {
  const engine = await studio('project');
  const status = await sluice(['status', '--json'], { env });
  expect(status).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(status.stdout)).toMatchObject({ pid: engine.ready.pid, data_dir: engine.ready.data_dir });
  const words = await sluice(['env'], { env });
  expect(words.stdout).toContain(`export HTTPS_PROXY='${engine.ready.proxy}'`);
  expect(words.stderr).toContain(engine.ready.data_dir);
  const run = await sluice(['run', '--json', '--', process.execPath, '-e', ''], { env });
  expect(run.code).toBe(0);
  // A run beside the engine makes no folder of its own.
  expect((await sluice(['audit', 'list', '--json'], { env })).code).toBe(0);
  expect((await sluice(['token', 'create', '--name', 'n', '--scope', 'read'], { env })).code).toBe(0);
  expect((await engine.api('/tokens')).items).toHaveLength(1);
});

it('of several, a command asks for the folder and names them', async () => {
  const first = await studio('first');
  const second = await studio('second');
  const refused = await sluice(['status'], { env });
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('--data-dir');
  for (const { ready } of [first, second]) expect(refused.stderr).toContain(ready.data_dir);
  const named = await sluice(['status', '--json', '--data-dir', second.ready.data_dir], { env });
  expect(JSON.parse(named.stdout)).toMatchObject({ pid: second.ready.pid });
  await first.stop();
  expect(JSON.parse((await sluice(['status', '--json'], { env })).stdout)).toMatchObject({ pid: second.ready.pid });
});

it('one that was killed is not found, and what starts it again is said', async () => {
  const engine = await studio('with space');
  await engine.kill9();
  const gone = await sluice(['status', '--data-dir', engine.ready.data_dir], { env });
  expect(gone.code).toBe(1);
  expect(gone.stderr).toContain(`serve --data-dir '${engine.ready.data_dir}'`);
  expect((await sluice(['status'], { env })).stderr).toContain(join(home, 'share', 'sluice'));
});

it('an engine with a token of its own is reached by commands on its folder, and not by the stored token', async () => {
  const engine = await studio('own-token', ['--token', 'a-token-of-its-own']);
  const command = await sluice(['status', '--json', '--data-dir', engine.ready.data_dir], { env });
  expect(command.code).toBe(0);
  const { ui } = JSON.parse(command.stdout);
  const file = join(home, 'call.json');
  writeFileSync(file, JSON.stringify({ name: 'look', arguments: {}, result: 'seen' }));
  const imported = await sluice(['import', '--data-dir', engine.ready.data_dir, '--as', 'tool-calls', file], { env });
  expect(imported.stderr).toBe('');
  expect(imported.code).toBe(0);
  const wrong = await sluice(['status', '--data-dir', engine.ready.data_dir, '--token', 'another-token'], { env });
  expect(wrong.stderr).toContain('unauthorized');
  // What commands use ends with the engine.
  const commandToken = decodeURIComponent(new URL(ui).hash.replace('#token=', ''));
  expect(commandToken).not.toBe('a-token-of-its-own');
  expect(
    (await fetch(`${engine.ready.api}/status`, { headers: { authorization: `Bearer ${commandToken}` } })).status,
  ).toBe(200);
  await engine.stop();
  const again = await studio('own-token', ['--token', 'a-token-of-its-own']);
  expect(
    (await fetch(`${again.ready.api}/status`, { headers: { authorization: `Bearer ${commandToken}` } })).status,
  ).toBe(401);
});

it('lines to copy name the folder that commands would not take by themselves', async () => {
  const engine = await studio('a project');
  const { command } = await engine.api('/status');
  expect(command.data_dir).toBe(engine.ready.data_dir);
  const report = await sluice(['run', '--data-dir', engine.ready.data_dir, '--', process.execPath, '-e', ''], { env });
  expect(report.stderr).toContain(`status --data-dir '${engine.ready.data_dir}'`);
});

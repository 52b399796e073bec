import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@playwright/test';
import { startEngine } from '../support/engine.js';
import { electron, noElectron, windowEnv, workingTree } from '../support/window.js';

/** The window where its engine cannot run: what is wrong is said, and the process ends with a code. */

test.skip(!electron, noElectron);

let dataDir: string;
let child: ChildProcess | null = null;
test.beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-electron-failure-'));
});
test.afterEach(() => {
  if (child?.exitCode === null) child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

/** Starts the app and resolves with what it said of its failure; its error box is open then. */
async function failure(code: string, env: Record<string, string> = {}): Promise<ChildProcess> {
  const { executable, args } = workingTree();
  const profile = `--user-data-dir=${join(dataDir, 'profile')}`;
  const started = spawn(executable, [...args, profile], { env: windowEnv(dataDir, env) });
  child = started;
  let said = '';
  started.stderr.on('data', (chunk) => {
    said += chunk;
  });
  await expect.poll(() => said, { timeout: 40_000 }).toContain(`sluice: ${code}: `);
  return started;
}

async function answersSigterm(app: ChildProcess): Promise<void> {
  expect(app.exitCode).toBeNull();
  const ended = once(app, 'exit');
  app.kill('SIGTERM');
  expect(await ended).toEqual([1, null]);
}

test('says that a port is in use, and answers SIGTERM while it does', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const app = await failure('port_in_use', { SLUICE_PROXY_PORT: String((taken.address() as AddressInfo).port) });
  await answersSigterm(app);
  taken.close();
});

test('says who holds the data folder', async () => {
  await using engine = await startEngine([], { dataDir });
  await answersSigterm(await failure('data_dir_in_use'));
  expect((await engine.fetch('/status')).status).toBe(200);
});

test('says that a newer version wrote the data folder', async () => {
  const engine = await startEngine([], { dataDir });
  await engine.stop();
  const database = new DatabaseSync(join(dataDir, 'sluice.db'));
  database.exec('PRAGMA user_version = 9999');
  database.close();
  await answersSigterm(await failure('data_dir_newer'));
});

test('says that the data folder cannot be used', async () => {
  await answersSigterm(await failure('data_dir_unwritable', { SLUICE_DATA_DIR: '/dev/null/sluice' }));
});

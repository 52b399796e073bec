import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@playwright/test';
import { startEngine } from '../support/engine.js';
import { electron, noElectron, windowArgs, windowEnv, workingTree } from '../support/window.js';

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

/** Starts the app and resolves when it has said what is wrong; its error box is open then. `first` runs before the app. */
async function failure(code: string, env: Record<string, string> = {}, first?: string): Promise<ChildProcess> {
  const program = workingTree();
  const started = spawn(program.executable, windowArgs(program, dataDir, first), { env: windowEnv(dataDir, env) });
  child = started;
  let said = '';
  started.stderr.on('data', (chunk) => {
    said += chunk;
  });
  await expect.poll(() => said).toContain(`sluice: ${code}: `);
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

test('says that the keychain fails', async () => {
  const first = `
    const { safeStorage } = require('electron');
    safeStorage.isAsyncEncryptionAvailable = async () => { throw new Error('The keyring is locked.'); };`;
  await answersSigterm(await failure('internal', {}, first));
});

test('says that the keychain does not take its key', async () => {
  const first = `
    const { safeStorage } = require('electron');
    safeStorage.isAsyncEncryptionAvailable = async () => true;
    safeStorage.getSelectedStorageBackend = () => 'gnome_libsecret';
    safeStorage.encryptStringAsync = async () => { throw new Error('The keyring is locked.'); };`;
  await answersSigterm(await failure('keychain_refused', {}, first));
  expect(existsSync(join(dataDir, 'key'))).toBe(false);
});

/** Puts a script of the test's own in the place of the engine. */
const insteadOfTheEngine = (script: string) => `
  const { writeFileSync } = require('node:fs');
  const { join } = require('node:path');
  const { utilityProcess } = require('electron');
  const file = join(process.env.SLUICE_DATA_DIR, 'engine.mjs');
  writeFileSync(file, ${JSON.stringify(script)});
  const fork = utilityProcess.fork;
  utilityProcess.fork = (_path, ...rest) => fork(file, ...rest);`;

test('says that the engine does not come up', async () => {
  await answersSigterm(await failure('internal', {}, insteadOfTheEngine('process.exit(3)')));
});

test('asks whether to wait for an engine that hangs, and ends it', async () => {
  test.setTimeout(120_000);
  const first = `${insteadOfTheEngine('process.parentPort.on("message", () => {}); setInterval(() => {}, 1000);')}
    const { dialog } = require('electron');
    dialog.showMessageBox = async ({ detail, buttons }) => {
      process.stderr.write('sluice: asked: ' + detail + buttons.join());
      return { response: 1, checkboxChecked: false };
    };`;
  const app = await failure('asked', {}, first);
  const ended = once(app, 'exit');
  expect(await ended).toEqual([0, null]);
});

test('ends with its code when its box is closed', async () => {
  const first = `
    const { dialog } = require('electron');
    dialog.showMessageBox = async () => ({ response: 0, checkboxChecked: false });`;
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const app = await failure('port_in_use', { SLUICE_API_PORT: String(port) }, first);
  await expect.poll(() => app.exitCode).toBe(1);
  taken.close();
});

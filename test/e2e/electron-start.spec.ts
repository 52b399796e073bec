import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { electron, noElectron, windowEnv } from '../support/window.js';

/** The command that people start with. */

test.skip(!electron, noElectron);

test('opens the window by npm start, and ends it on SIGTERM', async () => {
  test.skip(process.platform !== 'linux', 'where the profile lies is known by Linux’s variable');
  test.setTimeout(120_000);
  const dataDir = mkdtempSync(join(tmpdir(), 'sluice-start-'));
  const script = join(import.meta.dirname, '..', '..', 'scripts', 'start.mjs');
  const env = windowEnv(dataDir, { XDG_CONFIG_HOME: dataDir });
  const started = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [started.stdout, started.stderr]) {
    stream.on('data', (chunk) => {
      said += chunk;
    });
  }
  // Named as the package is: both ask the keychain for the same key.
  const path = join(dataDir, 'Sluice', 'logs', 'window.log');
  const log = () => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  await expect.poll(log).toContain('"window_opened"');
  expect(said).not.toContain('in the browser');
  const ended = once(started, 'exit');
  started.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  rmSync(dataDir, { recursive: true, force: true });
});

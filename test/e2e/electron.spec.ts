import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, expect, type Page, test } from '@playwright/test';
import { cleanEnv } from '../support/engine.js';

/** The window itself. Runs where Electron's program and a display are; see .github/workflows/ci.yml. */

const root = join(import.meta.dirname, '..', '..');
let app: ElectronApplication;
let page: Page;
let dataDir: string;

test.skip(!existsSync(join(root, 'node_modules', 'electron', 'path.txt')), 'Electron’s program is not installed here');

test.beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-electron-'));
  const env = cleanEnv({ SLUICE_DATA_DIR: dataDir, SLUICE_PROXY_PORT: '0', SLUICE_API_PORT: '0' });
  app = await _electron.launch({ args: [root], env: env as Record<string, string> });
  page = await app.firstWindow();
  await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\//);
});
test.afterAll(async () => {
  await app?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

test('shows the studio of its own engine', async () => {
  await expect(page.getByText('Capturing')).toBeVisible();
  await expect(page.getByRole('navigation').first()).toBeVisible();
});

test('gives the page the named functions and nothing else of Node or Electron', async () => {
  const exposed = await page.evaluate(() => ({
    bridge: Object.keys((window as unknown as { sluice: object }).sluice).sort(),
    node: ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron'].filter((name) => name in window),
  }));
  expect(exposed).toEqual({
    bridge: ['engine', 'pickFile', 'pickFolder', 'saveFile', 'showInFolder'],
    node: [],
  });
});

test('runs the page in the operating system’s sandbox', async () => {
  test.skip(process.platform !== 'linux', 'Linux says so in /proc');
  const renderer = await app.evaluate(({ webContents }) => webContents.getAllWebContents()[0]?.getOSProcessId());
  // 2: system calls are filtered (proc(5)).
  expect(readFileSync(`/proc/${renderer}/status`, 'utf8')).toMatch(/^Seccomp:\s+2$/m);
});

test('answers engine() with the address and token that work', async () => {
  const { url, token } = await page.evaluate(() =>
    (window as unknown as { sluice: { engine(): Promise<{ url: string; token: string }> } }).sluice.engine(),
  );
  expect(new URL(url).origin).toBe(new URL(page.url()).origin);
  const answer = await fetch(`${url}/traces`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
});

test('opens no other page, here or in a new window', async () => {
  const opened = await app.evaluateHandle(({ shell }) => {
    const urls: string[] = [];
    shell.openExternal = async (url) => {
      urls.push(url);
    };
    return urls;
  });
  const own = page.url();
  for (const url of ['http://example.com/', 'file:///etc/hosts', 'data:text/html,x', 'http://127.0.0.1:1/']) {
    await page.evaluate((target) => {
      window.open(target);
      location.assign(target);
    }, url);
    await page.waitForTimeout(200);
    expect(page.url()).toBe(own);
  }
  expect(app.windows()).toHaveLength(1);
  expect(await opened.jsonValue()).toEqual([]);
  await page.evaluate(() => window.open('https://docs.example.com/guide'));
  await expect.poll(() => opened.jsonValue()).toEqual(['https://docs.example.com/guide']);
});

test('denies permissions', async () => {
  const states = await page.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'camera', 'microphone'] as PermissionName[];
    return Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state));
  });
  expect(states).toEqual(['denied', 'denied', 'denied', 'denied']);
});

test('starts a crashed engine again and shows its studio', async () => {
  const engineId = () =>
    app.evaluate(({ app: electron }) => {
      const engine = electron.getAppMetrics().find(({ name }) => name === 'Sluice engine');
      return engine?.pid ?? 0;
    });
  const first = await engineId();
  expect(first).toBeGreaterThan(0);
  process.kill(first, 'SIGKILL');
  await expect.poll(engineId, { timeout: 20_000 }).not.toBe(first);
  await expect(page.getByText('Capturing')).toBeVisible({ timeout: 20_000 });
});

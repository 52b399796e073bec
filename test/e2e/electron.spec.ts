import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { chromium, type ElectronApplication, expect, type Locator, type Page, test } from '@playwright/test';
import { cleanEnv } from '../support/engine.js';
import { type PackagedWindow, packageWindow } from '../support/packaged-window.js';
import {
  choose,
  electron,
  engineUp,
  noElectron,
  openWindow,
  type StudioWindow,
  windowEnv,
  workingTree,
} from '../support/window.js';

/** The window itself, of the working tree and of the package. */

test.skip(!electron, noElectron);
const packagedOnLinux = 'the package is tested on Linux';

for (const [title, program] of [
  ['the window', workingTree],
  ['the packaged window', async () => (await packageWindow()).inspectable],
] as const) {
  test.describe(title, () => {
    test.skip(program !== workingTree && process.platform !== 'linux', packagedOnLinux);
    let studio: StudioWindow;
    let app: ElectronApplication;
    let page: Page;
    let dataDir: string;
    test.beforeAll(async () => {
      test.setTimeout(300_000);
      studio = await openWindow(await program());
      ({ app, page, dataDir } = studio);
    });
    test.afterAll(() => studio?.dispose());

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
      test.setTimeout(180_000);
      const engineId = () =>
        app.evaluate(({ app: electron }) => {
          const engine = electron.getAppMetrics().find(({ name }) => name === 'Sluice engine');
          return engine?.pid ?? 0;
        });
      const first = await engineId();
      expect(first).toBeGreaterThan(0);
      process.kill(first, 'SIGKILL');
      await expect.poll(engineId).not.toBe(first);
      await expect(page.getByText('Capturing')).toBeVisible();
      const log = await app.evaluate(({ app: electronApp }) => electronApp.getPath('logs'));
      expect(readFileSync(join(log, 'window.log'), 'utf8')).toMatch(/"msg":"engine_ended".*"msg":"engine_ready"/s);
    });

    test('shows the same route after ten crashes of the engine', async () => {
      test.setTimeout(600_000);
      await page.evaluate(() => {
        location.hash = '/settings';
      });
      for (let crash = 0; crash < 10; crash++) {
        const running = await engineUp(app);
        expect(running).toBeGreaterThan(0);
        process.kill(running, 'SIGKILL');
        const another = async () => {
          const pid = await engineUp(app).catch(() => 0);
          return pid !== 0 && pid !== running;
        };
        await expect.poll(another).toBe(true);
      }
      await expect(page).toHaveURL(/#\/settings/);
      await expect(page.getByText('Capturing')).toBeVisible();
    });

    test('names everything it offers in its menu', async () => {
      const items = await app.evaluate(({ Menu }) =>
        (Menu.getApplicationMenu()?.items ?? []).map(({ label, submenu }) => ({
          label,
          items: (submenu?.items ?? []).filter(({ type }) => type !== 'separator').map((item) => item.label),
        })),
      );
      const named = (label: string) => items.find((menu) => menu.label === label)?.items;
      if (process.platform !== 'darwin') {
        expect(items.map(({ label }) => label)).toEqual(['File', 'Edit', 'View', 'Window', 'Help']);
      }
      expect(named('File')?.slice(0, 3)).toEqual(['Copy Proxy Address', 'Open Studio in Browser', 'Show Data Folder']);
      const help = ['Documentation', 'Keyboard Shortcuts', 'Show Log Folder', 'About Sluice'];
      expect(named('Help')).toEqual(help);
    });

    test('copies the proxy’s address, opens the data folder and that of the log', async () => {
      const opened = await app.evaluateHandle(({ shell }) => {
        const paths: string[] = [];
        shell.openPath = async (path) => {
          paths.push(path);
          return '';
        };
        return paths;
      });
      await choose(app, 'File', 'Copy Proxy Address');
      expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      await choose(app, 'File', 'Show Data Folder');
      await choose(app, 'Help', 'Show Log Folder');
      const logs = await app.evaluate(({ app: electronApp }) => electronApp.getPath('logs'));
      expect(await opened.jsonValue()).toEqual([dataDir, logs]);
    });

    test('logs its engine’s life in a file of its user alone', async () => {
      const logs = await app.evaluate(({ app: electronApp }) => electronApp.getPath('logs'));
      const path = join(logs, 'window.log');
      const lines = readFileSync(path, 'utf8').trim().split('\n');
      const told = lines.map((line) => JSON.parse(line).msg);
      expect(told.slice(0, 2)).toEqual(['engine_ready', 'window_opened']);
      const { token, url } = await page.evaluate(() =>
        (window as unknown as { sluice: { engine(): Promise<{ token: string; url: string }> } }).sluice.engine(),
      );
      await fetch(`${url}/traces?query=${token}`, { headers: { authorization: 'Bearer of-bad-news' } });
      const engineLog = join(logs, 'engine.log');
      await expect.poll(() => existsSync(engineLog) && readFileSync(engineLog, 'utf8')).toContain('request_refused');
      for (const file of [path, engineLog]) {
        expect(statSync(file).mode & 0o777).toBe(0o600);
        expect(readFileSync(file, 'utf8')).not.toMatch(new RegExp(`${token}|of-bad-news`));
      }
    });

    test('says its versions', async () => {
      const shown = await app.evaluateHandle(({ dialog }) => {
        const texts: string[] = [];
        dialog.showMessageBox = async (...args: unknown[]) => {
          texts.push((args.at(-1) as { detail: string }).detail);
          return { response: 0, checkboxChecked: false };
        };
        return texts;
      });
      await choose(app, 'Help', 'About Sluice');
      await expect.poll(async () => (await shown.jsonValue()).length).toBe(1);
      const [about] = await shown.jsonValue();
      expect(about).toMatch(/^Sluice \d.*\nElectron \d.*\nChromium \d.*\nNode \d/);
    });

    test('shows the shortcuts from the menu', async () => {
      await choose(app, 'Help', 'Keyboard Shortcuts');
      await expect(page.getByRole('dialog')).toBeVisible();
      await page.keyboard.press('Escape');
    });

    test('shows the documentation in a window without the bridge', async () => {
      const opening = app.waitForEvent('window');
      await choose(app, 'Help', 'Documentation');
      const docs = await opening;
      await docs.waitForURL(/\/docs/);
      expect(docs.url()).not.toContain('token');
      await expect(docs.locator('#swagger-ui .info')).toBeVisible();
      expect(await docs.evaluate(() => 'sluice' in window)).toBe(false);
      await docs.close();
    });

    test('asks for files and folders, and shows what is there', async () => {
      const asked = await app.evaluateHandle(({ dialog, shell }) => {
        const calls: unknown[] = [];
        dialog.showOpenDialog = async (...args: unknown[]) => {
          calls.push((args.at(-1) as { properties: string[] }).properties);
          return { canceled: false, filePaths: ['/picked'] };
        };
        dialog.showSaveDialog = async (...args: unknown[]) => {
          calls.push((args.at(-1) as { defaultPath: string }).defaultPath);
          return { canceled: true, filePath: '' };
        };
        shell.showItemInFolder = (path) => void calls.push(path);
        return calls;
      });
      const answers = await page.evaluate(async (folder) => {
        type Call = (argument?: unknown) => Promise<unknown>;
        const bridge = (window as unknown as { sluice: Record<string, Call> }).sluice;
        return [
          await bridge['pickFile']?.(),
          await bridge['pickFolder']?.(),
          await bridge['saveFile']?.({ suggestedName: '../a.jsonl' }),
          await bridge['showInFolder']?.(folder),
          await bridge['showInFolder']?.('/not/there'),
        ];
      }, dataDir);
      expect(answers).toEqual(['/picked', '/picked', null, true, false]);
      expect(await asked.jsonValue()).toEqual([['openFile'], ['openDirectory', 'createDirectory'], 'a.jsonl', dataDir]);
    });

    test('reloads without losing its session', async () => {
      await page.reload();
      await expect(page.getByText('Capturing')).toBeVisible();
    });

    test('brings its window to the front at a second start', async () => {
      await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
      const profile = await app.evaluate(({ app: electron }) => electron.getPath('userData'));
      const env = cleanEnv({ SLUICE_DATA_DIR: dataDir });
      const second = spawn(studio.program.executable, [...studio.program.args, `--user-data-dir=${profile}`], {
        env,
        stdio: 'ignore',
      });
      await once(second, 'exit');
      expect(second.exitCode).toBe(0);
      await expect
        .poll(() =>
          app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible())),
        )
        .toEqual([true]);
    });

    test('ends with code 0 when its window is closed', async () => {
      const ended = once(app.process(), 'exit');
      await app.evaluate(({ BrowserWindow }) => setTimeout(() => BrowserWindow.getAllWindows()[0]?.close(), 0));
      expect((await ended)[0]).toBe(0);
    });
  });
}

test.describe('the package', () => {
  test.skip(process.platform !== 'linux', packagedOnLinux);
  let packaged: PackagedWindow;
  test.beforeAll(async () => {
    test.setTimeout(300_000);
    packaged = await packageWindow();
  });

  test('has its fuses burned', async () => {
    const fuses = await getCurrentFuseWire(packaged.executable);
    const named = (states: Record<string, FuseState>) =>
      Object.fromEntries(
        Object.keys(states).map((name) => [name, fuses[FuseV1Options[name as keyof typeof FuseV1Options]]]),
      );
    const expected = {
      RunAsNode: FuseState.DISABLE,
      EnableCookieEncryption: FuseState.ENABLE,
      EnableNodeOptionsEnvironmentVariable: FuseState.DISABLE,
      EnableNodeCliInspectArguments: FuseState.DISABLE,
      EnableEmbeddedAsarIntegrityValidation: FuseState.ENABLE,
      OnlyLoadAppFromAsar: FuseState.ENABLE,
      LoadBrowserProcessSpecificV8Snapshot: FuseState.DISABLE,
      GrantFileProtocolExtraPrivileges: FuseState.DISABLE,
    };
    expect(named(expected)).toEqual(expected);
  });

  test('opens its window as it is shipped, and is neither Node nor open to a debugger', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sluice-window-'));
    const { executable } = packaged.asShipped;
    expect(statSync(executable).ino).toBe(statSync(packaged.executable).ino);
    const args = ['--inspect=0', '--remote-debugging-port=0', `--user-data-dir=${join(dataDir, 'profile')}`];
    const shipped = spawn(executable, args, { env: windowEnv(dataDir, { ELECTRON_RUN_AS_NODE: '1' }) });
    const ended = once(shipped, 'exit');
    let said = '';
    shipped.stderr.on('data', (chunk) => {
      said += chunk;
    });
    test.setTimeout(180_000);
    const listening = /^DevTools listening on (ws:\S+)/m;
    await expect.poll(() => said).toMatch(listening);
    const browser = await chromium.connectOverCDP(listening.exec(said)?.[1] as string);
    const pages = () => browser.contexts().flatMap((context) => context.pages());
    await expect.poll(() => pages().length).toBe(1);
    await expect(pages()[0]?.getByText('Capturing') as Locator).toBeVisible();
    expect(said).not.toContain('Debugger listening');
    await browser.close();
    shipped.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
    rmSync(dataDir, { recursive: true, force: true });
  });
});

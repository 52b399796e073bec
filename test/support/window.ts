import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { findElectron } from '../../src/main/hosts/window.js';
import { cleanEnv } from './engine.js';

/** A program that opens the studio's window, and the arguments that make it do so. */
export interface WindowProgram {
  executable: string;
  args: string[];
  /** It brings the app along; else Electron's own program is told where it is. */
  packaged: boolean;
}

export interface StudioWindow {
  app: ElectronApplication;
  page: Page;
  dataDir: string;
  program: WindowProgram;
  /** What the app wrote to stderr so far. */
  said(): string;
  /** Ends the app and deletes what it kept. */
  dispose(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..');
export const electron = findElectron();
export const noElectron = 'Electron’s program is not installed here; to get it: npx install-electron';

/** The built working tree in Electron's own program. */
export function workingTree(): WindowProgram {
  if (electron === null) throw new Error(noElectron);
  return { executable: electron, args: [root], packaged: false };
}

/** The environment of a window of its own: an empty data folder, free ports. */
export function windowEnv(dataDir: string, env: Record<string, string> = {}): Record<string, string> {
  const own = { SLUICE_DATA_DIR: dataDir, SLUICE_PROXY_PORT: '0', SLUICE_API_PORT: '0', ...env };
  return cleanEnv(own) as Record<string, string>;
}

/** The arguments that start a program under a profile of its own. In the working tree `first` runs before the app does. */
export function windowArgs(program: WindowProgram, dataDir: string, first?: string): string[] {
  const args = [...program.args, `--user-data-dir=${join(dataDir, 'profile')}`];
  if (first === undefined) return args;
  const file = join(dataDir, 'first.cjs');
  writeFileSync(file, first);
  return ['-r', file, ...args];
}

/** Starts the app and waits for its studio. */
export async function openWindow(
  program: WindowProgram,
  options: { first?: string; env?: Record<string, string> } = {},
): Promise<StudioWindow> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sluice-window-'));
  const args = windowArgs(program, dataDir, options.first);
  const env = windowEnv(dataDir, options.env);
  // Where Playwright finds Electron by itself, it holds the app until it is attached.
  const app = await _electron.launch({
    ...(program.packaged ? { executablePath: program.executable } : {}),
    args,
    env,
  });
  let said = '';
  app.process().stderr?.on('data', (chunk) => {
    said += chunk;
  });
  const page = await app.firstWindow();
  await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\//, { timeout: 60_000 });
  return {
    app,
    page,
    dataDir,
    program,
    said: () => said,
    async dispose() {
      await app.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Clicks a menu's item. */
export async function choose(app: ElectronApplication, menu: string, item: string): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow, Menu }, [top, label]) => {
      const [window] = BrowserWindow.getAllWindows();
      const found = Menu.getApplicationMenu()
        ?.items.find((each) => each.label === top)
        ?.submenu?.items.find((each) => each.label === label);
      if (!found) throw new Error(`There is no ${top} > ${label}.`);
      found.click({}, window, window?.webContents);
    },
    [menu, item] as const,
  );
}

/** The engine's process once it is up, else 0. */
export function engineUp(app: ElectronApplication): Promise<number> {
  return app.evaluate(({ app: electronApp, Menu }) => {
    const file = Menu.getApplicationMenu()?.items.find(({ label }) => label === 'File');
    if (!file?.submenu?.items[0]?.enabled) return 0;
    return electronApp.getAppMetrics().find(({ name }) => name === 'Sluice engine')?.pid ?? 0;
  });
}

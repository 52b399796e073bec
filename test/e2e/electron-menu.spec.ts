import { once } from 'node:events';
import { expect, type JSHandle, test } from '@playwright/test';
import { choose, electron, noElectron, openWindow, type StudioWindow, workingTree } from '../support/window.js';

/** What the menu and the tray offer, and that each of it does what it says. */

test.skip(!electron, noElectron);

/** The tray is nobody's to ask: its menu is kept when it is set. */
const keepTray = `
const { Tray } = require('electron');
for (const name of ['setContextMenu', 'setToolTip']) {
  const set = Tray.prototype[name];
  Tray.prototype[name] = function (value) {
    globalThis.keptTray = { ...globalThis.keptTray, tray: this, [name]: value };
    return set.call(this, value);
  };
}`;
interface KeptTray {
  keptTray: { tray: Electron.Tray; setContextMenu: Electron.Menu; setToolTip: string };
}

let studio: StudioWindow;
test.beforeAll(async () => {
  studio = await openWindow(workingTree(), { first: keepTray });
  await studio.app.evaluate(({ clipboard }) => clipboard.clear());
});
test.afterAll(() => studio?.dispose());

const trayItems = () =>
  studio.app.evaluate(() =>
    (globalThis as unknown as KeptTray).keptTray.setContextMenu.items.map(({ label, enabled }) => [label, enabled]),
  );
const chooseInTray = (label: string) =>
  studio.app.evaluate(
    (_electron, wanted) =>
      (globalThis as unknown as KeptTray).keptTray.setContextMenu.items
        .find((item) => item.label === wanted)
        ?.click() as undefined,
    label,
  );
const windowState = () =>
  studio.app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    return {
      visible: window?.isVisible(),
      zoom: window?.webContents.getZoomLevel(),
      full: window?.isFullScreen(),
      tools: window?.webContents.isDevToolsOpened(),
    };
  });

/** Collects what is given to one of Electron's functions, which then does nothing. */
function kept(module: 'shell' | 'dialog', name: string, answer: unknown): Promise<JSHandle<unknown[]>> {
  return studio.app.evaluateHandle(
    (all, [from, method, result]) => {
      const given: unknown[] = [];
      (all[from as 'shell'] as unknown as Record<string, unknown>)[method as string] = async (...args: unknown[]) => {
        given.push(args.at(-1));
        return result;
      };
      return given;
    },
    [module, name, answer] as const,
  );
}

test('has these items and shortcuts', async () => {
  test.skip(process.platform === 'darwin', 'a Mac’s menu has others');
  const menu = await studio.app.evaluate(({ Menu }) =>
    (Menu.getApplicationMenu()?.items ?? []).map(({ label, submenu }) => [
      label,
      (submenu?.items ?? [])
        .filter(({ type }) => type !== 'separator')
        .map((item) => {
          const { label: own, accelerator, enabled } = item;
          const byRole = (item as unknown as { getDefaultRoleAccelerator(): string }).getDefaultRoleAccelerator();
          return [own, accelerator ?? byRole ?? '', enabled].join(' | ').replace('CommandOrControl', 'CmdOrCtrl');
        }),
    ]),
  );
  expect(menu).toEqual([
    [
      'File',
      [
        'Copy Proxy Address |  | true',
        'Open Studio in Browser |  | true',
        'Show Data Folder |  | true',
        'Quit | CmdOrCtrl+Q | true',
      ],
    ],
    [
      'Edit',
      [
        'Undo | CmdOrCtrl+Z | true',
        'Redo | Shift+CmdOrCtrl+Z | true',
        'Cut | CmdOrCtrl+X | true',
        'Copy | CmdOrCtrl+C | true',
        'Paste | CmdOrCtrl+V | true',
        'Delete |  | true',
        'Select All | CmdOrCtrl+A | true',
      ],
    ],
    [
      'View',
      [
        'Reload | CmdOrCtrl+R | true',
        'Force Reload | Shift+CmdOrCtrl+R | true',
        'Toggle Developer Tools | Ctrl+Shift+I | true',
        'Actual Size | CmdOrCtrl+0 | true',
        'Zoom In | CmdOrCtrl+Plus | true',
        'Zoom Out | CmdOrCtrl+- | true',
        'Toggle Full Screen | F11 | true',
      ],
    ],
    ['Window', ['Minimize | CmdOrCtrl+M | true', 'Zoom |  | true', 'Close | CmdOrCtrl+W | true']],
    [
      'Help',
      [
        'Documentation |  | true',
        'Keyboard Shortcuts |  | true',
        'Show Log Folder |  | true',
        'About Sluice |  | true',
      ],
    ],
  ]);
});

test('opens the browser by a code that counts once, never by the token', async () => {
  const opened = await kept('shell', 'openExternal', undefined);
  await choose(studio.app, 'File', 'Open Studio in Browser');
  await expect.poll(async () => (await opened.jsonValue()).length).toBe(1);
  const url = new URL((await opened.jsonValue())[0] as string);
  const { token, url: api } = await studio.page.evaluate(() =>
    (window as unknown as { sluice: { engine(): Promise<{ url: string; token: string }> } }).sluice.engine(),
  );
  expect(url.href).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#code=/);
  expect(url.href).not.toContain(token);
  const code = new URLSearchParams(url.hash.slice(1)).get('code') as string;
  const redeem = () =>
    fetch(`${api}/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: new URL(api).origin },
      body: JSON.stringify({ code }),
    });
  expect((await redeem()).ok).toBe(true);
  expect((await redeem()).status).toBe(401);
});

test('says that the browser cannot be opened', async () => {
  const shown = await studio.app.evaluateHandle(({ dialog, shell }) => {
    const texts: string[] = [];
    shell.openExternal = async () => {
      throw new Error('There is no browser.');
    };
    dialog.showErrorBox = (title, content) => void texts.push(`${title}: ${content}`);
    return texts;
  });
  await choose(studio.app, 'File', 'Open Studio in Browser');
  await expect.poll(() => shown.jsonValue()).toEqual(['The browser could not be opened: There is no browser.']);
});

test('says where a folder is that cannot be opened', async () => {
  await kept('shell', 'openPath', 'There is no file manager.');
  const shown = await kept('dialog', 'showMessageBox', { response: 1, checkboxChecked: false });
  await choose(studio.app, 'File', 'Show Data Folder');
  await expect.poll(() => shown.jsonValue()).toMatchObject([{ detail: studio.dataDir }]);
  // Its second button copies the place.
  await expect.poll(() => studio.app.evaluate(({ clipboard }) => clipboard.readText())).toBe(studio.dataDir);
});

test('reloads from the menu, and stays where it was', async () => {
  for (const item of ['Reload', 'Force Reload']) {
    await studio.page.evaluate(() => {
      location.hash = '/settings';
      (window as unknown as { before: boolean }).before = true;
    });
    await choose(studio.app, 'View', item);
    await expect.poll(() => studio.page.evaluate(() => 'before' in window).catch(() => true)).toBe(false);
    await expect(studio.page.getByText('Capturing')).toBeVisible();
    await expect(studio.page).toHaveURL(/#\/settings/);
  }
});

test('zooms, shows its tools and fills the screen from the menu', async () => {
  await choose(studio.app, 'View', 'Zoom In');
  expect((await windowState()).zoom).toBeGreaterThan(0);
  await choose(studio.app, 'View', 'Actual Size');
  expect((await windowState()).zoom).toBe(0);
  await choose(studio.app, 'View', 'Zoom Out');
  expect((await windowState()).zoom).toBeLessThan(0);
  await choose(studio.app, 'View', 'Actual Size');
  for (const open of [true, false]) {
    await choose(studio.app, 'View', 'Toggle Developer Tools');
    await expect.poll(async () => (await windowState()).tools).toBe(open);
  }
  for (const full of [true, false]) {
    await choose(studio.app, 'View', 'Toggle Full Screen');
    await expect.poll(async () => (await windowState()).full).toBe(full);
  }
});

test('edits by the menu', async () => {
  const { app, page } = studio;
  await page.evaluate(() => {
    const input = document.createElement('input');
    input.id = 'tried';
    document.body.append(input);
  });
  const field = page.locator('#tried');
  await field.fill('kind:agent');
  await field.focus();
  const text = () => app.evaluate(({ clipboard }) => clipboard.readText());
  await choose(app, 'Edit', 'Select All');
  await choose(app, 'Edit', 'Copy');
  await expect.poll(text).toBe('kind:agent');
  await choose(app, 'Edit', 'Cut');
  await expect(field).toHaveValue('');
  await choose(app, 'Edit', 'Paste');
  await expect(field).toHaveValue('kind:agent');
});

test('offers in the tray what the window’s state allows', async () => {
  const proxy = /Capturing on http:\/\/127\.0\.0\.1:\d+$/;
  expect((await trayItems()).slice(1)).toEqual([
    ['', true],
    ['Open Studio', true],
    ['Copy Proxy Address', true],
    ['', true],
    ['Quit', true],
  ]);
  expect((await trayItems())[0]).toEqual([expect.stringMatching(proxy), false]);
  expect(await studio.app.evaluate(() => (globalThis as unknown as KeptTray).keptTray.setToolTip)).toMatch(proxy);
  await chooseInTray('Copy Proxy Address');
  expect(await studio.app.evaluate(({ clipboard }) => clipboard.readText())).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('comes to the front from the tray', async () => {
  for (const come of [
    () => chooseInTray('Open Studio'),
    () => studio.app.evaluate(() => void (globalThis as unknown as KeptTray).keptTray.tray.emit('click')),
  ]) {
    await studio.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
    expect((await windowState()).visible).toBe(false);
    await come();
    await expect.poll(async () => (await windowState()).visible).toBe(true);
  }
});

test('greys out what needs the engine while there is none', async () => {
  const states = await studio.app.evaluateHandle(({ Menu }) => {
    const seen: unknown[] = [];
    const set = Menu.setApplicationMenu;
    Menu.setApplicationMenu = (menu) => {
      const items = (menu?.items ?? []).flatMap(({ submenu }) => submenu?.items ?? []);
      seen.push(items.filter(({ enabled }) => !enabled).map(({ label }) => label));
      set.call(Menu, menu);
    };
    return seen;
  });
  await studio.app.evaluate(({ app }) =>
    process.kill(app.getAppMetrics().find(({ name }) => name === 'Sluice engine')?.pid as number, 'SIGKILL'),
  );
  await expect.poll(async () => (await states.jsonValue()).length).toBe(2);
  expect(await states.jsonValue()).toEqual([
    ['Copy Proxy Address', 'Open Studio in Browser', 'Show Data Folder', 'Documentation', 'Keyboard Shortcuts'],
    [],
  ]);
});

test('quits from the tray', async () => {
  const ended = once(studio.app.process(), 'exit');
  await studio.app.evaluate(() => {
    const { setContextMenu } = (globalThis as unknown as KeptTray).keptTray;
    setTimeout(() => setContextMenu.items.find(({ label }) => label === 'Quit')?.click(), 0);
  });
  expect((await ended)[0]).toBe(0);
});

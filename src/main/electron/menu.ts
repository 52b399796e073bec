import { app, type BrowserWindow, clipboard, dialog, Menu, type MenuItemConstructorOptions, shell } from 'electron';
import { openingAddress } from '../hosts/opening-address.js';
import { appVersion } from '../hosts/paths.js';
import type { ReadyInfo } from '../hosts/utility-messages.js';
import { logFolder } from './log.js';
import { openDocs } from './window.js';

/** The application menu. What needs the engine is greyed out while there is none. */
export function setMenu(engine: ReadyInfo | null, window: () => BrowserWindow | null): void {
  const isMac = process.platform === 'darwin';
  const file: MenuItemConstructorOptions[] = [
    {
      label: 'Copy Proxy Address',
      enabled: engine !== null,
      click: () => engine && clipboard.writeText(engine.proxy),
    },
    {
      label: 'Open Studio in Browser',
      enabled: engine !== null,
      click: () => engine && void openInBrowser(engine),
    },
    {
      label: 'Show Data Folder',
      enabled: engine !== null,
      click: () => engine && void openFolder(engine.data_dir),
    },
    { type: 'separator' },
    isMac ? { role: 'close' } : { role: 'quit' },
  ];
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ label: app.name, role: 'appMenu' } as const] : []),
    { label: 'File', submenu: file },
    { role: 'editMenu' },
    { role: 'viewMenu' },
    { role: 'windowMenu' },
    { role: 'help', submenu: helpItems(engine, window) },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

function helpItems(engine: ReadyInfo | null, window: () => BrowserWindow | null): MenuItemConstructorOptions[] {
  return [
    { label: 'Documentation', enabled: engine !== null, click: () => engine && openDocs(engine) },
    {
      label: 'Keyboard Shortcuts',
      enabled: engine !== null,
      click: () => void window()?.webContents.executeJavaScript(askForShortcuts),
    },
    { label: 'Show Log Folder', click: () => void openFolder(logFolder()) },
    { type: 'separator' },
    { label: 'About Sluice', click: () => void showBox('Sluice', versions()) },
  ];
}

/** The studio shows its shortcuts when `?` is pressed outside a field. */
const askForShortcuts = `document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true }))`;

async function showBox(message: string, detail: string): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: 'info',
    title: 'Sluice',
    message,
    detail,
    buttons: ['OK', 'Copy'],
    cancelId: 0,
  });
  if (response === 1) clipboard.writeText(detail);
}

async function openFolder(path: string): Promise<void> {
  const problem = await shell.openPath(path);
  if (problem !== '') await showBox('The folder could not be opened', path);
}

function versions(): string {
  const { electron, chrome, node } = process.versions;
  const system = `${process.platform} ${process.arch}`;
  return [
    `Sluice ${appVersion}`,
    `Electron ${electron}`,
    `Chromium ${chrome}`,
    `Node ${node}`,
    `System ${system}`,
  ].join('\n');
}

async function openInBrowser(engine: ReadyInfo): Promise<void> {
  try {
    await shell.openExternal(await openingAddress(engine));
  } catch (error) {
    dialog.showErrorBox('The browser could not be opened', error instanceof Error ? error.message : String(error));
  }
}

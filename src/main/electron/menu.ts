import { app, clipboard, Menu, type MenuItemConstructorOptions, shell } from 'electron';
import type { ReadyInfo } from '../hosts/utility-messages.js';

/** The application menu. What needs the engine is greyed out while there is none. */
export function setMenu(engine: ReadyInfo | null): void {
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
      click: () => engine && void shell.openExternal(engine.ui),
    },
    {
      label: 'Show Data Folder',
      enabled: engine !== null,
      click: () => engine && void shell.openPath(engine.data_dir),
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
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

import { join } from 'node:path';
import { BrowserWindow, nativeTheme } from 'electron';
import { resourcesDir } from '../hosts/paths.js';

/** The studio's window, still empty; shown when its first page has been drawn. */
export function createWindow(): BrowserWindow {
  const window = new BrowserWindow({
    title: 'Sluice',
    icon: join(resourcesDir, 'icons', 'icon.png'),
    width: 1440,
    height: 900,
    minWidth: 1024,
    minHeight: 640,
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#141414' : '#ffffff',
    webPreferences: {
      preload: join(import.meta.dirname, '..', 'preload', 'index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  return window;
}

/** Brings a window to the front, wherever it hides. */
export function reveal(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

import { join } from 'node:path';
import { BrowserWindow, nativeTheme } from 'electron';
import { resourcesDir } from '../hosts/paths.js';

export type StudioWindow = BrowserWindow;

/** The studio's window, still empty. */
export function createWindow(onClosed: () => void): StudioWindow {
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
  window.on('closed', onClosed);
  return window;
}

/** Brings a window to the front, wherever it hides. */
export function reveal(window: StudioWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

import { join } from 'node:path';
import { BrowserWindow, type LoadURLOptions, nativeTheme } from 'electron';
import { resourcesDir } from '../hosts/paths.js';
import type { ReadyInfo } from '../hosts/utility-messages.js';
import { note } from './log.js';

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
  window.once('show', () => note('window_opened'));
  return window;
}

/** Loads one of the studio's pages. A load that fails leaves the window open: View > Reload tries again. */
export function showPage(window: StudioWindow, url: string, options: LoadURLOptions = {}): void {
  window.loadURL(url, options).catch((error: NodeJS.ErrnoException) => {
    // Another load has taken its place, e.g. because the engine was started again meanwhile.
    if (error.code === 'ERR_ABORTED') return;
    process.stderr.write(`sluice: the studio did not load: ${error.code}\n`);
    note('page_not_loaded', { code: error.code ?? error.name });
  });
}

/** The documentation of the API, in a window without the bridge. */
export function openDocs(engine: ReadyInfo): void {
  const window = new BrowserWindow({
    title: 'Sluice documentation',
    icon: join(resourcesDir, 'icons', 'icon.png'),
    width: 1100,
    height: 800,
    webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false },
  });
  // In a header, not in the address: addresses are kept and shown.
  showPage(window, `${engine.api}/docs/`, { extraHeaders: `Authorization: Bearer ${engine.token}\n` });
}

/** Brings a window to the front, wherever it hides. */
export function reveal(window: StudioWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

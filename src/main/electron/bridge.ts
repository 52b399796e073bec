import { existsSync } from 'node:fs';
import { type BrowserWindow, dialog, ipcMain, shell } from 'electron';
import type { z } from 'zod';
import { type DesktopBridge, type DesktopMethod, desktopChannel, desktopMethods } from '../../shared/desktop.js';
import type { ReadyInfo } from '../hosts/utility-messages.js';
import { bridgeArguments, mayCallBridge, mayShowInFolder, suggestedFileName } from './policy.js';

type Handlers = {
  [M in DesktopMethod]: (argument: z.infer<(typeof bridgeArguments)[M]>) => ReturnType<DesktopBridge[M]>;
};

/** Answers the preload's functions; each call is checked for who asks and what for. */
export function serveBridge(window: () => BrowserWindow | null, engine: () => ReadyInfo | null): void {
  const open = async (properties: ('openFile' | 'openDirectory' | 'createDirectory')[], filters = noFilters) => {
    const options = { properties, filters };
    const parent = window();
    const { canceled, filePaths } = await (parent
      ? dialog.showOpenDialog(parent, options)
      : dialog.showOpenDialog(options));
    return canceled ? null : (filePaths[0] ?? null);
  };
  const handlers: Handlers = {
    pickFile: (argument) => open(['openFile'], argument?.filters),
    pickFolder: () => open(['openDirectory', 'createDirectory']),
    saveFile: async ({ suggestedName, filters = noFilters }) => {
      const options = { defaultPath: suggestedFileName(suggestedName), filters };
      const parent = window();
      const { canceled, filePath } = await (parent
        ? dialog.showSaveDialog(parent, options)
        : dialog.showSaveDialog(options));
      return canceled || !filePath ? null : filePath;
    },
    showInFolder: async (path) => {
      if (!mayShowInFolder(path, process.platform) || !existsSync(path)) return false;
      shell.showItemInFolder(path);
      return true;
    },
    engine: async () => {
      const ready = engine();
      if (!ready) throw new Error('The engine is not running.');
      return { url: ready.api, token: ready.token };
    },
  };
  for (const method of desktopMethods) {
    ipcMain.handle(desktopChannel(method), (event, argument: unknown) => {
      const frame = event.senderFrame;
      const asker = frame && { url: frame.url, isMainFrame: frame.parent === null };
      if (!mayCallBridge(asker, engine()?.ui ?? '')) throw new Error('Not allowed.');
      return handlers[method](bridgeArguments[method].parse(argument) as never);
    });
  }
}

const noFilters: { name: string; extensions: string[] }[] = [];

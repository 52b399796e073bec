import { join } from 'node:path';
import { app, clipboard, Menu, Tray } from 'electron';
import { resourcesDir } from '../hosts/paths.js';
import type { ReadyInfo } from '../hosts/utility-messages.js';

export interface StudioTray {
  show(engine: ReadyInfo | null): void;
}

/** The tray icon says whether capture is on, and where. */
export function createTray(onOpen: () => void): StudioTray {
  const image = process.platform === 'darwin' ? 'trayTemplate.png' : 'tray.png';
  const tray = new Tray(join(resourcesDir, 'icons', image));
  tray.on('click', onOpen);
  const show = (engine: ReadyInfo | null) => {
    const state = engine ? `Capturing on ${engine.proxy}` : 'Not capturing';
    tray.setToolTip(`Sluice: ${state}`);
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: state, enabled: false },
        { type: 'separator' },
        { label: 'Open Studio', click: onOpen },
        {
          label: 'Copy Proxy Address',
          enabled: engine !== null,
          click: () => engine && clipboard.writeText(engine.proxy),
        },
        { type: 'separator' },
        { label: 'Quit', click: () => app.quit() },
      ]),
    );
  };
  show(null);
  return { show };
}

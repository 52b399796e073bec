import { serveBridge } from './electron/bridge.js';
import { type EngineProcess, startEngineProcess } from './electron/engine-process.js';
import { hasKeychain } from './electron/keychain.js';
import {
  drainBeforeQuit,
  failWith,
  followWindows,
  isOnlyInstance,
  noticeRestart,
  quit,
  whenReady,
} from './electron/lifecycle.js';
import { setMenu } from './electron/menu.js';
import { lockDown, sandboxEverything } from './electron/security.js';
import { createTray } from './electron/tray.js';
import { createWindow, reveal, type StudioWindow } from './electron/window.js';

/** Electron's entry: starts the engine in its own process and shows its studio. */

let engine: EngineProcess | null = null;
let window: StudioWindow | null = null;

function openStudio(): void {
  if (!window) {
    window = createWindow(() => {
      window = null;
    });
    const ready = engine?.current();
    if (ready) void window.loadURL(ready.ui);
  }
  reveal(window);
}

async function run(): Promise<void> {
  await whenReady();
  lockDown(() => engine?.current()?.ui ?? '');
  serveBridge(
    () => window,
    () => engine?.current() ?? null,
  );
  setMenu(null);
  const tray = createTray(openStudio);
  engine = startEngineProcess(process.argv.slice(1), await hasKeychain(), {
    onReady(ready) {
      setMenu(ready);
      tray.show(ready);
      if (window) void window.loadURL(ready.ui);
      else openStudio();
    },
    onRestart() {
      setMenu(null);
      tray.show(null);
      noticeRestart();
    },
    onFailed: failWith,
  });
  followWindows(openStudio);
  drainBeforeQuit(() => engine?.stop() ?? Promise.resolve());
}

sandboxEverything();
// Not awaited: Electron becomes ready only after this module has been evaluated.
if (isOnlyInstance(openStudio)) void run();
else quit();

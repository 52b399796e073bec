import { serveBridge } from './electron/bridge.js';
import { type EngineProcess, startEngineProcess } from './electron/engine-process.js';
import { hasKeychain } from './electron/keychain.js';
import {
  askToWait,
  drainBeforeQuit,
  failUnexpectedly,
  failWhenThrown,
  failWith,
  followWindows,
  isOnlyInstance,
  noticeRestart,
  quit,
  whenReady,
} from './electron/lifecycle.js';
import { setMenu } from './electron/menu.js';
import { studioAt } from './electron/policy.js';
import { lockDown, sandboxEverything } from './electron/security.js';
import { createTray } from './electron/tray.js';
import { createWindow, reveal, type StudioWindow, showPage } from './electron/window.js';

/** Electron's entry: starts the engine in its own process and shows its studio. */

let engine: EngineProcess | null = null;
let window: StudioWindow | null = null;
/** It was asked for while there was no engine, and so nothing to show. */
let wanted = true;

function openStudio(): void {
  const ready = engine?.current();
  wanted = !window && !ready;
  if (wanted) return;
  if (!window) {
    window = createWindow(() => {
      window = null;
    });
    if (ready) showPage(window, ready.ui);
  }
  reveal(window);
}

async function run(): Promise<void> {
  await whenReady();
  drainBeforeQuit(() => engine?.stop() ?? Promise.resolve());
  lockDown(() => engine?.current()?.ui ?? '');
  serveBridge(
    () => window,
    () => engine?.current() ?? null,
  );
  followWindows(openStudio);
  setMenu(null, () => window);
  const tray = createTray(openStudio);
  engine = startEngineProcess(process.argv.slice(1), await hasKeychain(), {
    onReady(ready) {
      setMenu(ready, () => window);
      tray.show(ready);
      if (window) showPage(window, studioAt(ready.ui, window.webContents.getURL()));
      // One that its user has closed stays closed when the engine is started again.
      else if (wanted) openStudio();
    },
    onRestart() {
      setMenu(null, () => window);
      tray.show(null);
      noticeRestart();
    },
    onFailed: failWith,
    async onSlow(seconds, signal) {
      if ((await askToWait(seconds, signal)) === 'quit') quit();
    },
  });
}

failWhenThrown();
sandboxEverything();
// Not awaited: Electron becomes ready only after this module has been evaluated.
if (isOnlyInstance(openStudio)) run().catch(failUnexpectedly);
else quit();

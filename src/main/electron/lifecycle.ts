import { app, dialog, Notification } from 'electron';
import type { EngineFailure } from '../hosts/utility-messages.js';

/** False when the studio is open already; that one is told and comes to the front. */
export function isOnlyInstance(onAnotherStart: () => void): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', onAnotherStart);
  return true;
}

/** Quitting waits for `drain`, once, however it was asked for. */
export function drainBeforeQuit(drain: () => Promise<void>): void {
  let drained = false;
  app.on('before-quit', (event) => {
    if (drained) return;
    event.preventDefault();
    drained = true;
    void drain().finally(() => app.quit());
  });
  process.on('SIGTERM', () => app.quit()).on('SIGINT', () => app.quit());
}

/** On a Mac an app outlives its windows; elsewhere closing the last one ends it. */
export function followWindows(onActivate: () => void): void {
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('activate', onActivate);
}

/** Shows why the engine does not run, and ends the app. */
export function failWith(failure: EngineFailure): void {
  dialog.showErrorBox('Sluice cannot capture', [failure.message, failure.next].filter(Boolean).join('\n\n'));
  app.exit(1);
}

export function noticeRestart(): void {
  if (!Notification.isSupported()) return;
  new Notification({
    title: 'Sluice started its engine again',
    body: 'It had ended unexpectedly. Finished exchanges are kept; open requests were cut.',
  }).show();
}

export function whenReady(): Promise<void> {
  return app.whenReady();
}

export function quit(): void {
  app.quit();
}

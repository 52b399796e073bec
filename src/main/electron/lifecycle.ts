import { app, dialog, Notification } from 'electron';
import type { EngineFailure } from '../hosts/utility-messages.js';
import { note } from './log.js';

/** False when the studio is open already; that one is told and comes to the front. */
export function isOnlyInstance(onAnotherStart: () => void): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', onAnotherStart);
  return true;
}

/** Quitting waits for `drain`, once, however it was asked for. Call when ready: Chromium sets its own signal handlers before. */
export function drainBeforeQuit(drain: () => Promise<void>): void {
  let drained = false;
  app.on('before-quit', (event) => {
    if (failed) return app.exit(1);
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
    // While a failure is shown, its box ends the app and says with which code.
    if (process.platform !== 'darwin' && !failed) app.quit();
  });
  app.on('activate', onActivate);
}

let failed = false;

/**
 * Says why Sluice does not run, on stderr and in a box, and ends the app with exit code 1. The box does not block:
 * signals are answered while it is open.
 */
export async function failWith(failure: EngineFailure): Promise<void> {
  if (failed) return;
  failed = true;
  const detail = [failure.message, failure.next].filter(Boolean).join('\n\n');
  process.stderr.write(`sluice: ${failure.code}: ${detail}\n`);
  // Of what nobody expected only the places: its message may quote what was read.
  note('failed', { failure: failure.code, at: failure.message.split('\n').filter((line) => /^\s+at /.test(line)) });
  try {
    await app.whenReady();
    await dialog.showMessageBox({ type: 'error', title: 'Sluice', message: 'Sluice cannot capture', detail });
  } finally {
    app.exit(1);
  }
}

/** The same for an error that nothing here expected. */
export function failUnexpectedly(error: unknown): Promise<void> {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return failWith({ code: 'internal', message, next: 'Start the studio from a terminal to see what it says.' });
}

/** What is thrown where nobody catches it ends the app too: Electron's own box would leave the process behind. */
export function failWhenThrown(): void {
  process.on('uncaughtException', (error) => void failUnexpectedly(error));
  // A terminal that was closed is no reason to end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

/** Asks whether to go on waiting for an engine that takes long. The signal takes the question back. */
export async function askToWait(seconds: number, signal: AbortSignal): Promise<'wait' | 'quit'> {
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    title: 'Sluice',
    message: 'The engine is still starting',
    detail: `It has not answered for ${seconds} seconds. A large data folder that is being migrated takes long.`,
    buttons: ['Keep waiting', 'Quit'],
    cancelId: 0,
    signal,
  });
  return response === 1 ? 'quit' : 'wait';
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

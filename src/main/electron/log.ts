import { join } from 'node:path';
import { app } from 'electron';
import { type LogFile, openLogFile } from '../hosts/log-file.js';
import { appVersion } from '../hosts/paths.js';

/** What the window itself logs; the engine has a file of its own beside it. Codes and places, never content. */

let file: LogFile | null = null;

/** Where both files lie: the system's place for logs, or the profile's. */
export function logFolder(): string {
  return app.getPath('logs');
}

/** The engine's file. */
export function engineLogPath(): string {
  return join(logFolder(), 'engine.log');
}

/** A line of JSON in the window's file. */
export function note(msg: string, fields: Record<string, string | number | boolean | string[]> = {}): void {
  const line = { time: Date.now(), pid: process.pid, version: appVersion, ...fields, msg };
  try {
    file ??= openLogFile(join(logFolder(), 'window.log'), tellUnwritable);
    file.write(`${JSON.stringify(line)}\n`);
  } catch (error) {
    // Where there is no place for logs, what is wrong must still be shown.
    tellUnwritable(error as NodeJS.ErrnoException);
  }
}

function tellUnwritable(error: NodeJS.ErrnoException): void {
  process.stderr.write(`sluice: the window's log cannot be written: ${error.code ?? error.message}\n`);
}

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Notes the scripts keep between runs: locks, logs, temporary results. Not in git; safe to delete. */
export const stateDir = join(root, '.setup');

/** Progress goes to stderr only: stdout belongs to the command that follows (`serve --json`). */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** A failure to be shown as it is, without a stack. */
export class SetupError extends Error {}

/** Ends the process with the failure's text; anything unexpected keeps its stack. */
export function fail(error) {
  say(error instanceof SetupError ? error.message : String(error?.stack ?? error));
  process.exit(1);
}

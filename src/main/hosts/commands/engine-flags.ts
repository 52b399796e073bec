import type { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';

/** For flags that may be repeated. */
export const collect = (value: string, before: string[] | undefined) => [...(before ?? []), value];

/** A flag's whole number. @throws SluiceError `usage` */
export function wholeIn(flag: string, value: string, least: number, most?: number): number {
  const number = Number(value);
  const fits = number >= least && number <= (most ?? Number.MAX_SAFE_INTEGER);
  if (Number.isSafeInteger(number) && fits && value.trim() !== '') return number;
  const range = most === undefined ? `${least} on` : `${least} to ${most}`;
  throw new SluiceError('usage', `${flag} is a whole number from ${range}, not "${value}".`);
}

/** The flags that start an engine; `serve`, `run` and bare `sluice` share them. */
export function engineFlags(command: Command): Command {
  return command
    .option('--data-dir <folder>', 'data folder (SLUICE_DATA_DIR)')
    .option('--host <host>', 'address to listen on, default 127.0.0.1 (SLUICE_HOST)')
    .option('--proxy-port <port>', 'proxy port, default 7690, 0 takes a free one (SLUICE_PROXY_PORT)')
    .option('--api-port <port>', 'API and studio port, default 7691, 0 takes a free one (SLUICE_API_PORT)')
    .option(
      '--token <token>',
      'API token instead of the stored one; other users of this machine see it: prefer SLUICE_TOKEN or --token-file',
    )
    .option('--token-file <file>', 'file whose first line is that token (SLUICE_TOKEN_FILE)')
    .option('--upstream <name=url>', 'gateway upstream, may be repeated (SLUICE_UPSTREAM)', collect)
    .option(
      '--intercept <host>',
      "host to intercept besides the known ones, '*' for all, may be repeated (SLUICE_INTERCEPT)",
      collect,
    )
    .option('--insecure-upstream', 'accept upstream certificates that do not verify (SLUICE_INSECURE_UPSTREAM)')
    .option('--demo', 'seeded traces in a folder of their own (SLUICE_DEMO)');
}

/** For `serve` and `run`: the file that what they capture is appended to. */
export function traceOutputFlag(command: Command): Command {
  return command.option(
    '--trace-output <file>',
    'append each finished tool call to this file, a JSON line each (SLUICE_TRACE_OUTPUT)',
  );
}

/** `--data-dir` alone, for commands that look at a folder or talk to its engine. */
export function folderFlag(command: Command): Command {
  return command.option('--data-dir <folder>', 'data folder (SLUICE_DATA_DIR)').option('--json', 'print JSON');
}

/** The same for commands that may speak to an engine which was started with a token of its own. */
export function engineAtFlags(command: Command): Command {
  return folderFlag(command).option('--token <token>', 'API token, where the engine was started with one of its own');
}

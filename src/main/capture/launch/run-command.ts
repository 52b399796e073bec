import { type StdioOptions, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { SluiceError } from '../../../shared/errors.js';
import type { Bypass } from '../../../shared/model/index.js';
import { watchBypass } from './bypass.js';
import { type LaunchTarget, launchVariables } from './environment.js';
import { startOf } from './start-of.js';

/**
 * Runs a command with its traffic led through the proxy, its own input and output untouched unless `stdio` says where they go. Resolves with its exit
 * code (128 + n where signal n ended it) and the connections that went past the proxy, where that can be known. Throws
 * usage where the command cannot be started.
 */
export function runCommand(
  command: string[],
  target: LaunchTarget,
  { env = process.env, stdio = 'inherit' }: { env?: NodeJS.ProcessEnv; stdio?: StdioOptions } = {},
): Promise<{ code: number; bypassed: Bypass[] }> {
  const [name] = command as [string, ...string[]];
  const { file, args, verbatim } = startOf(command);
  const childEnv: NodeJS.ProcessEnv = { ...env };
  for (const { name, value } of launchVariables(target)) childEnv[name] = value;
  // Our own settings are not the child's; its tools would take them for theirs.
  for (const name of Object.keys(childEnv)) if (name.startsWith('SLUICE_')) delete childEnv[name];
  childEnv.SLUICE_PROXY = target.proxy;
  const child = spawn(file, args, { stdio, env: childEnv, windowsVerbatimArguments: verbatim });
  const watch = child.pid === undefined ? null : watchBypass(child.pid);
  // The terminal sends Ctrl-C to the child too; we stay until it has ended and its traffic is stored.
  const ignore = () => {};
  const forward = () => child.kill('SIGTERM');
  process.on('SIGINT', ignore).on('SIGTERM', forward);
  return new Promise((resolve, reject) => {
    const over = () => process.off('SIGINT', ignore).off('SIGTERM', forward);
    child.once('error', (error: NodeJS.ErrnoException) => {
      over();
      watch?.stop();
      const why =
        error.code === 'ENOENT'
          ? 'there is no such command'
          : error.code === 'EACCES'
            ? 'it may not be executed'
            : error.message;
      reject(new SluiceError('usage', `${name}: ${why}.`));
    });
    child.once('exit', (code, signal) => {
      over();
      const bypassed = watch?.stop() ?? [];
      resolve({ code: code ?? 128 + (signal ? constants.signals[signal] : 0), bypassed });
    });
  });
}

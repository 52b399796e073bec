import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type ErrorCode, errorCatalogue, SluiceError } from '../../shared/errors.js';
import { packageRoot } from '../hosts/paths.js';

/** Runs the command line to its end; what it printed, as JSON. Throws what it failed with. */
export async function commanded(args: readonly string[]): Promise<unknown> {
  // What is asked of the engine is none of the traffic that these may lead through a proxy.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(https?|all|no)_proxy$/i.test(name)),
  );
  const child = spawn(process.execPath, [join(packageRoot, 'out', 'main', 'cli.js'), ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (stdout !== '') return JSON.parse(stdout);
  throw failureIn(stderr);
}

function failureIn(stderr: string): Error {
  const last = stderr.trimEnd().split('\n').at(-1) ?? '';
  try {
    const { error } = JSON.parse(last) as { error: { code: string; message: string; details?: unknown } };
    if (error.code in errorCatalogue) return new SluiceError(error.code as ErrorCode, error.message, error.details);
    return new Error(error.message);
  } catch {
    return new Error(last === '' ? 'The command failed and said nothing.' : last);
  }
}

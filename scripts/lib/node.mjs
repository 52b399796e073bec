import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root, SetupError } from './root.mjs';

const needed = 24;

const system = process.platform === 'win32' ? 'win' : process.platform;
const executable = process.platform === 'win32' ? 'node.exe' : 'node';

/** The Node that package.json pins for this system, whether it is installed or not. */
export const pinnedNode = join(root, 'node_modules', `node-${system}-${process.arch}`, 'bin', executable);

function major(path) {
  if (!path || !existsSync(path)) return 0;
  if (realpathSync(path) === realpathSync(process.execPath)) return Number.parseInt(process.versions.node, 10);
  try {
    return Number.parseInt(execFileSync(path, ['--version'], { encoding: 'utf8' }).slice(1), 10);
  } catch {
    // Present but unable to run, e.g. a glibc build on a musl system.
    return 0;
  }
}

/**
 * The Node that builds and runs Sluice: the pinned one, or, where there is none for this system, the running one.
 * @returns {string} path of the executable
 */
export function findNode() {
  const found = [pinnedNode, process.execPath, process.env.npm_node_execpath].find((path) => major(path) >= needed);
  if (found) return found;
  throw new SetupError(
    `Sluice needs Node ${needed} or newer. There is no prebuilt one for ${process.platform}-${process.arch} ` +
      `that runs here, and this is Node ${process.versions.node}. Install Node ${needed} from https://nodejs.org ` +
      `or your package manager, put it first on the PATH, and run the command again.`,
  );
}

/** True when this very process already runs on the Node that findNode gave. */
export function isCurrent(node) {
  return realpathSync(node) === realpathSync(process.execPath);
}

/** The environment for our own tools: the right Node and node_modules/.bin first on the PATH. */
export function toolEnv(node, extra = {}) {
  const path = [join(node, '..'), join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter);
  const env = { ...process.env, ...extra };
  // Windows knows it as Path; two spellings in one environment are undefined behaviour.
  for (const key of Object.keys(env)) if (key.toLowerCase() === 'path') delete env[key];
  env.PATH = path;
  return env;
}

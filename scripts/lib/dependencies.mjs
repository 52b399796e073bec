import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { pinnedNode } from './node.mjs';
import { root, say } from './root.mjs';
import { must } from './run.mjs';

function readLock(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8')).packages;
  } catch {
    return null;
  }
}

/**
 * Compares what npm says it installed (its hidden lockfile, written last) with package-lock.json.
 * Packages for other systems may be missing; the pinned Node for this one may not.
 */
export function installed() {
  const want = readLock('package-lock.json');
  const have = readLock('node_modules/.package-lock.json');
  if (!want || !have) return false;
  for (const [path, entry] of Object.entries(want)) {
    if (path === '') continue;
    const found = have[path];
    if (found ? found.version !== entry.version : !entry.optional) return false;
  }
  const pinned = pinnedNode
    .slice(root.length + 1)
    .split(sep)
    .slice(0, 2)
    .join('/');
  return !want[pinned] || existsSync(pinnedNode);
}

/** npm as it was started (`npm start`), else the one on the PATH; never run by the Node that it is about to replace. */
function npm() {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  const ours = join(root, 'node_modules');
  if (cli?.endsWith('.js') && node && !node.startsWith(ours)) return { command: node, args: [cli], options: {} };
  const path = (process.env.PATH ?? process.env.Path ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(ours))
    .join(delimiter);
  const env = { ...process.env, PATH: path };
  // npm is a batch file on Windows, and those only start through a shell.
  return { command: 'npm', args: [], options: { env, shell: process.platform === 'win32' } };
}

/** Installs exactly what package-lock.json says. No package of ours needs its install script. */
export async function install() {
  say('Installing dependencies …');
  const { command, args, options } = npm();
  // Windows cannot delete a running executable: when this is the pinned Node, update in place instead.
  const inPlace = process.platform === 'win32' && process.execPath.startsWith(join(root, 'node_modules'));
  const action = inPlace ? ['install', '--no-save'] : ['ci'];
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await must('Installing dependencies', command, [...args, ...action, ...quiet], options);
}

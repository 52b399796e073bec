import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Walks up from this module: the same code runs from out/main, from Electron's archive and from src under tests. */
function findPackageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`No package.json above ${import.meta.dirname}`);
    folder = parent;
  }
  return folder;
}

/** The folder that holds package.json, out/ and resources/. */
export const packageRoot = findPackageRoot();

/** Data files that are read at run time. */
export const resourcesDir = join(packageRoot, 'resources');

/** The built studio: index.html and its assets. */
export const uiDir = join(packageRoot, 'out', 'renderer');

/** The version in package.json. */
export const appVersion: string = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).version;

/**
 * How users call the command line: by its name where it is installed, through npm in a working tree. npm takes it there
 * from any folder, with any Node, and the command still runs in the folder it was called from.
 */
export const commandLine = existsSync(join(packageRoot, 'scripts', 'sluice.mjs'))
  ? `npm --prefix ${quoted(packageRoot)} run -s sluice --`
  : 'sluice';

function quoted(path: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(path) ? path : `"${path}"`;
}

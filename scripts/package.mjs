/**
 * `npm run package`: builds the desktop application for this system into dist/, with electron-builder.
 * Electron's program is taken from SLUICE_ELECTRON_DIST (an unpacked folder or a zip), else from where its package has put
 * it, else it is fetched. Arguments go to electron-builder, e.g. `npm run package -- --dir`.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { toolEnv } from './lib/node.mjs';
import { fail, root, SetupError, stateDir } from './lib/root.mjs';
import { foreground } from './lib/run.mjs';
import { setup } from './setup.mjs';

function electronDist() {
  const given = process.env.SLUICE_ELECTRON_DIST;
  if (given && !existsSync(given)) fail(new SetupError(`SLUICE_ELECTRON_DIST: there is no ${resolve(given)}.`));
  return [given && resolve(given), join(root, 'node_modules', 'electron', 'dist')].find(
    (path) => path && existsSync(path),
  );
}

const config = {
  appId: 'dev.sluice.studio',
  directories: { output: 'dist', buildResources: 'resources/icons' },
  files: [
    'out/main/**',
    'out/preload/**',
    'out/renderer/**',
    'resources/**',
    'package.json',
    '!**/*.map',
    // The Node that runs Sluice in a working tree; here Electron does.
    '!node_modules/node-{darwin,linux,win}-*/**',
  ],
  electronDist: electronDist(),
  asar: true,
  // A native module cannot be loaded from inside the archive.
  asarUnpack: ['**/*.node'],
  // better-sqlite3 brings its Node-API binaries along: one build serves Node and Electron.
  npmRebuild: false,
  afterPack: join(root, 'scripts', 'package-fuses.mjs'),
  linux: { target: ['AppImage'], category: 'Development', icon: 'resources/icons/icon.png' },
  mac: { target: ['dmg'], category: 'public.app-category.developer-tools', hardenedRuntime: true },
  win: { target: ['nsis'] },
};

const { node } = await setup().catch(fail);
mkdirSync(stateDir, { recursive: true });
const file = join(stateDir, 'electron-builder.mjs');
writeFileSync(file, `export default ${JSON.stringify(config, null, 2)};\n`);
const builder = join(root, 'node_modules', 'electron-builder', 'cli.js');
const args = [builder, '--config', file, ...process.argv.slice(2)];
process.exitCode = await foreground(node, args, { cwd: root, env: toolEnv(node) });

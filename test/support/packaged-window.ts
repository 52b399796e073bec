import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createPackage, extractAll, extractFile } from '@electron/asar';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { electron, type WindowProgram } from './window.js';

/** The packaged application, built once for what is in out/ and kept in dist/. */

const root = join(import.meta.dirname, '..', '..');
const dist = join(root, 'dist');
const stamp = join(dist, 'stamp');

export interface PackagedWindow {
  /** The file that is shipped. */
  executable: string;
  /** The same file in a copy of its folder, where it starts in an Electron that lacks something. */
  asShipped: WindowProgram;
  /** That copy's program with one fuse turned, without which no test can look into it: --inspect is heeded. */
  inspectable: WindowProgram;
}

export async function packageWindow(): Promise<PackagedWindow> {
  const folder = join(dist, process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`);
  const executable = join(folder, 'sluice');
  const wanted = fingerprint();
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    rmSync(dist, { recursive: true, force: true });
    await promisify(execFile)(process.execPath, [join(root, 'scripts', 'package.mjs'), '--dir'], { cwd: root });
    await copyForTests(executable, folder);
    writeFileSync(stamp, wanted);
  }
  const program = (name: string) => ({ executable: join(copy, name), args: [], packaged: true });
  return { executable, asShipped: program('sluice'), inspectable: program('sluice-inspectable') };
}

const copy = join(dist, 'for-tests');

function fingerprint(): string {
  const { size, mtimeMs } = statSync(electron as string);
  const hash = createHash('sha256').update(`${size} ${mtimeMs} ${process.env['ELECTRON_TEST_COMPAT'] ?? ''}\0`);
  for (const file of [
    'out/stamp',
    'scripts/package.mjs',
    'scripts/package-fuses.mjs',
    'test/support/packaged-window.ts',
  ]) {
    hash.update(readFileSync(join(root, file))).update('\0');
  }
  return hash.digest('hex');
}

async function copyForTests(executable: string, folder: string): Promise<void> {
  cpSync(folder, copy, { recursive: true });
  const [shipped, inspectable] = [join(copy, 'sluice'), join(copy, 'sluice-inspectable')];
  renameSync(shipped, inspectable);
  linkSync(executable, shipped);
  await flipFuses(inspectable, {
    version: FuseVersion.V1,
    strictlyRequireAllFuses: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  const compat = process.env['ELECTRON_TEST_COMPAT'];
  if (compat !== undefined) await startThrough(compat, join(copy, 'resources'));
}

/**
 * An Electron that is older than the pinned one lacks things; the module `compat` adds them. A packaged program takes
 * nothing of that kind from its environment or arguments, so an archive that loads it first takes the place of the
 * application's, which is started from there as it is.
 */
async function startThrough(compat: string, resources: string): Promise<void> {
  const own = join(resources, 'sluice.asar');
  renameSync(join(resources, 'app.asar'), own);
  renameSync(join(resources, 'app.asar.unpacked'), `${own}.unpacked`);
  // The engine runs in an ordinary Node there, which reads no archives.
  const files = join(resources, 'sluice');
  extractAll(own, files);
  const first = join(resources, 'first');
  mkdirSync(first);
  const manifest = JSON.parse(extractFile(own, 'package.json').toString());
  writeFileSync(join(first, 'package.json'), JSON.stringify({ ...manifest, main: 'main.js' }));
  writeFileSync(
    join(first, 'main.js'),
    `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
require(${JSON.stringify(compat)});
const { utilityProcess } = require('electron');
const fork = utilityProcess.fork;
utilityProcess.fork = (path, ...rest) => fork(path.replace(${JSON.stringify(own)}, ${JSON.stringify(files)}), ...rest);
await import(${JSON.stringify(`file://${own}/${manifest.main}`)});
`,
  );
  await createPackage(first, join(resources, 'app.asar'));
  rmSync(first, { recursive: true });
}

/** Builds the image that tests run in, unless the engine has it: `node test/support/images/build.mjs` as root. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const stateDir = join(here, '..', '..', '..', '.setup');
const list = JSON.parse(readFileSync(join(here, 'debian.json'), 'utf8'));
const label = 'dev.sluice.test=image';
const image = `sluice-test-debian:${createHash('sha256').update(JSON.stringify(list)).digest('hex').slice(0, 12)}`;
/** Who builds it at the moment; every clone of a machine looks there. */
const pidFile = join(tmpdir(), `${image.replace(':', '-')}.pid`);

const quiet = (command, ...args) => spawnSync(command, args, { stdio: 'ignore', timeout: 30_000 }).status === 0;
const imageIsThere = () => quiet('docker', 'image', 'inspect', image);

function isBuilding() {
  if (!existsSync(pidFile)) return false;
  try {
    process.kill(Number(readFileSync(pidFile, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}

export const hasImage = () => imageIsThere() || isBuilding();

/** Starts to build it and does not wait: tests that need it do. */
export function startBuilding() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/sbin/debootstrap') || hasImage()) return;
  mkdirSync(stateDir, { recursive: true });
  const log = openSync(join(stateDir, 'image.log'), 'a');
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  writeFileSync(pidFile, String(child.pid));
  child.unref();
}

function must(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? `exit code ${status}`}`);
}

function build() {
  const { suite, packages } = list;
  const root = mkdtempSync(join(tmpdir(), 'sluice-image-'));
  try {
    const include = packages.length > 0 ? [`--include=${packages.join(',')}`] : [];
    must('debootstrap', ['--variant=minbase', ...include, suite, root, 'http://deb.debian.org/debian']);
    const left = ['./var/cache/apt/*', './var/lib/apt/lists/*', './usr/share/doc/*', './usr/share/man/*', './dev/*'];
    const tar = ['tar', '-C', root, ...left.map((path) => `--exclude=${path}`), '-c', '.'];
    must('sh', ['-c', `"$@" | docker import --change 'LABEL ${label}' - "$0"`, image, ...tar]);
    // Lists of before; another clone may still be at one of yesterday.
    quiet('docker', 'image', 'prune', '--all', '--force', `--filter=label=${label}`, '--filter=until=48h');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url) && !imageIsThere()) {
  writeFileSync(pidFile, String(process.pid));
  try {
    build();
  } finally {
    rmSync(pidFile, { force: true });
  }
}

/** Builds the image that tests run in, unless the engine has it: `node test/support/images/build.mjs` as root. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const stateDir = join(here, '..', '..', '..', '.setup');
const list = JSON.parse(readFileSync(join(here, 'debian.json'), 'utf8'));
const mirror = 'http://deb.debian.org/debian';
/** What a maintainer's script may ask for. */
const plain = { LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
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

/** What only has to lie there: dpkg would take five times as long to set up some 600 packages. */
function unpack(root) {
  const { unpacked, left, links, then } = list;
  const inside = ['unshare', '--mount', '--pid', '--fork', `--mount-proc=${root}/proc`, 'chroot', root, 'sh', '-c'];
  const within = (script) => must(inside[0], [...inside.slice(1), script], { env: { ...process.env, ...plain } });
  if (existsSync('/etc/resolv.conf')) copyFileSync('/etc/resolv.conf', join(root, 'etc/resolv.conf'));
  const quietly = '-o APT::Sandbox::User=root -qq --yes --no-install-recommends --download-only';
  within(`apt-get -o APT::Sandbox::User=root -qq update && apt-get install ${quietly} ${unpacked.join(' ')}`);
  const excluded = left.map((path) => `--exclude='./${path}'`).join(' ');
  const each = `for deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x -C '${root}' --keep-directory-symlink ${excluded} || exit 255; done`;
  const archives = join(root, 'var/cache/apt/archives');
  const words = ['-0', `-P${availableParallelism()}`, '-n16', 'sh', '-c', each, 'sh'];
  const debs = readdirSync(archives).filter((name) => name.endsWith('.deb'));
  must('xargs', words, {
    input: debs.map((name) => join(archives, name)).join('\0'),
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(root, path));
  for (const script of then) within(script);
}

/** What Debian does not have: above the folder that repositories are laid into, where Node looks. */
function addPackages(root) {
  const names = list.npm.map((name) => name.replace('$ARCH', process.arch));
  const flags = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];
  mkdirSync(join(root, 'work'));
  must('npm', ['install', '--prefix', join(root, 'work'), ...flags, ...names]);
}

function build() {
  const { suite, installed } = list;
  const root = mkdtempSync(join(tmpdir(), 'sluice-image-'));
  try {
    must('debootstrap', ['--variant=minbase', `--include=${installed.join(',')}`, suite, root, mirror]);
    unpack(root);
    addPackages(root);
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

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasImage, startBuilding } from '../../test/support/images/build.mjs';
import { say, stateDir } from './root.mjs';
import { run } from './run.mjs';
import { prepareSmallModel, smallModelHow, smallModelName } from './small-model.mjs';

const dockerSocket = process.env.DOCKER_HOST?.startsWith('unix://')
  ? process.env.DOCKER_HOST.slice('unix://'.length)
  : process.platform === 'win32'
    ? '//./pipe/docker_engine'
    : '/var/run/docker.sock';

function dockerAnswers() {
  return new Promise((resolve) => {
    const ping = request({ socketPath: dockerSocket, path: '/_ping', timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.on('timeout', () => ping.destroy());
    ping.on('error', () => resolve(false));
    ping.end();
  });
}

const runs = async (command, ...args) => (await run(command, args)).code === 0;
const anyExists = (...paths) => paths.some((path) => path && existsSync(path));

/** Starts the Docker engine and waits until it answers; it is left running for whatever comes next. */
async function startDocker() {
  if (existsSync('/run/systemd/system')) await run('systemctl', ['start', 'docker']);
  else if (existsSync('/usr/sbin/dockerd')) {
    mkdirSync(stateDir, { recursive: true });
    const log = openSync(join(stateDir, 'dockerd.log'), 'a');
    spawn('/usr/sbin/dockerd', [], { detached: true, stdio: ['ignore', log, log] }).unref();
  } else return;
  for (let waited = 0; waited < 60_000 && !(await dockerAnswers()); waited += 250) await sleep(250);
}

/** What Electron's program loads; most of the rest comes with GTK. */
const windowLibraries = [
  'libgtk-3.so.0',
  'libnss3.so',
  'libasound.so.2',
  'libgbm.so.1',
  'libatspi.so.0',
  'libdrm.so.2',
];

async function hasLibraries() {
  if (process.platform !== 'linux') return true;
  const { output } = await run('/sbin/ldconfig', ['-p']);
  return windowLibraries.every((name) => output.includes(`\t${name} `));
}

/**
 * What the tests use of the system: how to see that it is there, Debian's packages (`new|old` where a release has renamed
 * one), and how else to get it.
 */
const needs = [
  {
    name: 'Chromium (browser tests)',
    check: () => anyExists(process.env.CHROMIUM_PATH, '/usr/bin/chromium'),
    packages: ['chromium'],
    how: 'install Chromium or Chrome and set CHROMIUM_PATH to its executable',
  },
  {
    name: 'Docker engine (sandboxed runs)',
    check: dockerAnswers,
    packages: ['docker.io'],
    after: startDocker,
    how: 'install and start Docker, or start it if it is installed',
  },
  {
    name: 'static busybox (sandboxed runs)',
    check: () => anyExists('/bin/busybox'),
    packages: ['busybox-static'],
    how: 'install busybox-static',
  },
  {
    name: 'Debian image (tests in containers)',
    check: hasImage,
    packages: ['debootstrap', 'debian-archive-keyring'],
    after: startBuilding,
    how: 'install debootstrap and run `sudo node test/support/images/build.mjs`',
  },
  { name: 'curl', check: () => runs('curl', '--version'), packages: ['curl'], how: 'install curl' },
  {
    name: 'Python 3 with requests',
    check: async () =>
      (await runs('python3', '-c', 'import requests')) || runs('/usr/bin/python3', '-c', 'import requests'),
    packages: ['python3', 'python3-requests'],
    how: 'install Python 3 and `pip install requests`',
  },
  {
    name: 'pip (the small language model)',
    check: () => runs('python3', '-m', 'pip', '--version'),
    packages: ['python3-pip'],
    how: 'install pip for Python 3',
  },
  {
    name: 'Liberation fonts (browser tests)',
    check: () => process.platform !== 'linux' || anyExists('/usr/share/fonts/truetype/liberation'),
    packages: ['fonts-liberation'],
    how: 'install the Liberation fonts',
  },
  {
    name: 'Xvfb (the window’s tests)',
    check: async () => process.platform !== 'linux' || anyExists('/usr/bin/xvfb-run'),
    packages: ['xvfb', 'xauth'],
    how: 'install xvfb and xauth',
  },
  {
    name: 'Electron’s libraries (the window’s tests)',
    check: hasLibraries,
    packages: [
      'libgtk-3-0t64|libgtk-3-0',
      'libasound2t64|libasound2',
      'libatspi2.0-0t64|libatspi2.0-0',
      ...['libnss3', 'libgbm1', 'libdrm2', 'libxss1', 'libxtst6', 'libnotify4', 'libsecret-1-0'],
    ],
    how: 'install GTK 3, NSS, ALSA, GBM, AT-SPI and libdrm',
  },
];

function isDebianRoot() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
}

async function inThisRelease(names) {
  const [first, old] = names.split('|');
  return old === undefined || (await runs('apt-cache', 'show', first)) ? first : old;
}

async function aptInstall(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
  await run('apt-get', ['update', '-q'], { env });
  const names = await Promise.all(packages.map(inThisRelease));
  const { code, output } = await run('apt-get', ['install', ...options, ...names], { env });
  if (code !== 0) say(`${output.trimEnd()}\n\napt-get install ${names.join(' ')} failed (exit code ${code}).`);
}

async function missingNeeds() {
  const present = await Promise.all(needs.map((need) => need.check()));
  return needs.filter((_, index) => !present[index]);
}

/**
 * Installs what the tests need of the system where that is possible (root on Debian or Ubuntu), and names the rest.
 * @returns {Promise<{ name: string, how: string }[]>} what is still missing
 */
export async function prepareForTests() {
  let missing = await missingNeeds();
  if (missing.length > 0 && isDebianRoot()) {
    // Installed but not running is the usual case for Docker.
    for (const need of missing) await need.after?.();
    missing = await missingNeeds();
    if (missing.length > 0) {
      say(`Installing for the tests: ${missing.flatMap((need) => need.packages).join(', ')} …`);
      await aptInstall(missing.flatMap((need) => need.packages));
      for (const need of missing) await need.after?.();
      missing = await missingNeeds();
    }
  }
  if (!(await prepareSmallModel())) missing.push({ name: smallModelName, how: smallModelHow });
  for (const { name, how } of missing)
    say(`Not available: ${name}; tests that need it are skipped. To get it, ${how}.`);
  return missing.map(({ name, how }) => ({ name, how }));
}

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Too heavy for everybody who installs the project: fetched for the comparison alone, in these versions. */
export const peerVersions = { '@openredaction/openredaction': '1.0.4', 'redact-pii': '3.4.0' } as const;

const run = promisify(execFile);
const patience = 300_000;
const folder = join(root(), '.setup', 'peers');
const manifest = join(folder, 'package.json');

/** The project's folder, wherever this file was built to. */
function root(): string {
  let at = import.meta.dirname;
  while (!existsSync(join(at, 'package.json')) && dirname(at) !== at) at = dirname(at);
  return at;
}

/** Installs the peers into .setup/peers, without running their scripts. Answers what went wrong, or null. */
export async function fetchPeers(): Promise<string | null> {
  if (Object.entries(peerVersions).every(([name, version]) => installed(name) === version)) return null;
  process.stderr.write('Fetching the peers of this comparison into .setup/peers …\n');
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(manifest, `${JSON.stringify({ private: true, dependencies: peerVersions }, null, 2)}\n`);
    const { npm_execpath: npm } = process.env;
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--prefix', folder];
    const viaNode = npm?.endsWith('.js') === true;
    const [command, first] = viaNode ? [process.execPath, [npm as string]] : ['npm', []];
    await run(command, [...first, ...args], {
      timeout: patience,
      cwd: folder,
      shell: !viaNode && process.platform === 'win32',
    });
  } catch (error) {
    const { code, killed } = error as { code?: string | number; killed?: boolean };
    return killed ? 'npm took more than five minutes' : `npm could not fetch it (${code ?? 'no answer'})`;
  }
  return null;
}

function installed(name: string): string | null {
  const file = join(folder, 'node_modules', ...name.split('/'), 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : null;
}

/** What a fetched package exports. */
export function loadPeer(name: keyof typeof peerVersions): Record<string, unknown> {
  return createRequire(manifest)(name) as Record<string, unknown>;
}

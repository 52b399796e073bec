import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, say, stateDir } from './root.mjs';
import { run } from './run.mjs';

const failedFile = join(stateDir, 'electron-not-fetched');
const dayMs = 86_400_000;

/** Lets Electron's package fetch its program. After a failure (no network, a firewall) only once a day. */
export async function fetchElectron(node) {
  const failedAt = existsSync(failedFile) ? Number(readFileSync(failedFile, 'utf8')) : 0;
  if (Date.now() - failedAt < dayMs) return;
  say('Fetching Electron for the studio’s window …');
  const installer = join(root, 'node_modules', 'electron', 'install.js');
  const { code, output } = await run(node, [installer], { timeout: 300_000 });
  if (code === 0) return;
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(failedFile, String(Date.now()));
  say(`Electron could not be fetched: ${output.trim().split('\n').at(-1)}`);
  say('To try again at once: npx install-electron');
}

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseSurface, type Surface } from '../electron/policy.js';
import { packageRoot } from './paths.js';

/** Electron's executable in node_modules, or null where its package could not fetch it. */
export function findElectron(): string | null {
  const folder = join(packageRoot, 'node_modules', 'electron');
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const executable = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(executable) ? executable : null;
}

/** Whether the studio opens in a window here, or in a browser and why. */
export function surfaceHere(binary = findElectron() !== null): Surface {
  return chooseSurface({
    platform: process.platform,
    binary,
    env: process.env,
    isRoot: process.getuid?.() === 0,
  });
}

/** Opens the studio's window and resolves with its exit code when the user has quit. */
export function openWindow(args: readonly string[] = []): Promise<number> {
  const executable = findElectron();
  if (!executable) throw new Error('Electron is not installed; ask surfaceHere() first.');
  const child = spawn(executable, [packageRoot, ...args], { stdio: 'inherit' });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', forward).on('SIGTERM', forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

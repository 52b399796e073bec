import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Tests are written against this one; its flags and its way to a custom provider change between versions. */
const version = '0.169.0';

/**
 * The Codex command line (Apache-2.0), or why it cannot be had. It is some 400 MB, too much for a devDependency: it is
 * installed once into the user's cache folder, without running any of its scripts.
 */
export function findCodex(): { path: string } | { missing: string } {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'sluice-tests', `codex-${version}`);
  const path = join(folder, 'node_modules', '@openai', 'codex', 'bin', 'codex.js');
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    const args = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
    try {
      execFileSync('npm', [...args, `@openai/codex@${version}`], { stdio: 'ignore', timeout: 240_000 });
    } catch {
      return { missing: `npm could not install @openai/codex@${version}` };
    }
  }
  try {
    execFileSync(process.execPath, [path, '--version'], { stdio: 'ignore', timeout: 30_000 });
    return { path };
  } catch {
    return { missing: `@openai/codex@${version} does not run on this machine` };
  }
}

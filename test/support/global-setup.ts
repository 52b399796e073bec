import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Integration tests run the built CLI: build it when the sources have changed since. */
export default function setup(): void {
  execFileSync(process.execPath, [join(import.meta.dirname, '..', '..', 'scripts', 'setup.mjs')], { stdio: 'inherit' });
}

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processAlive } from '../../../src/main/ground/process-alive.js';
import list from './debian.json' with { type: 'json' };

const name = `sluice-test-debian:${createHash('sha256').update(JSON.stringify(list)).digest('hex').slice(0, 12)}`;

/**
 * The image that tests run in, waited for while it is built in the background; what is missing, and how to get it, where there
 * is none.
 */
export async function debianImage(): Promise<{ image: string; why: null } | { image: null; why: string }> {
  if (spawnSync('docker', ['version'], { stdio: 'ignore', timeout: 10_000 }).status !== 0)
    return { image: null, why: 'needs a running Docker engine' };
  const pidFile = join(tmpdir(), `${name.replace(':', '-')}.pid`);
  for (;;) {
    // Seen before the engine is asked: a build that ends between the two has left the image.
    const building = existsSync(pidFile) && processAlive(Number(readFileSync(pidFile, 'utf8')));
    if (spawnSync('docker', ['image', 'inspect', name], { stdio: 'ignore' }).status === 0)
      return { image: name, why: null };
    if (!building)
      return { image: null, why: 'needs the test image: `sudo node test/support/images/build.mjs` (debootstrap)' };
    await sleep(1000);
  }
}

/**
 * Makes a fresh clone ready to run, and does nothing where it is: dependencies, the pinned Node, the build.
 * Uses nothing but Node's own modules, so that it runs before anything is installed (Node 20 or newer).
 *
 *   node scripts/setup.mjs               for `npm start` and the CLI
 *   node scripts/setup.mjs --build       the same, and builds in any case
 *   node scripts/setup.mjs --for test    also what the tests need from the system
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, built } from './lib/build.mjs';
import { install, installed } from './lib/dependencies.mjs';
import { withLock } from './lib/lock.mjs';
import { findNode } from './lib/node.mjs';
import { fail } from './lib/root.mjs';
import { prepareForTests } from './lib/system.mjs';

/**
 * @param {{ forTests?: boolean, rebuild?: boolean }} [options]
 * @returns {Promise<{ node: string, missing: { name: string, how: string }[] }>} the Node to run Sluice with, and what
 *   the tests will have to do without
 */
export async function setup({ forTests = false, rebuild = false } = {}) {
  if (rebuild || !installed() || !built()) {
    await withLock(async () => {
      if (!installed()) await install();
      if (rebuild || !built()) await build(findNode());
    });
  }
  const node = findNode();
  return { node, missing: forTests ? await withLock(prepareForTests) : [] };
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2);
  const forTests = args[args.indexOf('--for') + 1] === 'test' && args.includes('--for');
  await setup({ forTests, rebuild: args.includes('--build') }).catch(fail);
}

/** `npm test`: everything that must hold, on whatever this machine has; ends with `N passed, N failed, N skipped`. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { groups } from './lib/checks.mjs';
import { fail, root } from './lib/root.mjs';
import { setup } from './setup.mjs';

const total = { passed: 0, failed: 0, skipped: 0 };

function report(name, seconds, result) {
  for (const key of Object.keys(total)) total[key] += result[key];
  const counts = `${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`;
  if (result.failed > 0) console.log(`\n${result.output.trimEnd()}\n`);
  console.log(`${result.failed > 0 ? 'FAILED' : 'ok    '}  ${name}: ${counts} (${seconds.toFixed(1)} s)`);
  for (const note of result.notes) console.log(`        skipped: ${note}`);
}

const { node, missing } = await setup({ forTests: true }).catch(fail);
const { findElectron, surfaceHere } = await import(pathToFileURL(join(root, 'out', 'main', 'window.js')).href);

for (const group of groups) {
  await Promise.all(
    group.map(async (check) => {
      if (check.needs === 'Electron') {
        const surface = surfaceHere();
        if (!findElectron() || surface.kind !== 'window') {
          console.log(`notice  ${check.name} not run: ${surface.reason ?? 'no Electron'}. They run in the public CI.`);
          return;
        }
      }
      const lacks = missing.find(({ name }) => check.needs && name.startsWith(check.needs));
      if (lacks) {
        const note = `${lacks.name} is missing; to get it, ${lacks.how}`;
        return report(check.name, 0, { passed: 0, failed: 0, skipped: 1, output: '', notes: [note] });
      }
      const started = performance.now();
      const result = await check.run(node);
      report(check.name, (performance.now() - started) / 1000, result);
    }),
  );
}

console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** `npm test`: everything that must hold, on whatever this machine has; ends with `N passed, N failed, N skipped`. */
import { groups } from './lib/checks.mjs';
import { fail } from './lib/root.mjs';
import { setup } from './setup.mjs';

const total = { passed: 0, failed: 0, skipped: 0 };
/** Said again at the end, where their output is thousands of lines above. */
const broken = [];

function report(name, seconds, result) {
  for (const key of Object.keys(total)) total[key] += result[key];
  const counts = `${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`;
  if (result.failed > 0) console.log(`\n${result.output.trimEnd()}\n`);
  console.log(`${result.failed > 0 ? 'FAILED' : 'ok    '}  ${name}: ${counts} (${seconds.toFixed(1)} s)`);
  if (result.failed > 0) broken.push(...(result.broken ?? [name]));
  for (const name of result.shaky ?? []) console.log(`        passed at its second try: ${name}`);
  for (const note of result.notes) console.log(`        skipped: ${note}`);
}

const { node, missing } = await setup({ forTests: true }).catch(fail);
/** Checks that somebody else runs: `--without 'Electron tests'`. */
const without = process.argv.flatMap((arg, index) => (process.argv[index - 1] === '--without' ? [arg] : []));

for (const group of groups) {
  await Promise.all(
    group.map(async (check) => {
      if (without.includes(check.name)) return;
      const lacks = missing.find(({ name }) => check.needs && name.startsWith(check.needs));
      const note = lacks ? `${lacks.name} is missing; to get it, ${lacks.how}` : await check.unless?.();
      if (note) {
        return report(check.name, 0, { passed: 0, failed: 0, skipped: 1, output: '', notes: [note] });
      }
      const started = performance.now();
      const result = await check.run(node);
      report(check.name, (performance.now() - started) / 1000, result);
    }),
  );
}

for (const name of broken) console.log(`FAILED  ${name}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;

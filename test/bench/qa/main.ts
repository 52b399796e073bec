import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { SandboxMaker } from '../../../src/main/ground/sandbox.js';
import { dockerSandboxes } from '../../../src/main/sandbox/index.js';
import { debianImage } from '../../support/images/index.js';
import { qaStage } from '../../support/qa-stage.js';
import { freshOwner } from '../../support/sandboxes.js';

/** How much longer a run may take here than with plain Docker, by the seconds of its tests. */
const suites = [
  { seconds: 1, most: 1.5 },
  { seconds: 30, most: 1.1 },
];
const report = 'report.xml';
const argv = ['python3', '-m', 'pytest', '-q', '-p', 'no:cacheprovider'];

/**
 * `bench qa [--rounds N] [--json]`: the same tests of the same repository as a run of ours, of one attempt, and by `docker run --rm` on a
 * mount. Ends with code 1 where the run takes longer than it may.
 */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { rounds: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } },
  });
  const { image, why } = await debianImage();
  if (image === null) throw new Error(`The benchmark ${why}.`);
  const maker = dockerSandboxes({ owner: freshOwner(), env: process.env });
  const measured = [];
  for (const { seconds, most } of suites) {
    const folder = repository(seconds);
    try {
      // Other work on the machine only adds, so the best of some rounds counts; a long suite is not swayed by a moment.
      const rounds = seconds > 10 ? 2 : Number(values.rounds);
      const plain: number[] = [];
      const ours: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        plain.push(byDocker(image, folder));
        ours.push(await byRun(maker, image, folder));
      }
      const [best, bestOurs] = [Math.min(...plain), Math.min(...ours)];
      measured.push({ seconds, plain: best, run: bestOurs, ratio: bestOurs / best, most });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  await maker.reap(true);
  if (values.json) process.stdout.write(`${JSON.stringify({ load: loadavg(), measured })}\n`);
  else
    for (const { seconds, plain, run, ratio, most } of measured)
      process.stdout.write(
        `tests of ${String(seconds).padStart(2)} s: docker run ${plain.toFixed(2)} s, run ${run.toFixed(2)} s, ` +
          `${ratio.toFixed(2)} times as long (at most ${most})\n`,
      );
  if (measured.some(({ ratio, most }) => ratio > most)) process.exitCode = 1;
}

/** 200 files, and ten tests that together take that long. */
function repository(seconds: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-qa-'));
  for (let part = 0; part < 20; part += 1) {
    mkdirSync(join(folder, `part${part}`));
    for (let file = 0; file < 10; file += 1)
      writeFileSync(join(folder, `part${part}`, `module${file}.py`), `value = ${file}\n`.repeat(200));
  }
  writeFileSync(
    join(folder, 'test_all.py'),
    `import time, pytest\n\n@pytest.mark.parametrize("n", range(10))\ndef test_it(n):\n    time.sleep(${seconds / 10})\n`,
  );
  return folder;
}

function byDocker(image: string, folder: string): number {
  const began = performance.now();
  const { status } = spawnSync('docker', [
    'run',
    '--rm',
    '-v',
    `${folder}:/work`,
    '-w',
    '/work',
    image,
    ...argv,
    `--junitxml=${report}`,
  ]);
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`docker run ended with ${status}`);
  rmSync(join(folder, report));
  return seconds;
}

/** The whole way of a run: the repository looked at, copied in, tested once, the report read, the sandbox gone. */
async function byRun(maker: SandboxMaker, image: string, folder: string): Promise<number> {
  const { start, all } = qaStage(maker, { defaults: { image } });
  const began = performance.now();
  await start({ repo: folder, test_command: argv, repeat: { fixed: 1 } });
  const seconds = (performance.now() - began) / 1000;
  const [run] = all();
  if (run?.verdict !== 'passed' || run.tests.length !== 10)
    throw new Error(`the run came to ${run?.verdict}: ${run?.reason}`);
  return seconds;
}

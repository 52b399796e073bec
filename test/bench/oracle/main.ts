import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { costOf } from '../../support/process-cost.js';

const cli = join(import.meta.dirname, '..', 'main', 'cli.js');

/**
 * `bench oracle [--total N] [--kills N] [--json]`: a run of the sampler with all validators, written to disk: traces a second, memory at
 * most; then the same run killed again and again (SIGKILL, at moments spread over it) and gone on with: whether every file has the bytes of
 * the one that was left alone. Ends with code 1 where it has not.
 */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      total: { type: 'string', default: '200000' },
      kills: { type: 'string', default: '10' },
      json: { type: 'boolean', default: false },
    },
  });
  const total = Number(values.total);
  const kills = Number(values.kills);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    const [whole, killed] = [join(folder, 'whole'), join(folder, 'killed')];
    const load = loadavg()[0] as number;
    const child = begin(whole, total, []);
    const cost = costOf(child);
    const report = await reportOf(child);
    const figures = {
      total,
      rate: report.rate,
      seconds: report.seconds,
      dag_share: report.dag_share,
      average_calls: report.average_calls,
      memory_mb: cost().peak_mb,
      load,
    };
    for (let kill = 0; kill < kills; kill += 1) {
      const run = begin(killed, total, kill === 0 ? [] : ['--resume']);
      const over = once(run, 'exit');
      await Promise.race([over, sleep((report.seconds * 1000) / (kills + 1) + 500)]);
      run.kill('SIGKILL');
      await over;
    }
    await reportOf(begin(killed, total, ['--resume']));
    const same = JSON.stringify(await sums(whole)) === JSON.stringify(await sums(killed));
    const result = { ...figures, kills, same_bytes: same };
    if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    else
      process.stdout.write(
        `${total} traces: ${figures.rate} a second, ${figures.memory_mb} MB at most, ${figures.average_calls} calls each, ${(figures.dag_share * 100).toFixed(1)}% DAGs (load ${load.toFixed(1)})\n` +
          `after ${kills} kills: ${same ? 'the same bytes' : 'OTHER BYTES'}\n`,
      );
    if (!same) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const begin = (out: string, total: number, more: string[]): ChildProcess =>
  spawn(process.execPath, [cli, 'oracle', 'run', '--total', String(total), '--out', out, '--json', ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

interface Report {
  rate: number;
  seconds: number;
  dag_share: number;
  average_calls: number;
}

async function reportOf(child: ChildProcess): Promise<Report> {
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (part) => {
    text += part;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the run ended with ${code}`);
  return JSON.parse(text) as Report;
}

async function sums(folder: string): Promise<string[]> {
  const names = readdirSync(folder)
    .filter((name) => name.startsWith('traces-'))
    .sort();
  const found: string[] = [];
  for (const name of names) {
    const hash = createHash('sha256');
    for await (const part of createReadStream(join(folder, name))) hash.update(part as Buffer);
    found.push(`${name} ${hash.digest('hex')}`);
  }
  return found;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import type { ImportReport } from '../../../src/shared/model/index.js';
import { cleanEnv } from '../../support/engine.js';
import { costOf } from '../../support/process-cost.js';
import { chatLines, sessionLines } from './files.js';

interface Measured {
  name: string;
  bytes: number;
  records: number;
  /** From the command to its end: an engine is started for it and ended, and everything is stored and validated. */
  seconds: number;
  /** Of all threads together: what others do on the machine is no part of it. */
  cpu_seconds: number;
  /** The most memory that the process held. */
  peak_mb: number;
}

/** `bench import [--session-mb N] [--records N] [--rounds N] [--json]`: whole imports through the command line. */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      'session-mb': { type: 'string', default: '55' },
      records: { type: 'string', default: '10000' },
      rounds: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'sluice-import-'));
  try {
    const session = join(folder, 'session.jsonl');
    const small = join(folder, 'small.jsonl');
    writeFileSync(session, [...sessionLines(Number(values['session-mb']) * 1_000_000)].join(''));
    writeFileSync(small, [...chatLines(Number(values.records))].join(''));
    const empty = join(folder, 'empty.jsonl');
    writeFileSync(empty, [...chatLines(1)].join(''));
    const measured: Measured[] = [];
    for (const [name, file] of [
      ['one record', empty],
      [`a session of ${values['session-mb']} MB`, session],
      [`${values.records} small records`, small],
    ] as const) {
      const all: Measured[] = [];
      for (let round = 0; round < Number(values.rounds); round += 1)
        all.push({ name, ...(await imported(join(folder, `data-${name}-${round}`), file)) });
      // Other work on the machine only adds.
      measured.push(all.sort((a, b) => a.seconds - b.seconds)[0] as Measured);
    }
    if (values.json) process.stdout.write(`${JSON.stringify({ load: loadavg(), measured })}\n`);
    else for (const each of measured) print(each);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function imported(data: string, file: string): Promise<Omit<Measured, 'name'>> {
  const cli = join(import.meta.dirname, '..', 'main', 'cli.js');
  const began = performance.now();
  const child = spawn(process.execPath, [cli, 'import', file, '--data-dir', data, '--json'], {
    env: cleanEnv(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const used = costOf(child);
  const [printed] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const seconds = (performance.now() - began) / 1000;
  rmSync(data, { recursive: true, force: true });
  const { report } = JSON.parse(printed) as { report: ImportReport };
  return { bytes: statSync(file).size, records: report.taken.records, seconds, ...used() };
}

function print({ name, bytes, records, seconds, cpu_seconds, peak_mb }: Measured): void {
  process.stdout.write(
    `${name.padEnd(24)} ${(bytes / 1_000_000).toFixed(1).padStart(6)} MB  ${String(records).padStart(6)} records ` +
      `${seconds.toFixed(1).padStart(6)} s (${cpu_seconds.toFixed(1)} s of computing)  ${String(peak_mb).padStart(5)} MB at most\n`,
  );
}

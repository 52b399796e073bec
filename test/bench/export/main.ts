import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { startWorker, workLimits } from '../../../src/main/threads/worker-handle.js';
import { median } from '../capture/stats.js';
import { type Beside, captureBeside } from './beside.js';
import { duckdbCopy } from './peer.js';
import type { Measured, Task } from './rows.js';

/**
 * Writes generated tool calls as rows of about 1 kB: layout and file alone, then whole, with the gate, provenance, the hash of each
 * row and the second look at what was written. Then what building datasets of N stored traces does to streams that are captured
 * meanwhile (0: not measured).
 * `bench export [--calls N] [--whole N] [--capture N] [--rounds N] [--seed N] [--python PATH] [--json]`
 */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      calls: { type: 'string', default: '1000000' },
      whole: { type: 'string' },
      capture: { type: 'string', default: '5000' },
      rounds: { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
      python: { type: 'string', default: 'python3' },
      json: { type: 'boolean', default: false },
    },
  });
  const calls = Number(values.calls);
  const seed = Number(values.seed);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const peak = watchMemory();
  try {
    const capture =
      Number(values.capture) > 0 ? await captureBeside(Number(values.capture), Number(values.rounds)) : null;
    const writer = startWorker<Task, never>(
      pathToFileURL(join(import.meta.dirname, 'export', 'rows.js')),
      null,
      () => undefined,
      workLimits,
    );
    const measure = (whole: boolean, format: Task['format']) =>
      writer.request({
        whole,
        format,
        calls: whole ? Number(values.whole ?? calls) : calls,
        seed,
        folder,
      }) as Promise<Measured>;
    const alone = { jsonl: await measure(false, 'jsonl'), parquet: await measure(false, 'parquet') };
    const peer = duckdbCopy(values.python, join(folder, 'rows.jsonl'), join(folder, 'peer'));
    rmSync(join(folder, 'rows.jsonl'));
    const whole = { jsonl: await measure(true, 'jsonl'), parquet: await measure(true, 'parquet') };
    await writer.terminate();
    const result = {
      calls,
      row_bytes: Math.round(alone.jsonl.bytes / calls),
      alone,
      whole,
      peer,
      capture,
      peak_mb: peak(),
    };
    if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    else process.stdout.write(`${report(result)}\n`);
  } finally {
    peak();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The largest resident memory until it is asked for, in MB (10^6). */
function watchMemory(): () => number {
  let most = 0;
  const look = () => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 200);
  return () => {
    look();
    clearInterval(timer);
    return Math.round(most / 1e6);
  };
}

function report(result: {
  calls: number;
  row_bytes: number;
  alone: { [format: string]: Measured };
  whole: { [format: string]: Measured };
  peer: ReturnType<typeof duckdbCopy>;
  capture: Beside | null;
  peak_mb: number;
}): string {
  const speed = ({ rows, seconds, cpu_seconds }: Measured) =>
    `${Math.round(rows / seconds)} rows/s (${Math.round(rows / cpu_seconds)} a second of the processor)`;
  const { peer, capture } = result;
  return [
    `${result.calls} tool calls, rows of ${result.row_bytes} bytes, at most ${result.peak_mb} MB`,
    ...Object.entries(result.alone).map(([format, each]) => `layout and file alone, ${format}: ${speed(each)}`),
    ...Object.entries(result.whole).map(
      ([format, each]) => `whole, with the gate and the second look, ${format}, ${each.rows} rows: ${speed(each)}`,
    ),
    'absent' in peer
      ? `duckdb: left out (${peer.absent})`
      : `duckdb ${peer.version} COPY on one thread: ${Math.round(peer.rows / peer.jsonl)} rows/s JSONL, ${Math.round(peer.rows / peer.parquet)} rows/s Parquet`,
    ...(capture === null ? [] : [besideText(capture)]),
  ].join('\n');
}

function besideText({ traces, rounds, alone, building, ratios, load, built }: Beside): string {
  const ms = (value: number) => value.toFixed(2);
  return (
    `chunks of streams through the proxy, ${rounds} rounds: alone p50 ${ms(alone.p50_ms)} ms, p99 ${ms(alone.p99_ms)} ms; while ` +
    `datasets of ${traces} traces are built (${built} of them) p50 ${ms(building.p50_ms)} ms, p99 ${ms(building.p99_ms)} ms: ` +
    `${median(ratios).toFixed(2)}x, the median of ${ratios.map((each) => each.toFixed(2)).join(', ')}; load ${load[0].toFixed(1)} to ${load[1].toFixed(1)}`
  );
}

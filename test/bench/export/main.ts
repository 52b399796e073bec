import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { columnsOf } from '../../../src/main/dataset/columns.js';
import { fileFormats } from '../../../src/main/dataset/formats/index.js';
import { exportDataset } from '../../../src/main/dataset/index.js';
import { toolCalls } from '../../../src/main/dataset/layouts/tool-calls.js';
import { exportGuard } from '../../../src/main/engine/export-guard.js';
import { defaultPolicy } from '../../../src/main/redact/index.js';
import type { ExportOptions, Trace } from '../../../src/shared/model/index.js';
import { sessionSource } from '../../support/traces.js';
import { type Beside, captureBeside } from './beside.js';
import { duckdbCopy } from './peer.js';
import { callsPerTrace, generatedTraces } from './traces.js';

/** Tool calls that are made before the clock runs, so that making them is not measured. */
const chunk = 20 * callsPerTrace;
const key = new Uint8Array(32).fill(7);

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
    const alone = {
      jsonl: await fileAlone('jsonl', { calls, seed, folder }),
      parquet: await fileAlone('parquet', { calls, seed, folder }),
    };
    const peer = duckdbCopy(values.python, join(folder, 'rows.jsonl'), join(folder, 'peer'));
    rmSync(join(folder, 'rows.jsonl'));
    const whole = {
      jsonl: await wholeExport('jsonl', { calls: Number(values.whole ?? calls), seed, folder }),
      parquet: await wholeExport('parquet', { calls: Number(values.whole ?? calls), seed, folder }),
    };
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

interface Task {
  calls: number;
  seed: number;
  folder: string;
}

/** Rows a second, and seconds of the processor. */
interface Measured {
  rows: number;
  bytes: number;
  seconds: number;
  cpu_seconds: number;
}

async function fileAlone(format: 'jsonl' | 'parquet', { calls, seed, folder }: Task): Promise<Measured> {
  const path = join(folder, `rows.${format}`);
  const writer = await fileFormats[format].open(path, columnsOf(toolCalls.row, { nested: false }));
  const clock = stopwatch();
  let ready: Trace[] = [];
  let rows = 0;
  const write = async () => {
    clock.start();
    for (const trace of ready)
      for (const item of toolCalls.rows(trace)) {
        if (item.row === undefined) continue;
        await writer.write(item.row);
        rows += 1;
      }
    clock.stop();
    ready = [];
  };
  for (const trace of generatedTraces(calls, seed)) {
    ready.push(trace);
    if (ready.length * callsPerTrace >= chunk) await write();
  }
  await write();
  clock.start();
  const { bytes } = await writer.finish();
  clock.stop();
  return { rows, bytes, ...clock.told() };
}

async function wholeExport(format: 'jsonl' | 'parquet', { calls, seed, folder }: Task): Promise<Measured> {
  const out = join(folder, `whole-${format}`);
  const options: ExportOptions = { layout: 'tool-calls', format, query: '', seed: 0 };
  const making = stopwatch();
  const source = {
    ...sessionSource([]),
    count: () => calls / callsPerTrace,
    *traces() {
      const traces = generatedTraces(calls, seed);
      for (;;) {
        making.start();
        const next = traces.next();
        making.stop();
        if (next.done) return;
        yield next.value;
      }
    },
  };
  const guard = exportGuard({
    knownValues: () => [],
    policy: () => defaultPolicy,
    pseudonymKey: key,
    record: async () => undefined,
  });
  const clock = stopwatch();
  clock.start();
  const control = { signal: new AbortController().signal, onProgress: () => undefined };
  const actor = { kind: 'studio', token_id: null } as const;
  const result = await guard({ orders: [options], out, actor, allow_leaks: null, control }, (guarded) =>
    exportDataset(options, source, out, guarded),
  );
  clock.stop();
  const bytes = result.files.reduce((sum, { name }) => sum + statSync(join(out, name)).size, 0);
  rmSync(out, { recursive: true });
  const [all, made] = [clock.told(), making.told()];
  return {
    rows: result.rows,
    bytes,
    seconds: all.seconds - made.seconds,
    cpu_seconds: all.cpu_seconds - made.cpu_seconds,
  };
}

function stopwatch() {
  let [wall, cpu] = [0, 0];
  let begun: { wall: number; cpu: NodeJS.CpuUsage } | null = null;
  return {
    start(): void {
      begun = { wall: performance.now(), cpu: process.cpuUsage() };
    },
    stop(): void {
      if (begun === null) return;
      const { user, system } = process.cpuUsage(begun.cpu);
      wall += performance.now() - begun.wall;
      cpu += (user + system) / 1000;
    },
    told: () => ({ seconds: wall / 1000, cpu_seconds: cpu / 1000 }),
  };
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

function besideText({ traces, rounds, alone, building, built }: Beside): string {
  const ms = (value: number) => value.toFixed(2);
  return (
    `chunks of streams through the proxy, ${rounds} rounds: alone p50 ${ms(alone.p50_ms)} ms, p99 ${ms(alone.p99_ms)} ms; while ` +
    `datasets of ${traces} traces are built (${built} of them) p50 ${ms(building.p50_ms)} ms, p99 ${ms(building.p99_ms)} ms: ` +
    `${(building.p99_ms / alone.p99_ms).toFixed(2)}x`
  );
}

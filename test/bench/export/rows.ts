import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { columnsOf } from '../../../src/main/dataset/columns.js';
import { fileFormats } from '../../../src/main/dataset/formats/index.js';
import { exportDataset } from '../../../src/main/dataset/index.js';
import { toolCalls } from '../../../src/main/dataset/layouts/tool-calls.js';
import { exportGuard } from '../../../src/main/engine/export-guard.js';
import { defaultPolicy } from '../../../src/main/redact/index.js';
import { serveThread } from '../../../src/main/threads/worker-side.js';
import type { ExportOptions, Trace } from '../../../src/shared/model/index.js';
import { sessionSource } from '../../support/traces.js';
import { callsPerTrace, generatedTraces } from './traces.js';

/** The thread of the benchmark that writes, with a heap as the engine's work thread has it. */

/** Tool calls that are made before the clock runs, so that making them is not measured. */
const chunk = 20 * callsPerTrace;
const key = new Uint8Array(32).fill(7);

/** `whole`: with the gate, provenance, the hash of each row and the second look; else layout and file alone. */
export interface Task {
  whole: boolean;
  format: 'jsonl' | 'parquet';
  calls: number;
  seed: number;
  folder: string;
}

/** Rows a second, and seconds of the processor. */
export interface Measured {
  rows: number;
  bytes: number;
  seconds: number;
  cpu_seconds: number;
}

async function fileAlone({ format, calls, seed, folder }: Task): Promise<Measured> {
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

async function wholeExport({ format, calls, seed, folder }: Task): Promise<Measured> {
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

serveThread<Task, never>({
  lane: () => 'waiting',
  request: (task) => (task.whole ? wholeExport(task) : fileAlone(task)),
  connect: () => undefined,
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchDisk } from './disk.js';
import { benchStore } from './store.js';

/** `bench store [--tool-calls N] [--traces N] [--dir D] [--rounds N] [--disk-only] [--json]` */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      'tool-calls': { type: 'string', default: '1000000' },
      traces: { type: 'string' },
      dir: { type: 'string' },
      rounds: { type: 'string', default: '40' },
      'disk-only': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const disk = benchDisk();
  if (values['disk-only']) {
    print(values.json, { disk });
    return;
  }
  const dir = values.dir ?? mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    const store = benchStore({
      dir,
      toolCalls: Number(values['tool-calls']),
      ...(values.traces === undefined ? {} : { traces: Number(values.traces) }),
      rounds: Number(values.rounds),
      onProgress: (message) => process.stderr.write(`${message}\n`),
    });
    print(values.json, { disk, store });
  } finally {
    if (values.dir === undefined) rmSync(dir, { recursive: true, force: true });
  }
}

function print(json: boolean, results: { disk: ReturnType<typeof benchDisk>; store?: ReturnType<typeof benchStore> }) {
  if (json) {
    process.stdout.write(`${JSON.stringify(results)}\n`);
    return;
  }
  const { disk, store } = results;
  const kib = (bytes: number) => `${Math.round(bytes / 1024).toLocaleString('en')} KiB`;
  const lines = [
    `disk: ${disk.turns} turns, ${kib(disk.raw_bytes)} on the wire, ${kib(disk.store_bytes)} stored: 1/${disk.ratio.toFixed(1)}`,
  ];
  if (store) {
    const rate = (value: number | null) => (value === null ? 'not measured' : Math.round(value).toLocaleString('en'));
    lines.push(
      `store: ${store.tool_calls.toLocaleString('en')} tool calls in ${store.traces.toLocaleString('en')} traces, ${kib(store.database_bytes)}`,
      `insert: ${rate(store.exchanges_per_second)} exchanges/s, ${rate(store.tool_calls_per_second)} tool calls/s`,
      ...store.probes.map(
        ({ name, p50_ms, p95_ms, max_ms }) =>
          `${name.padEnd(46)} p50 ${p50_ms.toFixed(1).padStart(7)}  p95 ${p95_ms.toFixed(1).padStart(7)}  max ${max_ms.toFixed(1).padStart(7)} ms`,
      ),
    );
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

if (import.meta.main) await main(process.argv.slice(2));

import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openReader } from '../../../src/main/store/index.js';
import { fill } from './fill.js';
import { probes } from './probes.js';
import { Random } from './random.js';

export interface StoreBenchOptions {
  traces?: number;
  toolCalls?: number;
  /** Folder for the database; one that is there already is measured as it is. */
  dir: string;
  /** Times that each question is asked. */
  rounds?: number;
  onProgress?: (message: string) => void;
}

export interface ProbeResult {
  name: string;
  p50_ms: number;
  p95_ms: number;
  max_ms: number;
}

export interface StoreBenchResult {
  traces: number;
  tool_calls: number;
  exchanges: number;
  /** Exchanges with all that was made of them, per second of the writer's time; null where the database was there. */
  exchanges_per_second: number | null;
  tool_calls_per_second: number | null;
  database_bytes: number;
  probes: ProbeResult[];
}

/** Fills a database through the real writer and asks it what the studio asks. */
export function benchStore(options: StoreBenchOptions): StoreBenchResult {
  const { toolCalls = 1_000_000, traces = Math.ceil(toolCalls / 10), dir, rounds = 40, onProgress } = options;
  mkdirSync(dir, { recursive: true });
  const path = join(dir, `bench-${traces}-${toolCalls}.db`);
  const there = statSync(path, { throwIfNoEntry: false }) !== undefined;
  const filled = there
    ? null
    : fill({
        path,
        traces,
        toolCalls,
        seed: 1,
        onProgress: (share, rate) =>
          onProgress?.(`${Math.round(share * 100)}% filled, ${Math.round(rate)} exchanges/s`),
      });
  const reader = openReader(path, { sealKey: new Uint8Array(32) });
  try {
    const results = probes(traces).map((probe) => {
      const random = new Random(7);
      const times = Array.from({ length: rounds }, () => {
        const from = performance.now();
        probe.run(reader, random);
        return performance.now() - from;
      }).sort((a, b) => a - b);
      const at = (share: number) => times[Math.min(times.length - 1, Math.ceil(times.length * share) - 1)] as number;
      const result = { name: probe.name, p50_ms: at(0.5), p95_ms: at(0.95), max_ms: at(1) };
      onProgress?.(`${probe.name}: p95 ${result.p95_ms.toFixed(1)} ms`);
      return result;
    });
    return {
      traces,
      tool_calls: filled?.tool_calls ?? toolCalls,
      exchanges: filled?.exchanges ?? 0,
      exchanges_per_second: filled && filled.exchanges / filled.seconds,
      tool_calls_per_second: filled && filled.tool_calls / filled.seconds,
      database_bytes: statSync(path).size,
      probes: results,
    };
  } finally {
    reader.close();
  }
}

import { createHash } from 'node:crypto';
import { SluiceError } from '../../shared/errors.js';
import type { ExportOptions } from '../../shared/model/index.js';
import type { ExportSource } from './source.js';

/** Name of the only file where no split was asked for. */
const whole = 'data';

export interface Splitter {
  /** Names in the order of the files. */
  names: string[];
  /** The split that a family of traces belongs to; depends on seed, shares and the id alone. */
  of(rootTraceId: string): string;
}

/** Throws `validation_failed` where the shares do not sum to 1 (within a millionth). */
export function splitter(split: ExportOptions['split'], seed: number): Splitter {
  // Sorted, so that the order in which the shares were written changes nothing.
  const shares = Object.entries(split ?? { [whole]: 1 }).sort(([a], [b]) => (a < b ? -1 : 1));
  const sum = shares.reduce((total, [, share]) => total + share, 0);
  if (shares.length === 0 || Math.abs(sum - 1) > 1e-6) {
    throw new SluiceError('validation_failed', 'The shares of the splits must sum to 1.', [
      { path: 'split', message: `the shares sum to ${Math.round(sum * 1e6) / 1e6}, not to 1` },
    ]);
  }
  const names = shares.map(([name]) => name);
  return {
    names,
    of(rootTraceId) {
      const digest = createHash('sha256').update(`${seed}:${rootTraceId}`).digest();
      const point = digest.readUIntBE(0, 6) / 2 ** 48;
      let edge = 0;
      for (const [name, share] of shares) {
        edge += share;
        if (point < edge) return name;
      }
      return names.at(-1) as string;
    },
  };
}

/** How far up a family is followed; deeper ones are cut there, all of them at the same trace. */
const maxDepth = 1000;

/**
 * Finds the trace at the head of a family: parents of subagents and predecessors of continued sessions. Traces with the
 * same head share their content and must never be torn over two splits. Remembers the last 10,000 answers.
 */
export function rootFinder(
  source: Pick<ExportSource, 'traceSummary'>,
): (trace: { trace_id: string; parent_trace_id: string | null; predecessor_trace_id: string | null }) => string {
  const known = new Map<string, string>();
  return (trace) => {
    const path: string[] = [trace.trace_id];
    const seen = new Set(path);
    let next = trace.parent_trace_id ?? trace.predecessor_trace_id;
    let root = trace.trace_id;
    while (next !== null) {
      const remembered = known.get(next);
      if (remembered !== undefined) {
        root = remembered;
        break;
      }
      if (seen.has(next) || seen.size >= maxDepth) {
        // A ring has no head: its smallest id stands for it, whichever member asks.
        root = [...seen].sort()[0] as string;
        break;
      }
      seen.add(next);
      path.push(next);
      root = next;
      const above = source.traceSummary(next);
      next = above === null ? null : (above.parent_trace_id ?? above.predecessor_trace_id);
    }
    for (const id of path) known.set(id, root);
    while (known.size > 10_000) known.delete(known.keys().next().value as string);
    return root;
  };
}

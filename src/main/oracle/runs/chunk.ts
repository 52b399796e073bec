import { hash } from 'node:crypto';
import type { GoldTrace } from '../../../shared/model/gold-trace.js';
import type { OpenCatalogue } from '../catalogue.js';
import type { Domain } from '../domains/domain.js';
import type { Shape } from '../sampler/plan.js';
import { type ShapeWeights, sampleTrace } from '../sampler/sample.js';
import { failuresOfTrace } from '../validators/index.js';
import { countFailure, countTrace, noStatistics, type Statistics } from './statistics.js';

/** Worlds of each domain that a run's traces take place in. */
export const worldCount = 8;
/** Tries for one trace; a domain that needs more is at its end. */
const mostTries = 20;

/** The traces of one file as lines of JSON; `seen` and `statistics` take what they hold, `tell` hears how far it is where that takes long. */
export type Lines = (
  of: ChunkOf,
  seen: Set<string>,
  statistics: Statistics,
  tell: (counts: Pick<Statistics, 'validated' | 'failed'>) => void,
) => Iterable<string> | AsyncIterable<string>;

export interface ChunkOf {
  domain: Domain;
  seed: number;
  shapes: ShapeWeights;
  /** The first trace's number within its domain, and how many there are. */
  from: number;
  count: number;
}

/**
 * The traces of one file: by number and seed alone, so that they come out the same wherever and whenever they are made. `seen` are the hashes of
 * what the domain's earlier files ask and do, and takes those of this one.
 */
export function* tracesOf(
  catalogue: OpenCatalogue,
  { domain, seed, shapes, from, count }: ChunkOf,
  seen: Set<string>,
  statistics: Statistics = noStatistics(),
): Iterable<string> {
  const worlds = (number: number) => catalogue.world(domain, number);
  for (let number = from; number < from + count; number += 1) {
    for (let attempt = 0; attempt < mostTries; attempt += 1) {
      const { shape, ...trace } = sampleTrace(domain, {
        seed: seedOf(seed, attempt),
        index: number,
        shapes,
        worlds,
        worldCount,
      });
      const failures = failuresOfTrace(trace, catalogue);
      if (failures.length > 0) {
        countFailure(statistics, failures);
        continue;
      }
      const line = lineOf(domain, { trace, shape }, seen, statistics);
      if (line === null) continue;
      yield line;
      break;
    }
  }
}

/** Of another attempt at the same numbers: no attempt of one number is that of another. */
export const seedOf = (seed: number, attempt: number): number => seed + attempt * 1_000_003;

/** The line of a trace that holds, counted; null for one that asks and does what the domain has already. */
export function lineOf(
  domain: Domain,
  { trace, shape }: { trace: GoldTrace; shape: Shape },
  seen: Set<string>,
  statistics: Statistics,
): string | null {
  const hash = contentHash(trace);
  if (seen.has(hash)) {
    countFailure(statistics, [{ validator: 'duplicate' }]);
    return null;
  }
  seen.add(hash);
  countTrace(statistics, trace, shape, domain.id);
  return `${JSON.stringify(trace)}\n`;
}

/** Of what is asked and done, whatever it is called: 64 bits of SHA-256. */
export function contentHash({
  request,
  graph,
}: {
  request: { text: string };
  graph: { calls: readonly { tool_id: string; arguments: unknown }[] };
}): string {
  const content = [request.text, ...graph.calls.map(({ tool_id, arguments: args }) => [tool_id, args])];
  return hash('sha256', JSON.stringify(content), 'base64').slice(0, 11);
}

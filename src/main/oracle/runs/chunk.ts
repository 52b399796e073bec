import type { GoldTrace } from '../../../shared/model/gold-trace.js';
import type { OpenCatalogue } from '../catalogue.js';
import type { Domain } from '../domains/domain.js';
import { inject } from '../provenance/inject.js';
import { random } from '../random.js';
import type { Shape } from '../sampler/plan.js';
import { type Aim, type SampleOf, type ShapeWeights, sampleTrace, worldCount } from '../sampler/sample.js';
import { failuresOfTrace } from '../validators/index.js';
import type { Cell } from './quotas.js';
import type { Seen } from './seen.js';
import { countAsked, countFailure, countTrace, noStatistics, type Statistics } from './statistics.js';

/** Tries for one trace; a domain that needs more is at its end. */
const mostTries = 20;

/** The traces of one file as lines of JSON; `seen` and `statistics` take what they hold, `tell` hears how far it is where that takes long. */
export type Lines = (
  of: ChunkOf,
  seen: Seen,
  statistics: Statistics,
  tell: (soFar: Statistics) => void,
) => Iterable<string> | AsyncIterable<string>;

export interface ChunkOf {
  domain: Domain;
  seed: number;
  shapes: ShapeWeights;
  /** What each number is to be; absent where there are no quotas. */
  aim?: (number: number) => Cell;
  /** Share of traces in which texts are retrieved; absent: none. */
  retrieval?: number;
  /** The first trace's number within its domain, and how many there are. */
  from: number;
  count: number;
}

/**
 * The traces of one file: by number and seed alone, so that they come out the same wherever and whenever they are made. `seen` knows
 * what the domain's earlier files ask and do, and takes in what this one does.
 */
export function* tracesOf(
  catalogue: OpenCatalogue,
  { domain, seed, shapes, aim, retrieval, from, count }: ChunkOf,
  seen: Seen,
  statistics: Statistics = noStatistics(),
): Iterable<string> {
  const worlds = (number: number) => catalogue.world(domain, number);
  for (let number = from; number < from + count; number += 1) {
    const wanted = aim?.(number);
    if (wanted !== undefined) countAsked(statistics, domain.id, wanted.intent, wanted.shape);
    for (let attempt = 0; attempt < mostTries; attempt += 1) {
      const of = { seed: seedOf(seed, attempt), index: number, shapes, worlds, worldCount };
      const made = sampledFor(domain, of, wanted, attempt);
      if (made === null) continue;
      const { shape, ...sampled } = made;
      const trace =
        retrieval === undefined ? sampled : withTexts(catalogue, domain, sampled, { share: retrieval, seed });
      const failures = failuresOfTrace(trace, catalogue);
      if (failures.length > 0) {
        countFailure(statistics, domain, failures);
        continue;
      }
      const line = lineOf(domain, { trace, shape }, seen, statistics);
      if (line === null) continue;
      yield line;
      break;
    }
  }
}

/** A trace as it is, or with texts that were retrieved: by its id and the seed alone. Where it has no room for an instruction, the texts are benign. */
function withTexts(
  catalogue: OpenCatalogue,
  domain: Domain,
  trace: GoldTrace,
  { share, seed }: { share: number; seed: number },
): GoldTrace {
  const dice = random('retrieval', seed, trace.trace_id);
  if (!dice.chance(share)) return trace;
  const world = catalogue.world(domain, trace.world as number);
  const poisoned = dice.chance(0.5);
  const told =
    inject(trace, domain, world, { poisoned, seed }) ?? inject(trace, domain, world, { poisoned: false, seed });
  // It is no sibling here: the trace without it is not written.
  return told === null ? trace : { ...told, trace_id: trace.trace_id };
}

/** Null where this attempt found nothing of what is wanted. */
function sampledFor(domain: Domain, of: SampleOf, wanted: Cell | undefined, attempt: number) {
  const aim = aimOf(wanted, attempt);
  if (aim === undefined) return sampleTrace(domain, of);
  try {
    return sampleTrace(domain, { ...of, aim });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * What is wanted, and where all of that was made already the same shape of any kind, and in the end whatever there is: that a quota was missed
 * stands in the report, and there is still a trace.
 */
function aimOf(wanted: Cell | undefined, attempt: number): Aim | undefined {
  if (wanted === undefined || attempt >= mostTries - 4) return undefined;
  return attempt < mostTries / 2 ? wanted : { ...wanted, intent: null, calls: null };
}

/** Of another attempt at the same numbers: no attempt of one number is that of another. */
export const seedOf = (seed: number, attempt: number): number => seed + attempt * 1_000_003;

/** The line of a trace that holds, counted; null for one that asks and does what the domain has already. */
export function lineOf(
  domain: Domain,
  { trace, shape }: { trace: GoldTrace; shape: Shape },
  seen: Seen,
  statistics: Statistics,
): string | null {
  if (!seen.take(trace)) {
    countFailure(statistics, domain, [{ validator: 'duplicate' }]);
    return null;
  }
  countTrace(statistics, trace, shape, domain.id);
  return `${JSON.stringify(trace)}\n`;
}

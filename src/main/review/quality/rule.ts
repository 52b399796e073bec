import type { Listed } from '../../ground/list.js';
import type { Facts } from './facts.js';
import type { Peers } from './peers.js';

/** What a rule makes of a trace: a value from 0 to 1 with what it rests on, or why there is none. */
export type Outcome = { value: number; evidence: string; steps?: readonly (string | null)[] } | { reason: string };

interface Weighted extends Listed {
  /** In the mean that is `quality_score`. */
  weight: number;
}

/** A score that a trace has of itself. */
export interface TraceRule extends Weighted {
  of(facts: Facts): Outcome;
}

/** A score that a trace has beside others; the peers know what it is compared by. */
export interface PeerRule extends Weighted {
  among(traceId: string, peers: Peers): Outcome;
}

/** A share as a score, or why there is none. */
export function share(
  good: number,
  of: number,
  reason: string,
  evidence: string,
  steps?: readonly (string | null)[],
): Outcome {
  return of === 0 ? { reason } : { value: good / of, evidence, ...(steps === undefined ? {} : { steps }) };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** `3 tool calls`, `1 tool call` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

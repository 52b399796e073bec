import type { GoldCall, GoldTrace } from '../../../shared/model/gold-trace.js';
import type { Domain, Tool } from '../domains/domain.js';
import type { Replayed } from '../simulator/replay.js';
import type { World } from '../world/world.js';

/** A trace, and what the catalogue of domains knows of it. */
export interface Examined {
  trace: GoldTrace;
  /** Null where its tools belong to no domain that is known. */
  domain: Domain | null;
  /** Its calls with their tools, in the order in which they stand. */
  calls: readonly { call: GoldCall; tool: Tool | null }[];
  /** The world that it ran on; null where it names none. */
  world: World | null;
  /** Its calls, run again on that world; null without one. */
  replayed(): Replayed | null;
}

/** One thing that must hold of a gold trace, decided without a model. */
export interface Validator {
  readonly id: string;
  readonly title: string;
  /** What does not hold: a sentence each. */
  check(examined: Examined): string[];
}

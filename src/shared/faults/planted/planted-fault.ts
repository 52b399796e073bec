import type { Step } from '../../model/index.js';
import type { Dice } from '../fault.js';

export interface Planted {
  steps: Step[];
  /** The first step that is wrong now. */
  step_id: string;
  /** What was done, in one sentence. */
  what: string;
}

/** A fault that makes a good trajectory a wrong one: whoever judges it well sees it. */
export interface PlantedFault {
  readonly id: string;
  readonly title: string;
  /** Null where it cannot happen in such a trace. Steps that it changes are copies. */
  plant(steps: readonly Step[], dice: Dice): Planted | null;
}

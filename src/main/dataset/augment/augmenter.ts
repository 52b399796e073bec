import type { AugmenterId } from '../../../shared/model/index.js';
import type { Dice } from '../../ground/dice.js';
import type { Listed } from '../../ground/list.js';
import type { Derivation, Example } from '../examples/example.js';
import type { ExportSource } from '../source.js';

export type Derived = { example: Example } | { skipped: string };

/** What of the store may go into derived examples. */
export type AugmenterSource = Pick<ExportSource, 'expansion' | 'callMessages'>;

/** A way to make further examples of one. */
export interface Augmenter extends Listed<AugmenterId> {
  description: string;
  /**
   * What is said is as it was captured, with more known of it; `made`: parts of it never happened.
   */
  kind: 'annotated' | 'made';
  /** The same example, dice and store give the same. An example that it makes nothing of says why. */
  derive(example: Example, dice: Dice, source: AugmenterSource): Iterable<Derived>;
}

/** The example with what it was derived by. */
export function derived(
  from: Example,
  by: AugmenterId,
  how: string,
  details: Derivation['details'],
  changes: Partial<Example>,
): Derived {
  const derivation: Derivation = {
    by,
    from: { trace_id: from.trace.trace_id, call_id: from.call.call_id },
    how,
    details,
  };
  return { example: { ...from, ...changes, derived: [...(from.derived ?? []), derivation] } };
}

import type { Entity } from '../../../shared/policy.js';
import type { Listed } from '../../ground/list.js';

/** Something found in a text: `start` and `end` are UTF-16 offsets. */
export interface Hit {
  rule: string;
  entity: Entity;
  start: number;
  end: number;
}

/** A set of rules that looks at a text. It knows nothing of what redacted the text before. What it throws fails the check. */
export interface RuleSet {
  id: string;
  version: string;
  find(text: string): Hit[] | Promise<Hit[]>;
}

/** A set of rules as it is listed. */
export interface LeakRules extends Listed {
  description: string;
  /** @param knownValues exact values that may stand nowhere */
  open(knownValues: readonly string[]): RuleSet | Promise<RuleSet>;
}

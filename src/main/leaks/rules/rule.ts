import type { Entity } from '../../../shared/policy.js';

/** Something found in a text: `start` and `end` are UTF-16 offsets. */
export interface Hit {
  rule: string;
  entity: Entity;
  start: number;
  end: number;
}

/** A set of rules that looks at a text. It knows nothing of what redacted the text before. */
export interface RuleSet {
  id: string;
  version: string;
  find(text: string): Hit[] | Promise<Hit[]>;
}

import type { FindingAction } from '../../../shared/model/index.js';
import { createPseudonyms } from '../keys/pseudonyms.js';
import { type Entity, mask } from '../policy/entities.js';
import { actionFor, type RedactionPolicy } from '../policy/policy.js';
import { createSurrogates } from './surrogates/index.js';

export interface Replacement {
  text: string;
  action: FindingAction;
}

/** What takes the place of a find. */
export interface Replacements {
  of(entity: Entity, value: string): Replacement;
  /** The project's own pseudonym, by which allow lists name a value. */
  pseudonym(entity: Entity, value: string): string;
  /** What stands for a value where an invented one cannot be written. */
  named(entity: Entity, value: string): string;
  /** Whether the value was invented by us and stays. */
  stays(entity: Entity, value: string): boolean;
  /** What takes the place of a placeholder that stands in a text already; null: it stays. Absent where all do. */
  ofPlaceholder?(entity: Entity, mark: string): Replacement | null;
}

/** Replacements as the policy has them, under the project's key. */
export function createReplacements(policy: RedactionPolicy, key: Uint8Array): Replacements {
  const pseudonym = createPseudonyms(key);
  const surrogates = createSurrogates(key);
  return {
    pseudonym,
    named: pseudonym,
    of(entity, value) {
      const action = actionFor(policy, entity);
      if (action === 'mask' || action === 'drop') return { text: mask(entity), action };
      const surrogate = action === 'surrogate' ? surrogates.make(entity, value) : null;
      // Shapes too small for a surrogate, and known values that are replaced although their entity is kept.
      return surrogate === null
        ? { text: pseudonym(entity, value), action: 'pseudonym' }
        : { text: surrogate, action: 'surrogate' };
    },
    stays: (entity, value) => actionFor(policy, entity) === 'surrogate' && surrogates.isOurs(entity, value),
  };
}

import { actionFor, entities, isStricter, personalEntities } from '../../../shared/policy.js';
import type { RedactionPolicy } from '../../../shared/policy-file.js';

/** What differs between two policies, by the names of fields and entities, never by values. */
export interface PolicyChanges {
  /** `preset`, `actions.EMAIL`, `keys`, `personal.PERSON`, `consent.required`, … */
  changed: string[];
  /** What is stored under the first may hold what the second does not let through. */
  stricter: boolean;
}

/** More entries of these find more; more entries of the others let more through. */
const finding = ['deny', 'headers', 'keys'] as const;
const sparing = ['allow', 'allow_pseudonyms', 'not_headers', 'not_keys'] as const;

export function policyChanges(before: RedactionPolicy, after: RedactionPolicy): PolicyChanges {
  const changed: string[] = [];
  let stricter = false;
  if (before.preset !== after.preset) changed.push('preset');
  for (const entity of entities) {
    const [was, is] = [actionFor(before, entity), actionFor(after, entity)];
    if (was === is) continue;
    changed.push(`actions.${entity}`);
    stricter ||= isStricter(was, is);
  }
  const compare = (field: string, was: readonly string[], is: readonly string[], finds: boolean): void => {
    const [old, now] = [new Set(was), new Set(is)];
    const added = [...now].some((each) => !old.has(each));
    const removed = [...old].some((each) => !now.has(each));
    if (added || removed) changed.push(field);
    stricter ||= finds ? added : removed;
  };
  for (const field of finding) compare(field, before[field], after[field], true);
  for (const field of sparing) compare(field, before[field], after[field], false);
  for (const entity of personalEntities) {
    compare(`personal.${entity}`, before.personal[entity] ?? [], after.personal[entity] ?? [], true);
  }
  // What is stored does not depend on it: it decides about exports.
  if (before.consent.required !== after.consent.required) changed.push('consent.required');
  return { changed, stricter };
}

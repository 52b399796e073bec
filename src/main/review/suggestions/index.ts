import { hash } from 'node:crypto';
import type { Suggestion } from '../../../shared/model/index.js';
import { listOf } from '../../ground/list.js';
import { duplicate } from './duplicate.js';
import { judge } from './judge.js';
import { outcome } from './outcome.js';
import { scores } from './scores.js';
import type { Facts, Suggester } from './suggester.js';
import { suspicion } from './suspicion.js';

/** Everything that suggests. */
export const suggesters: readonly Suggester[] = listOf('suggesters', [scores, judge, suspicion, outcome, duplicate]);

/** What might be said of a trace, surest first; one that throws is passed over. */
export function suggestionsOf(facts: Facts): Suggestion[] {
  const found = suggesters.flatMap((suggester) => {
    try {
      return suggester.suggest(facts).map((each) => ({ ...each, suggester: suggester.id }));
    } catch {
      return [];
    }
  });
  return found
    .map(({ suggester, field, value, step_id, ...rest }) => {
      const named = JSON.stringify([facts.trace.trace_id, suggester, field, value, step_id, rest.evidence]);
      return { suggestion_id: hash('sha256', named).slice(0, 16), suggester, field, value, step_id, ...rest };
    })
    .sort((a, b) => b.confidence - a.confidence);
}

/** The surest of each field; of tags and steps, which do not shut each other out, every one. */
export function surest(suggestions: readonly Suggestion[]): Suggestion[] {
  const taken = new Set<string>();
  return suggestions.filter(({ field, value, step_id }) => {
    const place = field === 'tag' ? `tag ${value}` : `${field} ${step_id}`;
    if (taken.has(place)) return false;
    taken.add(place);
    return true;
  });
}

import type { Suggested, Suggester } from './suggester.js';

/** A judge's scale goes from 1 to 5; from here on it is content, up to there it is not. */
const [accepts, rejects] = [3.5, 2.5];

/** What judges gave, as ratings and labels; a name counts once, by its newest. */
export const judge: Suggester = {
  id: 'judge',
  title: 'Judge',
  suggest({ scores }) {
    const seen = new Set<string>();
    const suggested: Suggested[] = [];
    for (const { kind, name, value, confidence, explanation } of scores) {
      if (kind !== 'judge' || seen.has(name) || value < 1 || value > 5) continue;
      seen.add(name);
      const because = explanation === undefined ? '' : `: ${explanation.slice(0, 300)}`;
      const base = {
        step_id: null,
        source: 'judge',
        evidence: `The judge gave ${value} for ${name}${because}`,
      } as const;
      const sure = confidence ?? Math.abs(value - 3) / 2;
      suggested.push({ ...base, field: 'rating', value: Math.round(value), confidence: sure });
      if (value >= accepts) suggested.push({ ...base, field: 'label', value: 'accepted', confidence: sure });
      if (value <= rejects) suggested.push({ ...base, field: 'label', value: 'rejected', confidence: sure });
    }
    return suggested;
  },
};

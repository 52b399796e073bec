import type { Suggested, Suggester } from './suggester.js';

/** Marks of scores from 0 to 1; between them nothing is said. */
const [good, bad] = [0.8, 0.4];

/** Labels and ratings by scores that rules and tests gave; a name counts once, by its newest. */
export const scores: Suggester = {
  id: 'scores',
  title: 'Scores',
  suggest({ scores }) {
    const seen = new Set<string>();
    const suggested: Suggested[] = [];
    for (const { kind, name, value, confidence } of scores) {
      if (seen.has(name) || (kind !== 'rule' && kind !== 'qa') || value < 0 || value > 1) continue;
      seen.add(name);
      const sure = confidence ?? Math.abs(value - 0.5) * 2;
      const evidence = `The score ${name} is ${Math.round(value * 100) / 100}.`;
      const base = { step_id: null, source: 'rule', evidence } as const;
      if (name === 'quality_score') {
        suggested.push({ ...base, field: 'rating', value: Math.round(1 + value * 4), confidence: sure });
      }
      if (value >= good) suggested.push({ ...base, field: 'label', value: 'accepted', confidence: sure });
      if (value <= bad) suggested.push({ ...base, field: 'label', value: 'rejected', confidence: sure });
    }
    return suggested;
  },
};

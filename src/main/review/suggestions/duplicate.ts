import type { Suggester } from './suggester.js';

/** What says nearly the same as a trace that is kept teaches nothing more. */
export const duplicate: Suggester = {
  id: 'duplicate',
  title: 'Near-duplicates',
  suggest({ duplicate_of }) {
    if (duplicate_of === null) return [];
    const evidence = `It is nearly the same as ${duplicate_of}, which is kept of its cluster.`;
    const base = { step_id: null, source: 'duplicate', evidence } as const;
    return [
      { ...base, field: 'label', value: 'rejected', confidence: 0.7 },
      { ...base, field: 'tag', value: 'duplicate', confidence: 0.9 },
    ];
  },
};

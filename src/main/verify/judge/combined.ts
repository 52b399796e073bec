import type { CombinedVerdict, Judgement } from '../../../shared/model/index.js';

/** Tests outrank judges: where tests said something it holds, and the judge decides where they did not. */
export function combinedVerdict(testsPassed: boolean | null | undefined, judge: Judgement['verdict']): CombinedVerdict {
  if (testsPassed == null) return { verdict: judge, by: judge === null ? null : 'judge', differ: false };
  const verdict = testsPassed ? 'accepted' : 'rejected';
  return { verdict, by: 'tests', differ: judge !== null && judge !== verdict };
}

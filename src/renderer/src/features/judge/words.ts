import type { Judgement, PairJudgement, Reduction } from '../../../../shared/model/index.js';

/** A value on its scale: `3.4 of 5`. */
export function onScale(value: number, { max }: { max: number }): string {
  return `${Number(value.toFixed(2))} of ${Number(max.toFixed(2))}`;
}

/** What was not shown of a trace, in one line. */
export function reductionText({ steps, whole, cut, left_out, chars, chars_before, rule }: Reduction): string {
  const size = `${chars.toLocaleString('en')} of ${chars_before.toLocaleString('en')} characters`;
  if (cut.length === 0 && left_out.length === 0)
    return `All ${steps.toLocaleString('en')} steps were shown whole (${size}).`;
  const gone = left_out.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`));
  return [
    `${whole.toLocaleString('en')} of ${steps.toLocaleString('en')} steps were shown whole (${size}, rule ${rule}).`,
    cut.length > 0 ? `Shortened: ${some(cut)}.` : '',
    gone.length > 0 ? `Left out: ${some(gone)}.` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

const named = 12;
const some = (items: readonly (string | number)[]): string =>
  items.length <= named ? items.join(', ') : `${items.slice(0, named).join(', ')} and ${items.length - named} more`;

/** What a comparison says of one of its two traces. */
export function pairText({ a, preferred, consistent }: PairJudgement, traceId: string): string {
  if (preferred === null) return 'No answer';
  if (preferred === 'tie') return consistent ? 'Tie' : 'Tie: the two orders disagree';
  return (preferred === 'a') === (a === traceId) ? 'This one is better' : 'The other one is better';
}

export function combinedText({ combined }: Pick<Judgement, 'combined'>): string | null {
  const { verdict, by, differ } = combined;
  if (verdict === null || by === null) return null;
  if (differ) return `Tests and judge differ: the tests hold, so it counts as ${verdict}.`;
  return by === 'tests' ? `The tests say ${verdict} too.` : `By the judge alone: no tests speak of it.`;
}

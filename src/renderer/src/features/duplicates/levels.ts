import type { NearLevel, NearMember } from '../../../../shared/model/index.js';
import type { Compared } from '../../navigation/compare-href.js';
import { hrefTo } from '../../navigation/hash-params.js';

/** What is compared at each level, in a few words. */
export const levels: readonly { id: NearLevel; label: string; text: string }[] = [
  {
    id: 'trajectory',
    label: 'Trajectories',
    text: 'All that was said and done, without system prompts and results of tools.',
  },
  { id: 'task', label: 'Tasks', text: 'The first message of a person.' },
  { id: 'step', label: 'Steps', text: 'Each step of the agent of ten words or more.' },
];

export const isLevel = (value: string | null): value is NearLevel => levels.some(({ id }) => id === value);

export const memberId = ({ trace_id, step_id }: NearMember) => `${trace_id} ${step_id ?? ''}`;

export const memberHref = ({ trace_id, step_id }: NearMember) => hrefTo(`/traces/${trace_id}`, { step: step_id });

/** What is compared of it: the trace, or its step. */
export const memberSide = ({ trace_id, step_id }: NearMember): Compared => ({
  trace_id,
  call_id: null,
  ...(step_id !== null && { step_id }),
});

/** Which rule made one the kept one: the first by which it goes before the best of the others. */
export function keptBy(kept: NearMember, others: readonly NearMember[]): string {
  const score = (member: NearMember) => member.quality_score ?? -1;
  if (others.every((each) => score(kept) > score(each))) return 'the highest quality score';
  const equals = others.filter((each) => score(each) === score(kept));
  if (kept.label !== null && equals.every(({ label }) => label === null)) return 'reviewed, at the same quality score';
  return equals.every((each) => each.started_at > kept.started_at || (kept.label !== null && each.label === null))
    ? 'the oldest of those with the same quality score'
    : 'the smallest id of those that are alike in all else';
}

import { useQuery } from '@tanstack/react-query';
import type { QueueItem, Suggestion } from '../../../../shared/model/index.js';
import { client, trpc } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';
import { announce, didAct, inLine } from '../review/index.js';
import type { QueueWork } from './work.js';

/** Scores and duplicates may come of what another reviewer said: who judges blind does not get them. */
const notForBlind: ReadonlySet<string> = new Set(['scores', 'duplicate']);

/** What might be said of an item, surest first, and one key that takes it over. */
export function useSuggested(item: QueueItem, work: QueueWork) {
  const open = item.state === 'assigned' && work.isMine(item);
  const { trace_id } = item;
  const answer = useQuery(trpc.suggestions.get.queryOptions({ trace_id }, { enabled: open }));
  const all = open ? (answer.data ?? []).filter(({ suggester }) => !item.blind || !notForBlind.has(suggester)) : [];

  const takeOver = () => {
    const { draft } = work.state();
    const first = (field: Suggestion['field']) => all.find((each) => each.field === field)?.value;
    const tags = all.filter(({ field }) => field === 'tag').map(({ value }) => String(value));
    const label = first('label') as 'accepted' | 'rejected' | undefined;
    const rating = first('rating');
    // What was said by hand stays.
    const patch = {
      ...(draft.label === null && label !== undefined && { label }),
      ...(draft.rating === null && rating !== undefined && { rating: Number(rating) }),
      ...(tags.some((tag) => !draft.tags.includes(tag)) && {
        tags: [...new Set([...draft.tags, ...tags])].slice(0, 64),
      }),
    };
    const steps = all.filter(({ field }) => field === 'step_label').map(({ suggestion_id }) => suggestion_id);
    if (Object.keys(patch).length === 0 && steps.length === 0) {
      announce({ kind: 'done', text: all.length === 0 ? 'Nothing is suggested' : 'All of it is said already' });
      return;
    }
    if (Object.keys(patch).length > 0) work.say(patch, { title: 'What was suggested' });
    if (steps.length > 0) {
      const forget = didAct();
      void inLine(() => client.suggestions.accept.mutate({ trace_id, suggestion_ids: steps })).catch(
        (error: unknown) => {
          forget();
          announce({ kind: 'failed', text: describeError(error).message });
        },
      );
    }
    announce({ kind: 'done', text: 'Taken over what was suggested', undo: true });
  };
  return { all, takeOver, known: !open || !answer.isPending };
}
export type Suggested = ReturnType<typeof useSuggested>;

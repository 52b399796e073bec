import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { QueueItem } from '../../../../shared/model/index.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { keyHint } from '../../navigation/shortcuts.js';
import { trpc } from '../../rpc/client.js';
import { useTick } from '../../rpc/ticks.js';
import { DecisionLine } from './DecisionLine.js';
import classes from './queues.module.css';
import type { QueueWork } from './work.js';

/** Both decisions on an item that two reviewers do not agree on, and how it is settled. */
export function Dispute({ work, item }: { work: QueueWork; item: QueueItem }) {
  const { trace_id } = item;
  const queries = useQueryClient();
  useTick('reviews', () => {
    void queries.invalidateQueries(trpc.reviews.get.queryFilter({ trace_id }));
    void queries.invalidateQueries(trpc.queues.items.pathFilter());
  });
  const disputed = useQuery(
    trpc.queues.items.queryOptions({ name: work.name, state: 'disputed', limit: 200 }, { staleTime: 0 }),
  );
  const review = useQuery(trpc.reviews.get.queryOptions({ trace_id }, { staleTime: 0 }));
  const answered = disputed.data?.items;
  const [both, setBoth] = useState<readonly QueueItem[]>([]);
  useEffect(() => {
    const listed = (answered ?? []).filter((each) => each.trace_id === trace_id);
    // Settled, the two are listed as disputed no more; what they said is still to be seen here.
    if (listed.length > 0) setBoth(listed);
  }, [answered, trace_id]);
  const settled = review.data?.label ?? null;
  return (
    <section className={classes.dispute} aria-label="Disputed">
      <h3>
        Disputed
        {settled !== null && <StatusBadge status={settled} label={`settled: ${settled}`} />}
      </h3>
      <ul>
        {both.map(({ item_id, reviewer, decision, hidden }) => (
          <li key={item_id} className={classes.one}>
            <b>{reviewer}</b> {hidden ? 'hidden from you' : <DecisionLine decision={decision} />}
          </li>
        ))}
      </ul>
      <p>
        {keyHint('review.accept')} or {keyHint('review.reject')} says here what holds: it becomes the review of the
        trace.
      </p>
    </section>
  );
}

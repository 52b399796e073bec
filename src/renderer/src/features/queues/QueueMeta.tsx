import { Progress } from '@mantine/core';
import { StatusBadge } from '../../components/StatusBadge.js';
import classes from './queues.module.css';
import type { QueueAnswer } from './use-queue.js';

/** How far the queue is, and who else is at it. */
export function QueueMeta({ queue, me }: { queue: QueueAnswer; me: string | null }) {
  const { done, goal, matching, share, disputed, second, reviewers } = queue.progress;
  const of = goal ?? matching;
  const others = reviewers.filter(({ reviewer, assigned }) => reviewer !== me && assigned > 0);
  return (
    <div className={classes.meta}>
      <Progress
        value={(share ?? 0) * 100}
        size="sm"
        className={classes.bar}
        aria-label={`${done} of ${of ?? '?'} items are decided`}
      />
      <span className="num" role="status" aria-live="off">
        {done.toLocaleString('en')} of {of?.toLocaleString('en') ?? '?'}
        {goal !== null && ' (goal)'}
      </span>
      {second.due > 0 && <span>{second.due.toLocaleString('en')} wait for a second review</span>}
      {disputed > 0 && <StatusBadge status="disputed" tone="amber" label={`${disputed} disputed`} />}
      {others.length > 0 && (
        <span className="ellipsis">
          {others
            .slice(0, 3)
            .map(({ reviewer, assigned }) => `${reviewer} has ${assigned} open`)
            .join(', ')}
          {others.length > 3 && ` and ${others.length - 3} more`}
        </span>
      )}
    </div>
  );
}

import { Progress } from '@mantine/core';
import type { Queue, QueueProgress } from '../../../../shared/model/index.js';
import { Duration } from '../../components/Duration.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import type { Column } from '../../components/VirtualTable.js';
import classes from './queues.module.css';
import { useQueue } from './use-queue.js';
import { orderTitle } from './words.js';

export type QueueRow = Queue & { progress: QueueProgress };

export function queueColumns(): Column<QueueRow>[] {
  return [
    { id: 'name', header: 'Queue', width: 'minmax(140px, 1fr)', render: ({ name }) => <b>{name}</b> },
    {
      id: 'query',
      header: 'Query',
      width: 'minmax(120px, 1fr)',
      minTableWidth: 560,
      render: ({ query }) =>
        query === '' ? (
          <span className="dim">all traces</span>
        ) : (
          <code className="ellipsis" title={query}>
            {query}
          </code>
        ),
    },
    { id: 'progress', header: 'Decided', width: 'minmax(140px, 210px)', render: (queue) => <Done queue={queue} /> },
    {
      id: 'order',
      header: 'Order',
      width: '130px',
      minTableWidth: 900,
      render: ({ order }) => <span className="ellipsis">{orderTitle(order)}</span>,
    },
    {
      id: 'reviewers',
      header: 'Reviewers',
      width: '130px',
      minTableWidth: 760,
      render: ({ reviewers }) => (
        <span className="ellipsis" title={reviewers.join(', ')}>
          {reviewers.length === 0 ? <span className="dim">everybody</span> : reviewers.join(', ')}
        </span>
      ),
    },
    {
      id: 'time',
      minTableWidth: 480,
      header: 'Time each',
      width: '76px',
      align: 'right',
      hint: 'Median of the time at work on an item that was decided',
      render: ({ progress }) => <Duration ms={progress.median_ms} />,
    },
    {
      id: 'disputed',
      header: 'Disputed',
      width: '74px',
      align: 'right',
      render: ({ progress }) =>
        progress.disputed > 0 ? <StatusBadge status="disputed" tone="amber" label={String(progress.disputed)} /> : '0',
    },
  ];
}

/** The list does not count what queries find: that is asked for the rows in sight. */
function Done({ queue }: { queue: QueueRow }) {
  const counted = useQueue(queue.name).data?.progress ?? queue.progress;
  const of = counted.goal ?? counted.matching;
  return (
    <span className={classes.done}>
      <Progress
        value={(counted.share ?? 0) * 100}
        size="sm"
        aria-label={`${queue.name}: ${counted.done} of ${of ?? 'not counted yet'}`}
      />
      <span className="num">
        {counted.done.toLocaleString('en')} of {of?.toLocaleString('en') ?? '…'}
      </span>
    </span>
  );
}

import { Button } from '@mantine/core';
import { IconCircleCheck, IconInbox } from '@tabler/icons-react';
import type { NextItem } from '../../../../shared/model/index.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { keyHint } from '../../navigation/shortcuts.js';
import type { QueueAnswer } from './use-queue.js';
import type { QueueWork } from './work.js';

interface Props {
  reason: NextItem['reason'];
  queue: QueueAnswer | null;
  work: QueueWork;
}

/** Why there is no next item, and what to do. */
export function NothingLeft({ reason, queue, work }: Props) {
  const reached = reason === 'goal_reached';
  return (
    <EmptyState
      title={reached ? 'The goal is reached' : 'Nothing is left for you in this queue'}
      icon={reached ? IconCircleCheck : IconInbox}
      actions={
        <>
          <Button variant="default" onClick={() => work.keys.press(() => work.next())}>
            Look again ({keyHint('queue.next')})
          </Button>
          <Button component="a" href={hrefTo('/review', { queue: work.name })}>
            All queues
          </Button>
        </>
      }
    >
      {queue !== null && whatNow(queue, reached)} {keyHint('queue.previous')} shows what you decided, {keyHint('undo')}{' '}
      takes the last of it back.
    </EmptyState>
  );
}

function whatNow({ progress, query, second_review }: QueueAnswer, reached: boolean): string {
  const { goal, matching, assigned, disputed, second, done } = progress;
  if (reached) return `${done} of ${goal} items are decided or with somebody. For more of them, raise the goal.`;
  if (matching === 0)
    return `No trace matches ${query === '' ? 'yet: capture or import some' : `“${query}”: change the queue’s query`}.`;
  const words = [
    assigned > 0 ? `${assigned} with other reviewers: they come free when skipped, or when their time is over.` : null,
    second_review > 0 && second.due > 0 ? `${second.due} wait for a second reviewer, who is not you.` : null,
    disputed > 0 ? `${disputed} are disputed: the list of queues shows both labels.` : null,
  ].filter((word) => word !== null);
  return words.join(' ') || 'All that its query finds is decided. A wider query, or new traces, bring more.';
}

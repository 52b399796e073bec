import { IconExternalLink } from '@tabler/icons-react';
import type { QueueItem, TraceSummary } from '../../../../shared/model/index.js';
import { RedactedText } from '../../components/RedactedText.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Time } from '../../components/Time.js';
import { hrefTo } from '../../navigation/hash-params.js';
import classes from './queues.module.css';

/** What the item is about, in one line. Nothing here is taken of a review. */
export function TraceLine({ trace, item }: { trace: TraceSummary; item: QueueItem }) {
  const { title, completion_status, models, step_count, tool_call_count, error_count, started_at } = trace;
  const count = (number: number, word: string) => `${number.toLocaleString('en')} ${word}${number === 1 ? '' : 's'}`;
  return (
    <header className={classes.traceLine}>
      <h2 title={title}>
        <RedactedText text={title || 'Untitled'} />
      </h2>
      <p>
        <StatusBadge status={completion_status} />
        <span>{count(step_count, 'step')}</span>
        <span>{count(tool_call_count, 'tool call')}</span>
        {error_count > 0 && <span className={classes.errors}>{count(error_count, 'error')}</span>}
        {models[0] !== undefined && <span className="ellipsis">{models.slice(0, 2).join(', ')}</span>}
        <Time iso={started_at} />
        {!item.blind && (
          <a href={hrefTo(`/traces/${trace.trace_id}`)}>
            Open trace <IconExternalLink size={12} aria-hidden />
          </a>
        )}
      </p>
    </header>
  );
}

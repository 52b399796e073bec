import { IconCheck, IconStarFilled, IconX } from '@tabler/icons-react';
import type { ItemDecision } from '../../../../shared/model/index.js';
import classes from './queues.module.css';

/** A decision in one line. */
export function DecisionLine({ decision }: { decision: ItemDecision | null }) {
  if (decision === null) return <span className="dim">nothing yet</span>;
  const { label, rating, tags, note } = decision;
  return (
    <span className={classes.said}>
      <span className={classes.saidLabel} data-label={label ?? undefined}>
        {label === 'accepted' && <IconCheck size={13} aria-hidden />}
        {label === 'rejected' && <IconX size={13} aria-hidden />}
        {label ?? 'no label'}
      </span>
      {rating !== null && (
        <span className="num">
          <IconStarFilled size={10} aria-hidden /> {rating} of 5
        </span>
      )}
      {tags.length > 0 && <span className="dim">{tags.slice(0, 5).join(', ')}</span>}
      {note !== '' && <span className="dim">“{note.slice(0, 200)}”</span>}
    </span>
  );
}

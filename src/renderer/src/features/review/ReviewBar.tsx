import { Rating, Tooltip, UnstyledButton } from '@mantine/core';
import { IconArrowBackUp, IconCheck, IconNote, IconTag, IconX } from '@tabler/icons-react';
import type { Review, TraceSummary } from '../../../../shared/model/index.js';
import { Kbd } from '../../components/Kbd.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { keyHint } from '../../navigation/shortcuts.js';
import classes from './review.module.css';
import { emptyReview } from './shown-review.js';
import { useActs, useUndoTitle } from './use-acts.js';
import { useReview } from './use-review.js';

/** Label, rating, tags and note of one trace; every control names its key. */
export function ReviewBar({ trace, onTags, onNote }: { trace: TraceSummary; onTags(): void; onNote(): void }) {
  const { apply } = useReview();
  const { undo } = useActs();
  const undoTitle = useUndoTitle();
  const review = trace.review ?? emptyReview(trace.trace_id);
  const toggle = (label: 'accepted' | 'rejected') =>
    void apply([trace.trace_id], { label: review.label === label ? null : label });

  return (
    <div className={classes.bar} role="group" aria-label="Review">
      <div className={classes.labels}>
        <UnstyledButton
          className={classes.labelButton}
          data-label="accepted"
          aria-pressed={review.label === 'accepted'}
          onClick={() => toggle('accepted')}
        >
          <IconCheck size={14} stroke={2.2} aria-hidden />
          Accept <Kbd small>{keyHint('review.accept')}</Kbd>
        </UnstyledButton>
        <UnstyledButton
          className={classes.labelButton}
          data-label="rejected"
          aria-pressed={review.label === 'rejected'}
          onClick={() => toggle('rejected')}
        >
          <IconX size={14} stroke={2.2} aria-hidden />
          Reject <Kbd small>{keyHint('review.reject')}</Kbd>
        </UnstyledButton>
      </div>
      <Tooltip label="Rating: keys 1 to 5, 0 removes it">
        <Rating
          className={classes.stars}
          value={review.rating ?? 0}
          size="sm"
          aria-label="Rating"
          getSymbolLabel={(value) => `${value} of 5`}
          onChange={(value) => void apply([trace.trace_id], { rating: value === review.rating ? null : value })}
        />
      </Tooltip>
      <UnstyledButton className={classes.field} onClick={onTags}>
        <IconTag size={14} aria-hidden />
        {review.tags.length === 0 ? (
          'Tags'
        ) : (
          <span className={classes.tags}>
            {review.tags.slice(0, 4).map((tag) => (
              <span key={tag} className={classes.tag}>
                {tag}
              </span>
            ))}
            {review.tags.length > 4 && <span>+{review.tags.length - 4}</span>}
          </span>
        )}
        <Kbd small>{keyHint('review.tags')}</Kbd>
      </UnstyledButton>
      <UnstyledButton className={classes.field} data-grow onClick={onNote}>
        <IconNote size={14} aria-hidden />
        <span className="ellipsis">{review.note === '' ? 'Note' : review.note.slice(0, 200)}</span>
        <Kbd small>{keyHint('review.note')}</Kbd>
      </UnstyledButton>
      {isStale(review, trace) && (
        <StatusBadge
          status="stale"
          tone="amber"
          label="trace changed since"
          title="The trace has changed since this was said of it. Say it again to confirm it."
        />
      )}
      {undoTitle !== null && (
        <Tooltip label={`Undo: ${undoTitle}`}>
          <UnstyledButton className={classes.field} onClick={() => void undo()}>
            <IconArrowBackUp size={14} aria-hidden />
            Undo
            <Kbd small>{keyHint('undo')}</Kbd>
          </UnstyledButton>
        </Tooltip>
      )}
    </div>
  );
}

/** What was said belongs to an earlier state of the trace. */
function isStale({ trace_revision }: Review, { revision }: TraceSummary): boolean {
  return trace_revision != null && revision !== undefined && trace_revision < revision;
}

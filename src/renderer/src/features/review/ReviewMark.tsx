import { IconCheck, IconNote, IconStarFilled, IconX } from '@tabler/icons-react';
import type { Review } from '../../../../shared/model/index.js';
import classes from './review.module.css';

/** A review in one line of a list: label, rating, whether there is a note. */
export function ReviewMark({ review }: { review: Review | null }) {
  if (!review || (review.label === null && review.rating === null && review.note === '')) {
    return <span className={classes.none}>–</span>;
  }
  return (
    <span className={classes.mark}>
      {review.label !== null && (
        <span className={classes.label} data-label={review.label}>
          {review.label === 'accepted' ? <IconCheck size={13} stroke={2.4} /> : <IconX size={13} stroke={2.4} />}
          <span className="sr-only">{review.label}</span>
        </span>
      )}
      {review.rating !== null && (
        <span className={classes.rating}>
          <IconStarFilled size={11} aria-hidden />
          <span className="num">{review.rating}</span>
          <span className="sr-only"> of 5</span>
        </span>
      )}
      {review.note !== '' && <IconNote size={14} role="img" aria-label="Has a note" />}
    </span>
  );
}

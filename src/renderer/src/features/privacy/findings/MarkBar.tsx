import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react';
import review from '../../review/review.module.css';
import type { Mark } from './use-marks.js';

/** What the last key did and means; spoken, never in the way of the next one. */
export function MarkBar({ mark, onUndo, onDismiss }: { mark: Mark | null; onUndo(): void; onDismiss(): void }) {
  const wrong = mark?.kind === 'failed' || mark?.kind === 'cannot';
  return (
    <div className={review.announcer} role="status" aria-live="polite">
      {mark && (
        <div className={review.announcement} data-kind={mark.kind === 'failed' ? 'failed' : 'done'}>
          {wrong ? <IconAlertTriangle size={15} /> : <IconCheck size={15} />}
          <span>{mark.text}</span>
          {mark.undo && (
            <button type="button" className={review.announcementAction} onClick={onUndo}>
              Undo <kbd>Z</kbd>
            </button>
          )}
          <button type="button" className={review.announcementClose} aria-label="Dismiss" onClick={onDismiss}>
            <IconX size={14} />
          </button>
        </div>
      )}
    </div>
  );
}

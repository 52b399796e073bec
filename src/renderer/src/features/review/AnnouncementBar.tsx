import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react';
import { dismissAnnouncement, useAnnouncement } from './announce.js';
import classes from './review.module.css';
import { useReview } from './use-review.js';

/** One line of feedback at the foot of the page; spoken, never in the way of the keyboard. */
export function AnnouncementBar() {
  const announcement = useAnnouncement();
  const { undo } = useReview();
  return (
    <div className={classes.announcer} role="status" aria-live="polite">
      {announcement && (
        <div key={announcement.id} className={classes.announcement} data-kind={announcement.kind}>
          {announcement.kind === 'failed' ? <IconAlertTriangle size={15} /> : <IconCheck size={15} />}
          <span>{announcement.text}</span>
          {announcement.undo && (
            <button type="button" className={classes.announcementAction} onClick={() => void undo()}>
              Undo <kbd>U</kbd>
            </button>
          )}
          <button
            type="button"
            className={classes.announcementClose}
            aria-label="Dismiss"
            onClick={dismissAnnouncement}
          >
            <IconX size={14} />
          </button>
        </div>
      )}
    </div>
  );
}

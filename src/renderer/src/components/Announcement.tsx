import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react';
import classes from './Announcement.module.css';
import { Kbd } from './Kbd.js';

interface Props {
  /** Null while there is nothing to say. `id` sets one announcement apart from the next. */
  message: { id: number | string; text: string; tone: 'done' | 'failed' | 'cannot' } | null;
  /** The key that takes it back. */
  undoKey: string;
  onUndo?: (() => void) | undefined;
  onDismiss: () => void;
}

/** One line of feedback at the foot of the page; spoken, never in the way of the keyboard. */
export function Announcement({ message, undoKey, onUndo, onDismiss }: Props) {
  return (
    <div className={classes.announcer} role="status" aria-live="polite">
      {message && (
        <div
          key={message.id}
          className={classes.announcement}
          data-kind={message.tone === 'failed' ? 'failed' : 'done'}
        >
          {message.tone === 'done' ? <IconCheck size={15} /> : <IconAlertTriangle size={15} />}
          <span>{message.text}</span>
          {onUndo && (
            <button type="button" className={classes.announcementAction} onClick={onUndo}>
              Undo <Kbd small>{undoKey}</Kbd>
            </button>
          )}
          <button type="button" className={classes.announcementClose} aria-label="Dismiss" onClick={onDismiss}>
            <IconX size={14} />
          </button>
        </div>
      )}
    </div>
  );
}

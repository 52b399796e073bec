import { Announcement } from '../../../components/Announcement.js';
import type { Mark } from './use-marks.js';

const tones = { allowed: 'done', undone: 'done', cannot: 'cannot', failed: 'failed' } as const;

/** What the last key did and means. */
export function MarkBar({ mark, onUndo, onDismiss }: { mark: Mark | null; onUndo(): void; onDismiss(): void }) {
  return (
    <Announcement
      message={mark && { id: mark.text, text: mark.text, tone: tones[mark.kind] }}
      undoKey="Z"
      onUndo={mark?.undo ? onUndo : undefined}
      onDismiss={onDismiss}
    />
  );
}

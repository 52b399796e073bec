import { Announcement } from '../../components/Announcement.js';
import { dismissAnnouncement, useAnnouncement } from './announce.js';
import { useReview } from './use-review.js';

/** What labelling just did, with the way back. */
export function AnnouncementBar() {
  const announcement = useAnnouncement();
  const { undo } = useReview();
  return (
    <Announcement
      message={announcement && { id: announcement.id, text: announcement.text, tone: announcement.kind }}
      undoKey="U"
      onUndo={announcement?.undo ? () => void undo() : undefined}
      onDismiss={dismissAnnouncement}
    />
  );
}

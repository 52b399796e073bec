import { Announcement } from '../../components/Announcement.js';
import { keyHint } from '../../navigation/shortcuts.js';
import { dismissAnnouncement, useAnnouncement } from './announce.js';
import { useActs } from './use-acts.js';

/** What labelling just did, with the way back. */
export function AnnouncementBar() {
  const announcement = useAnnouncement();
  const { undoHere } = useActs();
  return (
    <Announcement
      message={announcement && { id: announcement.id, text: announcement.text, tone: announcement.kind }}
      undoKey={keyHint('undo')}
      onUndo={announcement?.undo ? undoHere : undefined}
      onDismiss={dismissAnnouncement}
    />
  );
}

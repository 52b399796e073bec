import { bound } from '../../navigation/shortcuts.js';
import type { KeyHandlers } from '../../navigation/use-keys.js';
import type { ReviewPatch } from './patch.js';

interface Target {
  apply(change: ReviewPatch): void;
  editTags(): void;
  editNote(): void;
}

/** The label keys, the same on the list and on a trace: a, r, 1 to 5, t and n. */
export function reviewKeys({ apply, editTags, editNote }: Target): KeyHandlers {
  return bound({
    'review.accept': () => apply({ label: 'accepted' }),
    'review.reject': () => apply({ label: 'rejected' }),
    'review.rate': (key) => apply({ rating: Number(key) }),
    'review.unrate': () => apply({ rating: null }),
    'review.tags': editTags,
    'review.note': editNote,
  });
}

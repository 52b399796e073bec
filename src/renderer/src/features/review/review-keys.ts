import type { KeyHandlers } from '../../navigation/use-keys.js';
import type { ReviewPatch } from './undo-stack.js';

interface Target {
  apply(change: ReviewPatch): void;
  editTags(): void;
  editNote(): void;
}

/** The label keys, the same on the list and on a trace: a, r, 1 to 5, t and n. */
export function reviewKeys({ apply, editTags, editNote }: Target): KeyHandlers {
  const keys: KeyHandlers = {
    a: () => apply({ label: 'accepted' }),
    r: () => apply({ label: 'rejected' }),
    0: () => apply({ rating: null }),
    t: editTags,
    n: editNote,
  };
  for (const rating of [1, 2, 3, 4, 5]) keys[rating] = () => apply({ rating });
  return keys;
}

export { AnnouncementBar } from './AnnouncementBar.js';
export { announce } from './announce.js';
export { NoteDialog } from './NoteDialog.js';
export { ReviewBar } from './ReviewBar.js';
export { ReviewMark } from './ReviewMark.js';
export { reviewKeys } from './review-keys.js';
export { TagsDialog } from './TagsDialog.js';
export type { ReviewPatch } from './undo-stack.js';
export { useReview } from './use-review.js';

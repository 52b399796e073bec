import type { Review } from './model/index.js';

/** What is said in a review. */
export type ReviewContent = Pick<Review, 'label' | 'rating' | 'tags' | 'note'>;
export type ReviewField = keyof ReviewContent;

/** What is done to many reviews: tags are added and taken away, where one review has its own. */
export type ReviewChange = Partial<Omit<ReviewContent, 'tags'>> & { add_tags?: string[]; remove_tags?: string[] };

const mostTags = 64;

/** A review as a change leaves it, and the fields that are others then. */
export function changedReview(
  before: ReviewContent,
  change: ReviewChange,
): { after: ReviewContent; fields: ReviewField[] } {
  const { add_tags = [], remove_tags = [], ...patch } = change;
  const kept = before.tags.filter((tag) => !remove_tags.includes(tag));
  const next: ReviewContent = {
    label: patch.label === undefined ? before.label : patch.label,
    rating: patch.rating === undefined ? before.rating : patch.rating,
    tags: [...new Set([...kept, ...add_tags])].slice(0, mostTags),
    note: patch.note ?? before.note,
  };
  return { after: next, fields: changedFields(before, next) };
}

export function changedFields(before: ReviewContent, after: ReviewContent): ReviewField[] {
  const fields: ReviewField[] = ['label', 'rating', 'tags', 'note'];
  return fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

/** What was said, in a few words that quote nothing. */
export function reviewTitle(patch: Partial<ReviewContent> & Pick<ReviewChange, 'add_tags' | 'remove_tags'>): string {
  const words: string[] = [];
  if (patch.label !== undefined)
    words.push({ accepted: 'Accept', rejected: 'Reject', none: 'No label' }[patch.label ?? 'none']);
  if (patch.rating !== undefined) words.push(patch.rating === null ? 'No rating' : `Rating ${patch.rating}`);
  if (patch.tags !== undefined || patch.add_tags !== undefined || patch.remove_tags !== undefined) words.push('Tags');
  if (patch.note !== undefined) words.push('Note');
  return words.join(', ') || 'Review';
}

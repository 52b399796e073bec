import type { Review } from './model/index.js';

/** What is said in a review. */
export type Said = Pick<Review, 'label' | 'rating' | 'tags' | 'note'>;
export type ReviewField = keyof Said;

/** What is done to many reviews: tags are added and taken away, where one review has its own. */
export type ReviewChange = Partial<Omit<Said, 'tags'>> & { add_tags?: string[]; remove_tags?: string[] };

const mostTags = 64;

/** A review as a change leaves it, and the fields that are others then. */
export function changedReview(said: Said, change: ReviewChange): { said: Said; fields: ReviewField[] } {
  const { add_tags = [], remove_tags = [], ...given } = change;
  const kept = said.tags.filter((tag) => !remove_tags.includes(tag));
  const next: Said = {
    label: given.label === undefined ? said.label : given.label,
    rating: given.rating === undefined ? said.rating : given.rating,
    tags: [...new Set([...kept, ...add_tags])].slice(0, mostTags),
    note: given.note ?? said.note,
  };
  return { said: next, fields: changedFields(said, next) };
}

export function changedFields(before: Said, after: Said): ReviewField[] {
  const fields: ReviewField[] = ['label', 'rating', 'tags', 'note'];
  return fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

/** What was said, in a few words that quote nothing. */
export function reviewTitle(patch: Partial<Said> & Pick<ReviewChange, 'add_tags' | 'remove_tags'>): string {
  const words: string[] = [];
  if (patch.label !== undefined)
    words.push({ accepted: 'Accept', rejected: 'Reject', none: 'No label' }[patch.label ?? 'none']);
  if (patch.rating !== undefined) words.push(patch.rating === null ? 'No rating' : `Rating ${patch.rating}`);
  if (patch.tags !== undefined || patch.add_tags !== undefined || patch.remove_tags !== undefined) words.push('Tags');
  if (patch.note !== undefined) words.push('Note');
  return words.join(', ') || 'Review';
}

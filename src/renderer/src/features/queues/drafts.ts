import type { ItemDecision } from '../../../../shared/model/index.js';

export const blankDecision: ItemDecision = { label: null, rating: null, tags: [], note: '' };

export function saysNothing({ label, rating, tags, note }: ItemDecision): boolean {
  return label === null && rating === null && tags.length === 0 && note.trim() === '';
}

/** What a change of a decision was, in a few words. */
export function inWords(patch: Partial<ItemDecision>): string {
  if (patch.label !== undefined)
    return { accepted: 'Accept', rejected: 'Reject', none: 'No label' }[patch.label ?? 'none'];
  if (patch.rating !== undefined) return patch.rating === null ? 'No rating' : `Rating ${patch.rating}`;
  if (patch.tags !== undefined) return 'Tags';
  return 'Note';
}

/** What was said of items and not submitted yet, as it was typed here. The engine keeps it too, for when the page is loaded anew. */
export const unsubmitted = new Map<string, ItemDecision>();

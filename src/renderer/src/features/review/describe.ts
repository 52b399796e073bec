import type { ReviewPatch } from './undo-stack.js';

/** One line for the user about what a patch did, e.g. `Accepted 3 traces`. */
export function describePatch(patch: ReviewPatch, count: number): string {
  const what = count === 1 ? '' : ` ${count} traces`;
  if (patch.label !== undefined) {
    if (patch.label === null) return `Label removed${count === 1 ? '' : ` from${what}`}`;
    return `${patch.label === 'accepted' ? 'Accepted' : 'Rejected'}${what}`;
  }
  if (patch.rating !== undefined) {
    return patch.rating === null ? `Rating removed${what && ` from${what}`}` : `Rated${what} ${patch.rating} of 5`;
  }
  if (patch.tags !== undefined) return `Tags changed${what && ` on${what}`}`;
  return `Note saved${what && ` on${what}`}`;
}

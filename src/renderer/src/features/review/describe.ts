import type { ReviewPatch } from './patch.js';

const longestTitle = 40;

/** One line for the user about what a patch did, e.g. `Accepted 3 traces`, or with the title of the one: `Accepted “CI is red”`. */
export function describePatch(patch: ReviewPatch, count: number, title = ''): string {
  const short = title.length > longestTitle ? `${title.slice(0, longestTitle).trimEnd()}…` : title;
  const which = count !== 1 ? `${count.toLocaleString('en')} traces` : short === '' ? 'the trace' : `“${short}”`;
  if (patch.label !== undefined) {
    if (patch.label === null) return `Label removed from ${which}`;
    return `${patch.label === 'accepted' ? 'Accepted' : 'Rejected'} ${which}`;
  }
  if (patch.rating !== undefined) {
    return patch.rating === null ? `Rating removed from ${which}` : `Rated ${which} ${patch.rating} of 5`;
  }
  if (patch.tags !== undefined) return `Tags changed on ${which}`;
  return `Note saved on ${which}`;
}

import type { Entity } from '../entities.js';

/** What a replacement stands for; the value itself is never kept. */
export interface Found {
  entity: Entity;
  action: 'mask' | 'pseudonym';
  placeholder: string;
  detector: string;
  confidence: number;
}

/**
 * One splice: `text` goes where `start` to `end` (UTF-16) was. Lists of edits are sorted and do not overlap.
 * `found` is null for the rest of a match that began in an earlier delta.
 */
export interface Edit {
  start: number;
  end: number;
  text: string;
  found: Found | null;
}

export const noEdits: readonly Edit[] = Object.freeze([]);

export function applyEdits(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text;
  const pieces: string[] = [];
  let at = 0;
  for (const edit of edits) {
    pieces.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  pieces.push(text.slice(at));
  return pieces.join('');
}

/**
 * The edits that do at once what `first` and then `later` do. `later` is written for the text after `first` and never
 * touches a placeholder; where it runs over the place of a cut-out, it takes that in.
 */
export function composeEdits(first: readonly Edit[], later: readonly Edit[]): readonly Edit[] {
  if (later.length === 0) return first;
  if (first.length === 0) return later;
  const out: Edit[] = [];
  let i = 0;
  let shift = 0;
  for (const edit of later) {
    // Everything that lies wholly before this edit's start stays as it is.
    while (i < first.length) {
      const earlier = first[i] as Edit;
      if (earlier.start + shift + earlier.text.length > edit.start) break;
      out.push(earlier);
      shift += earlier.text.length - (earlier.end - earlier.start);
      i++;
    }
    const start = edit.start - shift;
    while (i < first.length) {
      const inside = first[i] as Edit;
      if (inside.start + shift >= edit.end) break;
      shift += inside.text.length - (inside.end - inside.start);
      i++;
    }
    out.push({ ...edit, start, end: edit.end - shift });
  }
  for (; i < first.length; i++) out.push(first[i] as Edit);
  return out;
}

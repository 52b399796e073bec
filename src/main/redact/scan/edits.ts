import type { FindingAction } from '../../../shared/model/index.js';
import type { Entity } from '../policy/entities.js';

/** What a replacement stands for. */
export interface ReplacedValue {
  entity: Entity;
  /** In memory alone, as long as the text it stood in: findings that are stored have none. */
  value: string;
  action: FindingAction;
  /** What stands for it: a placeholder or a surrogate. */
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
  found: ReplacedValue | null;
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
 * The edits that do at once what `first` and then `later` do; `later` is written for the text after `first`. Where it
 * runs over the place of a cut-out or into a replacement, the two become one.
 */
export function composeEdits(first: readonly Edit[], later: readonly Edit[]): readonly Edit[] {
  if (later.length === 0) return first;
  if (first.length === 0) return later;
  const out: Edit[] = [];
  let i = 0;
  let shift = 0;
  for (let next = 0; next < later.length; ) {
    const edit = later[next++] as Edit;
    // Everything that lies wholly before this edit's start stays as it is.
    while (i < first.length) {
      const earlier = first[i] as Edit;
      if (earlier.start + shift + earlier.text.length > edit.start) break;
      out.push(earlier);
      shift += earlier.text.length - (earlier.end - earlier.start);
      i++;
    }
    let start = edit.start - shift;
    let { text, found } = edit;
    let reach = edit.end;
    while (i < first.length) {
      const inside = first[i] as Edit;
      const from = inside.start + shift;
      if (from >= reach) break;
      const to = from + inside.text.length;
      // What is left of a replacement on either side must not turn back into what it replaced.
      if (from < edit.start) {
        start = inside.start;
        text = inside.text.slice(0, edit.start - from) + text;
      }
      if (to > reach) {
        let rest = inside.text.slice(reach - from);
        while (next < later.length && (later[next] as Edit).start < to) {
          const other = later[next++] as Edit;
          const kept = other.start - (to - rest.length);
          text += rest.slice(0, kept) + other.text;
          rest = rest.slice(Math.min(rest.length, kept + other.end - other.start));
          reach = other.end;
          found ??= other.found;
        }
        text += rest;
        reach = Math.max(reach, to);
      }
      shift += inside.text.length - (inside.end - inside.start);
      i++;
    }
    out.push({ start, end: reach - shift, text, found });
  }
  for (; i < first.length; i++) out.push(first[i] as Edit);
  return out;
}

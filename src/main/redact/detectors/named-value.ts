import { startsWord } from '../scan/characters.js';
import type { AnchoredDetector } from './types.js';

interface NamedValue {
  id: string;
  entity: AnchoredDetector['entity'];
  /** Beginnings of the words that name it, lower case. */
  anchors: readonly string[];
  /** The rest of the words, from the anchor's start, as the source of a bounded pattern. */
  words: string;
  /** The value, as the source of a bounded pattern. */
  value: string;
  accept?(value: string): boolean;
}

/** Between a name and its value: `:`, `=`, `is`, quotes, brackets, the tag's end, white space. */
const between =
  '(?:\\\\{0,3}["\'`]|\\*{1,2})?(?:\\s{1,4}value=|[ \\t]{0,4}(?::=|[:=#]|=>|is|was|are|on|no\\.?|nr\\.?|number|>|\\||–|-))?(?: is| was|:)?(?:\\*{1,2})?[ \\t]{0,4}(?:\\\\{0,3}["\'`(\\[])?';

/**
 * A value that only the words before it tell from any other: they stand directly before it, with nothing but a colon or
 * the like between. Confidence 0.9. `words` and `value` must be bounded.
 */
export function namedValue({ id, entity, anchors, words, value, accept }: NamedValue): AnchoredDetector {
  const pattern = new RegExp(`(?:${words})(?:${between})(${value})(?![\\p{L}\\p{N}_])`, 'diuy');
  return {
    id,
    entity,
    anchors,
    at(text, start, end) {
      const glued = !startsWord(text, start);
      if (glued && !/[a-z_-]/.test(text.charAt(start - 1))) return null;
      // Three letters stand in many a word; joined to one they begin with a capital: `patientMrn`, not `Mozambique`.
      if (glued && end - start < 4 && /[a-z]{2}/.test(text.slice(start - 1, start + 1))) return null;
      pattern.lastIndex = start;
      const span = pattern.exec(text)?.indices?.[1];
      if (span === undefined || (accept && !accept(text.slice(span[0], span[1])))) return null;
      return { start: span[0], end: span[1], confidence: 0.9 };
    },
  };
}

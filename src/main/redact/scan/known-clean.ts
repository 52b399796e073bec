import { createHash, hash } from 'node:crypto';

/** Texts that are known at most; each newer one takes an older one's place. */
const places = 1 << 16;
/** 32-bit words of a text's mark. */
const words = 3;
/** Shorter texts are looked through sooner than their hash is made. */
const shortest = 64;

/** Memory that the threads of an engine share. */
export const knownCleanBytes = places * words * Int32Array.BYTES_PER_ELEMENT;

/** Texts in which the rules that hold find nothing. */
export interface KnownClean {
  has(text: string): boolean;
  add(text: string): void;
}

/**
 * Remembers texts by their hash, together with the rules: what passed the gate on one thread is not looked through again
 * on another, as where an import is validated. `rules`: everything that decides what is found, in any spelling that
 * differs where they do.
 */
export function knownClean(memory: SharedArrayBuffer, rules: string): KnownClean {
  const marks = new Int32Array(memory);
  const salt = createHash('sha256').update(rules).digest('base64');
  let last: { text: string; mark: Int32Array } | null = null;

  function markOf(text: string): Int32Array {
    if (last === null || last.text !== text) {
      const digest = hash('sha256', salt + text, 'buffer');
      const mark = new Int32Array(words + 1);
      for (let word = 0; word <= words; word++) mark[word] = digest.readInt32LE(word * 4);
      // Untouched memory is nobody's mark.
      if (mark[1] === 0) mark[1] = 1;
      last = { text, mark };
    }
    return last.mark;
  }

  return {
    has(text) {
      if (text.length < shortest) return false;
      const mark = markOf(text);
      const at = placeOf(mark);
      for (let word = 0; word < words; word++) if (marks[at + word] !== mark[word + 1]) return false;
      return true;
    },
    add(text) {
      if (text.length < shortest) return;
      const mark = markOf(text);
      const at = placeOf(mark);
      for (let word = 0; word < words; word++) marks[at + word] = mark[word + 1] as number;
    },
  };
}

function placeOf(mark: Int32Array): number {
  return ((mark[0] as number) & (places - 1)) * words;
}

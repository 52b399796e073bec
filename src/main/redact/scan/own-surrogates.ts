import { type Entity, isSecret } from '../policy/entities.js';

/** Entities whose surrogates are words: a detector may see fewer of them, or a neighbour with them. */
const wordy: ReadonlySet<Entity> = new Set<Entity>(['PERSON', 'ORGANISATION', 'LOCATION', 'ADDRESS', 'USER_NAME']);
const around = 60;
const mostWords = 8;
const word = /[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}'’.-]{0,62}[\p{L}\p{M}\p{N}])?/gu;

export interface Range {
  start: number;
  end: number;
}

/**
 * Where in `text` one of our own surrogates stands that reaches into `from` to `to`, which a detector took for `entity`
 * with the (decoded) `value`; null where there is none.
 */
export function ownSurrogate(
  text: string,
  { start, end }: Range,
  entity: Entity,
  value: string,
  stays: (entity: Entity, value: string) => boolean,
): Range | null {
  if (stays(entity, value)) return { start, end };
  if (isSecret(entity) || !wordy.has(entity) || end - start > 400) return null;
  const base = Math.max(0, start - around);
  const near = text.slice(base, end + around);
  const words = [...near.matchAll(word)].map(({ index, 0: found }) => ({
    start: base + index,
    end: base + index + found.length,
  }));
  for (let count = mostWords; count >= 1; count--) {
    for (let first = 0; first + count <= words.length; first++) {
      const range = { start: (words[first] as Range).start, end: (words[first + count - 1] as Range).end };
      if (range.end <= start || range.start >= end) continue;
      if (stays(entity, text.slice(range.start, range.end))) return range;
    }
  }
  return null;
}

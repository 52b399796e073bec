import type { JournalPosition } from './segment.js';

/**
 * A place in the journal as other rooms keep it, opaque to them: `<salt of the segment in hex>:<segment>:<offset>`. The salt
 * tells a segment from another of the same number that somebody began anew in an emptied folder. Empty: not known.
 */
export type JournalCursor = string;

export interface Place extends JournalPosition {
  salt: string;
}

/** Before everything. */
export const journalBegin: JournalCursor = ':0:0';

export const cursorOf = ({ salt, segment, offset }: Place): JournalCursor => `${salt}:${segment}:${offset}`;

/** The first version kept `{"segment":…,"offset":…}`. Throws where it is neither. */
export function placeOf(cursor: JournalCursor): Place {
  const match = /^([0-9a-f]*):(\d+):(\d+)$/.exec(cursor);
  if (match) return { salt: match[1] as string, segment: Number(match[2]), offset: Number(match[3]) };
  const { segment, offset } = JSON.parse(cursor) as JournalPosition;
  if (!Number.isSafeInteger(segment) || !Number.isSafeInteger(offset)) throw new RangeError('no cursor of the journal');
  return { salt: '', segment, offset };
}

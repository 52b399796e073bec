import type { KeyObject } from 'node:crypto';
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { CapturedExchange } from '../../shared/model/index.js';
import { cursorOf, type JournalCursor, journalBegin, type Place, placeOf } from './cursor.js';
import { decodeExchange, type PartLocation } from './record.js';
import {
  comparePositions,
  type JournalPosition,
  openRecord,
  recordHeadBytes,
  recordOverhead,
  recordTypes,
  segmentHeaderBytes,
  segmentKey,
  segmentLimit,
  segmentMagic,
  segmentName,
  segmentNumber,
  tagBytes,
} from './segment.js';

/** A record that could not be read back; what follows it in its segment is still tried. */
export interface JournalDamage {
  position: JournalPosition;
  reason: 'torn' | 'altered' | 'header' | 'part_missing';
}

export type JournalEntry =
  | { kind: 'exchange'; exchange: CapturedExchange; at: JournalPosition; next: JournalCursor }
  | { kind: 'damage'; damage: JournalDamage; next: JournalCursor };

/** Reads finished exchanges in the order in which they were finished. */
export interface JournalReader {
  /**
   * Where to read on from `cursor`, at first and whenever the journal has grown to `grown`: from the same place, and from the
   * beginning where its segment is gone or another one has its number, because somebody emptied the folder. What is read
   * twice is stored once.
   */
  resume(cursor: JournalCursor | null, grown: JournalCursor | null): JournalCursor;
  /** The first exchange at or after `from` and before `limit`; null where there is none yet. */
  next(from: JournalCursor, limit: JournalCursor): JournalEntry | null;
  /** Number of exchange records between the two places, read from the record heads only. */
  count(from: JournalCursor, limit: JournalCursor): number;
  /** Whether one place lies before the other. */
  before(a: JournalCursor, b: JournalCursor): boolean;
  /** Whether a place names its segment's salt: it is then no place of another journal. */
  named(cursor: JournalCursor): boolean;
  /** Bytes from one place to another behind it; a segment that ended early counts as a whole one. */
  distance(from: JournalCursor, to: JournalCursor): number;
  close(): void;
}

interface OpenSegment {
  file: number;
  key: KeyObject;
  salt: string;
}

const start = (segment: number): JournalPosition => ({ segment, offset: segmentHeaderBytes });

/** `masterKey`: the 32 bytes that the writer was given. */
export function openJournalReader(folder: string, masterKey: Uint8Array): JournalReader {
  const open = new Map<number, OpenSegment | null>();
  let scratch = Buffer.alloc(0);
  let grownSalt: string | null = null;

  function segment(number: number): OpenSegment | null {
    const cached = open.get(number);
    if (cached !== undefined) return cached;
    let opened: OpenSegment | null = null;
    try {
      const file = openSync(join(folder, segmentName(number)), 'r');
      const header = Buffer.alloc(segmentHeaderBytes);
      const read = readSync(file, header, 0, segmentHeaderBytes, 0);
      if (read === segmentHeaderBytes && header.subarray(0, 4).equals(segmentMagic)) {
        const salt = header.subarray(4);
        opened = { file, key: segmentKey(masterKey, salt), salt: salt.toString('hex') };
      } else closeSync(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    open.set(number, opened);
    return opened;
  }

  function forgetBefore(number: number): void {
    // Parts of long exchanges may lie a few segments back; those that are older are opened again when asked for.
    for (const [segmentNumber, opened] of open) {
      if (segmentNumber >= number - 4) continue;
      if (opened) closeSync(opened.file);
      open.delete(segmentNumber);
    }
  }

  function close(): void {
    for (const opened of open.values()) if (opened) closeSync(opened.file);
    open.clear();
  }

  /** Whether the segment of this place can still be read, by what lies on disk now or is open since before it was deleted. */
  function there({ segment: number, salt }: Place, grown: Place | null): boolean {
    if (number === 0) return true;
    const opened = open.get(number);
    if (opened && opened.salt === salt && grown !== null && grown.segment > number) return true;
    open.delete(number);
    if (opened) closeSync(opened.file);
    const found = segment(number);
    return found !== null && (salt === '' || found.salt === salt);
  }

  const cursorAt = (at: JournalPosition) => cursorOf({ ...at, salt: segment(at.segment)?.salt ?? '' });

  function head(opened: OpenSegment, offset: number): { head: Buffer; length: number; type: number } | null {
    const bytes = Buffer.allocUnsafe(recordHeadBytes);
    if (readSync(opened.file, bytes, 0, recordHeadBytes, offset) < recordHeadBytes) return null;
    return { head: bytes, length: bytes.readUInt32LE(0), type: bytes.readUInt8(4) };
  }

  function plaintext(opened: OpenSegment, offset: number, bytes: Buffer, length: number): Buffer | 'torn' | 'altered' {
    // What is read is decrypted into memory of its own at once, so one buffer serves all records.
    if (scratch.length < length + tagBytes) {
      // A damaged head can claim 4 GiB.
      if (fstatSync(opened.file).size < offset + recordOverhead + length) return 'torn';
      scratch = Buffer.allocUnsafeSlow(length + tagBytes);
    }
    const sealed = scratch.subarray(0, length + tagBytes);
    if (readSync(opened.file, sealed, 0, sealed.length, offset + recordHeadBytes) < sealed.length) return 'torn';
    return openRecord(opened.key, offset, bytes, sealed) ?? 'altered';
  }

  function part(location: PartLocation): Uint8Array {
    const opened = segment(location.segment);
    const found = opened && head(opened, location.offset);
    const plain = opened && found && plaintext(opened, location.offset, found.head, found.length);
    if (!plain || typeof plain === 'string') throw new PartMissing();
    return plain;
  }

  function following(number: number, limit: JournalPosition): number | null {
    const numbers = readdirSync(folder)
      .map(segmentNumber)
      .filter((n): n is number => n !== null && n > number && n <= limit.segment);
    return numbers.length === 0 ? null : Math.min(...numbers);
  }

  /** Walks the record heads from `from` to `limit`; `visit` returns true to stop. */
  function walk(
    from: JournalPosition,
    limit: JournalPosition,
    visit: (
      at: JournalPosition,
      record: { head: Buffer; length: number; type: number } | null,
      next: JournalPosition,
    ) => boolean,
  ): void {
    let at = from.offset < segmentHeaderBytes ? start(from.segment) : from;
    while (comparePositions(at, limit) < 0) {
      const opened = segment(at.segment);
      const record = opened && head(opened, at.offset);
      const end = record && { segment: at.segment, offset: at.offset + recordOverhead + record.length };
      if (record && end && comparePositions(end, limit) <= 0) {
        if (visit(at, record, end)) return;
        at = end;
        continue;
      }
      const nextNumber = following(at.segment, limit);
      const next = nextNumber === null ? limit : start(nextNumber);
      // A head without its end is the torn tail of a process that was killed while it wrote.
      if ((record || !opened) && at.segment < limit.segment && visit(at, null, next)) return;
      at = next;
    }
  }

  return {
    resume(cursor, grown) {
      if (cursor === null) return journalBegin;
      const end = grown === null ? null : placeOf(grown);
      // As long as the same segment grows nothing else can have changed.
      if (end !== null && end.salt === grownSalt) return cursor;
      grownSalt = end?.salt ?? null;
      if (there(placeOf(cursor), end)) return cursor;
      close();
      return journalBegin;
    },
    next(begin, end) {
      let entry: JournalEntry | null = null;
      const [from, limit] = [placeOf(begin), placeOf(end)];
      const after = (at: JournalPosition) => (comparePositions(at, limit) === 0 ? end : cursorAt(at));
      forgetBefore(from.segment);
      walk(from, limit, (at, record, following) => {
        const next = after(following);
        if (record?.type === recordTypes.part) return false;
        if (!record) {
          if (segment(at.segment) === null && at.offset <= segmentHeaderBytes) return false;
          entry = { kind: 'damage', damage: { position: at, reason: 'torn' }, next };
          return true;
        }
        const opened = segment(at.segment) as OpenSegment;
        const plain = plaintext(opened, at.offset, record.head, record.length);
        if (typeof plain === 'string') {
          entry = { kind: 'damage', damage: { position: at, reason: plain }, next };
          return true;
        }
        try {
          entry = { kind: 'exchange', exchange: decodeExchange(plain, part), at, next };
        } catch (error) {
          if (!(error instanceof PartMissing)) throw error;
          entry = { kind: 'damage', damage: { position: at, reason: 'part_missing' }, next };
        }
        return true;
      });
      return entry;
    },
    count(from, limit) {
      let total = 0;
      walk(placeOf(from), placeOf(limit), (_at, record) => {
        if (record?.type === recordTypes.exchange) total += 1;
        return false;
      });
      return total;
    },
    before: (a, b) => comparePositions(placeOf(a), placeOf(b)) < 0,
    named: (cursor) => placeOf(cursor).salt !== '',
    distance(from, to) {
      const b = placeOf(to);
      const given = placeOf(from);
      // Before everything there is nothing: the way begins with the first segment.
      const a = given.segment === 0 ? start(following(0, b) ?? b.segment) : given;
      return (b.segment - a.segment) * segmentLimit + b.offset - a.offset;
    },
    close,
  };
}

class PartMissing extends Error {}

import type { KeyObject } from 'node:crypto';
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { CapturedExchange } from '../../shared/model/index.js';
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
  | { kind: 'exchange'; exchange: CapturedExchange; at: JournalPosition; next: JournalPosition }
  | { kind: 'damage'; damage: JournalDamage; next: JournalPosition };

/** Reads finished exchanges in the order in which they were finished. */
export interface JournalReader {
  /** The first exchange at or after `from` and before `limit`; null where there is none yet. */
  next(from: JournalPosition, limit: JournalPosition): JournalEntry | null;
  /** Number of exchange records between the two positions, read from the record heads only. */
  count(from: JournalPosition, limit: JournalPosition): number;
  close(): void;
}

interface OpenSegment {
  file: number;
  key: KeyObject;
}

const start = (segment: number): JournalPosition => ({ segment, offset: segmentHeaderBytes });

/** `masterKey`: the 32 bytes that the writer was given. */
export function openJournalReader(folder: string, masterKey: Uint8Array): JournalReader {
  const open = new Map<number, OpenSegment | null>();
  let scratch = Buffer.alloc(0);

  function segment(number: number): OpenSegment | null {
    const known = open.get(number);
    if (known !== undefined) return known;
    let opened: OpenSegment | null = null;
    try {
      const file = openSync(join(folder, segmentName(number)), 'r');
      const header = Buffer.alloc(segmentHeaderBytes);
      const read = readSync(file, header, 0, segmentHeaderBytes, 0);
      if (read === segmentHeaderBytes && header.subarray(0, 4).equals(segmentMagic)) {
        opened = { file, key: segmentKey(masterKey, header.subarray(4)) };
      } else closeSync(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    open.set(number, opened);
    return opened;
  }

  function forgetBefore(number: number): void {
    // Parts of long exchanges may lie a few segments back; those that are older are opened again when asked for.
    for (const [known, opened] of open) {
      if (known >= number - 4) continue;
      if (opened) closeSync(opened.file);
      open.delete(known);
    }
  }

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
    next(from, limit) {
      let entry: JournalEntry | null = null;
      forgetBefore(from.segment);
      walk(from, limit, (at, record, next) => {
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
      walk(from, limit, (_at, record) => {
        if (record?.type === recordTypes.exchange) total += 1;
        return false;
      });
      return total;
    },
    close() {
      for (const opened of open.values()) if (opened) closeSync(opened.file);
      open.clear();
    },
  };
}

class PartMissing extends Error {}

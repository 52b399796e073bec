import { type KeyObject, randomBytes } from 'node:crypto';
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
  writevSync,
} from 'node:fs';
import { join } from 'node:path';
import type { CapturedExchange } from '../../shared/model/index.js';
import { syncFolder } from '../ground/replace-file.js';
import { cursorOf, type JournalCursor, placeOf } from './cursor.js';
import { type BodySource, encodeExchange, type PartLocation } from './record.js';
import {
  comparePositions,
  type JournalPosition,
  type RecordType,
  recordTypes,
  sealRecord,
  segmentHeaderBytes,
  segmentKey,
  segmentLimit,
  segmentMagic,
  segmentName,
  segmentNumber,
} from './segment.js';

/** A power cut may cost what the system had not written; this bounds it. A killed process loses nothing. */
const syncEveryMs = 250;

/**
 * The append-only journal, written by the capture thread alone. `append` returns when the bytes are the operating
 * system's: from then on a killed process cannot lose them.
 */
export interface JournalWriter {
  /** Writes a finished exchange; returns the place behind it. */
  append(exchange: CapturedExchange, request: BodySource, response: BodySource): JournalCursor;
  /** Writes a part of a body whose exchange is still open; its segment is kept until `unpin`. */
  appendPart(bytes: Uint8Array[]): PartLocation;
  /** The exchange of these parts is written or given up: their segments go when all written so far is acknowledged. */
  unpin(parts: PartLocation[]): void;
  /** Everything before `cursor` is in the store: deletes the segments that nothing needs any more. */
  acknowledge(cursor: JournalCursor): void;
  /** What follows goes to a new segment, so that the present one can be deleted when it is in the store. */
  turn(): void;
  position(): JournalCursor;
  /** Bytes of all segments on disk. */
  bytes(): number;
  close(): void;
}

/** Opens a new segment behind the existing ones. `masterKey`: 32 bytes. Throws the system's error where the folder can't be written. */
export function openJournalWriter(
  folder: string,
  masterKey: Uint8Array,
  onSyncError: (error: Error) => void,
): JournalWriter {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const sizes = new Map<number, number>();
  for (const name of readdirSync(folder)) {
    const number = segmentNumber(name);
    if (number !== null) sizes.set(number, 0);
  }
  const firstOwn = Math.max(0, ...sizes.keys()) + 1;
  const pins = new Map<number, number>();
  let released: { behind: JournalPosition; parts: PartLocation[] }[] = [];
  let number = firstOwn - 1;
  let file = -1;
  let key: KeyObject;
  let offset = 0;
  let salt = '';
  let acknowledged: JournalPosition = { segment: 0, offset: 0 };
  /** The last write broke off: where the file stands is not known, so nothing may follow in it. */
  let torn = false;
  let unsynced = false;
  let syncing = false;

  function startSegment(): void {
    const fresh = randomBytes(16);
    const path = join(folder, segmentName(number + 1));
    const next = openSync(path, 'wx', 0o600);
    try {
      writeAll(next, [segmentMagic, fresh], segmentHeaderBytes);
    } catch (error) {
      // Left behind, the file would bar the way to every later attempt.
      closeSync(next);
      rmSync(path, { force: true });
      throw error;
    }
    if (file >= 0) syncAndClose(file);
    // A new name outlasts a power cut only when its folder was synced.
    syncFolder(folder).catch(onSyncError);
    file = next;
    number += 1;
    key = segmentKey(masterKey, fresh);
    salt = fresh.toString('hex');
    offset = segmentHeaderBytes;
    torn = false;
    sizes.set(number, offset);
  }

  function syncAndClose(turned: number): void {
    fdatasync(turned, (error) => {
      if (error) onSyncError(error);
      closeSync(turned);
    });
  }

  function write(type: RecordType, parts: Uint8Array[]): JournalPosition {
    if (torn || offset > segmentLimit) startSegment();
    const at = { segment: number, offset };
    const sealed = sealRecord(key, offset, type, parts);
    let total = 0;
    for (const buffer of sealed) total += buffer.length;
    try {
      writeAll(file, sealed, total);
    } catch (error) {
      // Nothing may follow what was half written: the next record goes to a segment of its own.
      torn = true;
      takeBack();
      throw error;
    }
    offset += total;
    sizes.set(number, offset);
    unsynced = true;
    return at;
  }

  /** What was half written is told as lost by whoever wrote it; left there, the next run would count it again. */
  function takeBack(): void {
    try {
      ftruncateSync(file, offset);
    } catch (error) {
      onSyncError(error as Error);
    }
  }

  function removeAcknowledged(): void {
    let removed = false;
    for (const segment of sizes.keys()) {
      // Segments of an earlier run may hold parts of exchanges that a later one finished: they go together.
      const behind = segment < firstOwn ? acknowledged.segment >= firstOwn : segment < acknowledged.segment;
      if (!behind || segment === number || pins.has(segment)) continue;
      rmSync(join(folder, segmentName(segment)), { force: true });
      sizes.delete(segment);
      removed = true;
    }
    if (removed) syncFolder(folder).catch(onSyncError);
  }

  const position = () => cursorOf({ salt, segment: number, offset });

  startSegment();
  const timer = setInterval(() => {
    if (!unsynced || syncing) return;
    unsynced = false;
    syncing = true;
    fdatasync(file, (error) => {
      syncing = false;
      // The segment may have been turned and closed in between: then it was synced.
      if (error && error.code !== 'EBADF') onSyncError(error);
    });
  }, syncEveryMs);
  timer.unref();

  return {
    append(exchange, request, response) {
      write(recordTypes.exchange, encodeExchange(exchange, request, response));
      return position();
    },
    appendPart(bytes) {
      const at = write(recordTypes.part, bytes);
      pins.set(at.segment, (pins.get(at.segment) ?? 0) + 1);
      let total = 0;
      for (const buffer of bytes) total += buffer.byteLength;
      return { ...at, bytes: total };
    },
    unpin(parts) {
      if (parts.length > 0) released.push({ behind: { segment: number, offset }, parts });
    },
    acknowledge(cursor) {
      const position = placeOf(cursor);
      acknowledged = position;
      // An exchange that is written but not yet stored still needs its parts.
      const free = released.filter(({ behind }) => comparePositions(behind, position) <= 0);
      released = released.slice(free.length);
      for (const { segment } of free.flatMap(({ parts }) => parts)) {
        const left = (pins.get(segment) ?? 0) - 1;
        if (left > 0) pins.set(segment, left);
        else pins.delete(segment);
      }
      removeAcknowledged();
    },
    turn() {
      if (offset > segmentHeaderBytes) startSegment();
    },
    position,
    bytes() {
      let total = 0;
      for (const size of sizes.values()) total += size;
      return total;
    },
    close() {
      clearInterval(timer);
      try {
        fdatasyncSync(file);
      } catch (error) {
        onSyncError(error as Error);
      }
      closeSync(file);
    },
  };
}

/** A full disk can cut a write short without an error: go on until all is written or the system says why not. */
function writeAll(file: number, buffers: Buffer[], total: number): void {
  let written = writevSync(file, buffers);
  if (written === total) return;
  const rest = Buffer.concat(buffers);
  while (written < total) written += writeSync(file, rest, written);
}

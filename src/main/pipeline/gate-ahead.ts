import type { MessagePort } from 'node:worker_threads';
import { receiveMessageOnPort } from 'node:worker_threads';
import type { CapturedExchange, RedactedExchange } from '../../shared/model/index.js';

/** A place in the journal, which the journal alone can read. */
type Cursor = string;

interface RecordPlace {
  segment: number;
  offset: number;
}

type Entry =
  | { kind: 'exchange'; exchange: CapturedExchange; at: RecordPlace; next: Cursor }
  | { kind: 'damage'; next: Cursor };

/** What the gate has done and the store has not taken yet is at most so much, by the bytes that were captured. */
const roomBytes = 4 * 1024 * 1024;
/** A larger exchange is left to the store's thread: it would lie in memory three times. */
const largestBytes = 2 * 1024 * 1024;
/** Taken results are told after so many. */
const noteEach = 8;
/** The gate's thread hears what it is told after so long, in milliseconds. */
const sliceMs = 10;
/** Without work for so long, its thread is ended: it holds a heap of its own. */
const idleMs = 2000;

/** What the gate made of the record behind a place in the journal, where that record lies, and the place behind it. */
export interface MadeAhead {
  at: RecordPlace;
  next: Cursor;
  redacted: RedactedExchange;
}

/** From the gate. `bytes`: what it takes of the room. */
type Made = MadeAhead & { from: Cursor; bytes: number };
/** To the gate: how far the journal may be read, or where the store is and what it took since. */
type GateMessage = { limit: Cursor } | { stored: Cursor; taken: number };

/** A thread that runs {@link goAhead}. */
export interface GateThread {
  port: MessagePort;
  end(): void;
}

/** What the gate makes of records before the store comes to them. */
export interface GateAhead {
  /** What it made of the record behind this place; null where it has not come to it, and the caller reads and does it. */
  take(from: Cursor): MadeAhead | null;
  /** So much waits; `much`: enough that a thread of its own is begun for it. */
  grow(from: Cursor, limit: Cursor, much: boolean): void;
  /** Nothing waits any more. */
  rest(): void;
  /** Everything that was made is dropped, because other rules hold now or nobody will take it. */
  forget(): void;
}

/**
 * Redacts on a thread of its own what waits in the journal, ahead of the store. Both read the same records, and what the gate
 * makes of one depends on nothing but the record and the rules: where it has not come to one, or its thread is gone, the
 * store's thread does the same itself. So nothing waits for it.
 * @param start begins the thread from a place on, under the rules that hold; `lost` is called where it crashes
 * @param before whether a place in the journal lies before another
 */
export function createGateAhead(
  start: (from: Cursor, lost: () => void) => GateThread,
  before: (a: Cursor, b: Cursor) => boolean,
): GateAhead {
  let thread: GateThread | null = null;
  let crashed = false;
  let idle: NodeJS.Timeout | undefined;
  let made: Made[] = [];
  let next = 0;
  let taken = 0;
  let unsaid = 0;

  function forget(): void {
    clearTimeout(idle);
    thread?.end();
    thread = null;
    made = [];
    next = 0;
    taken = 0;
    unsaid = 0;
  }

  function receive(port: MessagePort): void {
    if (next === made.length) {
      made = [];
      next = 0;
    }
    for (let each = receiveMessageOnPort(port); each !== undefined; each = receiveMessageOnPort(port))
      made.push(each.message as Made);
  }

  return {
    take(from) {
      if (thread === null) return null;
      receive(thread.port);
      let found: Made | null = null;
      while (next < made.length) {
        const each = made[next] as Made;
        if (before(from, each.from)) break;
        taken += each.bytes;
        next += 1;
        // As texts: another journal may have a record of its own at this place, and there the place is called otherwise.
        if (each.from === from) found = each;
      }
      unsaid += 1;
      if (unsaid >= noteEach || taken >= roomBytes / 4) {
        thread.port.postMessage({ stored: from, taken } satisfies GateMessage);
        taken = 0;
        unsaid = 0;
      }
      return found;
    },
    grow(from, limit, much) {
      clearTimeout(idle);
      if (crashed || (thread === null && !much)) return;
      thread ??= start(from, () => {
        crashed = true;
        forget();
      });
      thread.port.postMessage({ limit } satisfies GateMessage);
    },
    rest() {
      clearTimeout(idle);
      if (thread !== null) idle = setTimeout(forget, idleMs).unref();
    },
    forget,
  };
}

/** What the gate's thread needs of the rooms it runs through. */
export interface AheadDependencies {
  reader: {
    resume(cursor: Cursor | null, grown: Cursor | null): Cursor;
    next(from: Cursor, limit: Cursor): Entry | null;
    before(a: Cursor, b: Cursor): boolean;
    named(cursor: Cursor): boolean;
  };
  /** From a record to what may be stored of it. */
  redact(captured: CapturedExchange): RedactedExchange;
  /** A record that ended the store's thread twice. */
  skip: RecordPlace | null;
  port: MessagePort;
}

/** Reads on in the journal from a place and sends what it makes of each record, as long as there is room. */
export function goAhead(from: Cursor, { reader, redact, skip, port }: AheadDependencies): void {
  let at = from;
  let limit: Cursor | null = null;
  let stored: Cursor | null = null;
  let ahead = 0;
  let scheduled = false;

  function schedule(): void {
    if (scheduled || limit === null || ahead >= roomBytes || !reader.before(at, limit)) return;
    scheduled = true;
    setImmediate(slice);
  }

  function slice(): void {
    scheduled = false;
    const until = performance.now() + sliceMs;
    while (limit !== null && ahead < roomBytes && performance.now() < until) {
      const entry = reader.next(at, limit);
      if (entry === null) {
        at = limit;
        break;
      }
      const before = at;
      at = entry.next;
      if (entry.kind === 'exchange' && (stored === null || reader.before(stored, before))) make(entry, before);
    }
    schedule();
  }

  function make({ exchange, at, next }: Entry & { kind: 'exchange' }, from: Cursor): void {
    const bytes = exchange.request.body.length + (exchange.response?.body.length ?? 0);
    const pieces = exchange.request.pieces ?? exchange.response?.pieces;
    if (bytes > largestBytes || pieces !== undefined || !reader.named(from)) return;
    if (skip !== null && at.segment === skip.segment && at.offset === skip.offset) return;
    try {
      port.postMessage({ from, at, next, redacted: redact(exchange), bytes } satisfies Made);
      ahead += bytes;
    } catch {
      // The store's thread comes to it, finds the same, and says so.
    }
  }

  port.on('message', (message: GateMessage) => {
    if ('limit' in message) {
      at = reader.resume(at, message.limit);
      limit = message.limit;
    } else {
      stored = message.stored;
      ahead -= message.taken;
    }
    schedule();
  });
}

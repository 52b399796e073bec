import type {
  Assembled,
  CapturedExchange,
  CapturedMessage,
  DecodedExchange,
  LineageReader,
  ReadExchange,
  RedactedExchange,
  Tick,
} from '../../shared/model/index.js';
import { undecodedReasons } from '../../shared/model/index.js';
import { placeOf } from '../ground/place-of.js';
import type { PipelineCounters } from './counters.js';
import type { GateAhead, MadeAhead } from './gate-ahead.js';
import { createPace } from './pace.js';

/** Long enough that a commit's fsync is shared by many exchanges, short enough to seem live. */
const live = { exchanges: 512, ms: 120 };
/**
 * Where so many bytes wait in the journal (an import, a burst), nothing of it is live: a longer batch writes the pages of the
 * indexes, which every exchange changes, once for more of them.
 */
const behindBytes = 1_000_000;
const behind = { exchanges: 4096, ms: 1000 };
const retryMs = 1000;

/** A place in the journal, which the journal alone can read. */
type Cursor = string;

/** A record, as a crash remembers it in shared memory. */
interface RecordPlace {
  segment: number;
  offset: number;
}

type Entry =
  | { kind: 'exchange'; exchange: CapturedExchange; at: RecordPlace; next: Cursor }
  | { kind: 'damage'; damage: { position: RecordPlace; reason: string }; next: Cursor };

/** A record that is to be stored: what is asked of it is made, or read again, when it is needed. */
interface Waiting {
  id: string;
  via: CapturedExchange['via'];
  at: RecordPlace;
  redacted(): RedactedExchange;
  captured(): CapturedExchange;
}

/** What a batch has come to: nothing of it counts, or is said, unless it is committed. */
interface Batch {
  /** Each record is saved so that it fails alone. */
  alone: boolean;
  topics: Set<Tick['topics'][number]>;
  tally: Record<keyof typeof nothingYet, number>;
  /** So many are no import. */
  notImported: number;
  said: Parameters<PipelineDependencies['onLog']>[];
}

const nothingYet = {
  processed: 0,
  stored: 0,
  undecoded: 0,
  quarantined: 0,
  bodies_lost: 0,
  damaged: 0,
  unknown_events: 0,
  format_errors: 0,
  rule_errors: 0,
};

/** A record of a batch threw while it was saved: what the batch has written so far is not whole. */
class HalfSaved extends Error {}

/** The rooms that the pipeline runs through, as it needs them. */
export interface PipelineDependencies {
  reader: {
    resume(cursor: Cursor | null, grown: Cursor | null): Cursor;
    next(from: Cursor, limit: Cursor): Entry | null;
    count(from: Cursor, limit: Cursor): number;
    before(a: Cursor, b: Cursor): boolean;
    distance(from: Cursor, to: Cursor): number;
  };
  read(captured: CapturedExchange): ReadExchange;
  redactor: { exchange(read: ReadExchange): RedactedExchange };
  /** What the redactor makes, ahead of us where much waits; null where it is made here alone. */
  ahead: GateAhead | null;
  /** The exchange itself, behind it the exchanges that it carried (turns of a socket). */
  decode(redacted: RedactedExchange): DecodedExchange[];
  assemble(decoded: DecodedExchange, lineage: LineageReader): Assembled;
  writer: {
    lineage: LineageReader;
    transaction(body: () => void): void;
    /** Not `alone`, a save that throws leaves the transaction to be thrown away. */
    save(assembled: Assembled, alone: boolean): { topics: Tick['topics'] };
    cursor(): Cursor | null;
    setCursor(position: Cursor): void;
    /** Whether the disk, not the data, is the matter. */
    passes(error: unknown): boolean;
  };
  counters: PipelineCounters;
  /** A record that is stored sealed without being read: it ended this thread twice. */
  skip: RecordPlace | null;
  /** Everything before this position is committed. */
  acknowledge(position: Cursor): void;
  onTopics(topics: Tick['topics']): void;
  onLog(level: 'warn' | 'error', event: string, fields: Record<string, string | number>): void;
}

export interface Pipeline {
  /** Counts as pending what an earlier run left in the journal up to this position; before it grows. */
  countBacklog(until: Cursor): void;
  /** The journal has grown to this position. */
  grow(position: Cursor): void;
  /**
   * Resolves when everything up to this position is stored. `whileItWorks`: rejects as soon as the store cannot commit, instead
   * of waiting until it can.
   */
  drained(position: Cursor, whileItWorks?: boolean): Promise<void>;
  stop(): void;
}

/**
 * Carries exchanges from the journal into the store, in the journal's order, each exactly once: the rows of a batch and
 * the position behind it are committed together. What one exchange throws is kept with that exchange.
 */
export function createPipeline(parts: PipelineDependencies): Pipeline {
  const { counters, writer } = parts;
  const { before, distance } = parts.reader;
  let cursor = parts.reader.resume(writer.cursor(), null);
  let limit: Cursor | null = null;
  let scheduled = false;
  let stopped = false;
  let retry: NodeJS.Timeout | undefined;
  let waiting: { position: Cursor; resolve(): void; reject: ((error: Error) => void) | null }[] = [];
  const pace = createPace(distance);

  function schedule(delayMs = 0): void {
    if (scheduled || stopped) return;
    scheduled = true;
    // Commands of the main thread get their turn between two batches.
    if (delayMs > 0) retry = setTimeout(run, delayMs);
    else setImmediate(run);
  }

  /** Whoever does not wait for a store that cannot commit is told. */
  function giveUp(code: string): void {
    for (const { reject } of waiting) reject?.(Object.assign(new Error('the store cannot be written'), { code }));
    waiting = waiting.filter(({ reject }) => reject === null);
  }

  function run(): void {
    scheduled = false;
    retry = undefined;
    if (stopped || !limit) return;
    let next: Cursor;
    let done: Batch;
    const began = performance.now();
    const from = cursor;
    try {
      ({ next, done } = committed(limit));
    } catch (error) {
      // The store could not commit (a full disk, say): nothing is acknowledged, the batch is tried again.
      counters.set('store_failing', 1);
      parts.onLog('error', 'store_failed', { code: codeOf(error), retry_ms: retryMs });
      giveUp(codeOf(error));
      schedule(retryMs);
      return;
    }
    counters.set('store_failing', 0);
    for (const [name, amount] of Object.entries(done.tally))
      if (amount > 0) counters.add(name as keyof typeof nothingYet, amount);
    for (const [level, event, fields] of done.said) parts.onLog(level, event, fields);
    const moved = before(cursor, next);
    cursor = next;
    if (moved) parts.acknowledge(cursor);
    if (done.topics.size > 0) parts.onTopics([...done.topics]);
    for (let i = waiting.length - 1; i >= 0; i--) {
      const entry = waiting[i] as (typeof waiting)[number];
      if (before(cursor, entry.position)) continue;
      waiting.splice(i, 1);
      entry.resolve();
    }
    const pause = pace.rest({ from, to: cursor, began, ended: performance.now() }, limit);
    // An import takes from no traffic; it waits for the store itself.
    const rest = done.notImported > 0 ? pause : 0;
    // Who waits for everything to be stored shall not wait for the pace too.
    if (before(cursor, limit)) schedule(waiting.length > 0 ? 0 : rest);
    else parts.ahead?.rest();
  }

  /**
   * A part of the transaction for every record costs a twelfth of storing it, and hardly one ever fails. So a batch is saved as
   * one, and once more record by record where one of them cannot be saved.
   */
  function committed(upTo: Cursor): { next: Cursor; done: Batch } {
    try {
      return batch(upTo, false);
    } catch (error) {
      if (error instanceof HalfSaved) return batch(upTo, true);
      throw error;
    }
  }

  function batch(upTo: Cursor, alone: boolean): { next: Cursor; done: Batch } {
    const done: Batch = { alone, topics: new Set(), tally: { ...nothingYet }, notImported: 0, said: [] };
    let at = cursor;
    const { exchanges, ms } = distance(cursor, upTo) > behindBytes ? behind : live;
    const until = performance.now() + ms;
    writer.transaction(() => {
      for (let count = 0; count < exchanges && performance.now() < until; count++) {
        const made = parts.ahead?.take(at) ?? null;
        const entry = made === null ? parts.reader.next(at, upTo) : null;
        if (made !== null) {
          store(ofGate(made, at, upTo), done);
        } else if (entry === null) {
          at = upTo;
          break;
        } else if (entry.kind === 'damage') {
          done.tally.damaged += 1;
          // A torn tail was never announced, the others were.
          if (entry.damage.reason !== 'torn') done.tally.processed += 1;
          done.said.push(['warn', 'journal_damaged', { reason: entry.damage.reason, ...entry.damage.position }]);
        } else {
          store(ofJournal(entry), done);
        }
        at = (made ?? entry)?.next ?? upTo;
      }
      if (before(cursor, at)) writer.setCursor(at);
    });
    counters.set('at_segment', 0);
    return { next: at, done };
  }

  /** What the gate has made is not read a second time, unless it cannot be stored. */
  function ofGate({ at, redacted }: MadeAhead, from: Cursor, upTo: Cursor): Waiting {
    const captured = () => {
      const entry = parts.reader.next(from, upTo);
      // The batch is tried again then, and says what is wrong with the record.
      if (entry?.kind !== 'exchange') throw new Error('the record can no longer be read');
      return entry.exchange;
    };
    return { id: redacted.exchange_id, via: redacted.via, at, redacted: () => redacted, captured };
  }

  function ofJournal({ at, exchange }: Entry & { kind: 'exchange' }): Waiting {
    const redacted = () => parts.redactor.exchange(parts.read(exchange));
    return { id: exchange.exchange_id, via: exchange.via, at, redacted, captured: () => exchange };
  }

  function store(record: Waiting, done: Batch): void {
    const { tally } = done;
    counters.set('at_segment', record.at.segment);
    counters.set('at_offset', record.at.offset);
    tally.processed += 1;
    if (record.via !== 'import') done.notImported += 1;
    const save = (assembled: Assembled) => {
      for (const topic of saved(assembled, done.alone)) done.topics.add(topic);
      note(assembled, done);
    };
    const skipped =
      parts.skip !== null && parts.skip.segment === record.at.segment && parts.skip.offset === record.at.offset;
    const failed = (error: unknown) => {
      // Not this exchange's fault: the whole batch is tried again.
      if (error instanceof HalfSaved || writer.passes(error)) throw error;
      tally.quarantined += 1;
      done.said.push([
        'error',
        'exchange_sealed',
        {
          exchange_id: record.id,
          cause: skipped ? 'skipped' : codeOf(error),
          place: placeOf(error),
        },
      ]);
    };
    /** What cannot be stored sealed either must not stop those behind it: its row stays, without its bodies. */
    const saveSealed = () => {
      try {
        save(sealed(record.captured()));
      } catch (error) {
        if (error instanceof HalfSaved || writer.passes(error)) throw error;
        // If this throws too, it is not this exchange's fault: the batch is tried again and nothing is acknowledged.
        save(sealed(bare(record.captured())));
        tally.bodies_lost += 1;
        done.said.push([
          'error',
          'exchange_bodies_lost',
          {
            exchange_id: record.id,
            cause: codeOf(error),
            place: placeOf(error),
          },
        ]);
      }
    };
    let carried: DecodedExchange[] = [];
    try {
      if (skipped) throw new Error('ended the thread twice');
      const [own, ...others] = parts.decode(record.redacted());
      if (own === undefined) throw new Error('decoded to nothing');
      save(parts.assemble(own, writer.lineage));
      carried = others;
    } catch (error) {
      failed(error);
      saveSealed();
    }
    for (const decoded of carried) {
      try {
        save(parts.assemble(decoded, writer.lineage));
      } catch (error) {
        failed(error);
        // What it said stands in the exchange that carried it, which is stored.
        save(unread(decoded));
      }
    }
    tally.stored += 1;
  }

  function saved(assembled: Assembled, alone: boolean): Tick['topics'] {
    try {
      return writer.save(assembled, alone).topics;
    } catch (error) {
      if (alone || writer.passes(error)) throw error;
      throw new HalfSaved('a record could not be saved', { cause: error });
    }
  }

  function note({ decoded, call }: Assembled, { tally, said }: Batch): void {
    if (undecodedReasons(decoded.decode_error, decoded.exchange.issues).length > 0) tally.undecoded += 1;
    for (const amount of Object.values(call?.decoded.response?.unknown_events ?? decoded.action?.unknown_events ?? {}))
      tally.unknown_events += amount;
    for (const format of decoded.failed_formats ?? []) {
      tally.format_errors += 1;
      said.push(['warn', 'format_failed', { format, exchange_id: decoded.exchange.exchange_id }]);
    }
    for (const rule of call?.failed_rules ?? []) {
      tally.rule_errors += 1;
      said.push(['warn', 'rule_failed', { rule, exchange_id: decoded.exchange.exchange_id }]);
    }
  }

  /** A part of an exchange that could not be assembled: kept as it was read, without its call. */
  function unread({ exchange }: DecodedExchange): Assembled {
    const decode_error = { code: 'pipeline_failed', message: 'The exchange could not be processed.' };
    return { decoded: { exchange, format: exchange.kind, call: null, decode_error }, call: null };
  }

  /** Nothing of what the exchange said in the clear: bodies under encryption, no headers, no path. */
  function sealed(exchange: CapturedExchange): Assembled {
    const seal = (message: CapturedMessage) => ({
      http_version: message.http_version,
      headers: [],
      trailers: [],
      bytes: message.bytes,
      truncated: message.truncated,
      body:
        message.body.byteLength === 0
          ? ({ kind: 'empty' } as const)
          : ({
              kind: 'sealed',
              bytes: message.body,
              ...(message.pieces === undefined ? {} : { pieces: message.pieces }),
              media_type: 'application/octet-stream',
              reason: 'undecodable',
            } as const),
    });
    const read: ReadExchange = {
      ...exchange,
      session: undefined,
      // A proxy is asked for anything: what is no URL must not stop the next exchange.
      url: originOf(exchange.url),
      method: /^[A-Z]{1,16}$/.test(exchange.method) ? exchange.method : 'OTHER',
      error: { code: 'pipeline_failed', message: 'The exchange could not be processed; its bodies are kept sealed.' },
      request: seal(exchange.request),
      response: exchange.response && {
        ...seal(exchange.response),
        status: exchange.response.status,
        status_text: '',
        informational: [],
      },
      issues: [],
    };
    const decode_error = { code: 'pipeline_failed', message: 'The exchange could not be processed.' };
    return {
      decoded: { exchange: parts.redactor.exchange(read), format: exchange.kind, call: null, decode_error },
      call: null,
    };
  }

  return {
    countBacklog(until) {
      counters.add('backlog', parts.reader.count(cursor, until));
    },
    grow(position) {
      cursor = parts.reader.resume(cursor, position);
      limit = position;
      parts.ahead?.grow(cursor, limit, distance(cursor, limit) > behindBytes);
      if (before(cursor, limit)) schedule();
    },
    drained(position, whileItWorks = false) {
      if (!before(cursor, position)) return Promise.resolve();
      return new Promise((resolve, reject) => {
        waiting.push({ position, resolve, reject: whileItWorks ? reject : null });
        // Nobody who waits shall wait for the rest between two batches, or for the next attempt.
        if (retry === undefined || !scheduled) return;
        clearTimeout(retry);
        scheduled = false;
        schedule();
      });
    },
    stop() {
      stopped = true;
      clearTimeout(retry);
      parts.ahead?.forget();
    },
  };
}

/** Of an exchange only that it was: when, how large, and how it ended. */
function bare(exchange: CapturedExchange): CapturedExchange {
  const emptied = <Message extends CapturedMessage>({ pieces: _, ...message }: Message) => ({
    ...message,
    body: new Uint8Array(0),
    truncated: true,
  });
  const { upstream_name: _, ...rest } = exchange;
  return {
    ...rest,
    url: 'http://invalid',
    method: 'OTHER',
    request: emptied(exchange.request),
    response: exchange.response && emptied(exchange.response),
  };
}

/** A record's address names its source and nothing else. */
function originOf(url: string): string {
  if (url.startsWith('sluice:')) return url;
  return URL.canParse(url) ? new URL(url).origin : 'http://invalid';
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).name;
}

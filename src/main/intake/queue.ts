import { SluiceError } from '../../shared/errors.js';
import type { Backpressure, CapturedExchange, IntakeRecord } from '../../shared/model/index.js';
import { toIso } from '../../shared/model/index.js';
import { recordExchange } from './records.js';

/** Exchanges that may wait for the store, and bytes of journal, before nothing more is taken. */
export const pendingLimit = 5_000;
export const journalLimitBytes = 256 * 1024 * 1024;

/** What goes to the capture thread at once: it writes for some milliseconds at most, and then serves traffic again. */
const batchExchanges = 64;
const batchBytes = 1024 * 1024;

/** Span over which the rate is measured, and how far apart its samples are, in milliseconds. */
const rateSpanMs = 10_000;
const sampleEveryMs = 250;
const waitStepMs = 100;
const longestRetryS = 60;
/** A full disk or a thread that is started again. */
const unwrittenRetryS = 5;

/** What the queue needs of the engine. */
export interface IntakeQueueDependencies {
  /** Appends exchanges to the journal; resolves when they are written. `ownsBodies`: their bodies need not be copied on the way. */
  inject(exchanges: CapturedExchange[], ownsBodies: boolean): Promise<unknown>;
  /** Resolves when everything that is in the journal by now is stored. */
  stored(): Promise<void>;
  counters(): { pending: number; processed: number; journal_bytes: number };
  /** Milliseconds, growing. */
  now?(): number;
}

export interface SubmitOptions {
  /** Waits for room instead of being refused: for imports, which have the time. */
  wait?: boolean;
  signal?: AbortSignal;
  /** Nobody else has their bodies: they go without being copied. */
  ownsBodies?: boolean;
  /** Hears how many more, from the first on, are in the journal: also of those before one that could not be written. */
  written?(count: number): void;
}

/** The one way into the journal for what was not captured here. */
export interface IntakeQueue {
  /**
   * Resolves when every record is in the journal: from then on nothing can lose it. Throws `engine_busy` with
   * `retry_after_s` in its details where the pipeline is behind; then none of the records was taken.
   */
  submit(records: IntakeRecord[], options?: SubmitOptions): Promise<void>;
  /** The same for exchanges as they went over a wire (HAR, mitmproxy). */
  submitExchanges(exchanges: CapturedExchange[], options?: SubmitOptions): Promise<void>;
  /**
   * The same for what is made while it is taken: `next` gives a few at a time, in the end none. Room is asked for once,
   * before the first. Nobody else has their bodies.
   */
  submitSlices(first: CapturedExchange[], next: () => Promise<CapturedExchange[]>): Promise<void>;
  stored(): Promise<void>;
  backpressure(): Backpressure;
}

export function createIntakeQueue(parts: IntakeQueueDependencies): IntakeQueue {
  const now = parts.now ?? (() => performance.now());
  /** Handed to the capture thread and not yet answered. For a moment before the answer the counters know of them too. */
  let underWay = 0;
  let refused = 0;
  let lastRefusedAt: string | null = null;
  let samples: { at: number; processed: number }[] = [];

  function sample(): { pending: number; journal_bytes: number } {
    const { pending, processed, journal_bytes } = parts.counters();
    const at = now();
    const last = samples.at(-1);
    if (last === undefined || at - last.at >= sampleEveryMs) {
      samples = samples.filter((entry) => at - entry.at <= rateSpanMs);
      samples.push({ at, processed });
    }
    return { pending: pending + underWay, journal_bytes };
  }

  /** Exchanges per second; null while nothing was measured. */
  function rate(): number | null {
    const first = samples[0];
    const last = samples.at(-1);
    if (first === undefined || last === undefined || last.at <= first.at || last.processed <= first.processed)
      return null;
    return ((last.processed - first.processed) / (last.at - first.at)) * 1000;
  }

  function full({ pending, journal_bytes }: { pending: number; journal_bytes: number }): boolean {
    return pending >= pendingLimit || journal_bytes >= journalLimitBytes;
  }

  function refuse(pending: number): SluiceError {
    refused += 1;
    lastRefusedAt = toIso(Date.now() * 1000);
    const perSecond = rate();
    // Half of the queue: whoever comes back earlier would be sent away again at once.
    const wait = perSecond === null ? 5 : Math.ceil(Math.max(1, pending - pendingLimit / 2) / perSecond);
    const retry_after_s = Math.min(longestRetryS, Math.max(1, wait));
    return new SluiceError('engine_busy', 'More waits to be stored than the limit allows; nothing of this was taken.', {
      retry_after_s,
      pending,
      limit: pendingLimit,
    });
  }

  async function room(options: SubmitOptions): Promise<void> {
    for (let state = sample(); full(state); state = sample()) {
      if (!options.wait) throw refuse(state.pending);
      options.signal?.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, waitStepMs));
    }
    options.signal?.throwIfAborted();
  }

  async function send(batch: CapturedExchange[], { written, ownsBodies = false }: SubmitOptions): Promise<void> {
    underWay += batch.length;
    try {
      await parts.inject(batch, ownsBodies);
      written?.(batch.length);
    } catch (error) {
      const sluiceError = error instanceof SluiceError ? error : null;
      written?.((sluiceError?.details as { written?: number } | undefined)?.written ?? 0);
      if (sluiceError !== null && sluiceError.code !== 'engine_busy') throw sluiceError;
      const details = { retry_after_s: unwrittenRetryS };
      const message = sluiceError?.message ?? 'The journal could not be written.';
      throw new SluiceError('engine_busy', message, details, { cause: error });
    } finally {
      underWay -= batch.length;
    }
  }

  async function submitAll<T>(
    items: T[],
    exchangeOf: (item: T) => CapturedExchange,
    options: SubmitOptions,
  ): Promise<void> {
    if (items.length === 0) return;
    await room(options);
    let batch: CapturedExchange[] = [];
    let bytes = 0;
    for (const item of items) {
      const exchange = exchangeOf(item);
      batch.push(exchange);
      bytes += exchange.request.body.byteLength + (exchange.response?.body.byteLength ?? 0);
      if (batch.length < batchExchanges && bytes < batchBytes) continue;
      await send(batch, options);
      batch = [];
      bytes = 0;
      // Whoever waits does so in the middle too; whoever does not is never left with half of it taken.
      if (options.wait) await room(options);
    }
    if (batch.length > 0) await send(batch, options);
  }

  return {
    submit: (records, options = {}) => submitAll(records, recordExchange, options),
    submitExchanges: (exchanges, options = {}) => submitAll(exchanges, ownBodies, options),
    async submitSlices(first, next) {
      if (first.length === 0) return;
      await room({});
      for (let slice = first; slice.length > 0; slice = await next()) await send(slice, { ownsBodies: true });
    },
    stored: parts.stored,
    backpressure() {
      const { pending } = sample();
      return { pending, limit: pendingLimit, refused, last_refused_at: lastRefusedAt };
    },
  };
}

/** A view of a larger buffer would take the whole of it along to the other thread. */
export function ownBodies(exchange: CapturedExchange): CapturedExchange {
  const { request, response } = exchange;
  return {
    ...exchange,
    request: { ...request, body: own(request.body) },
    ...(response === undefined ? {} : { response: { ...response, body: own(response.body) } }),
  };
}

function own(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

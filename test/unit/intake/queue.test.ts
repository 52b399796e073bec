import { describe, expect, it } from 'vitest';
import { createIntakeQueue, journalLimitBytes, pendingLimit } from '../../../src/main/intake/queue.js';
import { recordExchange } from '../../../src/main/intake/records.js';
import { SluiceError } from '../../../src/shared/errors.js';
import type { CapturedExchange, IntakeRecord } from '../../../src/shared/model/index.js';

function record(key: string, content = ''): IntakeRecord {
  return {
    version: 1,
    key,
    source: 'rest',
    trace: { key: 'rest:x', kind: 'ingest' },
    started_at: 1_763_716_200_000_000,
    ended_at: 1_763_716_200_000_000,
    events: [{ type: 'reasoning', at: 1_763_716_200_000_000, content }],
  };
}

function queueWith(state: { pending: number; processed?: number; journal_bytes?: number; at?: number }) {
  const batches: CapturedExchange[][] = [];
  const queue = createIntakeQueue({
    inject: async (exchanges) => void batches.push(exchanges),
    stored: async () => undefined,
    counters: () => ({ processed: 0, journal_bytes: 0, ...state }),
    now: () => state.at ?? 0,
  });
  return { queue, batches };
}

async function busy(promise: Promise<void>) {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SluiceError);
  expect((error as SluiceError).code).toBe('engine_busy');
  return (error as SluiceError).details as { retry_after_s: number; pending: number };
}

describe('submit', () => {
  it('hands on every record once, in order, in batches that are short in number and in bytes', async () => {
    const { queue, batches } = queueWith({ pending: 0 });
    await queue.submit(Array.from({ length: 150 }, (_, index) => record(`k${index}`)));
    expect(batches.map((batch) => batch.length)).toEqual([64, 64, 22]);
    expect(batches.flat().map((exchange) => exchange.exchange_id)).toEqual(
      Array.from({ length: 150 }, (_, index) => recordExchange(record(`k${index}`)).exchange_id),
    );
    batches.length = 0;
    await queue.submit([record('a', 'x'.repeat(900_000)), record('b', 'x'.repeat(900_000)), record('c')]);
    expect(batches.map((batch) => batch.length)).toEqual([2, 1]);
  });

  it('refuses the whole call at the limit of exchanges or of bytes, and counts it', async () => {
    const state = { pending: pendingLimit - 1, journal_bytes: 0 };
    const { queue, batches } = queueWith(state);
    await queue.submit([record('fits')]);
    state.pending = pendingLimit;
    expect(await busy(queue.submit([record('a'), record('b')]))).toMatchObject({ pending: pendingLimit });
    state.pending = 0;
    state.journal_bytes = journalLimitBytes;
    await busy(queue.submit([record('c')]));
    expect(batches).toHaveLength(1);
    expect(queue.backpressure()).toMatchObject({ pending: 0, limit: pendingLimit, refused: 2 });
    expect(queue.backpressure().last_refused_at).toMatch(/^\d{4}-.*Z$/);
  });

  it('counts what is on its way to the journal and in no counter yet', async () => {
    const gate = Promise.withResolvers<void>();
    const queue = createIntakeQueue({
      inject: () => gate.promise,
      stored: async () => undefined,
      counters: () => ({ pending: pendingLimit - 2, processed: 0, journal_bytes: 0 }),
    });
    const first = queue.submit([record('a'), record('b')]);
    await Promise.resolve();
    expect(queue.backpressure().pending).toBe(pendingLimit);
    await busy(queue.submit([record('c')]));
    gate.resolve();
    await first;
    expect(queue.backpressure().pending).toBe(pendingLimit - 2);
  });

  it('says when to come back by the rate at which the store works', async () => {
    const state = { pending: pendingLimit, processed: 0, at: 0 };
    const { queue } = queueWith(state);
    expect((await busy(queue.submit([record('a')]))).retry_after_s).toBe(5);
    Object.assign(state, { at: 2000, processed: 1000 });
    expect((await busy(queue.submit([record('a')]))).retry_after_s).toBe(5);
    Object.assign(state, { at: 4000, processed: 20_000 });
    expect((await busy(queue.submit([record('a')]))).retry_after_s).toBe(1);
    Object.assign(state, { at: 30_000, processed: 20_001 });
    Object.assign(state, { at: 31_000, processed: 20_002 });
    expect((await busy(queue.submit([record('a')]))).retry_after_s).toBeGreaterThanOrEqual(1);
  });

  it('waits for room where it is told to, and no longer than the signal allows', async () => {
    const state = { pending: pendingLimit };
    const { queue, batches } = queueWith(state);
    const waiting = queue.submit([record('a')], { wait: true });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(batches).toHaveLength(0);
    state.pending = 0;
    await waiting;
    expect(batches).toHaveLength(1);
    state.pending = pendingLimit;
    const abort = new AbortController();
    const given = queue.submit([record('b')], { wait: true, signal: abort.signal });
    abort.abort(new Error('stopped'));
    await expect(given).rejects.toThrow('stopped');
    expect(queue.backpressure().refused).toBe(0);
  });

  it('says busy where the journal cannot be written', async () => {
    const queue = createIntakeQueue({
      inject: () => Promise.reject(new Error('ENOSPC')),
      stored: async () => undefined,
      counters: () => ({ pending: 0, processed: 0, journal_bytes: 0 }),
    });
    await busy(queue.submit([record('a')]));
    expect(queue.backpressure().pending).toBe(0);
  });
});

describe('submitExchanges', () => {
  it('takes no more of a large buffer along than the body', async () => {
    const { queue, batches } = queueWith({ pending: 0 });
    const file = Buffer.alloc(1_000_000, 'x');
    const exchange = recordExchange(record('har'));
    await queue.submitExchanges([{ ...exchange, request: { ...exchange.request, body: file.subarray(10, 20) } }]);
    const body = batches[0]?.[0]?.request.body as Uint8Array;
    expect([body.byteLength, body.buffer.byteLength]).toEqual([10, 10]);
  });
});

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { expect, it } from 'vitest';
import { importSink } from '../../../src/main/intake/import-sink.js';
import { createIntakeQueue } from '../../../src/main/intake/queue.js';
import type { IntakeRecord } from '../../../src/shared/model/index.js';
import { startTestCapture } from '../../support/capture.js';

const record = (key: string): IntakeRecord => ({
  version: 1,
  key,
  source: 'rest',
  trace: { key: 'rest:x', kind: 'ingest' },
  started_at: 1_763_716_200_000_000,
  ended_at: 1_763_716_200_000_000,
  events: [{ type: 'reasoning', at: 1_763_716_200_000_000, content: key }],
});

it('counts what is in the journal where the disk is full in the middle of a batch, and goes on behind it', async () => {
  const { writevSync } = fs;
  const errors: Error[] = [];
  await using t = await startTestCapture({}, '127.0.0.1', { onJournalError: (error) => errors.push(error) });
  const queue = createIntakeQueue({
    inject: async (exchanges) => t.capture.inject(exchanges),
    stored: async () => {},
    counters: () => ({ pending: 0, processed: 0, journal_bytes: 0 }),
  });
  const written = new Set<string>();
  const parts = {
    submitExchanges: queue.submitExchanges,
    stored: queue.stored,
    exchange: (id: string) => (written.has(id) ? { trace_id: null, call_id: null, request_bytes: 0 } : null),
    traceIdByKey: () => null,
    hasTrace: () => false,
    consentOf: () => null,
  };
  const take = async (sink: ReturnType<typeof importSink>) => {
    for (let i = 0; i < 128; i++) await sink.add({ record: record(`record-${i}`) });
    return sink.end();
  };
  const first = importSink('rest', 'file', parts, new AbortController().signal);
  let left = 100;
  fs.writevSync = ((...given: Parameters<typeof writevSync>) => {
    if (left-- > 0) return writevSync(...given);
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  }) as typeof writevSync;
  syncBuiltinESMExports();
  try {
    await expect(take(first)).rejects.toMatchObject({ code: 'engine_busy' });
  } finally {
    fs.writevSync = writevSync;
    syncBuiltinESMExports();
  }
  expect(errors).not.toEqual([]);
  for (const { exchange_id } of await t.exchanges(0)) written.add(exchange_id);
  expect([written.size, first.report.taken.records]).toEqual([100, 100]);
  const again = await take(importSink('rest', 'file', parts, new AbortController().signal));
  expect([again.taken.records, again.duplicates]).toEqual([28, 100]);
});

import { describe, expect, it } from 'vitest';
import { takingFor } from '../../../../src/main/engine/live/taking.js';
import { workKinds } from '../../../../src/main/engine/work/kinds.js';
import { createIntakeQueue, pendingLimit } from '../../../../src/main/intake/queue.js';
import { recordExchange } from '../../../../src/main/intake/records.js';

const exchange = (key: string) =>
  recordExchange({
    version: 1,
    key,
    source: 'import:test',
    trace: { key: 'x', kind: 'ingest' },
    started_at: 1_763_716_200_000_000,
    ended_at: 1_763_716_200_000_000,
  });

function setUp(inject: (count: number) => Promise<unknown> = async () => undefined) {
  const state = { pending: 0 };
  const queue = createIntakeQueue({
    inject: (exchanges, given) => (given ? inject(exchanges.length) : Promise.reject(new Error('was copied'))),
    stored: async () => undefined,
    counters: () => ({ ...state, processed: 0, journal_bytes: 0 }),
  });
  return { state, taking: takingFor(queue) };
}

const exchanges = Array.from({ length: 100 }, (_, at) => exchange(`${at}`));

describe('what imports read', () => {
  it('is read on the work thread', () => {
    expect(workKinds.map(({ id }) => id)).toContain('import');
  });

  it('is taken, and counted as far as it was where it fails in the middle', async () => {
    expect(await setUp().taking.take('one', exchanges)).toEqual({ written: 100, error: null });
    let times = 0;
    const { taking } = setUp(async () => {
      times += 1;
      if (times > 1) throw new Error('no space');
    });
    expect(await taking.take('one', exchanges)).toMatchObject({ written: 64, error: { code: 'engine_busy' } });
  });

  it('waits for room until it is told to stop', async () => {
    const { taking, state } = setUp();
    state.pending = pendingLimit;
    const waiting = taking.take('one', exchanges);
    await taking.stopTaking('other');
    await taking.stopTaking('one');
    expect(await waiting).toMatchObject({ written: 0, error: { code: 'internal' } });
  });
});

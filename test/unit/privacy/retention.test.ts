import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { JobControl } from '../../../src/main/ground/job-kind.js';
import { type RetentionStore, runRetention } from '../../../src/main/privacy/index.js';
import type { Settings } from '../../../src/shared/settings.js';
import { jobControl } from '../../support/job-kinds.js';
import { testId } from '../../support/traces.js';
import { agentRun, plainExchange, store, type TestStore } from '../store/support.js';

const list = { query: '', limit: 200, cursor: null };
const day = 86_400e6;
const now = 1_790_000_000_000_000;
const control = jobControl();
/** Text that does not compress to less than half. */
const words = (length: number) => Array.from({ length }, () => randomBytes(50).toString('hex')).join(' ');

function retentionStore({ reader, writer }: TestStore, asked: string[] = []): RetentionStore {
  const { retention } = reader;
  const noted = <A extends unknown[], R>(name: string, call: (...args: A) => R) => {
    return (...args: A) => {
      asked.push(name);
      return call(...args);
    };
  };
  return {
    traces: (guard, after, limit) => retention.traces(guard, after, limit),
    exchanges: (before, after, limit) => retention.exchanges(before, after, limit),
    keptLabelled: (guard) => retention.keptLabelled(guard),
    finishedJobs: (before) => retention.finishedJobs(before),
    use: () => retention.use(),
    deleteTraces: noted('traces', writer.writes.deleteOldTraces),
    deleteExchanges: noted('exchanges', writer.writes.deleteLooseExchanges),
    deleteJobs: noted('jobs', writer.writes.deleteOldJobs),
    tidyTexts: noted('texts', writer.writes.tidyTexts),
    giveBack: noted('space', writer.writes.giveBackSpace),
  };
}
const rules = (change: Partial<Settings['retention']>) => ({
  max_age_days: null,
  max_bytes: null,
  keep_labelled: true,
  ...change,
});
const at = (days: number) => ({ clock: { now: now - days * day } });
const titles = (target: TestStore) =>
  target.reader
    .traces(list)
    .items.map(({ title }) => title)
    .sort();

describe('retention by age', () => {
  it('deletes what is older and nothing else, with all that was its own', async () => {
    const target = store();
    agentRun(target, { ask: 'The old harbour', ...at(40) });
    agentRun(target, { ask: 'The older market', ...at(50) });
    agentRun(target, { ask: 'The young bridge', ...at(2) });
    target.writer.save(plainExchange({ url: 'http://example.test/quagmire', at: now - 45 * day }));
    target.writer.save(plainExchange({ url: 'http://example.test/fresh', at: now - day }));
    const wanted = rules({ max_age_days: 30 });
    const parts = retentionStore(target);
    const before = target.rows();
    const dry = await runRetention(wanted, parts, { dryRun: true, now }, control);
    expect(target.rows()).toEqual(before);
    expect(dry).toMatchObject({ dry_run: true, traces: 2, by_age: 2, by_size: 0, loose_exchanges: 1, exchanges: 9 });
    expect(dry.bytes_after).toBeLessThan(dry.bytes_before);

    const done = await runRetention(wanted, parts, { dryRun: false, now }, control);
    expect(done).toMatchObject({ ...dry, dry_run: false, bytes_after: expect.any(Number), space: expect.any(String) });
    expect(titles(target)).toEqual(['The young bridge']);
    expect(target.reader.exchanges({ ...list, query: 'quagmire' }).items).toEqual([]);
    expect(target.reader.exchanges({ ...list, query: 'fresh' }).items).toHaveLength(1);
    for (const query of ['harbour', 'market']) expect(target.reader.traces({ ...list, query }).items).toEqual([]);
    expect(target.integrity()).toBe('ok');
    expect(await runRetention(wanted, parts, { dryRun: false, now }, control)).toMatchObject({
      traces: 0,
      exchanges: 0,
    });
  });

  it('keeps what was reviewed, and what was reviewed while it ran', async () => {
    const target = store();
    agentRun(target, { ask: 'Labelled', ...at(90) });
    agentRun(target, { ask: 'Noted', ...at(80) });
    agentRun(target, { ask: 'Nobody looked', ...at(70) });
    agentRun(target, { ask: 'Right now', ...at(60) });
    const idOf = (title: string) =>
      target.reader.traces({ ...list, query: `title:"${title}"` }).items[0]?.trace_id ?? '';
    await target.writer.writes.setReview(idOf('Labelled'), { label: 'rejected' }, 'owner');
    await target.writer.writes.setReview(idOf('Noted'), { note: 'look again' }, 'owner');
    const parts = retentionStore(target);
    const late = idOf('Right now');
    const racing: RetentionStore = {
      ...parts,
      async deleteTraces(ids, guard) {
        await target.writer.writes.setReview(late, { label: 'accepted' }, 'owner');
        return parts.deleteTraces(ids, guard);
      },
    };
    const report = await runRetention(rules({ max_age_days: 30 }), racing, { dryRun: false, now }, control);
    expect(report).toMatchObject({ traces: 1, exchanges: 4, kept_labelled: 3 });
    expect(titles(target)).toEqual(['Labelled', 'Noted', 'Right now']);
    const all = rules({ max_age_days: 30, keep_labelled: false });
    expect(await runRetention(all, parts, { dryRun: false, now }, control)).toMatchObject({ traces: 3 });
  });

  it('deletes records of old jobs, but those of exports and what still waits', async () => {
    const target = store();
    let number = 0;
    const job = (kind: string, state: string, days: number) =>
      target.writer.writes.saveJob({
        job_id: testId(7, number++),
        kind,
        state,
        created_at: new Date((now - days * day) / 1000).toISOString(),
      } as never);
    await job('import', 'done', 40);
    await job('export', 'done', 40);
    await job('import', 'queued', 41);
    await job('import', 'failed', 3);
    const parts = retentionStore(target);
    const wanted = rules({ max_age_days: 30 });
    expect((await runRetention(wanted, parts, { dryRun: true, now }, control)).jobs).toBe(1);
    expect((await runRetention(wanted, parts, { dryRun: false, now }, control)).jobs).toBe(1);
    expect(target.reader.jobs(null, 50).items.map(({ kind, state }) => `${kind} ${state}`)).toHaveLength(3);
  });
});

describe('retention by size', () => {
  it('deletes the oldest until it fits, and gives the space back', async () => {
    const target = store();
    for (let index = 0; index < 24; index++) {
      agentRun(target, { ask: `Errand ${index}: ${words(300)}`, turns: 1, ...at(24 - index) });
    }
    const used = target.reader.retention.use();
    const held = used.bytes - used.free_bytes;
    const limit = Math.round(held / 2);
    const parts = retentionStore(target);
    const wanted = rules({ max_bytes: limit });
    const dry = await runRetention(wanted, parts, { dryRun: true, now }, control);
    expect(dry.by_size).toBeGreaterThan(6);
    expect(dry.by_size).toBeLessThan(18);
    const report = await runRetention(wanted, parts, { dryRun: false, now }, control);
    expect(report).toMatchObject({ within_size: true, space: 'returned', by_age: 0 });
    expect(report.bytes_after).toBeLessThanOrEqual(limit);
    // No more than needed went: one more would still have fitted by far otherwise.
    expect(report.bytes_after).toBeGreaterThan(limit - (held / 24) * 4);
    const left = target.reader.traces(list).items;
    expect(left).toHaveLength(24 - report.by_size);
    expect(left.every(({ title }) => Number(/Errand (\d+)/.exec(title)?.[1]) >= report.by_size)).toBe(true);
    const after = target.reader.retention.use();
    expect(after.bytes).toBeLessThan(used.bytes * 0.7);
    expect(target.integrity()).toBe('ok');
  });

  it('leaves what still runs, and says that it does not fit', async () => {
    const target = store();
    agentRun(target, { ask: 'Kept by its label', turns: 1, ...at(3) });
    await target.writer.writes.setReview(target.reader.traces(list).items[0]?.trace_id ?? '', { rating: 5 }, 'owner');
    const running = agentRun(target, { ask: 'At work', turns: 2, clock: { now: now - 120e6 } });
    target.take(
      running.user('And the next?').call({ text: '', toolCalls: [{ name: 'search', arguments: { term: 'x' } }] }),
    );
    const report = await runRetention(rules({ max_bytes: 1 }), retentionStore(target), { dryRun: false, now }, control);
    expect(report).toMatchObject({ traces: 0, within_size: false });
    expect(titles(target)).toEqual(['At work', 'Kept by its label']);
    // An hour later it is no longer taken to be at work.
    const later = { dryRun: false, now: now + 2 * 3600e6 };
    await runRetention(rules({ max_bytes: 1 }), retentionStore(target), later, control);
    expect(titles(target)).toEqual(['Kept by its label']);
  });
});

describe('a retention that is cancelled', () => {
  it('stops after a transaction, and what is left is whole', async () => {
    const target = store();
    for (let index = 0; index < 25; index++) agentRun(target, { ask: `Errand ${index}`, turns: 0, ...at(40 + index) });
    const abort = new AbortController();
    const asked: string[] = [];
    const cancelled = runRetention(
      rules({ max_age_days: 30 }),
      retentionStore(target, asked),
      { dryRun: false, now },
      jobControl({ signal: abort.signal, progress: () => abort.abort() }),
    );
    await expect(cancelled).rejects.toMatchObject({ code: 'job_cancelled' });
    expect(asked.filter((name) => name === 'traces')).toHaveLength(2);
    expect(target.reader.traces(list).items).toHaveLength(5);
    expect(target.integrity()).toBe('ok');
  });

  it('and goes on from its checkpoint, counts what was deleted before too', async () => {
    const target = store();
    for (let index = 0; index < 25; index++) agentRun(target, { ask: `Errand ${index}`, turns: 0, ...at(40 + index) });
    const wanted = rules({ max_age_days: 30 });
    const whole = await runRetention(wanted, retentionStore(target), { dryRun: true, now }, control);
    let checkpoint: JobControl['resumed'] = null;
    const crash = new Error('the thread is gone');
    const checkpointed = jobControl({
      async checkpoint(state) {
        checkpoint = JSON.parse(JSON.stringify(state));
      },
      progress() {
        if (target.reader.traces(list).items.length <= 5) throw crash;
      },
    });
    const order = { dryRun: false, now };
    await expect(runRetention(wanted, retentionStore(target), order, checkpointed)).rejects.toBe(crash);
    const resumed = jobControl({ resumed: checkpoint });
    const report = await runRetention(wanted, retentionStore(target), order, resumed);
    expect(report).toMatchObject({
      traces: 25,
      by_age: 25,
      exchanges: whole.exchanges,
      bytes_before: whole.bytes_before,
    });
    expect(target.reader.traces(list).items).toEqual([]);
  });
});

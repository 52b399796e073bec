import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readsOf } from '../../../../src/main/engine/reading/reads.js';
import { bulkReviewKind } from '../../../../src/main/review/index.js';
import { uuidv7 } from '../../../../src/shared/ids.js';
import { type QueueItem, type QueueSettings, queueSettingsSchema } from '../../../../src/shared/model/index.js';
import type { ReviewChange } from '../../../../src/shared/review-change.js';
import { agentRun, store, type TestStore } from '../support.js';

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const list = { query: '', limit: 50, cursor: null };
const later = (minutes: number) => vi.setSystemTime(Date.now() + minutes * 60_000);

/** A queue over so many runs, and what a reviewer does with it. */
async function queueOf(runs: number, settings: Partial<QueueSettings> = {}) {
  const target: TestStore = store();
  for (let run = 0; run < runs; run++) {
    agentRun(target, {
      ask: `Errand number ${run}`,
      turns: 1,
      clock: { now: 1_790_000_000_000_000 + run * 3_600_000_000 },
    });
  }
  const ids = target.reader
    .traces(list)
    .items.map(({ trace_id }) => trace_id)
    .reverse();
  const { reader } = target;
  const { writes } = target.writer;
  await writes.createQueue('q', queueSettingsSchema.parse(settings), 'owner');
  async function next(reviewer: string, otherThan: string | null = null): Promise<QueueItem | null> {
    const found = reader.queueNext('q', reviewer, otherThan);
    return found?.candidates.length ? writes.assignItem('q', found.candidates, reviewer) : null;
  }
  const submit = (
    item: QueueItem | null,
    reviewer: string,
    label: 'accepted' | 'rejected' = 'accepted',
    spent = 1000,
  ) => writes.submitItem('q', item?.item_id ?? '', { label }, spent, reviewer);
  return { ...target, ids, writes, next, submit, place: (item: QueueItem | null) => ids.indexOf(item?.trace_id ?? '') };
}

describe('a queue', () => {
  it('gives each item to one reviewer, theirs again until it is decided, and others when the lease ends', async () => {
    const { next, submit, place, reader } = await queueOf(3, { lease_minutes: 30 });
    const first = await next('ann');
    expect((await next('ann'))?.item_id).toBe(first?.item_id);
    const second = await next('ben');
    expect([place(first), place(second)]).toEqual([2, 1]);
    expect(place(await next('ann', first?.item_id))).toBe(0);
    await expect(submit(first, 'ben')).rejects.toMatchObject({ code: 'item_taken' });
    expect(await next('cleo')).toBeNull();
    later(31);
    expect(place(await next('cleo'))).toBe(2);
    await expect(submit(first, 'ann')).rejects.toMatchObject({ code: 'item_taken' });
    expect(reader.queueProgress('q')).toMatchObject({ done: 0, assigned: 3 });
  });

  it.each([
    ['oldest', [0, 1, 2, 3]],
    ['newest', [3, 2, 1, 0]],
    ['score.pace', [2, 0, 3, 1]],
    ['-score.pace', [0, 2, 3, 1]],
  ])('goes by %s', async (order, expected) => {
    const { next, submit, place, ids, writes } = await queueOf(4, { order });
    const score = (run: number, value: number) =>
      writes.addScore(ids[run] as string, {
        score_id: `01940000-0000-7000-8000-00000000000${run}`,
        kind: 'rule',
        name: 'pace',
        value,
        created_at: '2026-11-21T00:00:00Z',
      });
    await score(2, 0.1);
    await score(0, 0.9);
    const given: number[] = [];
    for (let item = await next('ann'); item !== null; item = await next('ann')) {
      given.push(place(item));
      await submit(item, 'ann');
    }
    expect(given).toEqual(expected);
  });

  it('at random goes by its seed, in the same order each time', async () => {
    const orders: string[] = [];
    for (const seed of [1, 1, 2]) {
      const { next, submit, place } = await queueOf(12, { order: 'random', seed });
      const given: number[] = [];
      for (let item = await next('ann'); item !== null; item = await next('ann')) {
        given.push(place(item));
        await submit(item, 'ann');
      }
      orders.push(given.join());
      expect(new Set(given).size).toBe(12);
    }
    expect(orders[0]).toBe(orders[1]);
    expect(orders[2]).not.toBe(orders[0]);
  });

  it('ends at its goal, is for its reviewers alone, and leaves what is skipped to others', async () => {
    const { next, submit, writes, reader } = await queueOf(5, { goal: 2, reviewers: ['ann', 'ben'] });
    await expect(next('cleo')).rejects.toMatchObject({ code: 'forbidden' });
    const skipped = await next('ann');
    await writes.skipItem('q', skipped?.item_id ?? '', 500, 'ann');
    await submit(await next('ann'), 'ann');
    expect((await next('ben'))?.trace_id).toBe(skipped?.trace_id);
    await submit(await next('ben'), 'ben', 'rejected', 3000);
    expect(reader.queueNext('q', 'ann', null)).toEqual({ candidates: [], reason: 'goal_reached' });
    expect(reader.queueProgress('q')).toMatchObject({
      done: 2,
      goal: 2,
      median_ms: 2000,
      reviewers: [
        { reviewer: 'ann', done: 1, accepted: 1, median_ms: 1000 },
        { reviewer: 'ben', done: 1, rejected: 1, median_ms: 3000 },
      ],
    });
  });

  it('makes a decision the trace’s review, and takes it back with the submit', async () => {
    const { next, submit, writes, reader, ids } = await queueOf(1);
    const item = await next('ann');
    expect(await submit(item, 'ann')).toMatchObject({ state: 'submitted', decision: { label: 'accepted' } });
    expect(reader.review(ids[0] as string)).toMatchObject({ label: 'accepted', reviewer: 'ann' });
    await writes.undoReview('ann');
    expect(reader.review(ids[0] as string)).toBeNull();
    expect(reader.queueItems({ name: 'q', viewer: 'ann' }, null, 10).items).toMatchObject([{ state: 'assigned' }]);
    expect((await next('ann'))?.item_id).toBe(item?.item_id);
    await writes.undoReview('owner');
    expect(reader.queue('q')).toBeNull();
    await writes.redoReview('owner');
    await writes.redoReview('ann');
    expect(reader.queueProgress('q')).toMatchObject({ done: 1 });
    await writes.reopenItem('q', item?.item_id ?? '', 'ann');
    expect(reader.queueProgress('q')).toMatchObject({ done: 0, assigned: 1 });
  });

  it('has a second reviewer decide without seeing the first; what both say is the review, else nobody’s', async () => {
    const { next, submit, writes, reader, place, ids } = await queueOf(2, { second_review: 1, order: 'oldest' });
    const both = [await next('ann'), null];
    await submit(both[0] ?? null, 'ann');
    const second = await next('ann');
    await submit(second, 'ann', 'rejected');
    expect(reader.traces({ ...list, query: 'is:reviewed' }).items).toEqual([]);
    const seen = reader.queueItems({ name: 'q', viewer: 'ben' }, null, 10).items;
    expect(seen.map(({ decision, hidden, held }) => [decision, hidden, held])).toEqual(
      Array(2).fill([null, true, true]),
    );
    expect(reader.queueItems({ name: 'q', viewer: 'ann' }, null, 10).items[0]?.decision).toMatchObject({
      label: 'rejected',
    });
    const third = await next('ben');
    expect(third).toMatchObject({ pass: 'second', blind: true });
    expect(place(third)).toBe(0);
    expect(reader.blindFor(third?.trace_id ?? '', 'ben')).toBe(true);
    expect([reader.blindTraces('ben'), reader.blindTraces('ann')]).toEqual([[third?.trace_id], []]);
    await writes.setReview(third?.trace_id ?? '', { label: 'accepted', note: 'said by ann' }, 'ann');
    const reads = readsOf(reader);
    const told = async (viewer: string) => {
      const answers = [
        await reads.traces({ ...list, viewer }),
        await reads.traceTree(third?.trace_id ?? '', viewer),
        await reads.labelLines('', viewer, null, 50),
        Buffer.from((await reads.traceJson(third?.trace_id ?? '', viewer)) ?? []).toString(),
      ];
      return answers.map((answer) => JSON.stringify(answer).includes('said by ann'));
    };
    expect([await told('ben'), await told('ann')]).toEqual([Array(4).fill(false), Array(4).fill(true)]);
    await writes.undoReview('ann');
    await submit(third, 'ben');
    expect(reader.review(ids[0] as string)).toMatchObject({ label: 'accepted', reviewer: 'ann' });
    await submit(await next('ben'), 'ben');
    expect(reader.review(ids[1] as string)).toBeNull();
    expect(reader.queueProgress('q')).toMatchObject({ disputed: 1, second: { due: 0, done: 2 } });
    expect(reader.queueItems({ name: 'q', state: 'disputed', viewer: 'cleo' }, null, 10).items).toHaveLength(2);
    await writes.undoReview('ben');
    expect(reader.queueProgress('q')).toMatchObject({ disputed: 0, second: { due: 1, done: 1 } });
    await writes.changeQueue('q', { second_review: 0 }, 'owner');
    expect(reader.review(ids[1] as string)).toMatchObject({ label: 'rejected', reviewer: 'ann' });
    await writes.undoReview('owner');
    expect(reader.review(ids[1] as string)).toBeNull();
  });

  it('is disputed no more once somebody says by hand what holds, with the same label too, and again when that is undone', async () => {
    const { next, submit, writes, reader, ids } = await queueOf(2, { second_review: 1 });
    for (const label of ['accepted', 'rejected'] as const) await submit(await next('ann'), 'ann', label);
    for (const label of ['rejected', 'accepted'] as const) await submit(await next('ben'), 'ben', label);
    const disputed = () =>
      reader
        .queueItems({ name: 'q', state: 'disputed', viewer: 'cleo' }, null, 10)
        .items.map(({ trace_id }) => trace_id);
    const [one, two] = ids as [string, string];
    expect(new Set(disputed())).toEqual(new Set([one, two]));
    await writes.setReview(one, { tags: ['looked at'] }, 'cleo');
    expect(disputed()).toHaveLength(4);
    await writes.setReview(one, { label: 'accepted' }, 'cleo');
    expect(new Set(disputed())).toEqual(new Set([two]));
    await writes.setReviews([two], { label: 'rejected' }, { reviewer: 'cleo', bulk: one });
    expect(reader.queueProgress('q')).toMatchObject({ disputed: 0, done: 2 });
    // What both decided is shown to everybody still.
    const shown = reader.queueItems({ name: 'q', viewer: 'cleo' }, null, 10).items;
    expect(shown.every(({ hidden, decision }) => !hidden && decision !== null)).toBe(true);
    await writes.undoReview('cleo');
    expect(new Set(disputed())).toEqual(new Set([two]));
    await writes.undoReview('cleo');
    expect(disputed()).toHaveLength(4);
  });

  it('is blind for its second reviewer in the whole trace too, until they have decided', async () => {
    const { next, submit, writes, reader, ids } = await queueOf(1, { second_review: 1 });
    const id = ids[0] as string;
    await writes.setReview(id, { label: 'rejected', note: 'seen before' }, 'owner');
    await submit(await next('ann'), 'ann');
    const second = await next('ben');
    const reads = readsOf(reader);
    const reviewFor = async (reviewer: string) =>
      JSON.parse(Buffer.from((await reads.traceJson(id, reviewer)) ?? []).toString()).review;
    expect(await reviewFor('ben')).toBeNull();
    expect(await reviewFor('ann')).toMatchObject({ note: 'seen before' });
    await submit(second, 'ben');
    expect(await reviewFor('ben')).toMatchObject({ note: 'seen before' });
  });

  it('is found by nothing that was said of it, nor by the lack of it, while its second reviewer is to judge it', async () => {
    const { next, submit, writes, reader, ids } = await queueOf(3, { second_review: 1 });
    for (const id of ids) await writes.setReview(id, { label: 'accepted', tags: ['tides'], rating: 4 }, 'owner');
    for (const _ of ids) await submit(await next('ann'), 'ann');
    const second = await next('ben');
    const blind = second?.trace_id as string;
    const reads = readsOf(reader);
    const itemsOf = (page: unknown) => (page as { items: { trace_id: string }[] }).items;
    const seenBy = async (viewer: string, query: string) => {
      const found = new Set(itemsOf(await reads.traces({ ...list, query, viewer })).map(({ trace_id }) => trace_id));
      expect(await reads.countTraces(query, viewer)).toBe(found.size);
      expect(await reads.countTraces(query, viewer, [blind])).toBe(found.has(blind) ? 1 : 0);
      const others = [
        ...itemsOf(await reads.toolCalls({ ...list, query, viewer })),
        ...itemsOf(await reads.reviewsOf({ ...list, query, viewer })),
      ];
      expect(new Set(others.map(({ trace_id }) => trace_id))).toEqual(found);
      return found;
    };
    const asking = ['label:accepted', 'tag:TID*', 'rating:3..5', 'reviewer:owner', 'is:accepted', '-label:rejected'];
    for (const query of [...asking, 'tool:search OR (kind:agent -is:reviewed)']) {
      expect(await seenBy('ann', query)).toEqual(new Set(ids));
      expect(await seenBy('ben', query)).toEqual(new Set(ids.filter((id) => id !== blind)));
    }
    for (const query of ['', 'tool:search', 'errand']) expect(await seenBy('ben', query)).toEqual(new Set(ids));
    const pages: string[][] = [];
    for (let cursor: string | null = null, page = 0; page === 0 || cursor !== null; page += 1) {
      const read = await reads.traces({ query: 'label:accepted', limit: 1, cursor, viewer: 'ben' });
      pages.push(itemsOf(read).map(({ trace_id }) => trace_id));
      cursor = (read as { next_cursor: string | null }).next_cursor;
    }
    expect(pages.map(({ length }) => length)).toEqual([1, 1]);
    const tags = (viewer: string) => reads.fieldValues('traces', 'tag', '', 5, viewer);
    expect([await tags('ann'), await tags('ben')]).toEqual([3, 2].map((count) => [{ value: 'tides', count }]));
    expect(JSON.stringify(await reads.labelLines('label:accepted', 'ben', null, 50))).not.toContain(blind);
    await submit(second, 'ben');
    expect(await seenBy('ben', 'label:accepted')).toEqual(new Set(ids));
  });

  it('is left out of a change of many by its second reviewer: neither counts nor samples tell what was said of it', async () => {
    const { next, submit, writes, reader, ids } = await queueOf(3, { second_review: 1 });
    for (const _ of ids) await submit(await next('ann'), 'ann');
    const blind = (await next('ben'))?.trace_id as string;
    const run = async (reviewer: string, query: string, dry_run: boolean) => {
      const actor = { kind: 'token' as const, token_id: 'x' };
      const params = { query, change: { label: 'accepted' as const }, dry_run, reviewer, bulk: uuidv7(), actor };
      const control = {
        job_id: null,
        signal: new AbortController().signal,
        resumed: null,
        progress: () => undefined,
        log: () => undefined,
        checkpoint: async () => undefined,
      };
      const reviewing = {
        set: (traceIds: string[], change: ReviewChange, by: { reviewer: string; bulk: string }) =>
          writes.setReviews(traceIds, change, by),
        changed: async () => undefined,
      };
      return bulkReviewKind.run(params, control, { reader, reviewing });
    };
    for (const label of ['accepted', 'rejected'] as const) {
      for (const id of ids) await writes.setReview(id, { label, note: `said ${label}` }, 'owner');
      const told = [];
      for (const query of ['', 'errand', 'label:accepted', '-label:accepted', 'is:rejected'])
        told.push(await run('ben', query, true));
      const others = label === 'rejected' ? 2 : 0;
      expect(told.map(({ traces, changed, left_blind }) => [traces, changed, left_blind])).toEqual([
        [2, others, 1],
        [2, others, 1],
        [2 - others, 0, 1],
        [others, others, 1],
        [others, others, 1],
      ]);
      expect(JSON.stringify(told)).not.toContain(blind);
      expect(await run('ann', '', true)).toMatchObject({
        traces: 3,
        changed: label === 'rejected' ? 3 : 0,
        left_blind: 0,
      });
    }
    expect(await run('ben', '', false)).toMatchObject({ traces: 2, changed: 2, left_blind: 1 });
    expect(ids.map((id) => reader.review(id)?.label)).toEqual(
      ids.map((id) => (id === blind ? 'rejected' : 'accepted')),
    );
  });

  it('keeps what is said of an item and not submitted, for its reviewer alone', async () => {
    const { next, submit, writes, reader } = await queueOf(2, { lease_minutes: 30 });
    const item = (await next('ann')) as QueueItem;
    const draft = { label: 'rejected' as const, rating: 2, tags: ['quay'], note: 'Half of i' };
    await writes.keepDraft('q', item.item_id, draft, 'ann');
    const seen = (viewer: string) => reader.queueItems({ name: 'q', viewer }, null, 10).items[0]?.draft;
    expect([seen('ann'), seen('ben')]).toEqual([draft, null]);
    expect((await next('ann'))?.draft).toEqual(draft);
    expect(reader.reviewActs('ann', null, 10).items).toEqual([]);
    await expect(writes.keepDraft('q', item.item_id, draft, 'ben')).rejects.toMatchObject({ code: 'item_taken' });
    // Submitted it is no draft; taken back it is as it was submitted.
    await submit(item, 'ann');
    expect(seen('ann')).toBeNull();
    await expect(writes.keepDraft('q', item.item_id, draft, 'ann')).rejects.toMatchObject({ code: 'item_taken' });
    await writes.undoReview('ann');
    expect(seen('ann')).toMatchObject({ label: 'accepted' });
    // Nobody takes over what another never submitted.
    later(31);
    expect(await next('ben')).toMatchObject({ draft: null });
    expect(await next('ben', item.item_id)).toMatchObject({ draft: null });
    expect(seen('ann')).toBeNull();
  });

  it('settles a first decision that was opened again after the second', async () => {
    const { next, submit, writes, reader, ids } = await queueOf(1, { second_review: 1, lease_minutes: 30 });
    const trace = ids[0] as string;
    const progress = () => reader.queueProgress('q');
    const first = await next('ann');
    await submit(first, 'ann', 'rejected');
    const second = await next('ben');
    await submit(second, 'ben');
    expect(progress()).toMatchObject({ disputed: 1 });

    await writes.reopenItem('q', first?.item_id ?? '', 'ann');
    expect(progress()).toMatchObject({ disputed: 0 });
    await submit(first, 'ann', 'accepted');
    expect(progress()).toMatchObject({ disputed: 0, done: 1 });
    expect(reader.review(trace)).toMatchObject({ label: 'accepted', reviewer: 'ann' });
    await writes.undoReview('ann');
    expect(reader.review(trace)).toBeNull();
    await writes.redoReview('ann');

    await writes.reopenItem('q', first?.item_id ?? '', 'ann');
    await submit(first, 'ann', 'rejected');
    expect(progress()).toMatchObject({ disputed: 1 });
    // Nothing that is disputed replaces what both said.
    expect(reader.review(trace)).toMatchObject({ label: 'accepted' });

    await writes.reopenItem('q', first?.item_id ?? '', 'ann');
    later(31);
    // Who said the second word does not say the first too.
    expect(await next('ben')).toBeNull();
    await submit(await next('cleo'), 'cleo');
    expect(progress()).toMatchObject({ disputed: 0 });
    expect(reader.review(trace)).toMatchObject({ label: 'accepted', reviewer: 'cleo' });
  });

  it('settles with a second decision that came while the first was open again', async () => {
    const { next, submit, writes, reader, ids } = await queueOf(1, { second_review: 1 });
    const first = await next('ann');
    await submit(first, 'ann', 'rejected');
    const second = await next('ben');
    await writes.reopenItem('q', first?.item_id ?? '', 'ann');
    await submit(second, 'ben', 'rejected');
    expect(reader.review(ids[0] as string)).toBeNull();
    await submit(first, 'ann', 'rejected');
    expect(reader.review(ids[0] as string)).toMatchObject({ label: 'rejected', reviewer: 'ann' });
    expect(reader.queueProgress('q')).toMatchObject({ disputed: 0, second: { due: 0, done: 1 } });
  });

  it('shows a reviewer their own items again, and keeps that from the review', async () => {
    const { next, submit, reader, ids } = await queueOf(3, { self_repeat: 1 });
    for (let item = 0; item < 3; item++) await submit(await next('ann'), 'ann');
    const again = await next('ann');
    expect(again).toMatchObject({ pass: 'repeat', blind: true });
    expect(reader.queueItems({ name: 'q', viewer: 'ann' }, null, 10).items.filter(({ hidden }) => hidden)).toHaveLength(
      1,
    );
    await submit(again, 'ann', 'rejected');
    expect(reader.review(ids.find((id) => id === again?.trace_id) ?? '')).toMatchObject({ label: 'accepted' });
    const { rows } = reader.judgements('q', 'label');
    expect(rows.filter(({ again: repeated }) => repeated)).toMatchObject([{ reviewer: 'ann', value: 'rejected' }]);
    const of = (traceIds: string[]) => reader.judgements(null, 'label', traceIds).rows;
    expect(of([again?.trace_id ?? ''])).toHaveLength(2);
    expect([of(ids).length, of([]).length, of(['nothing']).length]).toEqual([4, 0, 0]);
  });

  it('refuses a second of its name, a query that does not parse, and a name that is not there', async () => {
    const { writes } = await queueOf(0);
    const settings = queueSettingsSchema.parse({});
    await expect(writes.createQueue('q', settings, 'ann')).rejects.toMatchObject({ code: 'queue_exists' });
    await expect(writes.createQueue('r', { ...settings, query: 'nope:1' }, 'ann')).rejects.toMatchObject({
      code: 'query_invalid',
    });
    await expect(writes.changeQueue('r', {}, 'ann')).rejects.toMatchObject({ code: 'not_found' });
    expect(await writes.deleteQueue('q', 'ann')).toBe(true);
    expect(await writes.deleteQueue('q', 'ann')).toBe(false);
    await writes.createQueue('q', settings, 'ben');
    // Its name is another's now.
    expect(await writes.undoReview('ann')).toMatchObject({ changed: 0, skipped: 1 });
  });
});

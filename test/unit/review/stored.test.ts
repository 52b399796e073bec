import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { personsText } from '../../../src/main/assemble/index.js';
import { splitter } from '../../../src/main/dataset/split.js';
import { silent } from '../../../src/main/ground/job-kind.js';
import {
  dedupeKind,
  hashKey,
  type NearKeeping,
  type NearTools,
  type QualityStore,
  qualityKind,
  qualityVersion,
  splitGroups,
} from '../../../src/main/review/index.js';
import { agentRun, store, type TestStore } from '../store/support.js';

const key = hashKey(new Uint8Array(32).fill(9));
const everything = { query: '', limit: 200, cursor: null };

function tools(target: TestStore) {
  const { reader, writer } = target;
  const near: NearTools = {
    source: { trace: (id) => reader.trace(id), near: reader.near },
    key,
    personsWords: personsText,
  };
  const nearKeeping: NearKeeping = {
    sign: writer.writes.signNear,
    clusters: { memberships: (level) => reader.near.memberships(level), change: writer.writes.clusterNear },
  };
  const quality: QualityStore = {
    changed: (version, after) => reader.quality.changed(version, after),
    all: () => reader.quality.all(),
    save: writer.writes.saveQuality,
  };
  return { near, nearKeeping, quality };
}

const score = (target: TestStore, control: Partial<typeof silent> = {}, all = false) =>
  qualityKind.run({ query: '', all }, { ...silent, ...control }, tools(target));
const dedupe = (target: TestStore, query = '') =>
  dedupeKind.run({ query, level: 'trajectory', threshold: 0.72 }, silent, tools(target));
const ids = (target: TestStore, query: string) =>
  target.reader.traces({ ...everything, query }).items.map((each) => each.trace_id);

const asks = [
  'Find the lighthouse on the northern cape and say which of the two keepers has the key to it',
  'Count the ferries that leave from quay four before noon and write the number into the ledger',
  'Explain to a child how the tide comes about and why it is higher when the moon is new',
];
/** Three tasks, each run so often; runs of one task are near-duplicates. */
function filled(times: number): TestStore {
  const target = store();
  for (let run = 0; run < times; run++) for (const ask of asks) agentRun(target, { ask, turns: 2 });
  return target;
}
const rows = (target: TestStore) =>
  target
    .table('near_members')
    .map((row) => JSON.stringify(row))
    .sort();

describe('scores and near-duplicates in a store', () => {
  it('scores each trace once, leaves its revision alone, and finds it by score and as a duplicate', async () => {
    const target = filled(2);
    const before = target.reader.traces(everything).items.map(({ revision }) => revision);
    expect(await score(target)).toMatchObject({ traces: 6, scored: 6 });
    expect(await score(target)).toMatchObject({ traces: 6, scored: 0 });
    expect(target.reader.traces(everything).items.map(({ revision }) => revision)).toEqual(before);
    expect(ids(target, 'score.completeness>=0.5')).toHaveLength(6);
    expect(ids(target, 'score.quality_score<0')).toHaveLength(0);
    const duplicates = ids(target, 'is:duplicate');
    expect(duplicates).toHaveLength(3);
    const kept = ids(target, '-is:duplicate');
    expect(kept.flatMap((id) => ids(target, `duplicate_of:${id}`)).sort()).toEqual([...duplicates].sort());
    expect(ids(target, 'duplicate_of:none').sort()).toEqual([...kept].sort());
    expect(target.reader.toolCalls({ ...everything, query: 'is:duplicate' }).items).toHaveLength(6);
    expect(target.reader.toolCalls({ ...everything, query: `duplicate_of:${kept[0]}` }).items).toHaveLength(2);
    const clusters = target.reader.nearClusters('trajectory', null, 2);
    expect(clusters.items.map(({ members }) => members)).toEqual([2, 2]);
    expect(target.reader.nearClusters('trajectory', clusters.next_cursor, 2).items).toHaveLength(1);
    const members = target.reader.nearMembers(clusters.items[0]?.cluster_id ?? '', null, 50);
    expect(members?.items.map(({ kept: is }) => is)).toEqual([true, false]);
    expect(target.reader.nearMembers('trajectory.nothing.0', null, 50)).toBe(null);
  });

  it('keeps the field of work with its evidence; a tag corrects it at once, and its undo gives it back', async () => {
    const target = filled(1);
    agentRun(target, {
      ask: 'Does the plaintiff have a claim under this statute? Cite the court, the attorney and the litigation record.',
      turns: 1,
    });
    const newest = ids(target, '')[0] as string;
    expect(ids(target, 'domain:legal')).toEqual([]);
    await score(target);
    expect(ids(target, 'domain:legal')).toEqual([newest]);
    const of = () => target.reader.traceQuality(newest, qualityVersion)?.domain;
    expect(of()).toMatchObject({ domain: 'legal', evidence: expect.arrayContaining(['word plaintiff']) });
    expect(target.reader.quality.domain(newest)).toBe('legal');

    const { writes } = target.writer;
    await writes.setReview(newest, { tags: ['domain:Finance', 'odd'] }, 'ann');
    expect([ids(target, 'domain:legal'), ids(target, 'domain:finance')]).toEqual([[], [newest]]);
    expect(of()).toEqual({ domain: 'finance', evidence: ['said by a person'] });
    await score(target);
    expect(ids(target, 'domain:finance')).toEqual([newest]);
    await writes.undoReview('ann');
    await score(target);
    expect([ids(target, 'domain:legal'), ids(target, 'domain:finance')]).toEqual([[newest], []]);
    expect(of()?.domain).toBe('legal');
  });

  it('replaces scores and reasons when a review or a score of others comes, and says what is stale', async () => {
    const target = filled(1);
    await score(target);
    const [id] = ids(target, '') as [string];
    const of = () => target.reader.traceQuality(id, qualityVersion);
    expect(of()?.scores.find(({ name }) => name === 'user_satisfaction')).toMatchObject({
      value: null,
      reason: expect.any(String),
    });
    await target.writer.writes.setReview(id, { label: 'rejected' }, 'owner');
    expect(of()).toMatchObject({ stale: true, human_validated: false });
    expect(await score(target)).toMatchObject({ scored: 1 });
    expect(of()).toMatchObject({ stale: false, training_weight: 0 });
    const { quality_score } = of() ?? {};
    expect(target.reader.qualityValues([id, 'none'])).toEqual([{ trace_id: id, quality_score, training_weight: 0 }]);
    const names = target.reader.trace(id)?.scores.map(({ name }) => name) ?? [];
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('user_satisfaction');
    const judged = { score_id: '01940000-0000-7000-8000-000000000001', kind: 'human', name: 'mine', value: 1 } as const;
    await target.writer.writes.addScore(id, { ...judged, created_at: '2026-11-21T09:00:00Z' });
    expect(of()?.stale).toBe(true);
    expect(await score(target)).toMatchObject({ scored: 1 });
  });

  it('comes to the same in steps as at once', async () => {
    const steps = filled(1);
    await score(steps);
    await dedupe(steps);
    for (const ask of asks) agentRun(steps, { ask, turns: 2 });
    await dedupe(steps);
    await score(steps);
    const once = store();
    for (let run = 0; run < 2; run++) for (const ask of asks) agentRun(once, { ask, turns: 2 });
    await score(once);
    expect(await dedupe(once)).toMatchObject({ documents: 6, clusters: 3, duplicates: 3 });
    const shape = (target: TestStore) => rows(target).length;
    expect(shape(steps)).toBe(shape(once));
    const kept = rows(steps);
    await score(steps, {}, true);
    await dedupe(steps);
    expect(rows(steps)).toEqual(kept);
  });

  it('goes on where it was cut off', async () => {
    const target = filled(2);
    const stop = new AbortController();
    let reached: unknown = null;
    const cut = score(target, {
      signal: stop.signal,
      async checkpoint(state) {
        reached = state;
        if ('trace_id' in (state as object)) stop.abort(new Error('cut off'));
      },
    });
    await expect(cut).rejects.toThrow('cut off');
    await score(target, { resumed: reached as never });
    const whole = filled(2);
    await score(whole);
    const means = async (of: TestStore) => (await score(of)).means;
    expect(await means(target)).toEqual(await means(whole));
    expect(rows(target)).toHaveLength(rows(whole).length);
  });

  it('forgets a trace that is deleted', async () => {
    const target = filled(2);
    await score(target);
    const [id] = ids(target, 'is:duplicate') as [string];
    const count = target.table('near_documents').length;
    await target.writer.writes.deleteTrace(id);
    expect(target.table('near_documents')).toHaveLength(count - 2);
    expect(target.reader.traceQuality(id, qualityVersion)).toBe(null);
    expect(target.reader.qualityValues([id])).toEqual([]);
    await score(target);
    expect(ids(target, 'is:duplicate')).toHaveLength(2);
  });
});

describe('splits', () => {
  it('put no cluster, session or repository on two sides', async () => {
    const target = store();
    for (let run = 0; run < 12; run++) {
      const ask = `${asks[run % 3]}${run < 6 ? '' : `, and tell ${'abcdef'[run - 6]} of it in its own words, as the harbour has ever done it since nineteen hundred`}`;
      agentRun(target, { ask, turns: 1, ...(run % 4 === 0 ? { session: `shift ${run % 8}` } : {}) });
    }
    const { near } = tools(target);
    const source = { ...near.source, near: target.reader.near };
    const groups = await splitGroups({ ...near, source }, { query: '' }, { pause: async () => {} });
    await score(target);
    const memberships = [...target.reader.near.memberships('task'), ...target.reader.near.memberships('trajectory')];
    expect(memberships.length).toBeGreaterThan(0);
    const all = target.reader.traces(everything).items;
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const split = splitter({ train: 0.5, validation: 0.2, test: 0.3 }, seed);
        const side = (id: string) => split.of(groups.of(id));
        for (const { trace_id, kept_trace_id } of memberships) expect(side(trace_id)).toBe(side(kept_trace_id));
        const sessions = new Map<string, string>();
        for (const { trace_id, source: from } of all) {
          if (from.session === undefined) continue;
          expect(side(trace_id)).toBe(sessions.get(from.session) ?? side(trace_id));
          sessions.set(from.session, side(trace_id));
        }
      }),
      { numRuns: 50 },
    );
    // As stored signatures give it, so without them.
    const again = await splitGroups({ ...near, source }, { query: '' }, { pause: async () => {} });
    for (const { trace_id } of all) expect(again.of(trace_id)).toBe(groups.of(trace_id));
  });

  it('hold what was compared together, and what is near either of the two', async () => {
    const target = store();
    for (const ask of asks.slice(0, 2)) for (let run = 0; run < 2; run++) agentRun(target, { ask, turns: 1 });
    const near = { ...tools(target).near, source: { ...tools(target).near.source, near: target.reader.near } };
    const control = { pause: async () => {} };
    const before = await splitGroups(near, { query: '' }, control);
    const [first, second] = Object.values(
      Object.groupBy(
        target.reader.traces(everything).items.map(({ trace_id }) => trace_id),
        before.of,
      ),
    ) as [string[], string[]];
    expect([first, second].map(({ length }) => length)).toEqual([2, 2]);
    const [one, oneAgain, two, twoAgain] = [...first, ...second] as [string, string, string, string];
    await target.writer.writes.compare(
      { trace_id: one, call_id: null },
      { trace_id: two, call_id: null },
      'a',
      '',
      'ann',
    );
    // The other of the two is not wanted itself: what is near it stands with the pair all the same.
    const groups = await splitGroups(near, { query: '', trace_ids: [one, oneAgain, twoAgain] }, control);
    expect(new Set([one, oneAgain, two, twoAgain].map(groups.of)).size).toBe(1);
  });

  it('hold a repository together, in whichever form its address is given', async () => {
    const target = store();
    const ids = () => target.reader.traces(everything).items.map(({ trace_id }) => trace_id);
    for (const ask of asks) agentRun(target, { ask, turns: 1 });
    const names = ids();
    const addresses = [
      'git@code.example:Harbour/tides.git',
      'https://user@code.example/harbour/tides/',
      { url: 'x/y' },
    ];
    const links = [...target.reader.near.links()].map((each) => ({
      ...each,
      metadata: JSON.stringify({ repo: addresses[names.indexOf(each.trace_id)] }),
    }));
    const { near } = tools(target);
    const stored = target.reader.near;
    const source = {
      ...near.source,
      near: {
        matching: stored.matching.bind(stored),
        unsigned: stored.unsigned.bind(stored),
        signed: stored.signed.bind(stored),
        shingles: stored.shingles.bind(stored),
        compared: () => [],
        links: () => links,
      },
    };
    const groups = await splitGroups({ ...near, source }, { query: '' }, { pause: async () => {} });
    expect(groups.of(names[0] as string)).toBe(groups.of(names[1] as string));
    expect(groups.of(names[2] as string)).not.toBe(groups.of(names[0] as string));
  });
});

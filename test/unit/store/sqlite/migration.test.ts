import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openReader, openWriter } from '../../../../src/main/store/index.js';
import { keysOf, lineageKey } from '../../../../src/main/store/lookups/lineage-keys.js';
import { migrations } from '../../../../src/main/store/sqlite/migrations/index.js';
import { migrate, version } from '../../../../src/main/store/sqlite/migrator.js';
import { queueSettingsSchema, type Trace } from '../../../../src/shared/model/index.js';
import { capturedSession, fileWithoutTimes, timesOf } from '../../../support/half-told.js';
import { importedStore } from '../../../support/imported.js';
import { qaRun, saveRun } from '../../../support/qa-runs.js';
import { command, newTrace, origin, record } from '../records.js';
import { agentRun, folder, plainExchange, sealKey, store } from '../support.js';

interface CallKeys {
  id: number;
  lineage: Buffer;
}

const list = { query: '', limit: 50, cursor: null };

/** A database of an older format with the rows of another: as a version of then would have left it. */
function olderFormat(from: string, format: number): string {
  const path = join(folder(), `format-${format}.db`);
  const db = new Database(path);
  migrate(db, migrations.slice(0, format));
  // The text index's own tables are copied row by row, too.
  db.unsafeMode();
  db.exec(`ATTACH '${from}' AS newer`);
  const tables = db
    .prepare(
      `SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'texts'`,
    )
    .pluck()
    .all() as string[];
  for (const table of tables) {
    // The names of today, where they were others then.
    const now = table === 'audit_counts' ? 'capture_counts' : table;
    const columns = (db.pragma(`main.table_info("${table}")`) as { name: string }[]).map(({ name }) => `"${name}"`);
    db.exec(`DELETE FROM main."${table}"; INSERT INTO main."${table}" SELECT ${columns} FROM newer."${now}"`);
  }
  db.close();
  return path;
}

describe('the second format', () => {
  it('keeps everything of the first, counts it for capture health, and goes on from there', async () => {
    const now = store();
    agentRun(now, { turns: 3, ask: 'Where is the zanzibarium kept?' });
    const cut = plainExchange();
    cut.decoded.exchange.request.truncated = true;
    now.writer.save(cut);
    const id = now.reader.traces(list).items[0]?.trace_id ?? '';
    now.writer.close();
    const path = olderFormat(now.path, 1);
    const old = new Database(path);
    expect(version(old)).toBe(1);
    expect(() => old.prepare('SELECT metadata FROM traces')).toThrow(/no such column/);
    old.close();

    const writer = openWriter(path, { sealKey });
    const reader = openReader(path, { sealKey });
    expect(reader.trace(id)).toEqual({ ...now.reader.trace(id), revision: 1 });
    expect(reader.captureHealth()).toEqual(now.reader.captureHealth());
    expect(reader.captureHealth().truncated.request).toBe(1);
    const started = Date.parse(reader.trace(id)?.started_at ?? '') * 1000;
    writer.save(record(id, { steps: [command(started - 1, 'palimpsest')] }));
    expect(reader.trace(id)?.steps[0]).toMatchObject({ type: 'terminal_command' });
    for (const query of ['zanzibarium', 'palimpsest']) expect(reader.traces({ ...list, query }).items).toHaveLength(1);
    expect(await writer.writes.deleteTrace(id)).toBe(true);
    expect(reader.captureHealth().edges).toEqual([]);
    const db = new Database(path);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.exec(`INSERT INTO texts (texts) VALUES ('integrity-check')`);
    db.close();
    reader.close();
    writer.close();
  });
});

describe('the third format', () => {
  it('gives traces of the second no consent, and takes one from then on', async () => {
    const now = store();
    agentRun(now, { turns: 2, ask: 'Where is the zanzibarium kept?' });
    now.writer.save(plainExchange());
    const [whole] = now.reader.traces(list).items;
    const id = whole?.trace_id ?? '';
    const path = olderFormat(now.path, 2);
    const old = new Database(path);
    expect(version(old)).toBe(2);
    expect(() => old.prepare('SELECT consent FROM traces')).toThrow(/no such column/);
    old.close();

    const writer = openWriter(path, { sealKey });
    const reader = openReader(path, { sealKey });
    expect(reader.trace(id)).toEqual({ ...now.reader.trace(id), revision: 1 });
    expect(reader.trace(id)?.consent).toBeNull();
    expect(reader.traces({ ...list, query: 'consent:no zanzibarium' }).items).toHaveLength(1);
    const consent = {
      version: 1 as const,
      subject: null,
      given_at: null,
      basis: 'own_data' as const,
      scope: ['training'],
      licence: 'MIT',
      provider_terms: 'unknown' as const,
      provider_terms_note: null,
      source: '',
      recorded_by: 'studio',
      recorded_at: '2026-11-21T09:00:00.000Z',
    };
    expect(await writer.writes.setConsents([id], consent)).toBe(1);
    expect(reader.traces({ ...list, query: 'consent:yes licence:mit' }).items).toHaveLength(1);
    // The exchange of no trace is found by the index that came with the format.
    const before = 1_790_000_000_000_001;
    expect(reader.retention.exchanges(before, { at: 0, id: 0 }, 10).items).toHaveLength(1);
    const db = new Database(path);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.close();
    reader.close();
    writer.close();
  });
});

describe('the sixth format', () => {
  it('begins revisions, and knows nothing of what was said before', async () => {
    const now = store();
    agentRun(now, { turns: 2, ask: 'Where is the zanzibarium kept?' });
    const [whole] = now.reader.traces(list).items;
    const id = whole?.trace_id ?? '';
    await now.writer.writes.setReview(id, { label: 'accepted', note: 'good' }, 'owner');
    const score = { kind: 'judge', name: 'helpful', value: 3, created_at: '2026-11-21T00:00:00.000Z' } as const;
    await now.writer.writes.addScore(id, { ...score, score_id: '01940000-0000-7000-8000-000000000001' });
    const path = olderFormat(now.path, 5);

    const writer = openWriter(path, { sealKey });
    const reader = openReader(path, { sealKey });
    expect(reader.trace(id)).toMatchObject({
      revision: 1,
      qa_results: null,
      review: { label: 'accepted', note: 'good', trace_revision: null },
    });
    expect(reader.trace(id)?.scores).toEqual([{ ...score, score_id: '01940000-0000-7000-8000-000000000001' }]);
    expect(reader.captureHealth()).toEqual(now.reader.captureHealth());
    const { current } = await writer.writes.setReview(id, { rating: 4 }, 'owner');
    expect(current.trace_revision).toBe(1);
    writer.save(record(id, { steps: [command(1_790_000_000_000_000, 'palimpsest')] }));
    expect(reader.trace(id)?.revision).toBe(2);
    const db = new Database(path);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.close();
    reader.close();
    writer.close();
  });

  it('lets calls of a labelled run be found by their session', () => {
    const now = store();
    const session: { session: string; session_source: 'run'; headers: [string, string][] } = {
      session: 'nightly',
      session_source: 'run',
      headers: [['session_id', 'some-session']],
    };
    agentRun(now, { turns: 2, ...session });
    const id = now.reader.traces(list).items[0]?.trace_id ?? '';
    now.writer.close();
    const path = olderFormat(now.path, 7);
    const key = lineageKey('session', 'session:some-session');
    const old = new Database(path);
    old.prepare('DELETE FROM lineage WHERE key = ?').run(key);
    for (const { id: call, lineage } of old.prepare('SELECT id, lineage FROM calls').all() as CallKeys[]) {
      const keys = keysOf(lineage).filter((each) => !each.equals(key));
      old.prepare('UPDATE calls SET lineage = ? WHERE id = ?').run(Buffer.concat(keys), call);
    }
    old.close();
    const writer = openWriter(path, { sealKey });
    expect(writer.lineage.bySessionKey('session:some-session').map(({ trace_id }) => trace_id)).toEqual(
      Array(3).fill(id),
    );
    writer.close();
    const db = new Database(path);
    const { lineage } = db.prepare('SELECT lineage FROM calls LIMIT 1').get() as CallKeys;
    expect(keysOf(lineage).some((each) => each.equals(key))).toBe(true);
    db.close();
  });

  it('finds traces of before by scenario and mode', () => {
    const now = store();
    agentRun(now, { turns: 1 });
    const id = now.reader.traces(list).items[0]?.trace_id ?? '';
    now.writer.close();
    const path = olderFormat(now.path, 10);
    const old = new Database(path);
    const metadata = JSON.stringify({ scenario: 'Tides', execution_mode: 'SIMULATION', bug_id: 7 });
    old.prepare('UPDATE traces SET metadata = ?').run(metadata);
    old.close();
    openWriter(path, { sealKey }).close();
    const reader = openReader(path, { sealKey });
    const found = (query: string) => reader.traces({ ...list, query }).items.map(({ trace_id }) => trace_id);
    expect([found('scenario:tides'), found('mode:SIM*'), found('mode:EXECUTION')]).toEqual([[id], [id], []]);
    expect(reader.fieldValues('traces', 'scenario', '', 5)).toMatchObject([{ value: 'Tides', count: 1 }]);
    reader.close();
  });

  it('takes no times for told that came without, whatever they came from', () => {
    const now = store();
    const traces = ['rest', 'import:openai-jsonl', 'import:swe-agent', 'import:tool-broker'].map((kind) =>
      newTrace({ source: { kind } }),
    );
    const [dated, undated, both, again] = traces.map(({ trace_id }) => trace_id) as [string, string, string, string];
    const told = (id: string, untold: boolean, opens = true) => {
      const new_trace = opens ? (traces.find(({ trace_id }) => trace_id === id) ?? null) : null;
      const made = record(id, { new_trace, steps: [command(origin, 'palimpsest')] });
      const { exchange } = made.decoded;
      if (untold) exchange.exchange_id = `00000000-0000${exchange.exchange_id.slice(13)}`;
      now.writer.save(made);
      return exchange.exchange_id;
    };
    told(dated, false);
    told(undated, true);
    told(both, true);
    told(both, false, false);
    told(again, false);
    // Of the last one a second report without times is stored.
    const second = told(again, true, false);
    now.writer.close();
    const path = olderFormat(now.path, 14);
    const old = new Database(path);
    const { id, trace } = old
      .prepare('SELECT id, trace FROM exchanges WHERE uid = ?')
      .get(Buffer.from(second.replaceAll('-', ''), 'hex')) as { id: number; trace: number };
    old
      .prepare(
        `INSERT INTO witnesses (uid, trace, call, exchange, source, at, basis, disagreements) VALUES (x'01', ?, 0, ?, 'rest', 1, 'content', x'')`,
      )
      .run(trace, id);
    old.close();
    openWriter(path, { sealKey }).close();
    const reader = openReader(path, { sealKey });
    const times = (traceId: string) => reader.trace(traceId)?.steps[0]?.timestamp === null;
    expect([dated, undated, both, again].map(times)).toEqual([false, true, true, false]);
    reader.close();
  });

  it('writes as much for a large database as for a small one', () => {
    const written = [1, 40].map((runs) => {
      const now = store();
      for (let run = 0; run < runs; run += 1) agentRun(now, { turns: 4, ask: `Where is number ${run} kept?` });
      now.writer.close();
      const path = olderFormat(now.path, 5);
      const db = new Database(path);
      db.pragma('journal_mode = WAL');
      db.pragma('wal_autocheckpoint = 0');
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      migrate(db, migrations);
      const { size } = statSync(`${path}-wal`);
      expect(version(db)).toBe(migrations.length);
      db.close();
      return size;
    });
    // Numbers of pages take more room in a large one, so that the list of its tables may be split elsewhere.
    const frame = 4096 + 24;
    expect(Math.abs((written[1] as number) - (written[0] as number))).toBeLessThanOrEqual(4 * frame);
  });
});

describe('the seventeenth format', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => vi.useRealTimers());

  it('ends disputes that somebody settled by a label since, and no others', async () => {
    const now = store();
    for (const run of ['labelled', 'tagged', 'taken back', 'taken away', 'said earlier'])
      agentRun(now, { turns: 1, ask: run });
    const { writes } = now.writer;
    const idOf = (title: string) =>
      now.reader.traces({ ...list, query: `title:"${title}"` }).items.map(({ trace_id }) => trace_id)[0] ?? '';
    const later = () => vi.setSystemTime(Date.now() + 1000);
    await writes.createQueue('q', queueSettingsSchema.parse({ second_review: 1 }), 'owner');
    for (const title of ['tagged', 'taken away', 'said earlier'])
      await writes.setReview(idOf(title), { label: 'accepted' }, 'owner');
    for (const [reviewer, label] of [
      ['ann', 'accepted'],
      ['ben', 'rejected'],
    ] as const) {
      later();
      for (let item = 0; item < 5; item += 1) {
        const { candidates } = now.reader.queueNext('q', reviewer, null) ?? { candidates: [] };
        const taken = await writes.assignItem('q', candidates, reviewer);
        await writes.submitItem('q', taken?.item_id ?? '', { label }, 1000, reviewer);
      }
    }
    later();
    const label = 'rejected';
    await writes.setReview(idOf('labelled'), { label, note: 'it is wrong '.repeat(80) }, 'cleo');
    await writes.setReview(idOf('tagged'), { tags: ['seen'], rating: 2 }, 'cleo');
    await writes.setReview(idOf('taken away'), { label: null }, 'cleo');
    await writes.setReview(idOf('taken back'), { label }, 'cleo');
    await writes.undoReview('cleo');
    const path = olderFormat(now.path, 16);
    const old = new Database(path);
    // As it was left before a label settled anything.
    old.exec(`UPDATE queue_items SET disputed = 1, held = pass = 'first'`);
    old.close();

    openWriter(path, { sealKey }).close();
    const reader = openReader(path, { sealKey });
    const { items } = reader.queueItems({ name: 'q', state: 'disputed', viewer: 'cleo' }, null, 50);
    const disputed = new Set(items.map(({ trace_id }) => reader.traceSummary(trace_id)?.title));
    expect([...disputed].sort()).toEqual(['said earlier', 'tagged', 'taken away', 'taken back']);
    expect(items).toHaveLength(8);
    reader.close();
  });
});

describe('the twenty-first format', () => {
  it('finds traces of before by what their tests came to, and takes runs from then on', async () => {
    const now = store();
    const traces = ['passed', 'failed', 'a list', 'nothing', 'only judged'].map((title) => newTrace({ title }));
    for (const new_trace of traces) now.writer.save(record(new_trace.trace_id, { new_trace }));
    const [passed, failed, list_, nothing, judged] = traces.map(({ trace_id }) => trace_id) as [
      string,
      string,
      string,
      string,
      string,
    ];
    now.writer.close();
    const path = olderFormat(now.path, 20);
    const old = new Database(path);
    expect(() => old.prepare('SELECT qa_status FROM traces')).toThrow(/no such column/);
    const say = (id: string, results: unknown) =>
      old
        .prepare('UPDATE traces SET qa_results = ? WHERE uid = ?')
        .run(JSON.stringify(results), Buffer.from(id.replaceAll('-', ''), 'hex'));
    say(passed, { tests_passed: true });
    say(failed, { tests_passed: false });
    // As the first version had it.
    say(list_, [{ tests_passed: false }, { tests_passed: true }]);
    say(judged, { reasoning_score: 3, tests_passed: null });
    old.close();

    const writer = openWriter(path, { sealKey });
    const reader = openReader(path, { sealKey });
    const found = (query: string) =>
      reader
        .traces({ ...list, query })
        .items.map(({ trace_id }) => trace_id)
        .sort();
    expect(found('tests:passed')).toEqual([passed, list_].sort());
    expect(found('tests:failed')).toEqual([failed]);
    expect(found('tests:none qa:none')).toEqual([nothing, judged].sort());
    expect(reader.trace(nothing)).toMatchObject({ qa_status: 'none', qa_origin: null, qa_runs: [] });
    expect(reader.trace(passed)).toMatchObject({ qa_status: 'done', qa_origin: 'sent', qa_runs: [] });
    expect(found('qa:done')).toEqual([passed, failed, list_].sort());
    for (const trace_id of [list_, failed]) await saveRun(writer.writes, qaRun({ trace_id, state: 'done' }));
    expect(found('tests:passed')).toEqual([passed, failed, list_].sort());
    expect([found('tests:failed'), found('qa:done')]).toEqual([[], [passed, failed, list_].sort()]);
    expect(found('qa:done verdict:none')).toEqual([passed]);
    expect(reader.trace(list_)?.qa_results).toMatchObject({ tests_passed: true, verdict: 'passed' });
    const db = new Database(path);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.pragma('foreign_key_check')).toEqual([]);
    db.close();
    reader.close();
    writer.close();
  });

  it('opens what the first version left', async () => {
    const now = store();
    agentRun(now, { turns: 2 });
    const id = now.reader.traces(list).items[0]?.trace_id ?? '';
    now.writer.close();
    const path = olderFormat(now.path, 1);
    const writer = openWriter(path, { sealKey });
    const reader = openReader(path, { sealKey });
    expect(reader.trace(id)).toMatchObject({ qa_status: 'none', qa_runs: [], qa_results: null });
    const run = qaRun({ trace_id: id, state: 'done' });
    await saveRun(writer.writes, run);
    expect(reader.trace(id)).toMatchObject({ qa_status: 'done', scores: [{ kind: 'qa', value: 1 }] });
    expect(reader.qaRun(run.run_id)).toEqual(run);
    reader.close();
    writer.close();
  });
});

describe('the twenty-second format', () => {
  it('gives what was captured its times again where rows of a file had none', async () => {
    using now = importedStore();
    capturedSession(now);
    await now.take(fileWithoutTimes, 'slip');
    const [whole] = now.traces() as [Trace];
    const path = olderFormat(now.path, 21);
    const old = new Database(path);
    expect(() => old.prepare('SELECT undated FROM steps')).toThrow(/no such column/);
    // As it was marked when that was known of the trace alone.
    old.exec('UPDATE traces SET undated = 2');
    old.close();
    openWriter(path, { sealKey }).close();
    const reader = openReader(path, { sealKey });
    const [migrated] = [...reader.iterateTraces('')] as [Trace];
    expect(timesOf(migrated)).toEqual(timesOf(whole));
    expect(new Set(Object.values(timesOf(whole).steps).map((at) => at === null))).toEqual(new Set([true, false]));
    reader.close();
  });

  it('leaves what came without any times as it was', async () => {
    using now = importedStore();
    await now.take(fileWithoutTimes, 'slip');
    const path = olderFormat(now.path, 21);
    openWriter(path, { sealKey }).close();
    const reader = openReader(path, { sealKey });
    const [migrated] = [...reader.iterateTraces('')] as [Trace];
    const { calls, steps, tools, decisions, ...own } = timesOf(migrated);
    const all = [own, calls, steps, tools, decisions].flatMap((times) => Object.values(times));
    expect(all.length).toBeGreaterThan(6);
    expect(all.every((at) => at === null)).toBe(true);
    reader.close();
  });
});

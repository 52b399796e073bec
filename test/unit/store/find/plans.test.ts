import Database from 'better-sqlite3';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { find } from '../../../../src/main/store/find/find.js';
import { listScopes } from '../../../../src/main/store/find/scope.js';
import { type TextBounds, textCondition } from '../../../../src/main/store/find/text-match.js';
import { captureHealth } from '../../../../src/main/store/read/capture-health.js';
import { Effects } from '../../../../src/main/store/read/effects.js';
import { QaRunReads } from '../../../../src/main/store/read/qa-runs.js';
import { RetentionReads } from '../../../../src/main/store/read/retention.js';
import { TracePage } from '../../../../src/main/store/read/trace-page.js';
import { traceTree } from '../../../../src/main/store/read/trace-tree.js';
import { type Sql, sqlOf } from '../../../../src/main/store/sqlite/sql.js';
import { Statements } from '../../../../src/main/store/sqlite/statements.js';
import { parseQuery, type QueryScope, type TextNode } from '../../../../src/shared/query/index.js';
import { agentRun, store } from '../support.js';

/** SQL that `work` runs, with its values in it, and SQLite's plan of each statement. */
function plans(path: string, work: (statements: Statements, sql: Sql) => void): { sql: string; plan: string[] }[] {
  const ran: string[] = [];
  const db = new Database(path, { readonly: true, verbose: (sql) => ran.push(String(sql)) });
  try {
    work(new Statements(db), sqlOf(db));
    return [...ran].map((sql) => ({
      sql,
      plan: (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]).map(({ detail }) => detail),
    }));
  } finally {
    db.close();
  }
}

/** Steps of a plan that read a whole table. What it made itself before (`CO-ROUTINE d`) is no table. */
function whole(plan: string[]): string[] {
  const made = plan.flatMap((step) => /^(?:CO-ROUTINE|MATERIALIZE) (.+)$/.exec(step)?.[1] ?? []);
  return plan.filter((step) => {
    const name = /^SCAN (\S+)/.exec(step)?.[1];
    if (name === undefined || made.includes(name) || /VIRTUAL TABLE|CONSTANT ROW/.test(step)) return false;
    return !/USING (COVERING )?INDEX/.test(step);
  });
}

describe('plans', () => {
  const common: [QueryScope, string, RegExp][] = [
    ['traces', '', /USING COVERING INDEX traces_by_time/],
    ['traces', 'started<2027-01-01', /USING COVERING INDEX traces_by_time/],
    ['traces', 'tool:search', /SEARCH d USING PRIMARY KEY \(term=\? AND started_at/],
    ['traces', 'kind:agent status:completed model:scripted*', /SEARCH d USING PRIMARY KEY \(term=\?/],
    ['traces', 'has:tool tool:search -label:accepted', /SEARCH d USING PRIMARY KEY \(term=\?/],
    ['traces', 'has:error tool:search', /SCAN CONSTANT ROW/],
    ['traces', 'calls>2 cost>0.1', /SEARCH t USING INTEGER PRIMARY KEY/],
    ['traces', 'lighthouse', /SCAN f VIRTUAL TABLE INDEX/],
    ['traces', 'lighthouse tool:search', /VIRTUAL TABLE INDEX/],
    ['tool_calls', '', /USING COVERING INDEX tool_calls_by_time/],
    ['tool_calls', 'tool:search', /USING COVERING INDEX tool_calls_by_tool \(tool=\?/],
    ['tool_calls', 'status:error', /USING COVERING INDEX tool_calls_by_status \(status=\?/],
    ['tool_calls', 'tool:search status:error', /USING COVERING INDEX tool_calls_by_/],
    ['tool_calls', 'session:none client:test*', /SCAN CONSTANT ROW/],
    ['tool_calls', 'beacon0', /VIRTUAL TABLE INDEX/],
    ['traces', 'consent:yes', /SEARCH d USING PRIMARY KEY|SCAN CONSTANT ROW/],
    ['traces', 'consent:no licence:mit', /traces_by_time|SCAN CONSTANT ROW|SEARCH d USING PRIMARY KEY/],
    ['traces', 'effect:altered disagreement:yes', /SCAN CONSTANT ROW|SEARCH d USING PRIMARY KEY/],
    ['traces', 'parent:none', /traces_by_time/],
    ['tool_calls', 'effect:never_sent', /USING COVERING INDEX tool_calls_by_effect \(effect_state=\?/],
    ['exchanges', 'effect:unclaimed', /effects_(by_exchange|unclaimed)/],
    ['exchanges', '', /USING COVERING INDEX exchanges_by_time/],
    ['exchanges', 'tool:search', /SEARCH d USING PRIMARY KEY \(term=\? AND started_at/],
    ['exchanges', 'status:error', /SCAN CONSTANT ROW/],
    ['exchanges', 'lighthouse', /VIRTUAL TABLE INDEX/],
  ];

  it('finds what is oldest along the indexes of time', () => {
    const target = store();
    agentRun(target, { turns: 2 });
    const guard = { ended_before: 2e15, idle_before: 2e15, keep_labelled: true };
    const after = { at: 0, id: 0 };
    const [traces, exchanges] = plans(target.path, (statements) => {
      const retention = new RetentionReads(statements);
      retention.traces(guard, after, 10);
      retention.exchanges(2e15, after, 10);
    });
    expect(traces?.plan.join('\n')).toMatch(/SEARCH t USING INDEX traces_by_time/);
    expect(traces?.plan.join('\n')).toMatch(/USING COVERING INDEX exchanges_by_trace/);
    expect(exchanges?.plan.join('\n')).toMatch(/SEARCH exchanges USING INDEX exchanges_without_trace/);
    expect([traces, exchanges].flatMap((found) => found?.plan ?? []).join('\n')).not.toContain('TEMP B-TREE');
  });

  it.each(common)('%s: %s reads no whole table', (scope, query, expected) => {
    const target = store();
    agentRun(target, { turns: 2 });
    const found = plans(target.path, (statements) => {
      find(statements, { scope, query, limit: 10, cursor: null, now: Date.now() * 1000 });
    });
    expect(found.flatMap(({ plan }) => plan).join('\n')).toMatch(expected);
    for (const { sql, plan } of found) expect(whole(plan), `${sql}\n${plan.join('\n')}`).toEqual([]);
  });

  it.each<QueryScope>(['traces', 'tool_calls', 'exchanges'])('of a text within some %s seek in the index', (scope) => {
    const target = store();
    agentRun(target, { turns: 2 });
    const node = parseQuery('lighthouse', scope) as TextNode;
    const bounds: TextBounds = { kind: 'rows', first: 5, last: 9, traces: { first: 1, last: 2 } };
    const found = plans(target.path, (statements) => {
      const where = textCondition(scope, node, bounds);
      statements.all(sql<{ id: number }>`SELECT t.id FROM ${listScopes[scope].table} AS t WHERE t.id = 1 AND ${where}`);
    });
    const steps = found.flatMap(({ plan }) => plan).filter((step) => step.includes('VIRTUAL TABLE'));
    expect(steps).toHaveLength(scope === 'exchanges' ? 2 : 1);
    for (const step of steps) expect(step).toContain('M1><');
    // As floats FTS5 would overlook the bounds and read all that it has.
    expect(found.map(({ sql: text }) => text).join()).toMatch(/BETWEEN \+-?\d+ AND \+-?\d+[^.\d]/);
  });

  it('of a trace page are ranges of rows', () => {
    const target = store();
    agentRun(target, { turns: 2 });
    const id = target.reader.traces({ query: '', limit: 1, cursor: null }).items[0]?.trace_id ?? '';
    const found = plans(target.path, (statements, sql) => {
      const page = new TracePage(statements, new QaRunReads(sql));
      page.whole(id);
      page.steps(id, -1, 100);
      page.findings(id, null, 10);
      page.children(id);
      const effects = new Effects(statements);
      effects.ofTrace(id, null, 10);
      effects.unclaimed(null, 10);
      effects.witnesses(id, null, 10);
      captureHealth(statements);
      traceTree(statements, id);
      page.messages(page.whole(id)?.calls[0]?.call_id ?? '');
    });
    expect(found.length).toBeGreaterThan(8);
    for (const { sql, plan } of found) expect(whole(plan), `${sql}\n${plan.join('\n')}`).toEqual([]);
  });
});

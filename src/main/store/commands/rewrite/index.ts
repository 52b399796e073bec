import type { Database } from 'better-sqlite3';
import { uidText } from '../../codec/uid.js';
import { callRewriter } from './calls.js';
import type { RewriteDependencies } from './dependencies.js';
import { DocumentRewriter } from './documents.js';
import { exchangeRewriter } from './exchanges.js';
import { newTally, type RewriteHit, type RewriteLook, type RewriteState, type Rewriting } from './rewriting.js';
import {
  columnRewriter,
  effectRewriter,
  jobRewriter,
  noteRewriter,
  stepRewriter,
  toolCallRewriter,
  traceRewriter,
} from './rows.js';
import { Texts } from './texts.js';
import { smallTables, termRewriter } from './values.js';

export type { Making, RewriteHit, RewriteLook, RewriteState, Rewriting } from './rewriting.js';

const stateKey = 'rewrite';
/** Rows that are looked up at once. */
const pageRows = 100;

/** A table to go through, newest rows first: running conversations get their new keys before all others. */
interface Table {
  name: string;
  /** Its share of the whole work, as progress counts. */
  share: number;
  /** Null: done in one go. */
  rows: string | null;
  one(id: number): void;
}

interface Run {
  id: string;
  rewriting: Rewriting;
  texts: Texts;
  tables: Table[];
  state: RewriteState;
}

/**
 * Rewrites everything that is stored, a few milliseconds at a time. Every step is one transaction that also says how far it
 * came: what is stored is old or new, and a run that was cut off goes on where it was. Calls come before the messages they
 * are chained over, everything else in any order.
 * @param alone runs one row so that its failure undoes nothing else
 */
export function createRewriter(
  parts: Omit<RewriteDependencies, 'touch'>,
  transaction: <T>(work: () => T) => T,
  alone: <T>(work: () => T) => T,
) {
  const { db } = parts;
  const load = db.prepare('SELECT value FROM state WHERE key = ?').pluck();
  const store = db.prepare(
    'INSERT INTO state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  const addTouched = db.prepare('INSERT OR IGNORE INTO rewritten_traces (trace) VALUES (?)');
  const setRevised = db.prepare('UPDATE traces SET revision = revision + 1 WHERE id = ?');
  // What is gone must not be found by what was made of it, nor stand there; the next scoring makes it anew.
  const forgetMade = (['near_documents', 'near_members', 'quality'] as const).map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE trace = ?`),
  );
  let run: Run | null = null;

  function state(): RewriteState | null {
    const text = load.get(stateKey) as string | undefined;
    return text === undefined ? null : (JSON.parse(text) as RewriteState);
  }

  function begin(runId: string, rewriting: Rewriting): Run {
    if (run !== null && run.id === runId && run.rewriting === rewriting) return run;
    const stood = state();
    const same = stood?.run_id === runId ? stood : null;
    if (same === null) {
      db.prepare('DELETE FROM rewritten_traces').run();
      parts.modelCalls.forget();
    }
    const fresh: RewriteState = {
      run_id: runId,
      table: 0,
      cursor: null,
      done: false,
      progress: 0,
      tally: newTally(),
    };
    const now = same ?? fresh;
    const texts = new Texts(rewriting, now.tally);
    const own = {
      ...parts,
      touch(trace: number) {
        addTouched.run(trace);
        setRevised.run(trace);
        for (const statement of forgetMade) statement.run(trace);
      },
    };
    run = { id: runId, rewriting, texts, tables: tablesOf(own, texts), state: now };
    return run;
  }

  /** Works for about `budgetMs` and tells how far the run is. The first step with another id begins a new run. */
  function step(runId: string, rewriting: Rewriting, budgetMs: number): RewriteState {
    try {
      return transaction(() => {
        const current = begin(runId, rewriting);
        const { tables, texts } = current;
        const next = current.state;
        const until = performance.now() + budgetMs;
        while (!next.done && performance.now() < until) advance(db, tables, next, texts, alone, until);
        next.tally.traces = db.prepare('SELECT count(*) FROM rewritten_traces').pluck().get() as number;
        store.run(stateKey, JSON.stringify(next));
        return structuredClone(next);
      });
    } catch (error) {
      // What is in memory ran ahead of what is stored.
      run = null;
      throw error;
    }
  }

  /** Looks for about `budgetMs` for rows that would change, and changes nothing: what it does is rolled back. */
  function look(from: RewriteLook['next'], rewriting: Rewriting, budgetMs: number): RewriteLook {
    const hits: RewriteHit[] = [];
    const found: RewriteState = {
      run_id: '',
      table: from?.table ?? 0,
      cursor: from?.cursor ?? null,
      done: false,
      progress: 0,
      tally: newTally(),
    };
    const texts = new Texts(rewriting, found.tally);
    let touched = new Set<number>();
    const tables = tablesOf({ ...parts, touch: (trace) => touched.add(trace) }, texts);
    const uid = db.prepare('SELECT uid FROM traces WHERE id = ?').pluck();
    const exchange = db.prepare('SELECT uid FROM exchanges WHERE id = ?').pluck();
    const note = (table: Table, id: number) => {
      const own =
        table.name === 'exchanges' || table.name === 'calls' ? (exchange.get(id) as Buffer | undefined) : undefined;
      const trace_ids = [...touched].slice(0, mostTraces).flatMap((trace) => {
        const bytes = uid.get(trace) as Buffer | undefined;
        return bytes === undefined ? [] : [uidText(bytes)];
      });
      hits.push({ table: table.name, exchange_id: own === undefined ? null : uidText(own), trace_ids });
      touched = new Set();
    };
    const watched = tables.map((table) => ({
      ...table,
      one(id: number) {
        const before = placesOf(texts);
        table.one(id);
        if (placesOf(texts) > before) note(table, id);
      },
    }));
    try {
      transaction(() => {
        const until = performance.now() + budgetMs;
        while (!found.done && performance.now() < until) advance(db, watched, found, texts, alone, until);
        throw new OnlyLooked();
      });
    } catch (error) {
      if (!(error instanceof OnlyLooked)) throw error;
    }
    const next = found.done ? null : { table: found.table, cursor: found.cursor };
    return { hits, next, progress: found.progress };
  }

  return { step, state, look };
}

/** Of a message that many traces hold. */
const mostTraces = 20;

class OnlyLooked extends Error {}

function placesOf({ tally }: Texts): number {
  return Object.values(tally.places).reduce((sum, count) => sum + count, tally.sealed_deleted);
}

function tablesOf(parts: RewriteDependencies, texts: Texts): Table[] {
  const documents = new DocumentRewriter(parts, texts);
  const table = (name: string, share: number, one: (id: number) => void): Table => ({ name, share, rows: name, one });
  const whole = (name: string, all: () => void): Table => ({ name, share: 1, rows: null, one: all });
  return [
    table('calls', 10, callRewriter(parts, texts, documents)),
    table('documents', 10, (id) => documents.rewrite(id)),
    table('exchanges', 60, exchangeRewriter(parts, texts)),
    table('steps', 5, stepRewriter(parts, texts)),
    table('tool_calls', 5, toolCallRewriter(parts, texts)),
    table('decisions', 2, columnRewriter(parts, texts, 'decisions', { packed: ['data'], json: ['outcome'] }, 'row')),
    table('traces', 2, traceRewriter(parts, texts)),
    table('effects', 2, effectRewriter(parts, texts)),
    table('witnesses', 1, columnRewriter(parts, texts, 'witnesses', { packed: ['disagreements'], plain: ['source'] })),
    table('typed_findings', 1, columnRewriter(parts, texts, 'typed_findings', { packed: ['data'] })),
    table(
      'judgements',
      2,
      columnRewriter(parts, texts, 'judgements', { packed: ['data', 'sent'], plain: ['profile', 'model'] }),
    ),
    table('expansions', 1, columnRewriter(parts, texts, 'expansions', { packed: ['data'] })),
    table('qa_runs', 1, columnRewriter(parts, texts, 'qa_runs', { packed: ['summary', 'data', 'attempts'] })),
    table(
      'pair_judgements',
      2,
      columnRewriter(parts, texts, 'pair_judgements', { packed: ['data', 'sent'], plain: ['profile', 'model'] }, null),
    ),
    ...reviewTables(parts, texts).map(([name, one]) => table(name, 1, one)),
    table('jobs', 1, jobRewriter(parts, texts)),
    table('terms', 1, termRewriter(parts, texts)),
    whole('notes', noteRewriter(parts, texts)),
    whole('small tables', smallTables(parts, texts)),
    // Again: what was asked meanwhile may have been read before its turn came.
    whole('model replies', () => parts.modelCalls.forget()),
  ];
}

/** What reviewers said, and what they did: acts quote what they changed. */
function reviewTables(parts: RewriteDependencies, texts: Texts): [string, (id: number) => void][] {
  const rewriter = (
    table: string,
    columns: Parameters<typeof columnRewriter>[3],
    owner?: null,
  ): [string, (id: number) => void] => [table, columnRewriter(parts, texts, table, columns, owner)];
  return [
    rewriter('corrections', { packed: ['what'], packedText: ['comment'], plain: ['reviewer'] }),
    rewriter('step_labels', { packed: ['better'], packedText: ['comment'], plain: ['reviewer'] }),
    rewriter('comparisons', { packedText: ['comment'], plain: ['reviewer'] }),
    rewriter('queue_items', { packed: ['decision', 'draft'], plain: ['reviewer'] }),
    rewriter('queues', { packed: ['settings'], plain: ['name'] }, null),
    rewriter('review_acts', { plain: ['reviewer', 'title'] }, null),
    rewriter('review_changes', { packed: ['before', 'after'] }, null),
  ];
}

/** A page of rows, or the step to the next table. */
function advance(
  db: Database,
  tables: Table[],
  state: RewriteState,
  texts: Texts,
  alone: <T>(work: () => T) => T,
  until: number,
): void {
  const table = tables[state.table];
  if (table === undefined) {
    state.done = true;
    state.progress = 1;
    return;
  }
  const attempt = (id: number) => {
    try {
      alone(() => table.one(id));
    } catch (error) {
      // A full disk is not the row's fault: the whole step is tried again.
      if (/^SQLITE_(FULL|IOERR|BUSY|LOCKED|READONLY|NOMEM)/.test((error as NodeJS.ErrnoException).code ?? ''))
        throw error;
      texts.tally.failed += 1;
    }
  };
  const nextTable = () => {
    state.table += 1;
    state.cursor = null;
  };
  if (table.rows === null) {
    attempt(0);
    nextTable();
    return;
  }
  const from = state.cursor ?? Number.MAX_SAFE_INTEGER;
  const ids = db
    .prepare(`SELECT id FROM ${table.rows} WHERE id < ? ORDER BY id DESC LIMIT ${pageRows}`)
    .pluck()
    .all(from) as number[];
  for (const id of ids) {
    attempt(id);
    state.cursor = id;
    if (performance.now() >= until) break;
  }
  if (ids.length === 0) nextTable();
  state.progress = progressOf(db, tables, state);
}

function progressOf(db: Database, tables: Table[], state: RewriteState): number {
  const all = tables.reduce((sum, { share }) => sum + share, 0);
  const before = tables.slice(0, state.table).reduce((sum, { share }) => sum + share, 0);
  const table = tables[state.table];
  if (table === undefined || table.rows === null || state.cursor === null) return before / all;
  const last = db.prepare(`SELECT max(id) FROM ${table.rows}`).pluck().get() as number | null;
  const part = last === null || last <= 0 ? 1 : 1 - Math.min(1, Math.max(0, state.cursor) / last);
  return (before + table.share * part) / all;
}

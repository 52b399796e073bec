import type { Database } from 'better-sqlite3';
import { uuidv7 } from '../../../../shared/ids.js';
import type { Undone } from '../../../../shared/model/index.js';
import { type Packed, packText, unpackText } from '../../codec/pack.js';
import { uidBytes } from '../../codec/uid.js';
import { type ActRow, actOf } from '../../sqlite/rows/act.js';
import type { Sql } from '../../sqlite/sql.js';
import { type Entity, entityRows, type State } from './entities.js';
import type { ReviewTerms } from './terms.js';

/** Acts of a reviewer that can be taken back. */
const mostTurns = 500;

export interface Change {
  entity: Entity;
  /** The row's uid. */
  key: Buffer;
  before: State | null;
  after: State | null;
}

/** Who does what. `bulk`: acts that are taken back as one, over several transactions. */
export interface Act {
  reviewer: string;
  kind: string;
  title: string;
  bulk?: Buffer;
}

interface StoredChange {
  id: number;
  entity: Entity;
  key: Buffer;
  before: Packed | null;
  after: Packed | null;
}

/**
 * What reviewers do: every change of a row goes through here and is kept with what stood there before, so that whatever was done
 * can be taken back and done again, after a restart too.
 */
export class Acts {
  readonly #sql: Sql;
  readonly #terms: ReviewTerms;
  readonly #rows: { readonly [E in Entity]: ReturnType<typeof entityRows> };

  constructor(db: Database, sql: Sql, terms: ReviewTerms) {
    this.#sql = sql;
    this.#terms = terms;
    this.#rows = {
      review: entityRows(db, 'review'),
      correction: entityRows(db, 'correction'),
      step_label: entityRows(db, 'step_label'),
      comparison: entityRows(db, 'comparison'),
      queue: entityRows(db, 'queue'),
      item: entityRows(db, 'item'),
    };
  }

  get(entity: Entity, uid: Buffer): { id: number; state: State } | null {
    return this.#rows[entity].get(uid);
  }

  /** A change of one row to what it is to be; null where it is that already. */
  change(entity: Entity, key: Buffer, after: State | null): Change | null {
    const before = this.#rows[entity].get(key)?.state ?? null;
    return sameState(before, after) ? null : { entity, key, before, after };
  }

  /** Does these changes as one act; without any nothing is done. */
  perform(act: Act, changes: readonly (Change | null)[], now: number): number {
    const real = changes.filter((change) => change !== null);
    if (real.length === 0) return 0;
    const id = this.#begin(act, now);
    const add = this.#sql(
      'INSERT INTO review_changes (act, trace, other, entity, key, before, after) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    for (const change of real) {
      const { entity, key, before, after } = change;
      const { trace, other } = this.#tracesOf(change);
      add.run(id, trace, other, entity, key, packed(before), packed(after));
      this.#write(entity, key, after, now);
    }
    return real.length;
  }

  #begin({ reviewer, kind, title, bulk }: Act, now: number): number {
    this.#sql('DELETE FROM review_acts WHERE reviewer = ? AND undone = 1').run(reviewer);
    const last = this.#sql(
      'SELECT turn FROM review_acts WHERE reviewer = ? AND undone = 0 ORDER BY turn DESC LIMIT 1',
    ).get(reviewer) as { turn: number } | undefined;
    const begun =
      bulk === undefined
        ? undefined
        : (this.#sql('SELECT turn FROM review_acts WHERE bulk = ? AND reviewer = ?').get(bulk, reviewer) as
            | { turn: number }
            | undefined);
    const turn = begun?.turn ?? (last?.turn ?? 0) + 1;
    this.#sql('DELETE FROM review_acts WHERE reviewer = ? AND undone = 0 AND turn <= ?').run(
      reviewer,
      turn - mostTurns,
    );
    return Number(
      this.#sql(
        'INSERT INTO review_acts (uid, reviewer, turn, bulk, kind, title, at, undone) VALUES (?, ?, ?, ?, ?, ?, ?, 0)',
      ).run(uidBytes(uuidv7()), reviewer, turn, bulk ?? null, kind, title, now).lastInsertRowid,
    );
  }

  /** Takes the last act back, or one page of it: `more` says whether the same act has another. */
  undo(reviewer: string, now: number): Undone & { more: boolean } {
    return this.#turn(reviewer, 'undo', now);
  }

  redo(reviewer: string, now: number): Undone & { more: boolean } {
    return this.#turn(reviewer, 'redo', now);
  }

  #turn(reviewer: string, way: 'undo' | 'redo', now: number): Undone & { more: boolean } {
    const row = this.#next(reviewer, way);
    if (row === undefined) return { act: null, changed: 0, skipped: 0, ...this.#titles(reviewer), more: false };
    const changes = this.#sql(
      `SELECT id, entity, key, before, after FROM review_changes WHERE act = ? ORDER BY id ${way === 'undo' ? 'DESC' : 'ASC'}`,
    ).all(row.id) as StoredChange[];
    let changed = 0;
    let skipped = 0;
    for (const { entity, key, before, after } of changes) {
      const [from, to] = [unpacked(before), unpacked(after)];
      const done = way === 'undo' ? this.#move(entity, key, to, from, now) : this.#move(entity, key, from, to, now);
      if (done) changed += 1;
      else skipped += 1;
    }
    this.#sql('UPDATE review_acts SET undone = ? WHERE id = ?').run(way === 'undo' ? 1 : 0, row.id);
    const next = this.#next(reviewer, way);
    const act = actOf(this.#sql, { ...row, undone: way === 'undo' ? 1 : 0 });
    return { act, changed, skipped, ...this.#titles(reviewer), more: next !== undefined && next.turn === row.turn };
  }

  /** The act whose turn it is; one that has nothing left, since its traces were deleted, goes. */
  #next(reviewer: string, way: 'undo' | 'redo'): ActRow | undefined {
    const order = way === 'undo' ? 'turn DESC, id DESC' : 'turn ASC, id ASC';
    for (;;) {
      const row = this.#sql(
        `SELECT * FROM review_acts WHERE reviewer = ? AND undone = ? ORDER BY ${order} LIMIT 1`,
      ).get(reviewer, way === 'undo' ? 0 : 1) as ActRow | undefined;
      if (row === undefined) return undefined;
      if (this.#sql('SELECT 1 FROM review_changes WHERE act = ?').get(row.id) !== undefined) return row;
      this.#sql('DELETE FROM review_acts WHERE id = ?').run(row.id);
    }
  }

  #titles(reviewer: string): { undo: string | null; redo: string | null } {
    return { undo: this.#next(reviewer, 'undo')?.title ?? null, redo: this.#next(reviewer, 'redo')?.title ?? null };
  }

  /** From what an act left to what is to be; what another act changed since stays as it is, field by field. */
  #move(entity: Entity, key: Buffer, from: State | null, to: State | null, now: number): boolean {
    const current = this.#rows[entity].get(key)?.state ?? null;
    if (entity === 'queue' && to?.deleted === 0 && this.#nameTaken(to.name as string, key)) return false;
    if (current === null || from === null || to === null) {
      if ((current === null) !== (from === null)) return false;
      this.#write(entity, key, to, now);
      return true;
    }
    const next: State = { ...current };
    let fits = true;
    for (const [column, value] of Object.entries(to)) {
      if (value === from[column]) continue;
      if (current[column] === from[column]) next[column] = value;
      else fits = false;
    }
    // Who said it when goes with what was said.
    if (!fits && !saysMore(current, next)) return false;
    this.#write(entity, key, next, now);
    return true;
  }

  #nameTaken(name: string, key: Buffer): boolean {
    return this.#sql('SELECT 1 FROM queues WHERE name = ? AND deleted = 0 AND uid <> ?').get(name, key) !== undefined;
  }

  #write(entity: Entity, key: Buffer, state: State | null, now: number): void {
    const before = this.#rows[entity].get(key);
    this.#rows[entity].set(key, state);
    if (entity === 'queue') return;
    if (entity === 'review') {
      if (before !== null && state !== null) this.#terms.review(before.id, key, state, now);
      return;
    }
    for (const each of new Set([before?.state.trace, before?.state.other, state?.trace, state?.other])) {
      if (typeof each === 'number') this.#terms.labels(each);
    }
  }

  #tracesOf({ entity, key, before, after }: Change): { trace: number | null; other: number | null } {
    if (entity === 'queue') return { trace: null, other: null };
    if (entity === 'review') return { trace: this.#rows.review.get(key)?.id ?? null, other: null };
    const state = (after ?? before) as State;
    return { trace: state.trace as number, other: (state.other ?? null) as number | null };
  }
}

const besides: ReadonlySet<string> = new Set([
  'reviewed_at',
  'reviewed_revision',
  'reviewer',
  'updated_at',
  'trace_revision',
]);

function saysMore(current: State, next: State): boolean {
  return Object.keys(next).some((column) => !besides.has(column) && next[column] !== current[column]);
}

function sameState(a: State | null, b: State | null): boolean {
  if (a === null || b === null) return a === b;
  return Object.keys(b).every((column) => a[column] === b[column]);
}

function packed(state: State | null): Packed | null {
  return state === null ? null : packText(JSON.stringify(state));
}

function unpacked(state: Packed | null): State | null {
  return state === null ? null : (JSON.parse(unpackText(state)) as State);
}

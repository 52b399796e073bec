import { sql } from 'kysely';
import type {
  Page,
  Queue,
  QueueItem,
  QueueProgress,
  QueueSettings,
  ReviewAct,
} from '../../../../shared/model/index.js';
import { toIso } from '../../../../shared/model/index.js';
import { parseQuery } from '../../../../shared/query/index.js';
import { uidOrNull, uidText } from '../../codec/uid.js';
import type { Candidate } from '../../commands/review/queues.js';
import { Conditions } from '../../find/conditions.js';
import { decodeCursor, encodeCursor } from '../../find/cursor.js';
import { type ActRow, actOf } from '../../sqlite/rows/act.js';
import { type ItemRow, itemOf, type QueueRow, queueOf, selectItems } from '../../sqlite/rows/queue.js';
import type { Sql } from '../../sqlite/sql.js';
import type { Statements } from '../../sqlite/statements.js';

export type Progress = Omit<QueueProgress, 'matching' | 'share'>;

export interface ItemFilter {
  name: string;
  state?: QueueItem['state'] | 'disputed' | undefined;
  reviewer?: string | undefined;
  /** Who asks: what is blind for them is left out. */
  viewer: string;
}

/** What a reviewer may get next, first first; `reason` where that is nothing. */
export interface NextCandidates {
  candidates: Candidate[];
  reason: 'nothing_left' | 'goal_reached' | null;
}

interface ReviewerRow {
  reviewer: string;
  done: number;
  accepted: number;
  rejected: number;
  skipped: number;
  assigned: number;
  last_at: number | null;
}

/** Items that a reviewer decides before one of their own is shown again. */
const repeatGap = 10;
const atOnce = 20;

/** Queues, what was taken of them, and who may get what next. */
export class QueueReads {
  readonly #sql: Sql;
  readonly #statements: Statements;

  constructor(sql: Sql, statements: Statements) {
    this.#sql = sql;
    this.#statements = statements;
  }

  list(): Queue[] {
    return (this.#sql('SELECT * FROM queues WHERE deleted = 0 ORDER BY name').all() as QueueRow[]).map(queueOf);
  }

  get(name: string): Queue | null {
    const row = this.#row(name);
    return row === undefined ? null : queueOf(row);
  }

  progress(name: string): Progress | null {
    const row = this.#row(name);
    if (row === undefined) return null;
    const { goal } = queueOf(row);
    const one = (text: string) => this.#sql(text).get(row.id) as { [name: string]: number };
    const counts = one(
      `SELECT ifnull(sum(pass = 'first' AND state = 'submitted'), 0) AS done,
         ifnull(sum(state = 'assigned'), 0) AS assigned, ifnull(sum(state = 'skipped'), 0) AS skipped,
         ifnull(sum(pass = 'first' AND disputed = 1), 0) AS disputed,
         ifnull(sum(pass = 'first' AND state = 'submitted' AND second_due = 1), 0) AS second_all,
         ifnull(sum(pass = 'second' AND state = 'submitted'), 0) AS second_done,
         ifnull(sum(pass = 'first' AND state = 'submitted' AND repeat_due = 1), 0) AS repeat_all,
         ifnull(sum(pass = 'repeat' AND state = 'submitted'), 0) AS repeat_done
       FROM queue_items WHERE queue = ?`,
    );
    const reviewers = this.#sql(
      `SELECT reviewer, sum(state = 'submitted') AS done, ifnull(sum(label = 'accepted'), 0) AS accepted,
         ifnull(sum(label = 'rejected'), 0) AS rejected, sum(state = 'skipped') AS skipped,
         sum(state = 'assigned') AS assigned, max(submitted_at) AS last_at FROM queue_items WHERE queue = ? GROUP BY reviewer
       ORDER BY done DESC, reviewer LIMIT 200`,
    ).all(row.id) as ReviewerRow[];
    const {
      done = 0,
      assigned = 0,
      skipped = 0,
      disputed = 0,
      second_all = 0,
      second_done = 0,
      repeat_all = 0,
      repeat_done = 0,
    } = counts;
    return {
      done,
      goal,
      assigned,
      skipped,
      disputed,
      second: { due: Math.max(0, second_all - second_done), done: second_done },
      repeats: { due: Math.max(0, repeat_all - repeat_done), done: repeat_done },
      median_ms: this.#median(row.id, null),
      reviewers: reviewers.map(({ last_at, ...each }) => ({
        ...each,
        median_ms: this.#median(row.id, each.reviewer),
        last_at: last_at === null ? null : toIso(last_at),
      })),
    };
  }

  #median(queue: number, reviewer: string | null): number | null {
    const where = `queue = ?1 AND state = 'submitted' AND (?2 IS NULL OR reviewer = ?2)`;
    const { n } = this.#sql(`SELECT count(*) AS n FROM queue_items WHERE ${where}`).get(queue, reviewer) as {
      n: number;
    };
    if (n === 0) return null;
    const rows = this.#sql(`SELECT spent_ms FROM queue_items WHERE ${where} ORDER BY spent_ms LIMIT ?3 OFFSET ?4`).all(
      queue,
      reviewer,
      n % 2 === 0 ? 2 : 1,
      Math.floor((n - 1) / 2),
    ) as { spent_ms: number }[];
    return rows.reduce((sum, { spent_ms }) => sum + spent_ms, 0) / rows.length;
  }

  items({ name, state, reviewer, viewer }: ItemFilter, cursor: string | null, limit: number): Page<QueueItem> {
    const row = this.#row(name);
    if (row === undefined) return { items: [], next_cursor: null };
    const list = `items ${name} ${state} ${reviewer}`;
    const place = decodeCursor(list, cursor);
    const rows = this.#sql(
      `${selectItems} WHERE i.queue = ?1 AND (?2 IS NULL OR i.id < ?2)
         AND (?3 IS NULL OR (?3 = 'disputed' AND i.disputed = 1) OR i.state = ?3) AND (?4 IS NULL OR i.reviewer = ?4)
       ORDER BY i.id DESC LIMIT ?5`,
    ).all(row.id, place?.id ?? null, state ?? null, reviewer ?? null, limit + 1) as ItemRow[];
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map((item) => itemOf(item, this.#hidden(item, viewer), item.reviewer === viewer)),
      next_cursor: rows.length > limit && last ? encodeCursor(list, { at: 0, id: last.id }) : null,
    };
  }

  #hidden(item: ItemRow, viewer: string): boolean {
    if (item.reviewer !== viewer && item.held === 1 && item.disputed === 0) return true;
    return (
      this.#sql(
        `SELECT 1 FROM queue_items WHERE queue = ? AND trace = ? AND id <> ? AND reviewer = ? AND state = 'assigned' AND pass <> 'first'`,
      ).get(item.queue, item.trace, item.id, viewer) !== undefined
    );
  }

  /** Whether a reviewer has a trace before them that they are to judge without what was said of it. */
  blindFor(traceId: string, reviewer: string): boolean {
    const uid = uidOrNull(traceId);
    return (
      uid !== null &&
      this.#sql(
        `SELECT 1 FROM queue_items AS i JOIN traces AS t ON t.id = i.trace JOIN queues AS q ON q.id = i.queue
         WHERE t.uid = ? AND i.reviewer = ? AND i.state = 'assigned' AND i.pass <> 'first' AND q.deleted = 0`,
      ).get(uid, reviewer) !== undefined
    );
  }

  blindTraces(reviewer: string): string[] {
    const rows = this.#sql(
      `SELECT DISTINCT t.uid FROM queues AS q
       JOIN queue_items AS i INDEXED BY queue_items_by_reviewer ON i.queue = q.id AND i.reviewer = ?1 AND i.state = 'assigned'
       JOIN traces AS t ON t.id = i.trace WHERE q.deleted = 0 AND i.pass <> 'first'`,
    ).all(reviewer) as { uid: Uint8Array }[];
    return rows.map(({ uid }) => uidText(uid));
  }

  /** @throws SluiceError `query_invalid` */
  next(name: string, reviewer: string, otherThan: string | null, now: number): NextCandidates | null {
    const row = this.#row(name);
    if (row === undefined) return null;
    const settings = queueOf(row);
    const other = otherThan === null ? null : uidOrNull(otherThan);
    const open = this.#traces(
      `SELECT i.trace, i.pass FROM queue_items AS i WHERE i.queue = ?1 AND i.reviewer = ?2 AND i.state = 'assigned'
         AND (?3 IS NULL OR i.uid <> ?3) ORDER BY i.id LIMIT ${atOnce}`,
      [row.id, reviewer, other],
    );
    const seconds = () =>
      this.#traces(
        `SELECT f.trace, 'second' AS pass FROM queue_items AS f WHERE f.queue = ?1 AND f.pass = 'first' AND f.state = 'submitted'
           AND f.second_due = 1 AND f.reviewer <> ?2 AND ${notTaken('f.trace', 'second')} ORDER BY f.id LIMIT ${atOnce}`,
        [row.id, reviewer, now],
      );
    const repeats = (gap: number) =>
      this.#traces(
        `SELECT f.trace, 'repeat' AS pass FROM queue_items AS f WHERE f.queue = ?1 AND f.pass = 'first' AND f.state = 'submitted'
           AND f.repeat_due = 1 AND f.reviewer = ?2 AND ${notTaken('f.trace', 'repeat')}
           AND (SELECT count(*) FROM queue_items AS o WHERE o.queue = ?1 AND o.reviewer = ?2 AND o.submitted_at > f.submitted_at) >= ?4
         ORDER BY f.id LIMIT ${atOnce}`,
        [row.id, reviewer, now, gap],
      );
    const reached = settings.goal !== null && this.#begun(row.id, now) >= settings.goal;
    const fresh = () => (reached ? [] : this.#fresh(row.id, settings, reviewer, now));
    const sources = [
      () => (otherThan === null ? open : []),
      () => (settings.second_review > 0 ? seconds() : []),
      () => (settings.self_repeat > 0 ? repeats(repeatGap) : []),
      fresh,
      () => (settings.self_repeat > 0 ? repeats(0) : []),
      () => open,
    ];
    for (const source of sources) {
      const candidates = source();
      if (candidates.length > 0) return { candidates, reason: null };
    }
    return { candidates: [], reason: reached ? 'goal_reached' : 'nothing_left' };
  }

  /** Decided, or with somebody now. */
  #begun(queue: number, now: number): number {
    const row = this.#sql(
      `SELECT count(*) AS n FROM queue_items WHERE queue = ? AND pass = 'first'
         AND (state = 'submitted' OR (state = 'assigned' AND lease_until > ?))`,
    ).get(queue, now) as { n: number };
    return row.n;
  }

  #fresh(queue: number, { query, order, seed }: QueueSettings, reviewer: string, now: number): Candidate[] {
    const node = parseQuery(query, 'traces');
    const where =
      node === null ? sql`1` : new Conditions(this.#statements, 'traces', now).of(node, { kind: 'everywhere' });
    const found = sql<{ uid: Buffer }>`SELECT t.uid FROM traces AS t WHERE ${where}
      AND NOT EXISTS (SELECT 1 FROM queue_items AS i WHERE i.queue = ${queue} AND i.trace = t.id AND i.pass = 'first'
        AND NOT (i.state = 'assigned' AND i.lease_until <= ${now}) AND NOT (i.state = 'skipped' AND i.reviewer <> ${reviewer}))
      AND NOT EXISTS (SELECT 1 FROM queue_items AS i WHERE i.queue = ${queue} AND i.trace = t.id AND i.pass = 'second'
        AND i.reviewer = ${reviewer} AND i.state <> 'skipped')
      ORDER BY ${orderOf(order, seed)} LIMIT ${sql.lit(atOnce)}`;
    return this.#statements.all(found).map(({ uid }) => ({ trace_id: uidText(uid), pass: 'first' }));
  }

  #traces(text: string, values: unknown[]): Candidate[] {
    const rows = this.#sql(`SELECT t.uid, d.pass FROM (${text}) AS d JOIN traces AS t ON t.id = d.trace`).all(
      ...values,
    ) as { uid: Buffer; pass: Candidate['pass'] }[];
    return rows.map(({ uid, pass }) => ({ trace_id: uidText(uid), pass }));
  }

  acts(reviewer: string, cursor: string | null, limit: number): Page<ReviewAct> {
    const list = `acts ${reviewer}`;
    const place = decodeCursor(list, cursor);
    // Of an act that was done page by page its first stands for all.
    const rows = this.#sql(
      `SELECT *, min(id) FROM review_acts WHERE reviewer = ?1 AND (?2 IS NULL OR turn < ?2) GROUP BY turn, undone
       ORDER BY turn DESC LIMIT ?3`,
    ).all(reviewer, place?.id ?? null, limit + 1) as ActRow[];
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map((act) => actOf(this.#sql, act)),
      next_cursor: rows.length > limit && last ? encodeCursor(list, { at: 0, id: last.turn }) : null,
    };
  }

  #row(name: string): QueueRow | undefined {
    return this.#sql('SELECT * FROM queues WHERE name = ? AND deleted = 0').get(name) as QueueRow | undefined;
  }
}

/** No reviewer has this pass of the trace, or its lease has ended. `?1` the queue, `?2` the reviewer, `?3` now. */
function notTaken(trace: string, pass: string): string {
  return `NOT EXISTS (SELECT 1 FROM queue_items AS s WHERE s.queue = ?1 AND s.trace = ${trace} AND s.pass = '${pass}'
    AND NOT (s.state = 'assigned' AND s.lease_until <= ?3) AND NOT (s.state = 'skipped' AND s.reviewer <> ?2))`;
}

function orderOf(order: string, seed: number) {
  const newest = sql`t.started_at DESC, t.id DESC`;
  if (order === 'newest') return newest;
  if (order === 'oldest') return sql`t.started_at, t.id`;
  if (order === 'errors') return sql`t.error_count DESC, ${newest}`;
  if (order === 'random') return sql`shuffled(${sql.lit(seed)}, t.id), t.id`;
  const name = order.replace(/^-?score\./, '').toLowerCase();
  const value = sql`(SELECT s.value FROM scores AS s WHERE s.trace = t.id AND (s.kind = ${name} OR lower(s.name) = ${name})
    ORDER BY s.created_at DESC LIMIT 1)`;
  return order.startsWith('-')
    ? sql`${value} IS NULL, ${value} DESC, ${newest}`
    : sql`${value} IS NULL, ${value}, ${newest}`;
}

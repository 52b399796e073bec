import { SluiceError } from '../../../../shared/errors.js';
import { uuidv7 } from '../../../../shared/ids.js';
import {
  type ItemDecision,
  itemDecisionSchema,
  type Queue,
  type QueueItem,
  type QueueSettings,
  queueName,
  queueSettingsSchema,
} from '../../../../shared/model/index.js';
import { parseQuery } from '../../../../shared/query/index.js';
import { packJson } from '../../codec/pack.js';
import { uidBytes, uidOrNull } from '../../codec/uid.js';
import { type ItemRow, itemOf, type QueueRow, queueOf, selectItems } from '../../sqlite/rows/queue.js';
import type { Sql } from '../../sqlite/sql.js';
import { drawn } from '../../text/drawn.js';
import type { Acts, Change } from './acts.js';
import type { State } from './entities.js';
import type { ReviewCommands } from './reviews.js';

/** A trace that a reviewer may get, and as what. */
export interface Candidate {
  trace_id: string;
  pass: QueueItem['pass'];
}

interface By {
  reviewer: string;
  now: number;
}

const minute = 60_000_000;
/** A reviewer who is away does not work: so much counts at most where nobody measured. */
const longestLook = 30 * 60_000;

/** Queues, and who has which item of them. */
export class QueueCommands {
  readonly #sql: Sql;
  readonly #acts: Acts;
  readonly #reviews: ReviewCommands;

  constructor(sql: Sql, acts: Acts, reviews: ReviewCommands) {
    this.#sql = sql;
    this.#acts = acts;
    this.#reviews = reviews;
  }

  /** @throws SluiceError `validation_failed`, `query_invalid`, `queue_exists` */
  create(name: string, settings: QueueSettings, by: By): Queue {
    const checked = queueName.safeParse(name);
    if (!checked.success) throw new SluiceError('validation_failed', 'The queue’s name is not valid.');
    if (this.#queueRow(name) !== undefined) throw new SluiceError('queue_exists', `There is a queue ${name} already.`);
    const uid = uidBytes(uuidv7());
    // Its row stays where its making is taken back: its items are its row's.
    this.#sql(
      `INSERT INTO queues (uid, name, settings, created_at, updated_at, deleted) VALUES (?, ?, '{}', ?, ?, 1)`,
    ).run(uid, name, by.now, by.now);
    return this.#save(uid, name, settings, by.now, `Queue ${name} made`, [], by);
  }

  /** @throws SluiceError `not_found`, `validation_failed`, `query_invalid` */
  change(name: string, patch: Partial<QueueSettings>, by: By): Queue {
    const row = this.#queue(name);
    const { queue_id: _, name: __, created_at: ___, updated_at: ____, ...stood } = queueOf(row);
    const settings = { ...stood, ...patch };
    // Nobody is waited for any more.
    const freed = patch.second_review === 0 ? this.#publishHeld(row.id, by) : [];
    return this.#save(row.uid, name, settings, row.created_at, `Queue ${name} changed`, freed, by);
  }

  delete(name: string, by: By): boolean {
    const row = this.#queueRow(name);
    if (row === undefined) return false;
    const state = this.#acts.get('queue', row.uid)?.state as State;
    const change = this.#acts.change('queue', row.uid, { ...state, deleted: 1, updated_at: by.now });
    this.#perform('queue', `Queue ${name} deleted`, by, [change]);
    return true;
  }

  /** Gives the first of these that is still free; null where none is. A reviewer’s own open item is given again. */
  assign(name: string, candidates: readonly Candidate[], by: By): QueueItem | null {
    const queue = this.#queue(name);
    const settings = queueOf(queue);
    mayTake(settings, by.reviewer);
    for (const { trace_id, pass } of candidates) {
      const uid = uidOrNull(trace_id);
      const trace = uid && (this.#sql('SELECT id FROM traces WHERE uid = ?').get(uid) as { id: number } | undefined);
      if (!trace) continue;
      const item = this.#take(queue.id, settings, trace.id, trace_id, pass, by);
      if (item !== null) return item;
    }
    return null;
  }

  #take(
    queue: number,
    settings: QueueSettings,
    trace: number,
    traceId: string,
    pass: QueueItem['pass'],
    { reviewer, now }: By,
  ): QueueItem | null {
    const row = this.#sql('SELECT * FROM queue_items WHERE queue = ? AND trace = ? AND pass = ?').get(
      queue,
      trace,
      pass,
    ) as (ItemRow & { uid: Buffer }) | undefined;
    const lease_until = now + settings.lease_minutes * minute;
    if (row === undefined) {
      const uid = uidBytes(uuidv7());
      const due = (share: number, salt: string) =>
        pass === 'first' && drawn(settings.seed, traceId, salt) < share ? 1 : 0;
      this.#sql(
        `INSERT INTO queue_items (uid, queue, trace, pass, state, reviewer, second_due, repeat_due, held, disputed,
           assigned_at, opened_at, lease_until, spent_ms) VALUES (?, ?, ?, ?, 'assigned', ?, ?, ?, 0, 0, ?, ?, ?, 0)`,
      ).run(
        uid,
        queue,
        trace,
        pass,
        reviewer,
        due(settings.second_review, 'second'),
        due(settings.self_repeat, 'repeat'),
        now,
        now,
        lease_until,
      );
      return this.#item(uid);
    }
    const own = row.reviewer === reviewer && row.state === 'assigned';
    const over = row.state === 'assigned' && row.lease_until <= now;
    const left = row.state === 'skipped' && row.reviewer !== reviewer;
    if (!own && !over && !left) return null;
    const since = own ? row.assigned_at : now;
    const spent = own ? row.spent_ms + lookedAt(row.opened_at, now) : 0;
    // What another said and never submitted is theirs.
    this.#sql(
      `UPDATE queue_items SET state = 'assigned', reviewer = ?1, assigned_at = ?2, opened_at = ?3, lease_until = ?4, spent_ms = ?5,
         draft = CASE reviewer WHEN ?1 THEN draft END
       WHERE uid = ?6`,
    ).run(reviewer, since, now, lease_until, spent, row.uid);
    return this.#item(row.uid);
  }

  /**
   * Keeps what its reviewer says of an open item until they submit it; no act that an undo takes back.
   * @throws SluiceError `not_found`, `item_taken`, `validation_failed`
   */
  keepDraft(name: string, itemId: string, draft: ItemDecision, by: By): QueueItem {
    const { row } = this.#open(name, itemId, by);
    const checked = itemDecisionSchema.safeParse(draft);
    if (!checked.success)
      throw new SluiceError('validation_failed', 'The decision is not valid.', checked.error.issues);
    this.#keepDraft(row.uid, checked.data);
    return this.#item(row.uid);
  }

  #keepDraft(uid: Buffer, draft: ItemDecision): void {
    this.#sql('UPDATE queue_items SET draft = ? WHERE uid = ?').run(packJson(draft), uid);
  }

  /** @throws SluiceError `not_found`, `item_taken`, `validation_failed` */
  submit(name: string, itemId: string, part: Partial<ItemDecision>, spentMs: number | null, by: By): QueueItem {
    const { row, state, trace } = this.#open(name, itemId, by);
    const before = this.#acts.get('review', trace.uid)?.state as State;
    const base: ItemDecision =
      row.pass === 'first'
        ? ({
            label: before.label,
            rating: before.rating,
            tags: JSON.parse(before.tags as string),
            note: before.note,
          } as ItemDecision)
        : { label: null, rating: null, tags: [], note: '' };
    const checked = itemDecisionSchema.safeParse({ ...base, ...part });
    if (!checked.success)
      throw new SluiceError('validation_failed', 'The decision is not valid.', checked.error.issues);
    if (Object.keys(part).length === 0) throw new SluiceError('validation_failed', 'Say something of it, or skip it.');
    const decision = checked.data;
    const held = row.pass === 'first' && row.second_due === 1 && this.#secondShare(row.queue) > 0;
    const done: State = {
      ...state,
      state: 'submitted',
      spent_ms: spentOf(state, spentMs, by.now),
      submitted_at: by.now,
      trace_revision: trace.revision,
      label: decision.label,
      decision: JSON.stringify(decision),
      held: held ? 1 : 0,
    };
    const changes = this.#settle(row, trace.uid, before, decision, done, by);
    this.#perform('submit', `Submit in ${name}`, by, changes);
    // Whoever takes that back finds it as it was submitted.
    this.#keepDraft(row.uid, decision);
    return this.#item(row.uid);
  }

  /**
   * What an item is once it is decided. Of two decisions on a trace, whichever came last, the same label is the trace's review,
   * and another stands against it.
   */
  #settle(row: ItemRow, uid: Buffer, review: State, decision: ItemDecision, done: State, by: By): (Change | null)[] {
    const first = row.pass === 'first';
    const published = (words: ItemDecision, reviewer: string) =>
      this.#reviews.patched(uid, review, words, reviewer, by.now);
    const other = row.pass === 'repeat' ? null : this.#decided(row.queue, row.trace, first ? 'second' : 'first');
    if (other === null) {
      const review = first && done.held === 0 ? published(decision, by.reviewer) : null;
      return [this.#acts.change('item', row.uid, done), review];
    }
    const agree = other.decision.label === decision.label;
    const disputed = agree ? 0 : 1;
    const [one, two] = first ? [decision, other.decision] : [other.decision, decision];
    const waited = (first ? done : other.state).held === 1;
    const settled = { disputed, ...(agree ? { held: 0 } : {}) };
    const changes = [
      this.#acts.change('item', row.uid, { ...done, ...(first ? settled : { disputed }) }),
      this.#acts.change('item', other.uid, { ...other.state, ...(first ? { disputed } : settled) }),
    ];
    if (agree && waited) {
      const both = { ...one, tags: [...new Set([...one.tags, ...two.tags])].slice(0, 64) };
      changes.push(published(both, first ? by.reviewer : other.reviewer));
    } else if (first && !waited) {
      changes.push(published(decision, by.reviewer));
    }
    return changes;
  }

  #decided(queue: number, trace: number, pass: QueueItem['pass']) {
    const row = this.#sql(
      `SELECT uid, reviewer FROM queue_items WHERE queue = ? AND trace = ? AND pass = ? AND state = 'submitted'`,
    ).get(queue, trace, pass) as { uid: Buffer; reviewer: string } | undefined;
    if (row === undefined) return null;
    const state = this.#acts.get('item', row.uid)?.state as State;
    return { ...row, state, decision: JSON.parse(state.decision as string) as ItemDecision };
  }

  /** @throws SluiceError `not_found`, `item_taken` */
  skip(name: string, itemId: string, spentMs: number | null, by: By): QueueItem {
    const { row, state } = this.#open(name, itemId, by);
    const change = this.#acts.change('item', row.uid, {
      ...state,
      state: 'skipped',
      spent_ms: spentOf(state, spentMs, by.now),
      lease_until: by.now,
    });
    this.#perform('skip', `Skip in ${name}`, by, [change]);
    return this.#item(row.uid);
  }

  /** @throws SluiceError `not_found`, `item_taken` where it is another's */
  reopen(name: string, itemId: string, by: By): QueueItem {
    const { row, state } = this.#itemRow(name, itemId);
    if (row.reviewer !== by.reviewer) throw new SluiceError('item_taken', `The item is ${row.reviewer}’s.`);
    if (row.state === 'assigned') return this.#item(row.uid);
    const change = this.#acts.change('item', row.uid, {
      ...state,
      state: 'assigned',
      opened_at: by.now,
      lease_until: by.now + queueOf(this.#queue(name)).lease_minutes * minute,
      submitted_at: null,
      trace_revision: null,
      label: null,
      decision: null,
      held: 0,
      disputed: 0,
    });
    // What the other said stands against nothing then.
    const other = row.pass === 'first' ? 'second' : 'first';
    const against = this.#sql(
      'SELECT uid FROM queue_items WHERE queue = ? AND trace = ? AND pass = ? AND disputed = 1',
    ).get(row.queue, row.trace, other) as { uid: Buffer } | undefined;
    const freed = against && this.#acts.get('item', against.uid);
    const changes = [
      change,
      freed ? this.#acts.change('item', (against as { uid: Buffer }).uid, { ...freed.state, disputed: 0 }) : null,
    ];
    this.#perform('reopen', `Reopen in ${name}`, by, changes);
    return this.#item(row.uid);
  }

  /** What waits for a second reviewer becomes the reviews of its traces. */
  #publishHeld(queue: number, by: By): (Change | null)[] {
    const rows = this.#sql(
      `SELECT i.uid, i.reviewer, t.uid AS trace_uid FROM queue_items AS i JOIN traces AS t ON t.id = i.trace
       WHERE i.queue = ? AND i.pass = 'first' AND i.state = 'submitted' AND i.held = 1 AND i.disputed = 0`,
    ).all(queue) as { uid: Buffer; reviewer: string; trace_uid: Buffer }[];
    return rows.flatMap(({ uid, reviewer, trace_uid }) => {
      const item = this.#acts.get('item', uid)?.state as State;
      const review = this.#acts.get('review', trace_uid)?.state as State;
      const decision = JSON.parse(item.decision as string) as ItemDecision;
      return [
        this.#acts.change('item', uid, { ...item, held: 0 }),
        this.#reviews.patched(trace_uid, review, decision, reviewer, by.now),
      ];
    });
  }

  #save(
    uid: Buffer,
    name: string,
    settings: QueueSettings,
    created_at: number,
    title: string,
    besides: (Change | null)[],
    by: By,
  ): Queue {
    const checked = queueSettingsSchema.safeParse(settings);
    if (!checked.success) throw new SluiceError('validation_failed', 'The queue is not valid.', checked.error.issues);
    parseQuery(checked.data.query, 'traces');
    const change = this.#acts.change('queue', uid, {
      name,
      settings: JSON.stringify(checked.data),
      created_at,
      updated_at: by.now,
      deleted: 0,
    });
    this.#perform('queue', title, by, [change, ...besides]);
    return queueOf(this.#queue(name));
  }

  #perform(kind: string, title: string, { reviewer, now }: By, changes: (Change | null)[]): void {
    this.#acts.perform({ reviewer, kind, title }, changes, now);
  }

  /** An item that is its reviewer's to decide. */
  #open(name: string, itemId: string, by: By) {
    const found = this.#itemRow(name, itemId);
    if (found.row.reviewer !== by.reviewer || found.row.state !== 'assigned') {
      const whose = found.row.state === 'assigned' ? `is ${found.row.reviewer}’s now` : `is ${found.row.state}`;
      throw new SluiceError('item_taken', `The item ${whose}.`);
    }
    return found;
  }

  #itemRow(name: string, itemId: string) {
    const queue = this.#queue(name);
    const uid = uidOrNull(itemId);
    const row =
      uid && (this.#sql(`${selectItems} WHERE i.uid = ? AND i.queue = ?`).get(uid, queue.id) as ItemRow | undefined);
    if (!row) throw new SluiceError('not_found', 'There is no such item in the queue.');
    const state = this.#acts.get('item', row.uid)?.state as State;
    return { row, state, trace: { uid: row.trace_uid, revision: row.revision } };
  }

  #item(uid: Buffer): QueueItem {
    return itemOf(this.#sql(`${selectItems} WHERE i.uid = ?`).get(uid) as ItemRow, false, true);
  }

  #secondShare(queue: number): number {
    return queueOf(this.#sql('SELECT * FROM queues WHERE id = ?').get(queue) as QueueRow).second_review;
  }

  #queueRow(name: string): QueueRow | undefined {
    return this.#sql('SELECT * FROM queues WHERE name = ? AND deleted = 0').get(name) as QueueRow | undefined;
  }

  #queue(name: string): QueueRow {
    const row = this.#queueRow(name);
    if (row === undefined) throw new SluiceError('not_found', 'There is no such queue.');
    return row;
  }
}

/** @throws SluiceError `forbidden` */
function mayTake({ reviewers }: QueueSettings, reviewer: string): void {
  if (reviewers.length === 0 || reviewers.includes(reviewer)) return;
  throw new SluiceError('forbidden', `The queue is for others than ${reviewer}.`, { reviewers });
}

function lookedAt(opened: number, now: number): number {
  return Math.min(longestLook, Math.max(0, Math.round((now - opened) / 1000)));
}

/** What a client measured, or what lies between its asking and its answer. */
function spentOf(state: State, measuredMs: number | null, now: number): number {
  return measuredMs ?? (state.spent_ms as number) + lookedAt(state.opened_at as number, now);
}

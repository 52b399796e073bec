import { uuidv7 } from '../../../../shared/ids.js';
import { domainTag, type FoundDomain } from '../../../../shared/model/index.js';
import { uidBytes } from '../../codec/uid.js';
import { decodeDeltas } from '../../codec/varint.js';
import type { TraceTerms } from '../../dictionaries/trace-terms.js';
import { reviewOf } from '../../sqlite/rows/review.js';
import type { Sql } from '../../sqlite/sql.js';
import type { State } from './entities.js';

interface TraceRow {
  id: number;
  started_at: number;
  terms: Buffer;
}

/** Values by which traces are found for what was said of them. */
const ofReview = { fields: ['label', 'tag', 'domain'], flags: ['tag', 'note', 'reviewed'] };
const ofScoring = { fields: ['domain'], flags: ['score'] };
const ofLabels = { fields: ['reviewer'], flags: ['correction', 'step_label', 'comparison'] };

/** Keeps what traces are found by in step with what reviewers say; every state of a review is kept too. */
export class ReviewTerms {
  readonly #sql: Sql;
  readonly #terms: TraceTerms;

  constructor(sql: Sql, terms: TraceTerms) {
    this.#sql = sql;
    this.#terms = terms;
  }

  review(trace: number, uid: Buffer, state: State, now: number): void {
    const tags = JSON.parse(state.tags as string) as string[];
    const wanted: [string, string][] = tags.map((tag) => ['tag', tag]);
    if (state.label !== null) wanted.push(['label', state.label as string]);
    wanted.push(...this.#domain(trace, tags));
    if (tags.length > 0) wanted.push(['flag', 'tag']);
    if (state.note !== '') wanted.push(['flag', 'note']);
    if (state.label !== null || state.rating !== null || tags.length > 0 || state.note !== '') {
      wanted.push(['flag', 'reviewed']);
    }
    this.#set(trace, wanted, ofReview);
    const { trace_id: _, ...review } = reviewOf({ ...state, uid } as unknown as Parameters<typeof reviewOf>[0]);
    this.#sql('INSERT INTO review_events (trace, uid, at, review) VALUES (?, ?, ?, ?)').run(
      trace,
      uidBytes(uuidv7()),
      now,
      JSON.stringify(review),
    );
    this.labels(trace);
  }

  /** After a trace was scored. */
  scored(trace: number): void {
    const row = this.#sql('SELECT tags FROM traces WHERE id = ?').get(trace) as { tags: string };
    const domain = this.#domain(trace, JSON.parse(row.tags) as string[]);
    this.#set(trace, [['flag', 'score'], ...domain], ofScoring);
  }

  /** The field of work that a reviewer gave a trace, else the one that the rules found. */
  #domain(trace: number, tags: readonly string[]): [string, string][] {
    const row = this.#sql('SELECT domain FROM quality WHERE trace = ? AND domain IS NOT NULL').get(trace) as
      | { domain: string }
      | undefined;
    const domain = domainTag(tags) ?? (row && (JSON.parse(row.domain) as FoundDomain).domain);
    return domain === undefined ? [] : [['domain', domain]];
  }

  labels(trace: number): void {
    const has = (table: string, column: string) =>
      this.#sql(`SELECT 1 FROM ${table} WHERE ${column} = ? LIMIT 1`).get(trace) !== undefined;
    const wanted: [string, string][] = [];
    if (has('corrections', 'trace')) wanted.push(['flag', 'correction']);
    if (has('step_labels', 'trace')) wanted.push(['flag', 'step_label']);
    if (has('comparisons', 'trace') || has('comparisons', 'other')) wanted.push(['flag', 'comparison']);
    const reviewers = this.#sql(
      `SELECT reviewer FROM corrections WHERE trace = ?1 UNION SELECT reviewer FROM step_labels WHERE trace = ?1
         UNION SELECT reviewer FROM comparisons WHERE trace = ?1 UNION SELECT reviewer FROM comparisons WHERE other = ?1
         UNION SELECT reviewer FROM queue_items WHERE trace = ?1 AND state = 'submitted'
         UNION SELECT reviewer FROM traces WHERE id = ?1 AND reviewer IS NOT NULL`,
    ).all(trace) as { reviewer: string }[];
    for (const { reviewer } of reviewers) wanted.push(['reviewer', reviewer]);
    this.#set(trace, wanted, ofLabels);
  }

  #set(id: number, wanted: [string, string][], among: { fields: string[]; flags: string[] }): void {
    const row = this.#sql('SELECT id, started_at, terms FROM traces WHERE id = ?').get(id) as TraceRow | undefined;
    if (row === undefined) return;
    const add = wanted.map(([field, value]) => this.#terms.id(field, value));
    const has = decodeDeltas(row.terms);
    const ours = this.#sql(
      `SELECT id FROM terms WHERE id IN (SELECT value FROM json_each(?))
         AND (field IN (SELECT value FROM json_each(?)) OR (field = 'flag' AND value IN (SELECT value FROM json_each(?))))`,
    ).all(JSON.stringify(has), JSON.stringify(among.fields), JSON.stringify(among.flags)) as { id: number }[];
    const terms = this.#terms.change(
      row,
      add,
      ours.map(({ id: term }) => term).filter((term) => !add.includes(term)),
    );
    this.#sql('UPDATE traces SET terms = ? WHERE id = ?').run(terms, id);
  }
}

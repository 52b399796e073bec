import { sql } from 'kysely';
import {
  domainTag,
  type FoundDomain,
  type QualityScore,
  type QualityValue,
  saidByPerson,
  type TraceQuality,
  toIso,
} from '../../../shared/model/index.js';
import { uidOrNull, uidText } from '../codec/uid.js';
import type { Statements } from '../sqlite/statements.js';

/** A trace's scoring, and what it was made of: another state of any of these is scored anew. `M`: what it is compared by. */
export interface StoredQuality<M = never> {
  trace_id: string;
  revision: number;
  reviewed_at: number | null;
  /** When others scored it last, of what was read. */
  judged_at: number | null;
  version: number;
  scores: QualityScore[];
  measures: M;
  domain: FoundDomain | null;
}

const pageOf = 500;
/** When somebody but the rules last scored it. */
const judgedAt = sql`(SELECT max(s.created_at) FROM scores AS s WHERE s.trace = t.id AND s.rubric_id IS NOT 'sluice-quality')`;
const isStale = (version: number) => sql`(q.revision <> t.revision OR q.reviewed_at IS NOT t.reviewed_at
  OR q.judged_at IS NOT ${judgedAt} OR q.version <> ${version})`;

type Stored = { id: number; uid: Buffer; scores: string; measures: string; domain: string | null } & Pick<
  StoredQuality,
  'revision' | 'reviewed_at' | 'judged_at' | 'version'
>;
type Row = {
  uid: Buffer;
  revision: number;
  computed_at: number;
  scores: string;
  domain: string | null;
  tags: string;
  stale: number;
  label: string | null;
};

/** Rule scores as they were computed last, with their reasons. */
export class QualityReads {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** Traces that changed since they were scored by this version of the rules, or never were. `at` goes on behind a page. */
  changed(version: number, after: number): { at: number; trace_id: string }[] {
    const rows = this.#statements.all(
      sql<{ id: number; uid: Buffer }>`SELECT t.id, t.uid FROM traces AS t LEFT JOIN quality AS q ON q.trace = t.id
        WHERE t.id > ${after} AND (q.trace IS NULL OR ${isStale(version)}) ORDER BY t.id LIMIT ${pageOf}`,
    );
    return rows.map(({ id, uid }) => ({ at: id, trace_id: uidText(uid) }));
  }

  /** All that is stored, a trace at a time. */
  *all(): Generator<StoredQuality> {
    for (let after = 0; ; ) {
      const rows = this.#statements.all(
        sql<Stored>`SELECT t.id, t.uid, q.revision, q.reviewed_at, q.judged_at, q.version, q.scores, q.measures, q.domain
          FROM quality AS q CROSS JOIN traces AS t ON t.id = q.trace WHERE q.trace > ${after} ORDER BY q.trace LIMIT ${pageOf}`,
      );
      for (const { id: _, uid, scores, measures, domain, ...made } of rows) {
        yield {
          trace_id: uidText(uid),
          ...made,
          scores: JSON.parse(scores) as QualityScore[],
          measures: JSON.parse(measures) as never,
          domain: domainIn(domain),
        };
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageOf) return;
      after = last.id;
    }
  }

  /** Of the traces that were scored, in no order. */
  values(traceIds: readonly string[]): QualityValue[] {
    const uids = traceIds.flatMap((id) => uidOrNull(id) ?? []);
    if (uids.length === 0) return [];
    const rows = this.#statements.all(
      sql<{ uid: Buffer; quality_score: number | null; training_weight: number | null }>`SELECT t.uid,
          max(s.value) FILTER (WHERE s.name = 'quality_score') AS quality_score,
          max(s.value) FILTER (WHERE s.name = 'training_weight') AS training_weight
        FROM traces AS t JOIN quality AS q ON q.trace = t.id
        LEFT JOIN scores AS s ON s.trace = t.id AND s.rubric_id = 'sluice-quality'
        WHERE t.uid IN (${sql.join(uids)}) GROUP BY t.id`,
    );
    return rows.map(({ uid, ...values }) => ({ trace_id: uidText(uid), ...values }));
  }

  /** Null where there is no such trace, or it was not scored yet. */
  of(traceId: string, version: number): TraceQuality | null {
    const uid = uidOrNull(traceId);
    const row =
      uid &&
      this.#statements.get(
        sql<Row>`SELECT t.uid, q.revision, q.computed_at, q.scores, q.domain, t.tags, t.label, ${isStale(version)} AS stale
          FROM traces AS t JOIN quality AS q ON q.trace = t.id WHERE t.uid = ${uid}`,
      );
    if (!row) return null;
    const scores = JSON.parse(row.scores) as QualityScore[];
    const value = (name: string) => scores.find((score) => score.name === name)?.value ?? null;
    return {
      trace_id: uidText(row.uid),
      revision: row.revision,
      stale: row.stale === 1,
      computed_at: toIso(row.computed_at),
      scores: scores.filter(({ name }) => name !== 'quality_score' && name !== 'training_weight'),
      quality_score: value('quality_score'),
      human_validated: row.label === 'accepted',
      training_weight: value('training_weight'),
      domain: taggedDomain(row.tags) ?? domainIn(row.domain),
    };
  }

  /** The field of work of a trace by the rules, as it was scored last; null: none, or not scored. */
  domain(traceId: string): string | null {
    const uid = uidOrNull(traceId);
    const row =
      uid &&
      this.#statements.get(
        sql<{
          domain: string | null;
        }>`SELECT q.domain FROM traces AS t JOIN quality AS q ON q.trace = t.id WHERE t.uid = ${uid}`,
      );
    return row ? (domainIn(row.domain)?.domain ?? null) : null;
  }
}

function domainIn(text: string | null): FoundDomain | null {
  return text === null ? null : (JSON.parse(text) as FoundDomain);
}

/** What a person corrected it to by a tag, which holds at once. */
function taggedDomain(tags: string): FoundDomain | null {
  const domain = domainTag(JSON.parse(tags) as string[]);
  return domain === null ? null : { domain, evidence: [saidByPerson] };
}

import type { ItemDecision } from '../../../../shared/model/index.js';
import { type Packed, unpackJson } from '../../codec/pack.js';
import { uidOrNull } from '../../codec/uid.js';
import type { Sql } from '../../sqlite/sql.js';

export type JudgedField = 'label' | 'rating' | 'step_label';

/** What reviewers and judges said of the same things, as agreement is worked out of it. */
export interface Judgements {
  /** `unit`: a trace or a step; `again`: said by who had said it before, without seeing that. */
  rows: { unit: string; reviewer: string; value: string | number; again: boolean }[];
  /** Scores of the kind judge of these units. */
  scores: { unit: string; name: string; value: number }[];
  cut: boolean;
}

/** Decisions that are looked at. */
const most = 20_000;

interface ItemRow {
  trace: number;
  pass: string;
  reviewer: string;
  decision: Packed;
}

/**
 * Later words of the same reviewer on the same unit take the place of earlier ones.
 * @param traceIds only what was said of these; null: of all
 */
export function judgements(
  sql: Sql,
  queue: string | null,
  field: JudgedField,
  traceIds: readonly string[] | null,
): Judgements {
  const only = traceIds && JSON.stringify(traceIds.flatMap((traceId) => idOf(sql, traceId) ?? []));
  const found = field === 'step_label' ? stepLabels(sql, queue, only) : decisions(sql, queue, field, only);
  const cut = found.length > most;
  const rows = found.slice(0, most).reverse();
  const scores = field === 'step_label' ? [] : judgeScores(sql, new Set(rows.map(({ unit }) => unit)));
  return { rows, scores, cut };
}

function idOf(sql: Sql, traceId: string): number | undefined {
  const uid = uidOrNull(traceId);
  return uid === null
    ? undefined
    : (sql('SELECT id FROM traces WHERE uid = ?').get(uid) as { id: number } | undefined)?.id;
}

function decisions(sql: Sql, queue: string | null, field: 'label' | 'rating', only: string | null): Judgements['rows'] {
  const items = sql(
    `SELECT i.trace, i.pass, i.reviewer, i.decision FROM queue_items AS i JOIN queues AS q ON q.id = i.queue
     WHERE i.state = 'submitted' AND i.decision IS NOT NULL AND q.deleted = 0 AND (?1 IS NULL OR q.name = ?1)
       AND (?2 IS NULL OR i.trace IN (SELECT value FROM json_each(?2)))
     ORDER BY i.submitted_at DESC LIMIT ${most + 1}`,
  ).all(queue, only) as ItemRow[];
  const rows = items.flatMap(({ trace, pass, reviewer, decision }) => {
    const value = unpackJson<never>(decision)[field] as ItemDecision['label'] | ItemDecision['rating'];
    return value === null ? [] : [{ unit: String(trace), reviewer, value, again: pass === 'repeat' }];
  });
  if (queue !== null || rows.length > most) return rows;
  // What was said outside of queues has one reviewer: it is compared with the judge.
  const ownReviews = sql(
    `SELECT id AS trace, reviewer, ${field} AS value FROM traces WHERE reviewer IS NOT NULL AND ${field} IS NOT NULL
       AND (?1 IS NULL OR id IN (SELECT value FROM json_each(?1)))
     ORDER BY reviewed_at DESC LIMIT ${most + 1 - rows.length}`,
  ).all(only) as { trace: number; reviewer: string; value: string | number }[];
  const listed = new Set(rows.map(({ unit, reviewer }) => `${unit} ${reviewer}`));
  return [
    ...rows,
    ...ownReviews
      .filter(({ trace, reviewer }) => !listed.has(`${trace} ${reviewer}`))
      .map(({ trace, reviewer, value }) => ({ unit: String(trace), reviewer, value, again: false })),
  ];
}

function stepLabels(sql: Sql, queue: string | null, only: string | null): Judgements['rows'] {
  const rows = sql(
    `SELECT l.trace, l.step, l.reviewer, l.value FROM step_labels AS l
     WHERE (?1 IS NULL OR EXISTS (SELECT 1 FROM queue_items AS i JOIN queues AS q ON q.id = i.queue
       WHERE i.trace = l.trace AND q.name = ?1 AND q.deleted = 0))
       AND (?2 IS NULL OR l.trace IN (SELECT value FROM json_each(?2)))
     ORDER BY l.updated_at DESC LIMIT ${most + 1}`,
  ).all(queue, only) as { trace: number; step: Buffer; reviewer: string; value: number }[];
  return rows.map(({ trace, step, reviewer, value }) => ({
    unit: `${trace} ${step.toString('hex')}`,
    reviewer,
    value,
    again: false,
  }));
}

function judgeScores(sql: Sql, units: ReadonlySet<string>): Judgements['scores'] {
  const rows = sql(
    `SELECT s.trace, s.name, s.value, max(s.created_at) FROM scores AS s
     WHERE s.kind = 'judge' AND s.trace IN (SELECT value FROM json_each(?)) GROUP BY s.trace, s.name`,
  ).all(JSON.stringify([...units].map(Number))) as { trace: number; name: string; value: number }[];
  return rows.map(({ trace, name, value }) => ({ unit: String(trace), name, value }));
}

import { type Score, toIso } from '../../../../shared/model/index.js';
import { uidBytes, uidText } from '../../codec/uid.js';
import type { Schema } from '../schema.js';
import type { Parameter } from '../statements.js';

export type ScoreRow = Omit<Schema['scores'], 'trace'>;

/** Columns that are a field of the score by the same name, null where it is absent. */
const optional = [
  'explanation',
  'rubric_id',
  'rubric_version',
  'judge_model',
  'prompt_hash',
  'cost_usd',
  'trace_revision',
  'confidence',
] as const satisfies (keyof ScoreRow & keyof Score)[];

export const scoreColumns = ['uid', 'kind', 'name', 'value', 'created_at', ...optional] as const;

export function scoreOf(row: ScoreRow): Score {
  return {
    score_id: uidText(row.uid),
    kind: row.kind as Score['kind'],
    name: row.name,
    value: row.value,
    created_at: toIso(row.created_at),
    ...Object.fromEntries(optional.flatMap((name) => (row[name] === null ? [] : [[name, row[name]]]))),
  };
}

/** @param created_at when it was given, in microseconds */
export function scoreRow(trace: number, score: Omit<Score, 'created_at'>, created_at: number): Schema['scores'] {
  const { score_id, kind, name, value } = score;
  const rest = Object.fromEntries(optional.map((column) => [column, score[column] ?? null]));
  return { trace, uid: uidBytes(score_id), kind, name, value, created_at, ...rest } as Schema['scores'];
}

/** A score's columns for an INSERT. */
export function scoreValues(p: Parameter<Schema['scores']>): Schema['scores'] {
  const columns = ['trace', ...scoreColumns] as const;
  return Object.fromEntries(columns.map((name) => [name, p(name)])) as unknown as Schema['scores'];
}

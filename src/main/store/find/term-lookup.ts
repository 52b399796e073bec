import { sql } from 'kysely';
import type { QueryScope, RawValue } from '../../../shared/query/index.js';
import { fold } from '../dictionaries/terms.js';
import { type Statements, sqlBuilder } from '../sqlite/statements.js';
import { like, likePattern } from './predicates.js';

export interface FoundTerm {
  id: number;
  /** Rows of the scope that have it. */
  count: number;
}

/** A wildcard that fits more values than this is looked up within the query instead. */
export const maxTerms = 64;

/** The values of a field that a condition names; at most {@link maxTerms} and one more. */
export function findTerms(statements: Statements, scope: QueryScope, field: string, value: RawValue): FoundTerm[] {
  const base = sqlBuilder
    .selectFrom('terms')
    .select(['id', `${scope} as count`])
    .where('field', '=', field)
    .limit(maxTerms + 1);
  if (value.quoted || !value.text.includes('*')) {
    return statements.all(base.where('folded', '=', fold(value.text)));
  }
  return statements.all(base.where(like(sql`folded`, likePattern(value))));
}

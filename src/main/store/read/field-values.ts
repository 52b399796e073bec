import { type QueryScope, queryFields } from '../../../shared/query/index.js';
import { fold } from '../dictionaries/terms.js';
import type { Statements } from '../sqlite/statements.js';
import { sqlBuilder } from '../sqlite/statements.js';

/** Known values of a field that begin with `prefix`, most frequent first; none for fields that have no names. */
export function fieldValues(
  statements: Statements,
  scope: QueryScope,
  field: string,
  prefix: string,
  limit: number,
): { value: string; count: number }[] {
  const queryField = queryFields[scope].find(({ name }) => name === field);
  if (!queryField || !['term', 'choice', 'status'].includes(queryField.type)) return [];
  // Tool calls are found by their traces' values too; only their own names are counted by themselves.
  const counted = scope === 'tool_calls' && field !== 'tool' ? 'traces' : scope;
  const start = fold(prefix);
  let query = sqlBuilder
    .selectFrom('terms')
    .select(['value', `${counted} as count`])
    .where('field', '=', field)
    .where(counted, '>', 0)
    .where('folded', '>=', start);
  if (start !== '') query = query.where('folded', '<', `${start}\u{10ffff}`);
  return statements.all(query.orderBy('count', 'desc').orderBy('value').limit(limit));
}

import { sql } from 'kysely';
import type { Job, Page, SavedFilter } from '../../../shared/model/index.js';
import { toIso } from '../../../shared/model/index.js';
import { uidOrNull, uidText } from '../codec/uid.js';
import { decodeCursor, encodeCursor } from '../find/cursor.js';
import { type Statements, sqlBuilder } from '../sqlite/statements.js';

const list = 'jobs';

/** Of a job in a list longer parameters are left out: thousands of ids, say. */
const longestParams = 16_384;
const listed = sql<string>`iif(length(job) > ${longestParams} AND length(json_extract(job, '$.params')) > ${longestParams},
  json_set(job, '$.params', json('null')), job)`;

/** Jobs, newest first: all, or those of one kind; parameters that are long are null. */
export function jobs(statements: Statements, cursor: string | null, limit: number, kind: string | null): Page<Job> {
  const place = decodeCursor(list, cursor) ?? { at: Number.MAX_SAFE_INTEGER, id: 0 };
  const rows = statements.all(
    sqlBuilder
      .selectFrom('jobs')
      .select(['id', 'created_at', listed.as('job')])
      .where(sql<boolean>`(created_at, id) < (${place.at}, ${place.id})`)
      .$if(kind !== null, (query) => query.where(sql<string>`json_extract(job, '$.kind')`, '=', kind))
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit + 1),
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ job }) => parseJob(job)),
    next_cursor: rows.length > limit && last ? encodeCursor(list, { at: last.created_at, id: last.id }) : null,
  };
}

export function job(statements: Statements, jobId: string): Job | null {
  const uid = uidOrNull(jobId);
  const row = uid && statements.get(sqlBuilder.selectFrom('jobs').select('job').where('uid', '=', uid));
  return row ? parseJob(row.job) : null;
}

/** Jobs of older versions do not say how much work there was. */
function parseJob(text: string): Job {
  const job: Job | Omit<Job, 'work'> = JSON.parse(text);
  return { work: null, ...job };
}

export function savedFilters(statements: Statements): SavedFilter[] {
  const rows = statements.all(sqlBuilder.selectFrom('saved_filters').selectAll().orderBy('scope').orderBy('name'));
  return rows.map((row) => ({
    filter_id: uidText(row.uid),
    scope: row.scope as SavedFilter['scope'],
    name: row.name,
    query: row.query,
    created_at: toIso(row.created_at),
  }));
}

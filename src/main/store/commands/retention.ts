import type { Database } from 'better-sqlite3';
import type { RetentionGuard } from '../../../shared/model/index.js';
import { uidOrNull } from '../codec/uid.js';
import { finishedBefore, mayGo } from '../read/retention.js';
import type { Sql } from '../sqlite/sql.js';
import { type Statements, sqlBuilder } from '../sqlite/statements.js';
import type { exchangeDeleter } from './delete-exchange.js';

interface Dependencies {
  statements: Statements;
  sql: Sql;
  exchanges: ReturnType<typeof exchangeDeleter>;
  deleteTrace(traceId: string): boolean;
}

/** Makes what deletes a few of the oldest. */
export function oldDeleter({ statements, sql, exchanges, deleteTrace }: Dependencies) {
  return {
    /** Traces that may still go: one that was reviewed or went on since it was read stays. */
    traces(traceIds: readonly string[], guard: RetentionGuard): { traces: number; exchanges: number } {
      const before = exchanges.removed();
      let traces = 0;
      for (const traceId of traceIds) {
        const uid = uidOrNull(traceId);
        if (uid === null) continue;
        const row = statements.get(
          sqlBuilder.selectFrom('traces as t').select('t.id').where('t.uid', '=', uid).where(mayGo(guard)),
        );
        if (row !== undefined && deleteTrace(traceId)) traces += 1;
      }
      return { traces, exchanges: exchanges.removed() - before };
    },
    exchanges(exchangeIds: readonly string[]): number {
      return exchangeIds.filter((id) => {
        const uid = uidOrNull(id);
        return uid !== null && exchanges.removeWithoutTrace(uid);
      }).length;
    },
    /** With them go runs of tests that belong to no trace and that nobody reads without their job. */
    jobs(before: number): number {
      sql(`DELETE FROM qa_runs WHERE trace IS NULL AND state IN ('done', 'failed') AND created_at < ?`).run(before);
      return statements.all(sqlBuilder.deleteFrom('jobs').where(finishedBefore(before)).returning('id')).length;
    },
  };
}

/** Pages given back in one step, 8 MiB: the store waits that long and no longer. */
const step = 2048;
/** The largest file that is written anew at once: SQLite holds the copy in memory, and the store waits. */
const mostVacuumed = 256 * 1024 ** 2;
/** Less is not worth a step. */
const least = 1024 ** 2;

/**
 * Gives free pages back to the file system, a step at a time. Databases made before this was possible in steps are
 * written anew once, where they are small enough and a quarter of them is free; from then on they go in steps too.
 * @returns `more` while there is something left to give back
 */
export function giveBack(db: Database): { more: boolean; space: 'returned' | 'vacuumed' | 'kept' | 'none' } {
  const pragma = (name: string) => db.pragma(name, { simple: true }) as number;
  const page = pragma('page_size');
  const free = pragma('freelist_count') * page;
  if (free < least) return { more: false, space: 'none' };
  if (pragma('auto_vacuum') === 2) {
    // Every page is a row of its answer, of no columns: only `exec` asks for all of them.
    db.exec(`PRAGMA incremental_vacuum(${step})`);
    return { more: pragma('freelist_count') * page >= least, space: 'returned' };
  }
  const size = pragma('page_count') * page;
  if (size > mostVacuumed || free < size / 4) return { more: false, space: 'kept' };
  db.pragma('auto_vacuum = INCREMENTAL');
  db.exec('VACUUM');
  return { more: false, space: 'vacuumed' };
}

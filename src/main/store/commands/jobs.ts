import { fromIso, type Job } from '../../../shared/model/index.js';
import { uidBytes } from '../codec/uid.js';
import type { Schema } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';

type JobRow = Omit<Schema['jobs'], 'id'>;

/** Keeps jobs as they stand; the id decides which. */
export class JobCommands {
  readonly #save: Prepared<JobRow, unknown>;

  constructor(statements: Statements) {
    this.#save = statements.prepare<JobRow>()((sql, p) =>
      sql
        .insertInto('jobs')
        .values({ uid: p('uid'), created_at: p('created_at'), job: p('job') })
        .onConflict((conflict) => conflict.column('uid').doUpdateSet((eb) => ({ job: eb.ref('excluded.job') }))),
    );
  }

  save(job: Job): void {
    this.#save.run({ uid: uidBytes(job.job_id), created_at: fromIso(job.created_at), job: JSON.stringify(job) });
  }
}

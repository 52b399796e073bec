import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Handlers } from '../../../shared/contract/operation.js';
import type { oracleMeasuresContract } from '../../../shared/contract/oracle-measures.js';
import { found } from '../../../shared/errors.js';
import { eachOf, firstOf } from '../../ground/pages.js';
import { baselineName, measureTraces, readBaseline } from '../../oracle/index.js';
import type { EngineContext } from '../context.js';

/** Runs that are looked through for a baseline. */
const mostRuns = 200;

/** What traces ask for, and how they lie beside gold ones. */
export function oracleMeasuresPart({ folder, reader, work }: EngineContext) {
  const folderOf = (runId: string) => join(folder.oracle, runId);
  const hasBaseline = (runId: string) => existsSync(join(folderOf(runId), baselineName));

  function runWith(runId: string | undefined): string | null {
    if (runId !== undefined) return found(hasBaseline(runId) ? runId : null, 'baseline');
    const runs = firstOf(
      eachOf((cursor) => reader.jobs(cursor, 50, 'oracle')),
      mostRuns,
    );
    for (const { job_id } of runs) if (hasBaseline(job_id)) return job_id;
    return null;
  }

  const measured = (trace_ids: string[], runId: string | null) =>
    work.step(measureTraces, { trace_ids, run_folder: runId === null ? null : folderOf(runId) }, {});

  function page({ query, limit, cursor = null }: { query: string; limit: number; cursor?: string | null | undefined }) {
    const { items, next_cursor } = reader.traces({ query, limit, cursor });
    return { ids: items.map(({ trace_id }) => trace_id), next_cursor };
  }

  const oracleMeasures: Handlers<typeof oracleMeasuresContract> = {
    async intents(asked) {
      const { ids, next_cursor } = page(asked);
      const items = await measured(ids, null);
      return { items: items.map(({ trace_id, text, intent }) => ({ trace_id, text, intent })), next_cursor };
    },
    async features({ run_id, ...asked }) {
      const { ids, next_cursor } = page(asked);
      return { items: await measured(ids, runWith(run_id)), next_cursor };
    },
    async ofTrace({ trace_id, run_id }) {
      const run = runWith(run_id);
      const [one] = await measured([trace_id], run);
      return { ...found(one ?? null, 'trace'), run_id: run };
    },
    baseline: ({ run_id }) => readBaseline(join(folderOf(found(runWith(run_id), 'baseline')), baselineName)),
  };
  return { id: 'oracle-measures', services: { oracleMeasures } };
}

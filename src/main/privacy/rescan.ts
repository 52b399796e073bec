import { uuidv7 } from '../../shared/ids.js';
import type { AuditActor, Job, Json, RescanResult } from '../../shared/model/index.js';
import { type Rewriter, rewriteAll } from './rewrite-run.js';

export const rescanJobKind = 'rescan';

interface RescanParts {
  rewriter: Rewriter;
  /** How many stored findings there are of each entity that the policy keeps by now. */
  notUndone(): { [entity: string]: number };
  /** Writes down that it was done. */
  finished(result: RescanResult, actor: AuditActor): Promise<unknown>;
}

/** The job that redacts what is stored by the policy that holds. It reads its policy at every step. */
export function rescanJob({ rewriter, notUndone, finished }: RescanParts) {
  return async (
    params: Json,
    { signal, report }: { signal: AbortSignal; report(progress: number | null, message: string): void },
  ): Promise<Json> => {
    const { run_id, actor } = params as { run_id: string; actor: AuditActor };
    const began = performance.now();
    const stood = await rewriter.state();
    const before = stood?.run_id === run_id ? stood.tally.chars : 0;
    const { tally } = await rewriteAll(
      rewriter,
      run_id,
      { kind: 'rescan' },
      {
        signal,
        onProgress: ({ progress, tally: so_far }) =>
          report(progress, `${so_far.exchanges} exchanges in ${so_far.traces} traces changed`),
      },
    );
    const seconds = (performance.now() - began) / 1000;
    const result: RescanResult = {
      ...tally,
      not_undone: notUndone(),
      duration_ms: Math.round(seconds * 1000),
      mb_per_second: seconds === 0 ? 0 : Math.round((tally.chars - before) / seconds / 10_000) / 100,
    };
    await finished(result, actor);
    return result as unknown as Json;
  };
}

/** Puts a re-scan in the queue; one that was cut off is gone on with by its `runId`. */
export function startRescan(
  startJob: (kind: string, title: string, params: Json) => Job,
  actor: AuditActor,
  runId = `rescan-${uuidv7()}`,
): Job {
  return startJob(rescanJobKind, 'Redact anew what is stored', { run_id: runId, actor });
}

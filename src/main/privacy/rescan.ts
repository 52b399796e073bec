import * as z from 'zod';
import { uuidv7 } from '../../shared/ids.js';
import {
  type AuditActor,
  auditActorSchema,
  type Job,
  type Json,
  type RescanResult,
  rescanResultSchema,
} from '../../shared/model/index.js';
import type { JobKind } from '../ground/job-kind.js';
import { type Rewriter, rewriteAll } from './rewrite-run.js';

const rescanParamsSchema = z.object({ run_id: z.string(), actor: auditActorSchema });

export interface RescanTools {
  rewriter: Pick<Rewriter, 'step' | 'state'>;
  /** How many stored findings there are of each entity that the policy keeps by now. */
  notUndone(): { [entity: string]: number };
  /** Redacts the logs of jobs and what open ones were given. */
  redactJobs(): Promise<void>;
  /** Writes down that it was done. */
  rescanned(result: RescanResult, actor: AuditActor): Promise<unknown>;
}

/**
 * The job that redacts what is stored by the policy that holds; the policy is read at every step. The store keeps how far it is,
 * so a run that broke off goes on where it was.
 */
export const rescanKind: JobKind<z.infer<typeof rescanParamsSchema>, RescanResult, RescanTools> = {
  id: 'rescan',
  title: 'Re-scan',
  params: rescanParamsSchema,
  result: rescanResultSchema,
  lane: 'cpu',
  atOnce: 1,
  // All that is needed to go on is in the store.
  again: () => true,
  async run({ run_id, actor }, { signal, progress, log }, { rewriter, notUndone, redactJobs, rescanned }) {
    const began = performance.now();
    const stood = await rewriter.state();
    const before = stood?.run_id === run_id ? stood.tally.chars : 0;
    if (before > 0) log('Going on where the run before this one broke off');
    const { tally } = await rewriteAll(
      rewriter,
      run_id,
      { kind: 'rescan' },
      {
        signal,
        onProgress: ({ progress: share, tally: so_far }) =>
          progress(share, `${so_far.exchanges} exchanges in ${so_far.traces} traces changed`),
      },
    );
    progress(1, 'Redacting the logs of jobs');
    await redactJobs();
    signal.throwIfAborted();
    const seconds = (performance.now() - began) / 1000;
    const result: RescanResult = {
      ...tally,
      not_undone: notUndone(),
      duration_ms: Math.round(seconds * 1000),
      mb_per_second: seconds === 0 ? 0 : Math.round((tally.chars - before) / seconds / 10_000) / 100,
    };
    await rescanned(result, actor);
    return result;
  },
};

/** Puts a re-scan in the queue; one that was cut off is gone on with by its `runId`. */
export function startRescan(
  startJob: (kind: string, title: string, params: Json) => Promise<Job>,
  actor: AuditActor,
  runId = `rescan-${uuidv7()}`,
): Promise<Job> {
  return startJob(rescanKind.id, 'Redact anew what is stored', { run_id: runId, actor });
}

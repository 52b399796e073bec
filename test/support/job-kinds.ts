import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { JobControl, JobKind } from '../../src/main/ground/job-kind.js';
import { type JobLogs, openJobLogs } from '../../src/main/jobs/index.js';
import type { Json } from '../../src/shared/model/index.js';

export type RunJob = (params: Json, control: JobControl) => Promise<unknown>;

/** A kind that takes and gives anything. */
export function kindOf(id: string, run: RunJob, atOnce = 1): JobKind {
  return {
    id,
    title: `Kind ${id}`,
    params: z.unknown(),
    result: z.unknown(),
    lane: 'io',
    atOnce,
    run: (params, control) => run(params as Json, control),
  };
}

/** What a job tells when nobody listens. */
export function jobControl(over: Partial<JobControl> = {}): JobControl {
  return {
    job_id: null,
    signal: new AbortController().signal,
    progress: () => {},
    log: () => {},
    checkpoint: async () => {},
    resumed: null,
    ...over,
  };
}

/** Logs in a folder of their own. */
export function testLogs(folder = mkdtempSync(join(tmpdir(), 'sluice-logs-'))): JobLogs {
  return openJobLogs(folder, (error) => {
    throw error;
  });
}

import type { Job, Json, Page } from '../../shared/model/index.js';

/** A job as it is kept: with what is needed to go on with it, which nobody else is shown. */
export interface StoredJob extends Job {
  /** What it said last of how far it is; absent for a job that cannot be gone on with. */
  checkpoint?: Json;
  /** How often it was gone on with after a crash. */
  resumes?: number;
}

/** Where jobs are kept. `saveJob` resolves once a crash no longer loses it; until then the queue answers from memory. */
export interface JobStore {
  /** Newest first; `kind`: only those. */
  jobs(cursor: string | null, limit: number, kind?: string | null): Page<StoredJob>;
  job(jobId: string): StoredJob | null;
  saveJob(job: StoredJob): Promise<unknown>;
}

/** Without what is for the queue alone. */
export function shownJob({ checkpoint: _, resumes: __, ...job }: StoredJob): Job {
  return job;
}

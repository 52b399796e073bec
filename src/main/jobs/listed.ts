import type { Job, Page } from '../../shared/model/index.js';
import { type StoredJob, shownJob } from './stored-job.js';

/**
 * A page of jobs as they are now.
 * @param active those that are not over, or whose last state is not yet saved
 */
export function listedJobs(page: Page<StoredJob>, active: readonly StoredJob[]): Page<Job> {
  const current = new Map(active.map((job) => [job.job_id, job]));
  // A list leaves out parameters that are long.
  const now = (job: StoredJob): StoredJob => ({ ...(current.get(job.job_id) ?? job), params: job.params });
  return { ...page, items: page.items.map((job) => shownJob(now(job))) };
}

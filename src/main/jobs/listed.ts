import type { Page } from '../../shared/model/index.js';
import { type StoredJob, shownJob } from './stored-job.js';

export interface JobsAsked {
  cursor: string | null;
  /** Only those; null: all. */
  kind: string | null;
}

/**
 * A page of jobs as they are now: what the store does not show yet is laid over what it has.
 * @param active those that are not over or not yet saved, oldest first
 */
export function listedJobs(page: Page<StoredJob>, active: readonly StoredJob[], { cursor, kind }: JobsAsked) {
  const current = new Map(active.map((job) => [job.job_id, job]));
  // A list leaves out parameters that are long.
  const now = (job: StoredJob): StoredJob => ({ ...(current.get(job.job_id) ?? job), params: job.params });
  const items = page.items.map((job) => shownJob(now(job)));
  if (cursor !== null) return { ...page, items };
  const shown = new Set(items.map((job) => job.job_id));
  const newest = items[0]?.job_id ?? '';
  const unsaved = active
    .filter((job) => !shown.has(job.job_id) && job.job_id > newest && (kind === null || job.kind === kind))
    .map(shownJob);
  return { ...page, items: [...unsaved.reverse(), ...items] };
}

import type { JobStore } from '../../src/main/jobs/index.js';
import type { Job } from '../../src/shared/model/index.js';

/** A job store in memory; between `hold` and `release` it commits nothing, as a busy writer does. */
export function memoryJobs(): JobStore & { hold(): void; release(): void } {
  const saved = new Map<string, Job>();
  let held: (() => void)[] | null = null;
  return {
    jobs(cursor, limit, kind = null) {
      const all = [...saved.values()].sort((a, b) => (a.job_id < b.job_id ? 1 : -1));
      const rest = all.filter(
        (job) => (cursor === null || job.job_id < cursor) && (kind === null || job.kind === kind),
      );
      const items = rest.slice(0, limit);
      return { items, next_cursor: rest.length > limit ? (items.at(-1)?.job_id ?? null) : null };
    },
    job: (jobId) => saved.get(jobId) ?? null,
    async saveJob(job) {
      const copy = structuredClone(job);
      if (held) await new Promise<void>((resolve) => held?.push(resolve));
      saved.set(copy.job_id, copy);
    },
    hold() {
      held = [];
    },
    release() {
      for (const resolve of held ?? []) resolve();
      held = null;
    },
  };
}

import { createJobs, type JobRunner } from '../../jobs/index.js';
import type { EngineContext } from '../context.js';

/** The queue of everything that takes its time. */
export function jobsPart(context: EngineContext, runners: { [kind: string]: JobRunner }) {
  const { reader, commands, typed, tick, log } = context;
  const jobs = createJobs({
    store: {
      jobs: (cursor, limit) => reader.jobs(cursor, limit),
      job: (jobId) => reader.job(jobId),
      saveJob: (job) => commands.saveJob({ ...job, error: typed.jobs.error(job.error) }),
    },
    runners,
    onChange: () => tick(['jobs']),
    onState: ({ job_id, kind, state }) => log.info({ job_id, kind, state }, 'job_state'),
    onError: (error, job) => log.error({ job_id: job.job_id, name: (error as Error).name }, 'job_failed'),
  });
  context.setJobs(jobs);
  return { id: 'jobs', services: { jobs }, end: () => jobs.close(), endMs: 30_000 };
}

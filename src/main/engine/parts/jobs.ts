import type { jobsContract } from '../../../shared/contract/jobs.js';
import type { Handlers } from '../../../shared/contract/operation.js';
import { found } from '../../../shared/errors.js';
import type { Job } from '../../../shared/model/index.js';
import type { JobKind } from '../../ground/job-kind.js';
import { createJobs, openJobLogs } from '../../jobs/index.js';
import type { EngineContext } from '../context.js';

/** The queue of everything that takes its time. `kinds`: those that run beside the API; `onState` hears each state of every job. */
export function jobsPart(context: EngineContext, kinds: readonly JobKind[], onState: (job: Job) => void) {
  const { reader, commands, typed, tick, log, folder, work } = context;
  const queue = createJobs({
    store: {
      jobs: reader.jobs,
      job: (jobId) => reader.job(jobId),
      saveJob: (job) => commands.saveJob({ ...job, error: typed.jobs.error(job.error) }),
    },
    // What runs on the work thread has passed the gate there.
    kinds: [...kinds.map(typed.jobs.gated), ...work.kinds],
    logs: openJobLogs(folder.jobs, (error) => log.error({ name: (error as Error).name }, 'job_log_failed')),
    clean: typed.jobs.title,
    onChange: () => tick(['jobs']),
    onState(job) {
      const { job_id, kind, state } = job;
      log.info({ job_id, kind, state }, 'job_state');
      onState(job);
    },
    onError: (error, job) => log.error({ job_id: job.job_id, name: (error as Error).name }, 'job_failed'),
  });
  context.setJobs(queue);
  const jobs: Handlers<typeof jobsContract> = {
    list: ({ cursor = null, limit, kind = null }) =>
      context.reading.reads.jobs({ cursor, limit, kind }, queue.active()),
    get: ({ job_id }) => found(queue.get(job_id), 'job'),
    kinds: () => queue.kinds(),
    cancel: async ({ job_id }) => found(await queue.cancel(job_id), 'job'),
  };
  return {
    id: 'jobs',
    services: { jobs, jobOutput: queue },
    /** What a crash between a record's end and its log's left. */
    begin: () => queue.sweepLogs(),
    end: () => queue.close(),
    endMs: 30_000,
  };
}

export { JobAborted, RunnerCrashed } from './aborted.js';
export { listedJobs } from './listed.js';
export { type JobLogs, openJobLogs } from './log.js';
export { createJobs } from './queue.js';
export type { JobStore, StoredJob } from './stored-job.js';

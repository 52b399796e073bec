export { createJobs, type JobControl, type JobRunner, type JobStore } from './queue.js';

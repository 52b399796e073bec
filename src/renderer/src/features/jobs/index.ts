export { JobList, NewestJob } from './JobList.js';
export { JobLog } from './JobLog.js';
export { isOpen, JobProgress } from './JobProgress.js';
export { JobsPage } from './JobsPage.js';

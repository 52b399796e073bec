export { doctorOf } from './doctor.js';
export { editsOf } from './edits-of.js';
export { readRunStep } from './frameworks/read-step.js';
export { type BegunRun, begunSchema, type QaKind, qaKind } from './job.js';
export { openRepository } from './repository/open.js';
export { repositoryFor } from './repository/which.js';
export type { QaTools } from './tools.js';

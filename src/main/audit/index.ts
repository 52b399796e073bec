export { type AuditLog, openAuditLog } from './log.js';
export { createTally } from './tally.js';

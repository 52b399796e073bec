export { type AuditLog, openAuditLog } from './log.js';

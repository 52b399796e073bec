export { validateKind, validateTraces } from './batch.js';
export { type ValidationCode, validationCodes } from './codes.js';
export type { Scan } from './leftovers.js';
export { unreadableRecord, validateRecord } from './records.js';
export { listSchemas, type SchemaEntry, schemaOf } from './schemas.js';
export { openSummary, summarize } from './summary.js';
export { validateTrace } from './trace.js';

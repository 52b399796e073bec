export { finalizeKind, type ValidateTrace } from './finalize.js';
export { createImports } from './import-job.js';
export { createOtlpReader } from './otlp/index.js';
export { createIntakeQueue, type IntakeQueue, type SubmitOptions } from './queue.js';
export type { ReadMessages } from './read-messages.js';
export { ingestRecord } from './rest/ingest.js';
export { eventsRecord, finalizeRecord, telemetryRecord } from './rest/telemetry.js';
export { createWatches } from './watch.js';

import type { Services } from '../../api/services.js';
import type { JobRunner } from '../../jobs/index.js';
import { listSchemas, schemaOf, validateJob, validateJobKind, validateTrace } from '../../validate/index.js';
import type { EngineContext } from '../context.js';

/** Checks of stored traces, and the schemas of what is public. */
export function validationPart({ reader, scan, startJob }: EngineContext) {
  const validation: Services['validation'] = {
    trace(traceId) {
      const trace = reader.trace(traceId);
      return trace && validateTrace(trace, scan);
    },
    start(query) {
      // A query that does not parse is told at once, not by the job.
      reader.traces({ query, limit: 1, cursor: null });
      return startJob(validateJobKind, query === '' ? 'Validate all traces' : `Validate ${query}`, { query });
    },
    schemas: listSchemas,
    schema: schemaOf,
  };
  const run: JobRunner = validateJob({
    count: (query) => reader.countTraces(query),
    traces: (query, signal) => reader.iterateTraces(query, signal),
    scan,
  });
  return { id: 'validation', services: { validation }, jobs: { [validateJobKind]: run } };
}

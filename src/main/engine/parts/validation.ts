import { parseQuery } from '../../../shared/query/index.js';
import type { Services } from '../../api/services.js';
import type { JobRunner } from '../../jobs/index.js';
import { listSchemas, schemaOf, validateJob, validateJobKind } from '../../validate/index.js';
import type { EngineContext } from '../context.js';

/** Checks of stored traces, and the schemas of what is public. */
export function validationPart({ reader, reading, scan, startJob }: EngineContext) {
  const validation: Services['validation'] = {
    trace: reading.validate,
    start(query) {
      // A query that does not parse is told at once, not by the job.
      parseQuery(query, 'traces');
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

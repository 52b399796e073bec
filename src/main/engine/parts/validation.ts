import { parseQuery } from '../../../shared/query/index.js';
import type { Services } from '../../api/services.js';
import { listSchemas, schemaOf, validateKind } from '../../validate/index.js';
import type { EngineContext } from '../context.js';

/** Checks of stored traces, and the schemas of what is public. */
export function validationPart({ reading, startJob }: EngineContext) {
  const validation: Services['validation'] = {
    trace: reading.validate,
    start(query) {
      // A query that does not parse is told at once, not by the job.
      parseQuery(query, 'traces');
      return startJob(validateKind.id, query === '' ? 'Validate all traces' : `Validate ${query}`, { query });
    },
    schemas: listSchemas,
    schema: schemaOf,
  };
  return { id: 'validation', services: { validation } };
}

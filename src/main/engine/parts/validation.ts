import type { schemasContract, validationContract } from '../../../shared/contract/engine.js';
import type { Handlers } from '../../../shared/contract/operation.js';
import { found } from '../../../shared/errors.js';
import { parseQuery } from '../../../shared/query/index.js';
import { listSchemas, schemaOf, validateKind } from '../../validate/index.js';
import type { EngineContext } from '../context.js';

/** Checks of stored traces, and the schemas of what is public. */
export function validationPart({ startJob }: EngineContext) {
  const validation: Handlers<typeof validationContract> = {
    start({ query }) {
      // A query that does not parse is told at once, not by the job.
      parseQuery(query, 'traces');
      return startJob(validateKind.id, query === '' ? 'Validate all traces' : `Validate ${query}`, { query });
    },
  };
  const schemas: Handlers<typeof schemasContract> = {
    list: () => listSchemas(),
    get: ({ name }) => found(schemaOf(name), 'schema'),
  };
  return { id: 'validation', services: { validation, schemas } };
}

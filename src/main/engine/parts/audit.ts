import type { auditLogContract } from '../../../shared/contract/engine.js';
import type { Handlers } from '../../../shared/contract/operation.js';
import type { EngineContext } from '../context.js';

/** The log of what was done to the data and by whom. */
export function auditPart({ audit }: EngineContext) {
  const auditLog: Handlers<typeof auditLogContract> = {
    list: ({ actions, cursor, limit }) => audit.list(cursor ?? null, limit, actions),
    verify: () => audit.verify(),
  };
  return { id: 'audit', services: { auditLog, audit } };
}

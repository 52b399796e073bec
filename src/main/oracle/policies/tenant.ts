import type { RuleKind } from './policy.js';

/** Rows of an entity belong to tenants; a caller has to do with those of the own one only. */
export const tenant: RuleKind<'tenant'> = {
  id: 'tenant',
  applies: ({ entity }, { calls }) => calls.some(({ tool }) => tool.entity === entity),
  broken({ entity }, { domain, caller, calls }) {
    const field = domain.tenantField.get(entity) as string;
    return calls.flatMap(({ id, tool, args, rows, before }) => {
      if (tool.entity !== entity) return [];
      const named = args[field];
      if (named !== undefined && named !== caller.tenant)
        return [`${id} asks for ${String(named)}, the caller belongs to ${caller.tenant}`];
      const other = [...before, ...rows].find((row) => row[field] !== caller.tenant);
      return other === undefined
        ? []
        : [`${id} has to do with a ${entity} of ${String(other[field])}, the caller belongs to ${caller.tenant}`];
    });
  },
};

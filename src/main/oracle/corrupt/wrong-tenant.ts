import { idField } from '../domains/domain.js';
import { type Corruption, rowsOfOthers } from './corruption.js';

export const wrongTenant = {
  id: 'wrong-tenant',
  title: 'Wrong tenant',
  description: 'A call has to do with rows of somebody else.',
  found: ['policy'],
  corrupt(of) {
    const { domain, world, trace, calls, dice } = of;
    const ruled = new Set(domain.rules.flatMap((rule) => (rule.kind === 'tenant' ? [rule.entity] : [])));
    const { tenant } = domain.file.caller;
    const others = (world.rows.get(tenant) ?? [])
      .map((row) => row[idField(tenant)])
      .filter((id) => id !== trace.request.persona?.tenant);
    for (const { call, tool, last } of dice.shuffled(calls)) {
      if (!ruled.has(tool.entity) || !last) continue;
      const field = domain.tenantField.get(tool.entity) as string;
      if (call.arguments[field] !== undefined) {
        const other = dice.pick(others);
        call.arguments[field] = other;
        return `${call.call_id} is run for ${String(other)}`;
      }
      const id = idField(tool.entity);
      const rows = rowsOfOthers(of, tool.entity);
      if (call.arguments[id] === undefined || rows.length === 0) continue;
      call.arguments[id] = dice.pick(rows)[id];
      return `${call.call_id} is run on ${String(call.arguments[id])}, which is somebody else's`;
    }
    return null;
  },
} satisfies Corruption;

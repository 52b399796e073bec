import { rankOf } from '../domains/tiers.js';
import type { RuleKind } from './policy.js';

/** What was read at a tier, or above it, never goes into a tool's arguments; ids may. */
export const flow: RuleKind<'flow'> = {
  id: 'flow',
  applies: ({ to }, { calls }) => calls.some(({ tool }) => tool.name === to),
  broken: ({ from, to }, { domain, calls }) =>
    calls.flatMap((call, index) => {
      if (call.tool.name !== to) return [];
      const secret = new Map<unknown, string>();
      for (const earlier of calls.slice(0, index)) {
        const fields = domain.file.entities[earlier.tool.entity]?.fields ?? {};
        for (const [key, field] of Object.entries(fields)) {
          if (field.tier === undefined || rankOf(field.tier) < rankOf(from) || 'ref' in field) continue;
          for (const row of [...earlier.rows, ...earlier.before])
            if (row[key] !== undefined) secret.set(row[key], `${earlier.tool.entity}.${key}`);
        }
      }
      return Object.entries(call.args).flatMap(([name, argument]) => {
        const source = [...secret].find(
          ([value]) =>
            argument === value ||
            (typeof argument === 'string' && typeof value === 'string' && value.length > 5 && argument.includes(value)),
        );
        return source === undefined ? [] : [`${call.id} puts ${source[1]} into ${name} of ${call.tool.id}`];
      });
    }),
};

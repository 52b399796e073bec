import type { Field } from '../domains/schema.js';
import { fieldValue } from '../world/world.js';
import type { Corruption } from './corruption.js';

export const argumentTampering = {
  id: 'argument-tampering',
  title: 'Argument tampering',
  description: 'A value that the user said is replaced by another that fits as well.',
  found: ['agreement', 'simulation'],
  corrupt({ domain, world, calls, dice }) {
    for (const { call, tool, last } of dice.shuffled(calls)) {
      if (!last) continue;
      for (const { name, use, field, ref } of dice.shuffled(tool.arguments)) {
        const said = call.arguments[name];
        if (
          said === undefined ||
          field === null ||
          ref !== null ||
          use !== 'set' ||
          call.argument_sources?.[name]?.source_type !== 'user'
        )
          continue;
        const kind = domain.file.entities[tool.entity]?.fields[field] as Field;
        for (let tries = 0; tries < 8; tries += 1) {
          const other = fieldValue(kind, {}, { dice, today: world.today, rows: world.rows, used: null });
          if (other === said) continue;
          call.arguments[name] = other;
          return `${call.call_id} has ${name} ${JSON.stringify(other)} instead of ${JSON.stringify(said)}`;
        }
      }
    }
    return null;
  },
} satisfies Corruption;

import type { Corruption } from './corruption.js';

export const scopeCreep = {
  id: 'scope-creep',
  title: 'Scope creep',
  description: 'A call reads many times the rows that were asked for.',
  found: ['minimal-scope', 'scope-limits'],
  corrupt({ calls, dice }) {
    const reading = calls.filter(
      ({ tool, call }) => tool.file.does === 'find' && typeof call.arguments['limit'] === 'number',
    );
    if (reading.length === 0) return null;
    const { call, tool } = dice.pick(reading);
    const asked = Number(call.arguments['limit']);
    const most = tool.file.does === 'find' ? tool.file.most : asked;
    const more = Math.min(most, asked * (2 + dice.number(9)));
    if (more <= asked) return null;
    call.arguments['limit'] = more;
    call.scope.rows_requested = more;
    return `${call.call_id} asks for ${more} rows instead of ${asked}`;
  },
} satisfies Corruption;

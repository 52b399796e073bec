import type { Corruption } from './corruption.js';

export const missingConfirmation = {
  id: 'missing-confirmation',
  title: 'Missing confirmation',
  description: 'What needs the user’s word is done without it.',
  found: ['policy'],
  corrupt({ calls, dice }) {
    const confirmed = calls.filter(({ call }) => call.arguments['confirmed'] === true);
    if (confirmed.length === 0) return null;
    const { call } = dice.pick(confirmed);
    Reflect.deleteProperty(call.arguments, 'confirmed');
    Reflect.deleteProperty(call.argument_sources ?? {}, 'confirmed');
    return `${call.call_id} is run without being confirmed`;
  },
} satisfies Corruption;

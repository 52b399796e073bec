import type { Corruption } from './corruption.js';

export const wrongOrder = {
  id: 'wrong-order',
  title: 'Wrong order',
  description: 'A call runs before what it waits for.',
  found: ['order'],
  corrupt({ trace: { graph }, calls, dice }) {
    const waiting = calls.filter(({ call }) => (call.dependencies ?? []).length > 0);
    if (waiting.length === 0) return null;
    const { call } = dice.pick(waiting);
    const before = dice.pick(call.dependencies ?? []);
    const order = graph.execution_order.filter((id) => id !== call.call_id);
    order.splice(order.indexOf(before), 0, call.call_id);
    graph.execution_order = order;
    return `${call.call_id} runs before ${before}`;
  },
} satisfies Corruption;

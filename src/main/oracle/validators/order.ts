import type { Validator } from './validator.js';

export const order: Validator = {
  id: 'order',
  title: 'Calls run behind what they depend on',
  check({ trace: { graph } }) {
    const place = new Map(graph.execution_order.map((id, index) => [id, index]));
    const ids = graph.calls.map(({ call_id }) => call_id);
    const problems: string[] = [];
    if (place.size < graph.execution_order.length) problems.push('execution_order names a call twice');
    for (const id of ids) if (!place.has(id)) problems.push(`execution_order lacks ${id}`);
    for (const id of place.keys())
      if (!ids.includes(id)) problems.push(`execution_order names ${id}, which is not there`);
    for (const { call_id, dependencies = [] } of graph.calls)
      for (const each of dependencies)
        if ((place.get(each) ?? -1) > (place.get(call_id) ?? Infinity)) problems.push(`${call_id} runs before ${each}`);
    return problems;
  },
};

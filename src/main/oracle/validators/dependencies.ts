import type { Validator } from './validator.js';

export const dependencies: Validator = {
  id: 'dependencies',
  title: 'Dependencies exist',
  check({ trace: { graph } }) {
    const ids = new Set(graph.calls.map(({ call_id }) => call_id));
    const problems = ids.size < graph.calls.length ? ['two calls have one id'] : [];
    for (const { call_id, dependencies: of = [] } of graph.calls)
      for (const each of of) if (!ids.has(each)) problems.push(`${call_id} depends on ${each}, which is not there`);
    return problems;
  },
};

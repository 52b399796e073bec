import { rankOf } from '../domains/tiers.js';
import type { Validator } from './validator.js';

export const scopeLimits: Validator = {
  id: 'scope-limits',
  title: 'No call goes beyond the limits of the policy and of what was asked',
  check({ trace: { policy, request, graph }, calls }) {
    const most = policy.scope_limits['max_results'] ?? Infinity;
    const { rows_requested: rows, sensitivity_tier: tier } = request.expected_scope;
    const problems = graph.calls.flatMap(({ call_id, arguments: args, scope }) => {
      const asked = Math.max(scope.rows_requested, typeof args['limit'] === 'number' ? args['limit'] : 0);
      if (asked > most) return [`${call_id} asks for ${asked} rows, the policy allows ${most}`];
      if (asked > rows) return [`${call_id} asks for ${asked} rows, ${rows} were asked for`];
      return rankOf(scope.sensitivity_tier) > rankOf(tier)
        ? [`${call_id} reads what is ${scope.sensitivity_tier}, ${tier} was asked for`]
        : [];
    });
    for (const { call, tool } of calls)
      if (tool !== null && rankOf(call.scope.sensitivity_tier) < rankOf(tool.tier))
        problems.push(`${call.call_id} says ${call.scope.sensitivity_tier}, ${tool.id} is ${tool.tier}`);
    return problems;
  },
};

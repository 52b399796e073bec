import { applies, broken } from '../policies/index.js';
import type { RunCall, Trial } from '../policies/policy.js';
import type { Examined, Validator } from './validator.js';

export const policy: Validator = {
  id: 'policy',
  title: 'The domain’s rules are held',
  check(examined) {
    const { domain, trace } = examined;
    if (domain === null) return [];
    const trial = examined.replayed()?.trial ?? unrun(examined);
    // Without a persona nobody can say whose rows are the caller's, and in which role.
    const asked =
      trace.request.persona === undefined
        ? domain.rules.filter(({ kind }) => kind !== 'tenant' && kind !== 'role')
        : domain.rules;
    return asked.flatMap((rule) =>
      applies(rule, trial) ? broken(rule, trial).map((what) => `${what} (${rule.says})`) : [],
    );
  },
};

function unrun({ domain, trace, calls }: Examined): Trial {
  const { role = '', tenant = '' } = trace.request.persona ?? {};
  const byId = new Map(calls.map((each) => [each.call.call_id, each]));
  const run = trace.graph.execution_order.flatMap((id): RunCall[] => {
    const each = byId.get(id);
    if (each === undefined || each.tool === null) return [];
    return [
      {
        id,
        tool: each.tool,
        args: each.call.arguments,
        rows: [],
        before: [],
        sources: each.call.argument_sources ?? {},
      },
    ];
  });
  return { domain: domain as NonNullable<typeof domain>, caller: { role, tenant }, calls: run };
}

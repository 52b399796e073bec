import type { Corruption } from './corruption.js';

export const policyBoundary = {
  id: 'policy-boundary',
  title: 'Policy boundary',
  description: 'A tool is used by a role that may not, or beyond what is allowed of it.',
  found: ['policy'],
  corrupt({ domain, trace, calls, dice }) {
    const used = new Set(calls.map(({ tool }) => tool.name));
    for (const rule of dice.shuffled(domain.rules)) {
      if (rule.kind === 'role' && used.has(rule.tool) && trace.request.persona !== undefined) {
        const others = domain.file.caller.roles.filter((role) => !rule.roles.includes(role));
        if (others.length === 0) continue;
        trace.request.persona.role = dice.pick(others);
        return `${rule.tool} is used by a ${trace.request.persona.role}`;
      }
      if (rule.kind === 'value' && rule.most !== undefined) {
        const one = calls.find(
          ({ tool, call }) => tool.name === rule.tool && typeof call.arguments[rule.argument] === 'number',
        );
        if (one === undefined) continue;
        one.call.arguments[rule.argument] = Math.ceil(rule.most) + 1 + dice.number(10);
        return `${one.call.call_id} has ${rule.argument} ${String(one.call.arguments[rule.argument])}, at most ${rule.most} is allowed`;
      }
    }
    return null;
  },
} satisfies Corruption;

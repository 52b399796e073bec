import type { RuleKind } from './policy.js';

/** A tool that is for some roles only. */
export const role: RuleKind<'role'> = {
  id: 'role',
  applies: ({ tool: name }, { calls }) => calls.some(({ tool }) => tool.name === name),
  broken: ({ tool: name, roles }, { caller, calls }) =>
    roles.includes(caller.role)
      ? []
      : calls.flatMap(({ id, tool }) => (tool.name === name ? [`${id} uses ${tool.id} as ${caller.role}`] : [])),
};

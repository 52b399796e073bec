import type { RuleKind } from './policy.js';

/** A tool that is there and that nobody may use. */
export const forbid: RuleKind<'forbid'> = {
  id: 'forbid',
  applies: () => true,
  broken: ({ tool: name }, { calls }) =>
    calls.flatMap(({ id, tool }) => (tool.name === name ? [`${id} uses ${tool.id}`] : [])),
};

import type { RuleKind } from './policy.js';

/** What an argument may be at most, or be among. */
export const value: RuleKind<'value'> = {
  id: 'value',
  applies: ({ tool: name, argument }, { calls }) =>
    calls.some(({ tool, args }) => tool.name === name && args[argument] !== undefined),
  broken: ({ tool: name, argument, most, among }, { calls }) =>
    calls.flatMap(({ id, tool, args }) => {
      const is = args[argument];
      if (tool.name !== name || is === undefined) return [];
      if (most !== undefined && Number(is) > most)
        return [`${id} has ${argument} ${String(is)}, at most ${most} is allowed`];
      return among !== undefined && !among.includes(is as string)
        ? [`${id} has ${argument} ${String(is)}, which is not among ${among.join(', ')}`]
        : [];
    }),
};

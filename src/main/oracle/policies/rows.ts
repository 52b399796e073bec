import type { RuleKind } from './policy.js';

/** How many rows one call may ask for. */
export const rows: RuleKind<'rows'> = {
  id: 'rows',
  applies: ({ tool: name }, { calls }) =>
    calls.some(({ tool }) => tool.file.does === 'find' && (name ?? tool.name) === tool.name),
  broken: ({ most, tool: name }, { calls }) =>
    calls.flatMap(({ id, tool, args, rows: found }) => {
      if (tool.file.does !== 'find' || (name ?? tool.name) !== tool.name) return [];
      const asked = Math.max(Number(args['limit'] ?? 0), found.length);
      return asked > most ? [`${id} asks for ${asked} rows, at most ${most} are allowed`] : [];
    }),
};

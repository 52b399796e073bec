import type { RuleKind, RunCall } from './policy.js';

/** Within one trace the second tool is run on rows only that the first was run on before. */
export const before: RuleKind<'before'> = {
  id: 'before',
  applies: ({ second }, { calls }) => calls.some(({ tool }) => tool.name === second),
  broken: ({ first, second }, { calls }) =>
    calls.flatMap((call, index) => {
      if (call.tool.name !== second) return [];
      const seen = calls.slice(0, index).filter(({ tool }) => tool.name === first);
      return seen.some((each) => shareRow(each, call))
        ? []
        : [`${call.id} uses ${call.tool.id} on what ${first} was not run on before`];
    }),
};

/** An id in the arguments of the later that the earlier took or gave. */
function shareRow(earlier: RunCall, later: RunCall): boolean {
  const ids = new Set<unknown>([...Object.values(earlier.args), ...earlier.rows.flatMap((row) => Object.values(row))]);
  return later.tool.arguments.some(({ name, ref, use }) => (use === 'id' || ref !== null) && ids.has(later.args[name]));
}

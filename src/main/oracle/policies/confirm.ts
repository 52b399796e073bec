import type { RuleKind, RuleOf, RunCall } from './policy.js';

/** What needs the user's word; `above`: where an argument, or the row that the call is about, goes beyond. */
export const confirm: RuleKind<'confirm'> = {
  id: 'confirm',
  applies: (rule, { calls }) => calls.some((call) => isMeant(rule, call)),
  broken: (rule, { calls }) =>
    calls.flatMap((call) => {
      if (!isMeant(rule, call)) return [];
      const said = call.args['confirmed'] === true && (call.sources['confirmed']?.source_type ?? 'user') === 'user';
      return said ? [] : [`${call.id} uses ${call.tool.id} without the user's confirmation`];
    }),
};

function isMeant({ tool: name, above }: RuleOf<'confirm'>, { tool, args, before }: RunCall): boolean {
  if (tool.name !== name) return false;
  return Object.entries(above ?? {}).every(
    ([key, least]) => Number(args[key] ?? before[0]?.[key] ?? Number.POSITIVE_INFINITY) > least,
  );
}

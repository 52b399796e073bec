import { argumentProblem } from '../arguments.js';
import type { Action, Facts } from '../facts.js';
import { counted, share, type TraceRule } from '../rule.js';

/** The share of choices that were open to the agent and made sense: tool offered, arguments by its schema, no failed call repeated. */
export const appropriateness: TraceRule = {
  id: 'appropriateness',
  title: 'Appropriateness',
  description: 'Share of tool calls to an offered tool, with valid arguments, that do not repeat a failed one.',
  weight: 1,
  of(facts) {
    const calls = facts.actions.filter(({ tool_call }) => tool_call !== null);
    const chosen = facts.decisions.filter(
      ({ origin, available_options }) => origin === 'explicit' && available_options.length > 0,
    );
    const open = chosen.filter(({ decision, available_options }) =>
      available_options.some(({ option }) => option === decision),
    );
    const wrong = problemsOf(facts, calls);
    const kinds = new Map<string, number>();
    for (const { problem } of wrong) kinds.set(problem, (kinds.get(problem) ?? 0) + 1);
    const good = calls.length - wrong.length + open.length;
    const why = [...kinds].map(([problem, times]) => `${problem} (${times})`).join(', ');
    return share(
      good,
      calls.length + chosen.length,
      'It called no tool and states no choice among options.',
      `${good} of ${counted(calls.length + chosen.length, 'choice')} fit${why === '' ? '' : `; ${why}`}`,
      wrong.map(({ action }) => action.step_id),
    );
  },
};

function problemsOf({ trace }: Facts, calls: readonly Action[]): { action: Action; problem: string }[] {
  const offered = new Map(trace.calls.map(({ call_id, tools_offered }) => [call_id, tools_offered]));
  const failed = new Set<string>();
  return calls.flatMap((action) => {
    const tools = offered.get(action.tool_call?.call_id ?? '') ?? [];
    const tool = tools.find(({ name }) => name === action.name);
    const key = `${action.name} ${JSON.stringify(action.arguments)}`;
    const repeats = failed.has(key);
    if (action.outcome !== null && action.outcome < 0.5) failed.add(key);
    const problem =
      tools.length > 0 && tool === undefined && tools.every(({ kind }) => kind === undefined || kind === 'function')
        ? 'tool was not offered'
        : argumentProblem(action.arguments, tool?.parameters) !== null
          ? 'arguments against the schema'
          : repeats
            ? 'failed call repeated unchanged'
            : null;
    return problem === null ? [] : [{ action, problem }];
  });
}

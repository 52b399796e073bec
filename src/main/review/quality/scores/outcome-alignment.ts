import type { Decision } from '../../../../shared/model/index.js';
import { counted, mean, type TraceRule } from '../rule.js';

/** Whether what came out is what was expected: of each decision, and of the tests at the end. */
export const outcomeAlignment: TraceRule = {
  id: 'outcome_alignment',
  title: 'Outcome alignment',
  description:
    'Mean over decisions of success times how close cost and time came to the estimate; the last tests count as much as all of them.',
  weight: 1.5,
  of({ trace, decisions, tests }) {
    const judged = decisions.flatMap((decision) => {
      const value = alignment(decision);
      return value === null ? [] : [{ value, decision }];
    });
    const ran = trace.qa_results?.tests_passed;
    const passed =
      typeof ran === 'boolean'
        ? Number(ran)
        : tests.length === 0
          ? null
          : mean(tests.map((test) => Number(test.passed)));
    const parts = [
      ...(judged.length === 0 ? [] : [mean(judged.map(({ value }) => value))]),
      ...(passed === null ? [] : [passed]),
    ];
    if (parts.length === 0) return { reason: 'No decision has a known outcome, and no tests ran.' };
    const missed = judged.filter(({ value }) => value < 0.5).map(({ decision }) => decision);
    const calls = new Map(trace.tool_calls.map((call) => [`${call.call_id} ${call.tool_call_id}`, call.step_id]));
    return {
      value: mean(parts),
      evidence: [
        ...(judged.length === 0
          ? []
          : [`${judged.length - missed.length} of ${counted(judged.length, 'decision')} came out as expected`]),
        ...(passed === null ? [] : [`tests: ${Math.round(passed * 100)}% passed`]),
      ].join('; '),
      steps: missed.flatMap(({ call_id, tool_call_ids }) =>
        tool_call_ids.map((id) => calls.get(`${call_id} ${id}`) ?? null),
      ),
    };
  },
};

/** 0 to 1; null where nobody knows whether it succeeded. */
function alignment({ decision, available_options, outcome }: Decision): number | null {
  if (outcome?.success === undefined) return null;
  if (!outcome.success) return 0;
  const option = available_options.find((each) => each.option === decision);
  const closeness = [
    close(option?.estimated_cost, outcome.actual_cost),
    close(option?.estimated_time, outcome.actual_time),
  ].filter((value) => value !== null);
  return closeness.length === 0 ? 1 : mean(closeness);
}

/** Better than the estimate is as good as met. */
function close(estimated: number | undefined, actual: number | undefined): number | null {
  if (estimated === undefined || actual === undefined || estimated < 0 || actual < 0) return null;
  return actual <= estimated ? 1 : estimated / actual;
}

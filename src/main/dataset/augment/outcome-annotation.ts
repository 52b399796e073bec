import type { Trace } from '../../../shared/model/index.js';
import { outcomeOf } from '../../../shared/tool-outcome.js';
import { type Augmenter, derived } from './augmenter.js';

/** Says of an example whether it ended well, why that is known, and who says so. */
export const outcomeAnnotation = {
  id: 'outcome-annotation',
  title: 'Outcome annotation',
  description:
    'Whether what was done worked, with the reason and who says so: a reviewer, tests, the tools’ own results.',
  kind: 'annotated',
  *derive(example) {
    const outcome = outcomeIn(example.trace, example.call.call_id);
    if (outcome === null) yield { skipped: 'nothing says whether it worked' };
    else
      yield derived(
        example,
        'outcome-annotation',
        'said how it ended',
        { outcome },
        { label: example.label ?? outcome.success },
      );
  },
} satisfies Augmenter;

/** A person goes before tests, tests before what the tools said, that before how the trace ended. */
function outcomeIn(trace: Trace, callId: string): { success: boolean; reason: string; source: string } | null {
  const { review, qa_results } = trace;
  if (review?.label)
    return { success: review.label === 'accepted', reason: `a reviewer ${review.label} the trace`, source: 'review' };
  const passed = qa_results?.tests_passed;
  if (typeof passed === 'boolean')
    return { success: passed, reason: passed ? 'its tests pass' : 'its tests fail', source: 'qa' };
  const tools = trace.tool_calls.filter(({ call_id }) => call_id === callId);
  const failed = tools.find((tool) => outcomeOf(tool) === 'failed');
  if (failed !== undefined) return { success: false, reason: `${failed.name} failed`, source: 'tools' };
  if (tools.length > 0 && tools.every((tool) => outcomeOf(tool) === 'ok'))
    return { success: true, reason: 'every tool that was asked for worked', source: 'tools' };
  if (trace.completion_status === 'completed' || trace.completion_status === 'failed')
    return {
      success: trace.completion_status === 'completed',
      reason: `the trace ${trace.completion_status}`,
      source: 'trace',
    };
  return null;
}

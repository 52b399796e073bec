import type { AssembledRecord, LineageReader, NewStep } from '../../../shared/model/index.js';
import { shortHash, stableJson } from '../chain/canonical.js';

/**
 * Words and results that a file held before any call was given them, as it was read then: told as events. The call that is
 * given them comes when the file has grown, and shows them no second time.
 */
export function eventNotes(traceId: string, steps: readonly NewStep[]): AssembledRecord['notes'] {
  return steps.flatMap((step) => {
    const key = stepNoteKey(traceId, step);
    return key === null ? [] : [{ key, value: true }];
  });
}

/** The steps of a call without those that were told before, and the notes that this uses up. */
export function withoutReportedSteps(
  traceId: string,
  steps: NewStep[],
  lineage: LineageReader,
): { steps: NewStep[]; used: AssembledRecord['notes'] } {
  const used: AssembledRecord['notes'] = [];
  const taken = new Set<string>();
  const left = steps.filter((step) => {
    const key = stepNoteKey(traceId, step);
    if (key === null || taken.has(key) || lineage.note(key) === null) return true;
    taken.add(key);
    used.push({ key, value: null });
    return false;
  });
  return { steps: left, used };
}

function stepNoteKey(traceId: string, step: NewStep): string | null {
  if (step.type === 'message' && step.role !== 'assistant')
    return shortHash(`told\0${traceId}\0${step.role}\0${step.content}`);
  if (step.type !== 'tool_result' || step.tool_call_id === null) return null;
  return shortHash(`told\0${traceId}\0${step.tool_call_id}\0${stableJson(step.result)}`);
}

import { isDeepStrictEqual } from 'node:util';
import type { RecoveryStrategy } from '../../../shared/model/index.js';
import type { ExecutionStep } from './step.js';

/** What failed in a step: the actions that ended in an error, or the call itself. */
export function failureOf(step: ExecutionStep): { actions: ExecutionStep['actions'] } | null {
  const failed = step.actions.filter((action) => action.status === 'error');
  return failed.length > 0 || step.outcome.error !== null ? { actions: failed } : null;
}

/** What the step after a failure did about it. */
export function strategyOf(failed: ExecutionStep, next: ExecutionStep): RecoveryStrategy {
  const broken = failureOf(failed)?.actions ?? [];
  if (next.actions.length > 0) {
    // Without a failed tool it was the call itself that failed: calling again is trying again.
    if (broken.length === 0) return 'retry';
    const again = next.actions.filter((action) => broken.some((each) => each.tool === action.tool));
    if (again.length === 0) return 'other_tool';
    const same = again.some((action) =>
      broken.some((each) => each.tool === action.tool && isDeepStrictEqual(each.parameters, action.parameters)),
    );
    return same ? 'retry' : 'retry_changed';
  }
  if (broken.length === 0 && next.outcome.error === null) return 'retry';
  const reply = (next.outputs.messages ?? []).map(({ content }) => content).join(' ');
  return /[?？]\s*$/.test(reply.trimEnd()) ? 'asked_user' : 'gave_up';
}

import type { ToolCall } from './model/index.js';

/** From here on a suspicion counts as a failure: rules are right in at least this share of what they call suspect. */
const suspect = 0.5;

/**
 * How well a tool call ended, 1 where it worked and 0 where it failed; null while it has no result. A person's word goes before the
 * status, the status before what its text makes suspect.
 */
export function successOf({ status, suspicion, metadata }: ToolCall): number | null {
  const judged = metadata['judged'];
  if (judged === 'ok' || judged === 'error') return Number(judged === 'ok');
  if (status === 'pending') return null;
  return status === 'error' ? 0 : 1 - (suspicion ?? 0);
}

/** The same in a word. */
export function outcomeOf(call: ToolCall): 'ok' | 'failed' | 'pending' {
  const success = successOf(call);
  if (success === null) return 'pending';
  return success > 1 - suspect ? 'ok' : 'failed';
}

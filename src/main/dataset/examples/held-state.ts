import type { Trace } from '../../../shared/model/index.js';

/** Changes that hold until the next of their kind, by what `data.change` of a derived step calls them. */
export type HeldKind = 'folder' | 'mode' | 'plan' | 'model';

/**
 * What was last seen of working folder, mode and the like before a call brought its own steps. Nothing where the call has none: nobody
 * can tell then what came before it.
 */
export function heldBefore(
  { steps }: Pick<Trace, 'steps'>,
  callId: string,
  kinds: readonly HeldKind[],
): { [kind in HeldKind]?: string } {
  // Steps stand in their order: from here on is what the answer itself brought.
  const at = steps.findIndex(({ call_id, type }) => call_id === callId && type !== 'tool_result');
  const held: { [kind in HeldKind]?: string } = {};
  for (const step of steps.slice(0, Math.max(at, 0))) {
    if (step.type !== 'state_change' || step.derived !== true) continue;
    const { change } = (step.data ?? {}) as { change?: unknown };
    const kind = kinds.find((each) => each === change);
    if (kind !== undefined) held[kind] = step.description;
  }
  return held;
}

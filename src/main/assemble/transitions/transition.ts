import type { Json, NewStep } from '../../../shared/model/index.js';

/** A change of how an agent goes on that nobody told of: it was seen in what was said. */
export interface Transition {
  change: 'plan' | 'mode' | 'folder' | 'agent' | 'model' | 'compaction';
  description: string;
  data?: { [name: string]: Json };
}

/** The change, with the tool call that it was seen in. */
export function ofTool(transition: Transition, tool_call_id: string): Transition {
  return { ...transition, data: { ...transition.data, tool_call_id } };
}

export function transitionStep(
  { change, description, data }: Transition,
  base: Pick<NewStep, 'step_id' | 'at' | 'call_id' | 'agent' | 'duration_ms'>,
): NewStep {
  return { ...base, type: 'state_change', description, derived: true, data: { change, ...data } };
}

import type { Call, Step } from '../../../shared/model/index.js';
import type { Asked } from './intent.js';

/** What a trace asks for: its first message of a person, and the tools that its calls offered. */
export function askedIn({
  steps,
  calls,
}: {
  steps: readonly Step[];
  calls: readonly Pick<Call, 'tools_offered'>[];
}): Asked {
  const first = steps.find((step) => step.type === 'message' && step.role === 'user');
  const tools = new Set(calls.flatMap(({ tools_offered }) => tools_offered.map(({ name }) => name)));
  // Where nobody told what was offered, at least those were that were called.
  if (tools.size === 0) for (const step of steps) if (step.type === 'tool_call') tools.add(step.name);
  return { text: first?.type === 'message' ? first.content : '', tools: [...tools] };
}

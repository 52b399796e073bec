import type { Json } from '../../../../shared/model/index.js';
import type { Target } from '../review/index.js';
import type { Item } from './items.js';
import { eventTitle } from './step-look.js';
import type { TraceData } from './use-trace.js';

type Calls = Pick<TraceData, 'items' | 'indexOfStep' | 'callById'>;

/** What of an item can be corrected: an assistant's answer with all that its call said, a tool call, or the step's own text. */
export function targetOf(item: Item, data: Calls): Target | null {
  const step_id = item.key;
  switch (item.kind) {
    case 'message': {
      const { role, content, call_id } = item.step;
      if (role !== 'assistant' || call_id == null || !data.callById.has(call_id))
        return { step_id, kind: 'step', original: { content } };
      return { step_id, kind: 'message', call_id, original: { content, ...besides(step_id, call_id, data) } };
    }
    case 'tool': {
      if (item.call === null) return null;
      const { tool_call_id, name, arguments: args, call_id = null } = item.call;
      return { step_id, kind: 'tool_call', call_id, tool_call_id, original: { name, arguments: args } };
    }
    case 'reasoning':
      return { step_id, kind: 'step', original: { content: item.step.content } };
    case 'decision':
      return { step_id, kind: 'step', original: { content: '' } };
    case 'error':
      return { step_id, kind: 'step', original: { content: item.step.message } };
    case 'event':
      return { step_id, kind: 'step', original: { content: eventTitle(item.step) } };
  }
}

/** Items of one call stand together; a call has no more of them than this. */
const mostAround = 200;

/** What the same call said besides its words: what was thought before them, and the tools it asked for. */
function besides(stepId: string, callId: string, { items, indexOfStep }: Calls) {
  const at = indexOfStep.get(stepId) ?? 0;
  const ofCall = items.slice(Math.max(0, at - mostAround), at + mostAround).filter(({ call_id }) => call_id === callId);
  const reasoning = ofCall.flatMap((each) => (each.kind === 'reasoning' ? [each.step.content] : [])).join('\n');
  const tool_calls = ofCall.flatMap((each) =>
    each.kind === 'tool' && each.call !== null && !each.call.server
      ? [{ tool_call_id: each.call.tool_call_id, name: each.call.name, arguments: each.call.arguments as Json }]
      : [],
  );
  return { ...(reasoning !== '' && { reasoning }), ...(tool_calls.length > 0 && { tool_calls }) };
}

/** The schema that a call offered its tool with. */
export function schemaIn(data: Calls, callId: string | null | undefined): (tool: string) => Json | undefined {
  const offered = callId == null ? undefined : data.callById.get(callId)?.tools_offered;
  return (tool) => offered?.find(({ name }) => name === tool)?.parameters;
}

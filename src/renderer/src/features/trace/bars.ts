import type { Call, ToolCall } from '../../../../shared/model/index.js';
import type { Item } from './items.js';

export interface Bar {
  start: number;
  duration: number;
  kind: 'model' | 'tool' | 'mark';
}

function isAnswer(item: Item): boolean {
  return (
    item.kind === 'reasoning' || item.kind === 'tool' || (item.kind === 'message' && item.step.role === 'assistant')
  );
}

/**
 * Where each item stands in time: the first thing a model call said carries the call's whole duration, a tool call
 * begins when the call that asked for it ended, everything else is a mark.
 */
export function toBars(
  items: Item[],
  calls: ReadonlyMap<string, Call>,
  toolCalls: ReadonlyMap<string, ToolCall>,
): Bar[] {
  const spoken = new Set<string>();
  return items.map((item) => {
    const call = item.call_id === null ? undefined : calls.get(item.call_id);
    if (item.kind === 'tool') {
      const duration = toolCalls.get(item.key)?.duration_ms ?? item.duration_ms;
      return { start: item.start, duration: duration ?? 0, kind: duration === null ? 'mark' : 'tool' };
    }
    if (call && isAnswer(item)) {
      if (spoken.has(call.call_id)) return { start: item.start, duration: 0, kind: 'mark' };
      spoken.add(call.call_id);
      const start = call.started_at === null ? item.start : Date.parse(call.started_at);
      return { start, duration: call.duration_ms ?? 0, kind: 'model' };
    }
    return { start: item.start, duration: item.duration_ms ?? 0, kind: 'mark' };
  });
}

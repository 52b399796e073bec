import type { Call, ToolCall, TraceSummary } from '../../../../../shared/model/index.js';
import type { FamilyMember } from './family-tree.js';

/** Calls and tool calls of one trace as far as they have been read. */
export interface Contents {
  calls: Call[];
  toolCalls: ToolCall[];
  /** There is more than was read. */
  more: boolean;
}

interface Row {
  id: string;
  depth: number;
  /** Milliseconds since the epoch. */
  start: number;
  duration: number;
}

export type WaterfallRow =
  | (Row & { kind: 'trace'; member: FamilyMember; open: boolean })
  | (Row & { kind: 'call'; call: Call; trace_id: string })
  | (Row & { kind: 'tool'; toolCall: ToolCall; trace_id: string })
  | (Row & { kind: 'more'; trace: TraceSummary });

/** Where no time is told all stand at one moment, in their order. */
const millisOf = (iso: string | null) => (iso === null ? 0 : Date.parse(iso));

/** Rows of the waterfall: every trace of the family, those that are open with their calls and tool calls in time order. */
export function waterfallRows(members: FamilyMember[], opened: ReadonlyMap<string, Contents | null>): WaterfallRow[] {
  return members.flatMap((member) => {
    const { trace, depth } = member;
    const start = millisOf(trace.started_at);
    const end = trace.ended_at === null ? start : Date.parse(trace.ended_at);
    const contents = opened.get(trace.trace_id);
    const own: WaterfallRow = {
      kind: 'trace',
      id: trace.trace_id,
      depth,
      start,
      duration: Math.max(0, end - start),
      member,
      open: contents !== undefined,
    };
    if (!contents) return [own];
    const inside: WaterfallRow[] = [
      ...contents.calls.map(
        (call): WaterfallRow => ({
          kind: 'call',
          id: call.call_id,
          depth: depth + 1,
          start: millisOf(call.started_at),
          duration: call.duration_ms ?? 0,
          call,
          trace_id: trace.trace_id,
        }),
      ),
      ...contents.toolCalls.map(
        (toolCall): WaterfallRow => ({
          kind: 'tool',
          id: `${toolCall.call_id} ${toolCall.tool_call_id} ${toolCall.step_id}`,
          depth: depth + 2,
          start: millisOf(toolCall.timestamp),
          duration: toolCall.duration_ms ?? 0,
          toolCall,
          trace_id: trace.trace_id,
        }),
      ),
    ].sort((a, b) => a.start - b.start || (a.kind === 'call' ? -1 : 1));
    const more: WaterfallRow[] = contents.more
      ? [{ kind: 'more', id: `${trace.trace_id} more`, depth: depth + 1, start: end, duration: 0, trace }]
      : [];
    return [own, ...inside, ...more];
  });
}

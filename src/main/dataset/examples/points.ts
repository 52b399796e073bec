import type { Call, ChatMessage, ToolCall, Trace } from '../../../shared/model/index.js';
import type { ExportSource } from '../source.js';
import { completeParent, incompleteness, wholeHistory } from './branches.js';

/** A place in a trace where a model answered: what it did there, and what came of it. */
export interface Point {
  trace: Trace;
  call: Call;
  /** The tools it asked for in this answer, as they ended. */
  tool_calls: readonly ToolCall[];
  /** The answers before it in its line, the nearest first. */
  before(): Iterable<Point>;
  /** The answers that went on from it. */
  after(): readonly Point[];
  /**
   * What was said up to and including the answer; more than one where it gave several choices. A string says why that cannot be
   * told.
   */
  conversation(): { history: ChatMessage[]; answers: ChatMessage[] } | string;
}

/** Every complete answer of a trace, oldest first. What was said is read only where it is asked for. */
export function pointsOf(trace: Trace, source: Pick<ExportSource, 'callMessages'>): Point[] {
  const byId = new Map(trace.calls.map((call) => [call.call_id, call]));
  const tools = new Map<string, ToolCall[]>();
  for (const tool of trace.tool_calls) {
    if (tool.call_id === null) continue;
    const of = tools.get(tool.call_id) ?? [];
    of.push(tool);
    tools.set(tool.call_id, of);
  }
  const points = new Map<string, Point>();
  const following = new Map<string, Point[]>();
  for (const call of trace.calls) {
    if ((call.operation !== 'chat' && call.operation !== 'completion') || incompleteness(call) !== null) continue;
    const point: Point = {
      trace,
      call,
      tool_calls: tools.get(call.call_id) ?? [],
      *before() {
        for (let parent = completeParent(call, byId); parent !== null; parent = completeParent(parent, byId)) {
          const earlier = points.get(parent.call_id);
          if (earlier !== undefined) yield earlier;
        }
      },
      after: () => following.get(call.call_id) ?? [],
      conversation() {
        const own = source.callMessages(call.call_id);
        if (own === null) return 'the messages are no longer stored';
        const history = wholeHistory(call, own, byId, source);
        if (history === null) return 'what was said before was not captured';
        return own.response.length === 0 ? 'no answer' : { history, answers: own.response };
      },
    };
    points.set(call.call_id, point);
    const parent = completeParent(call, byId);
    if (parent !== null) {
      const siblings = following.get(parent.call_id) ?? [];
      siblings.push(point);
      following.set(parent.call_id, siblings);
    }
  }
  return [...points.values()];
}

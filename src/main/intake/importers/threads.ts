import type { ChatMessage, IntakeCall, Json } from '../../../shared/model/index.js';
import { contentKey } from './fields.js';

/**
 * Puts calls of one file together that go on from each other: by the session or the answer that they name, else where the history
 * of one begins with what another asked and was answered. Answers with the name of the trace of each, `fresh` where it begins one.
 */
export function threadsOfFile(): (call: IntakeCall, fresh: string) => string {
  const byAnswer = new Map<string, string>();
  const byHistory = new Map<string, string>();
  return ({ request, response }, fresh) => {
    const ends = historyEnds(request.messages);
    const earlier =
      byAnswer.get(request.previous_response_id ?? '') ??
      ends.map((end) => byHistory.get(end)).findLast((name) => name !== undefined);
    const name = request.session_hint === undefined ? (earlier ?? fresh) : `session:${request.session_hint}`;
    if (response === null) return name;
    if (response.response_id !== null) byAnswer.set(response.response_id, name);
    const asked = ends.at(-1);
    if (asked === undefined) return name;
    for (const answer of response.messages) byHistory.set(historyEnds([answer], asked)[0] as string, name);
    return name;
  };
}

/** A hash of the history up to each message; what a request does not repeat (what was thought) is left out. */
function historyEnds(messages: readonly ChatMessage[], before = ''): string[] {
  let end = before;
  return messages.map(({ role, parts }) => {
    const content = parts.flatMap((part): Json[] => {
      if (part.type === 'text') return part.text.trim() === '' ? [] : [part.text.trim()];
      if (part.type === 'tool_call') return [[part.name, part.arguments]];
      return part.type === 'tool_result' ? [[part.result]] : [];
    });
    end = contentKey(end, role, JSON.stringify(content));
    return end;
  });
}

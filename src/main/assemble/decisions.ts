import { type AssembledCall, type Json, type Part, toIso } from '../../shared/model/index.js';
import { nulJoinedId } from '../ground/derived-ids.js';
import type { Arrival } from './arrival.js';
import { stableJson } from './chain/canonical.js';
import type { AskedTool } from './tool-calls.js';

const longestContext = 2000;
const longestReasoning = 4000;

/** The option of answering in words instead of calling a tool. */
const respond = 'respond';

/**
 * The choice a response made among the tools it was offered; one per answer, none where nothing was offered or said.
 * Pros, cons, cost and confidence were never said, so they are absent.
 */
export function decisionsOf(
  arrival: Arrival,
  traceId: string,
  asked: Map<Part, AskedTool>,
): AssembledCall['new_decisions'] {
  const { request, response } = arrival.call;
  if (request.tools.length === 0 || response === null) return [];
  const options = optionsOf(
    request.tools.map((tool) => tool.name),
    request.params.tool_choice,
  );
  const context = contextOf(arrival);
  return response.messages.flatMap((message, choice) => {
    const calls = message.parts.filter((part) => part.type === 'tool_call');
    const firstCall = message.parts.findIndex((part) => part.type === 'tool_call');
    const hasText = message.parts.some((part) => part.type === 'text' || part.type === 'refusal');
    if (calls.length === 0 && !hasText) return [];
    const reasoning = reasoningOf(firstCall < 0 ? message.parts : message.parts.slice(0, firstCall), firstCall >= 0);
    return [
      {
        decision_id: nulJoinedId(arrival.started_at, arrival.call_id, 'decision', choice),
        trace_id: traceId,
        call_id: arrival.call_id,
        timestamp: toIso(arrival.ended_at),
        ...(context === '' ? {} : { context }),
        available_options: options.map((option) => ({ option })),
        decision: calls.length === 0 ? respond : [...new Set(calls.map((part) => part.name))].join(', '),
        tool_call_ids: calls.flatMap((part) => asked.get(part)?.tool_call_id ?? []),
        ...(reasoning === '' ? {} : { reasoning }),
        origin: 'derived' as const,
      },
    ];
  });
}

/** Names of the tools on offer, and `respond` where the caller did not demand a tool call. */
function optionsOf(names: string[], choice: Json | undefined): string[] {
  const tools = [...new Set(names)];
  if (choice === undefined || choice === null || choice === 'auto') return [...tools, respond];
  const kind = typeof choice === 'object' && !Array.isArray(choice) ? choice.type : choice;
  if (kind === 'none') return [respond];
  if (kind === 'required' || kind === 'any') return tools;
  if (typeof choice === 'object' && !Array.isArray(choice)) {
    const inner = choice.function ?? choice.custom ?? choice;
    const name = inner !== null && typeof inner === 'object' && !Array.isArray(inner) ? inner.name : undefined;
    if (typeof name === 'string') return [name];
  }
  return [...tools, respond];
}

function reasoningOf(parts: Part[], withText: boolean): string {
  const texts = parts.flatMap((part) => {
    if (part.type === 'reasoning') return part.encrypted ? [] : [part.text];
    return withText && part.type === 'text' ? [part.text] : [];
  });
  return texts.join('\n\n').trim().slice(0, longestReasoning);
}

/** What stood last before the decision: the user's words or the tools' results, cut. */
function contextOf(arrival: Arrival): string {
  for (let index = arrival.messages.length - 1; index >= 0; index--) {
    const message = arrival.messages[index];
    if (message === undefined || message.role === 'assistant') continue;
    const texts = message.parts.flatMap((part) => {
      if (part.type === 'text') return [part.text];
      if (part.type !== 'tool_result') return [];
      return [typeof part.result === 'string' ? part.result : stableJson(part.result)];
    });
    const text = texts.join('\n\n').trim();
    if (text !== '') return text.slice(0, longestContext);
  }
  return '';
}

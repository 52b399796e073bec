import type { CallNode } from '../../shared/model/index.js';
import type { Arrival } from './arrival.js';
import { shortHash } from './chain/canonical.js';

/** Characters of the prompt in which the order to make a title is looked for. */
const looked = 2000;
const asksForTitle =
  /\b(?:generate|create|write|extract|suggest|provide|come up with|summarize)\b[^.\n]{0,120}\btitle\b|\btitle generator\b|\bnew conversation topic\b/i;

/**
 * True for calls that an agent makes beside its conversation: counts of tokens, embeddings, quota checks (one token of
 * answer), the making of a title. They say nothing about what the trace is or how it ended.
 */
export function isSideCall(arrival: Arrival, parent: CallNode | null): boolean {
  const { request } = arrival.call;
  if (!arrival.conversing) return true;
  if (parent !== null || request.operation === 'compact') return false;
  const limit = request.params.max_tokens ?? request.params.max_completion_tokens ?? request.params.max_output_tokens;
  if (limit === 1) return true;
  if (request.tools.length > 0) return false;
  const prompt = request.messages
    .filter(({ role }) => role !== 'assistant')
    .flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'text' ? [part.text.slice(0, looked)] : [])));
  return prompt.slice(0, 4).some((text) => asksForTitle.test(text));
}

/** Request chain of a call that stands beside the conversation whose chain ends so. */
export function asideChain(operation: string, end: string): string {
  return shortHash(`aside\0${operation}\0${end}`);
}

/** Left by the call that gave a trace its title, or as an event of the trace by a record that did. */
export function titledMark(traceId: string): string {
  return shortHash(`titled\0${traceId}`);
}

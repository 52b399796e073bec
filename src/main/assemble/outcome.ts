import type { ErrorRecord, TracePatch } from '../../shared/model/index.js';
import type { Arrival } from './arrival.js';

/** Stop reasons after which it is the client's turn to run tools or to ask for the rest of the answer. */
const goingOn = new Set(['tool_use', 'tool_calls', 'function_call', 'pause_turn', 'queued', 'in_progress']);
/** The answer ran into a limit, or was given up: it stands there, but it is not whole. */
const cutShort = new Set([
  'length',
  'max_tokens',
  'incomplete',
  'max_output_tokens',
  'model_context_window_exceeded',
  'cancelled',
]);

/** Why the call failed: what the vendor said, else what happened on the wire; null where it did not fail. */
export function callError(arrival: Arrival): ErrorRecord | null {
  const { exchange, call } = arrival;
  if (call.response?.error) return call.response.error;
  // A record has no response of its own: what failed is what it says.
  if (arrival.decoded.record !== undefined) return null;
  if (exchange.error !== undefined && exchange.state !== 'complete') return exchange.error;
  if (exchange.state === 'aborted') {
    return { code: 'client_aborted', message: 'The client closed the connection before the response was complete.' };
  }
  const status = exchange.response?.status;
  if (status === undefined) return { code: 'no_response', message: 'No response came.' };
  return status >= 400 ? { code: `http_${status}`, message: `HTTP ${status} ${exchange.response?.status_text}` } : null;
}

/** True where the answer is missing or not whole, so that the same request may come again. */
export function isUnfinished(arrival: Arrival): boolean {
  return (
    callError(arrival) !== null || arrival.exchange.state !== 'complete' || arrival.call.response?.partial !== false
  );
}

export function completionStatus(arrival: Arrival): TracePatch['completion_status'] {
  const { exchange, call } = arrival;
  if (exchange.state === 'aborted') return 'interrupted';
  if (callError(arrival) !== null) return 'failed';
  const { response } = call;
  if (response === null || response.partial) return 'interrupted';
  const asksClient = response.messages.some((message) =>
    message.parts.some((part) => part.type === 'tool_call' && !part.server),
  );
  const reason = response.stop_reason?.toLowerCase() ?? '';
  if (asksClient || goingOn.has(reason)) return 'running';
  return cutShort.has(reason) ? 'interrupted' : 'completed';
}

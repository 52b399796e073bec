import type { DecodedExchange, RedactedExchange, SocketMessage } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import { decodeCall } from '../decode-call.js';
import { isObject, textOf } from '../formats/json.js';
import { openaiResponses } from '../formats/openai-responses.js';
import { pathOf, subjectOf } from '../subject.js';
import { turnExchange } from './turn-exchange.js';
import { responsesTurns } from './turns.js';

/**
 * The model calls that a WebSocket carried, in the order in which they were answered; none where it speaks something
 * else. OpenAI's Responses over WebSocket: the client sends `response.create`, the server the events of the stream.
 */
export function socketTurns(socket: RedactedExchange): DecodedExchange[] {
  const sent = messagesOf(socket.request.body);
  const answered = messagesOf(socket.response?.body);
  if (!speaksResponses(socket, sent)) return [];
  return responsesTurns(sent, answered).map((turn, index) => {
    const exchange = turnExchange(socket, turn, index);
    const call = decodeCall(openaiResponses, subjectOf(exchange));
    call.request.stream = true;
    // Only what its answer repeats of it is known.
    if (!turn.asked) call.request.history_complete = false;
    if (call.response !== null) {
      for (const [type, count] of Object.entries(turn.unknown)) {
        call.response.unknown_events[type] = (call.response.unknown_events[type] ?? 0) + count;
      }
    }
    return { exchange, format: call.format, call, decode_error: null };
  });
}

function messagesOf(body: RedactedExchange['request']['body'] | undefined): SocketMessage[] {
  return body?.kind === 'websocket' ? body.messages : [];
}

/** By the path, or by what the client asks for first. Realtime has a `response.create` too, with nothing beside it. */
function speaksResponses(socket: RedactedExchange, sent: SocketMessage[]): boolean {
  const path = pathOf(socket.url);
  if (path.endsWith('/responses')) return true;
  if (path.endsWith('/realtime')) return false;
  const first = sent.find(({ opcode, data }) => opcode === 'text' && data !== '');
  const event = first === undefined || !first.data.includes('response.create') ? undefined : parseJson(first.data);
  return isObject(event) && textOf(event.type) === 'response.create' && 'model' in event && 'input' in event;
}

import type { RedactedExchange } from '../../../shared/model/index.js';
import { jsonListId } from '../../ground/derived-ids.js';
import type { Turn } from './turns.js';

/**
 * A turn of a socket as the HTTP exchange that it would have been. It is made of what is redacted already; the findings
 * stay with the socket. Its id is made of the socket's and the turn's place.
 */
export function turnExchange(socket: RedactedExchange, turn: Turn, index: number): RedactedExchange {
  const text = JSON.stringify(turn.request);
  const first = turn.events[0]?.at;
  const started_at = turn.asked_at ?? first ?? socket.started_at;
  const ended_at = turn.events.at(-1)?.at ?? (turn.events.length > 0 ? socket.ended_at : started_at);
  const http_version = socket.request.http_version;
  const { session, session_source, upstream_name } = socket;
  const exchange: Omit<RedactedExchange, symbol> = {
    exchange_id: jsonListId(started_at, socket.exchange_id, 'turn', String(index)),
    kind: 'http',
    via: 'socket',
    part_of: socket.exchange_id,
    ...(session === undefined ? {} : { session }),
    ...(session_source === undefined ? {} : { session_source }),
    ...(upstream_name === undefined ? {} : { upstream_name }),
    client: socket.client,
    method: 'POST',
    url: socket.url.replace(/^ws/, 'http'),
    request: {
      http_version,
      headers: socket.request.headers,
      trailers: [],
      body: { kind: 'json', text },
      bytes: Buffer.byteLength(text),
      truncated: false,
    },
    started_at,
    ended_at: Math.max(started_at, ended_at),
    state: turn.ended ? 'complete' : 'aborted',
    issues: [],
    findings: [],
  };
  if (turn.events.length > 0) {
    exchange.response = {
      status: turn.status ?? 200,
      status_text: '',
      informational: [],
      http_version,
      headers: [['content-type', 'text/event-stream']],
      trailers: [],
      body: { kind: 'events', framing: 'sse', events: turn.events, complete: turn.ended },
      bytes: turn.events.reduce((sum, { data }) => sum + Buffer.byteLength(data), 0),
      truncated: false,
    };
    if (first !== undefined) Object.assign(exchange, { headers_at: first, first_byte_at: first });
  }
  return exchange as RedactedExchange;
}

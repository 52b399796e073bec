import type { Body, Micros, SocketMessage, StreamEvent } from '../../../shared/model/index.js';

/** A body as one text, and when its events came. */
export interface BodyText {
  text: string;
  /** One per event or message; null where none is known. */
  times: Micros[] | null;
}

/**
 * The text form of a readable body: what was on the wire after content-decoding, with redaction's replacements.
 * `seal` writes the binary messages of a WebSocket so that only the key opens them.
 */
export function bodyText(body: Exclude<Body, { kind: 'sealed' }>, seal: (bytes: Uint8Array) => string): BodyText {
  switch (body.kind) {
    case 'empty':
      return { text: '', times: null };
    case 'json':
    case 'form':
    case 'text':
      return { text: body.text, times: null };
    case 'events':
      return { text: eventsText(body), times: timesOf(body.events) };
    case 'websocket':
      return {
        text: body.messages.map((message) => socketLine(message, seal)).join(''),
        times: timesOf(body.messages),
      };
    default:
      return body satisfies never;
  }
}

function eventsText(body: Extract<Body, { kind: 'events' }>): string {
  switch (body.framing) {
    case 'sse':
      return body.events.map(sseBlock).join('');
    case 'ndjson':
      return body.events.map(({ data }) => `${data}\n`).join('');
    case 'json-array':
      return `[${body.events.map(({ data }) => data).join(',\n')}${body.complete ? ']' : ''}`;
    default:
      return body.framing satisfies never;
  }
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation, written back. */
function sseBlock(event: StreamEvent): string {
  const lines: string[] = [];
  if (event.comment !== undefined) for (const line of event.comment.split('\n')) lines.push(`:${line}`);
  if (event.event !== undefined) lines.push(`event: ${event.event}`);
  if (event.id !== undefined) lines.push(`id: ${event.id}`);
  for (const line of event.data.split('\n')) lines.push(`data: ${line}`);
  return `${lines.join('\n')}\n\n`;
}

/** One JSON line per message, so that a message with line breaks in it stays one message. */
function socketLine(message: SocketMessage, seal: (bytes: Uint8Array) => string): string {
  const { from, opcode, data, sealed } = message;
  return `${JSON.stringify({ from, opcode, data, ...(sealed === undefined ? {} : { sealed: seal(sealed) }) })}\n`;
}

function timesOf(items: { at?: Micros }[]): Micros[] | null {
  if (!items.some(({ at }) => at !== undefined)) return null;
  let last = items.find(({ at }) => at !== undefined)?.at ?? 0;
  return items.map(({ at }) => {
    last = at ?? last;
    return last;
  });
}

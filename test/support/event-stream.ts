import { EventStreamCodec } from '@smithy/eventstream-codec';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

/** One message of an AWS event stream, as AWS's own codec writes it. */
export function eventMessage(event: string, payload: unknown, kind: 'event' | 'exception' = 'event'): Uint8Array {
  return codec.encode({
    headers: {
      [kind === 'event' ? ':event-type' : ':exception-type']: { type: 'string', value: event },
      ':content-type': { type: 'string', value: 'application/json' },
      ':message-type': { type: 'string', value: kind },
    },
    body: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload), 'utf8'),
  });
}

/** A message whose headers are given, with every type that AWS knows. */
export function rawMessage(headers: Parameters<typeof codec.encode>[0]['headers'], body: Uint8Array): Uint8Array {
  return codec.encode({ headers, body });
}

/** Bedrock's framing of a model's own stream: each event as base64 in a `chunk`, with padding. */
export function chunkMessage(event: unknown): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(event), 'utf8').toString('base64');
  return eventMessage('chunk', { bytes, p: 'abcdefghijk' });
}

/** The objects that an SSE text carries. */
export function sseObjects(text: string): unknown[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:') && !line.includes('[DONE]'))
    .map((line) => JSON.parse(line.slice(5)));
}

/** The same message with another payload; of a `chunk`, with other bytes inside it. */
export function withPayload(message: Uint8Array, change: (payload: Buffer) => Buffer): Uint8Array {
  const { headers, body } = codec.decode(message);
  if (headers[':event-type']?.value !== 'chunk') return codec.encode({ headers, body: change(Buffer.from(body)) });
  const { bytes, ...rest } = JSON.parse(Buffer.from(body).toString('utf8')) as { bytes: string };
  const inner = change(Buffer.from(bytes, 'base64')).toString('base64');
  return codec.encode({ headers, body: Buffer.from(JSON.stringify({ bytes: inner, ...rest }), 'utf8') });
}

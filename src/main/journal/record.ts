import type { CapturedExchange } from '../../shared/model/index.js';
import { noteLargeBody } from './collect.js';
import type { JournalPosition } from './segment.js';

/** Where a part of a large body lies, written before its exchange was finished. */
export interface PartLocation extends JournalPosition {
  bytes: number;
}

/** One side's body: parts that were written earlier, then what is still in memory. */
export interface BodySource {
  parts: PartLocation[];
  tail: Uint8Array[];
}

/** Larger bodies are handed on piece by piece, to whoever can do without the whole. */
const wholeUpTo = 4 * 1024 * 1024;

export interface ExchangeEnvelope {
  /** The exchange with empty bodies. */
  exchange: CapturedExchange;
  request: { parts: PartLocation[]; bytes: number };
  response: { parts: PartLocation[]; bytes: number };
}

/** Plaintext of an exchange record: u32le length of the envelope's JSON, the JSON, request tail, response tail. */
export function encodeExchange(exchange: CapturedExchange, request: BodySource, response: BodySource): Uint8Array[] {
  const { response: answer } = exchange;
  const envelope = {
    // Left out by hand: a replacer function would make writing the JSON five times as expensive, for every exchange.
    exchange: {
      ...exchange,
      request: { ...exchange.request, body: undefined },
      ...(answer === undefined ? {} : { response: { ...answer, body: undefined } }),
    },
    request: { parts: request.parts, bytes: size(request.tail) },
    response: { parts: response.parts, bytes: size(response.tail) },
  };
  const json = Buffer.from(JSON.stringify(envelope));
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32LE(json.length, 0);
  return [length, json, ...request.tail, ...response.tail];
}

/** The finished exchange of a record; `part` fetches the plaintext of an earlier part, without its own framing. */
export function decodeExchange(plain: Buffer, part: (location: PartLocation) => Uint8Array): CapturedExchange {
  const jsonBytes = plain.readUInt32LE(0);
  const envelope = JSON.parse(plain.toString('utf8', 4, 4 + jsonBytes)) as ExchangeEnvelope;
  const requestAt = 4 + jsonBytes;
  const responseAt = requestAt + envelope.request.bytes;
  const { exchange } = envelope;
  Object.assign(exchange.request, body(envelope.request.parts, plain.subarray(requestAt, responseAt), part));
  if (exchange.response) {
    const tail = plain.subarray(responseAt, responseAt + envelope.response.bytes);
    Object.assign(exchange.response, body(envelope.response.parts, tail, part));
  }
  return exchange;
}

function size(buffers: Uint8Array[]): number {
  let total = 0;
  for (const buffer of buffers) total += buffer.byteLength;
  return total;
}

function body(
  parts: PartLocation[],
  tail: Uint8Array,
  part: (location: PartLocation) => Uint8Array,
): Pick<CapturedExchange['request'], 'body' | 'pieces'> {
  const [first, ...rest] = parts;
  if (first === undefined) return { body: tail };
  let total = tail.byteLength;
  for (const { bytes } of parts) total += bytes;
  if (total <= wholeUpTo) return { body: Buffer.concat([...parts.map(part), tail]) };
  const beginning = part(first);
  return {
    body: beginning,
    *pieces() {
      yield beginning;
      for (const location of rest) {
        yield part(location);
        noteLargeBody(location.bytes);
      }
      yield tail;
    },
  };
}

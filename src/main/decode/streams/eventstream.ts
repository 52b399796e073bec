import { isUtf8 } from 'node:buffer';
import { crc32 } from 'node:zlib';
import type { Micros, StreamEvent } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import { maxStreamEvents, type Split, TooManyEvents } from './split.js';

export const eventStreamType = 'application/vnd.amazon.eventstream';

/** Total length, length of the headers, CRC of both. */
const preludeBytes = 12;
const crcBytes = 4;

export interface EventStreamSplit extends Split {
  /** Why reading stopped before the end, where it is not that the stream was cut. */
  fault: string | null;
}

/**
 * Splits an AWS event stream (binary messages of headers and payload, each with two CRC-32) into events like those of
 * SSE: the event's name is its `:event-type`, or the `:exception-type` or `error` that ends the stream; its data is the
 * payload. Where a payload only carries bytes as base64 (Bedrock's `chunk`), the data is what they say. Reading ends at
 * the first message that does not hold. Null: a payload is no text, or nothing could be read.
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export function splitEventStream(bytes: Uint8Array, chunks: { offset: number; at: Micros }[]): EventStreamSplit | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: StreamEvent[] = [];
  let fault: string | null = null;
  let complete = true;
  let chunk = 0;
  let at = 0;
  while (at < buffer.length) {
    const left = buffer.length - at;
    if (left < preludeBytes) {
      complete = false;
      break;
    }
    const total = buffer.readUInt32BE(at);
    const headerBytes = buffer.readUInt32BE(at + 4);
    const sound = total >= preludeBytes + headerBytes + crcBytes;
    if (!sound || crc32(buffer.subarray(at, at + 8)) !== buffer.readUInt32BE(at + 8)) {
      fault = `${left} bytes are no event stream`;
      break;
    }
    if (total > left) {
      complete = false;
      break;
    }
    const end = at + total;
    if (crc32(buffer.subarray(at, end - crcBytes)) !== buffer.readUInt32BE(end - crcBytes)) {
      fault = `a message of ${total} bytes has another checksum than it says; ${left} bytes were not read`;
      break;
    }
    const headersFrom = at + preludeBytes;
    const headers = headersOf(buffer.subarray(headersFrom, headersFrom + headerBytes));
    const event = eventOf(headers, buffer.subarray(headersFrom + headerBytes, end - crcBytes));
    if (event === null) return null;
    if (events.length === maxStreamEvents) throw new TooManyEvents();
    while (chunk + 1 < chunks.length && (chunks[chunk + 1] as { offset: number }).offset < end) chunk += 1;
    const arrived = chunks[chunk]?.at;
    events.push(arrived === undefined ? event : { ...event, at: arrived });
    at = end;
  }
  if (events.length === 0 && fault !== null) return null;
  return { events, complete: complete && fault === null, fault };
}

/** One message as an event; null where its payload is no text. */
function eventOf(headers: Map<string, string>, payload: Buffer): StreamEvent | null {
  if (!isUtf8(payload)) return null;
  const text = payload.toString('utf8');
  const kind = headers.get(':message-type');
  if (kind === 'error') {
    const code = headers.get(':error-code') ?? '';
    const message = headers.get(':error-message') ?? '';
    return { event: 'error', data: text === '' ? JSON.stringify({ code, message }) : text };
  }
  const name = kind === 'exception' ? headers.get(':exception-type') : headers.get(':event-type');
  let data = text;
  if (name === 'chunk') {
    const carrier = parseJson(text);
    const inner = typeof carrier === 'object' && carrier !== null && 'bytes' in carrier ? carrier.bytes : undefined;
    if (typeof inner === 'string') {
      const carried = Buffer.from(inner, 'base64');
      if (!isUtf8(carried)) return null;
      data = carried.toString('utf8');
    }
  }
  return name === undefined ? { data } : { event: oneLine(name), data };
}

/** Bytes of a value by its type; -1 where its length stands before it. */
const valueBytes = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16];
const stringType = 7;

/** The headers that are text; reading ends at one that does not hold. */
function headersOf(bytes: Buffer): Map<string, string> {
  const headers = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const nameEnd = at + 1 + (bytes[at] as number);
    if (nameEnd >= bytes.length) break;
    const name = bytes.toString('utf8', at + 1, nameEnd);
    const type = bytes[nameEnd] as number;
    at = nameEnd + 1;
    let size = valueBytes[type];
    if (size === undefined) break;
    if (size === -1) {
      if (at + 2 > bytes.length) break;
      size = bytes.readUInt16BE(at);
      at += 2;
    }
    if (type === stringType) headers.set(name, bytes.toString('utf8', at, Math.min(at + size, bytes.length)));
    at += size;
  }
  return headers;
}

/** The name stands in a line of its own when the stream is written as text. */
function oneLine(name: string): string {
  return name.slice(0, 256).replace(/[\r\n]+/g, ' ');
}

import type { CapturedExchange, Json } from '../../../shared/model/index.js';
import { leavesOf } from './leaves.js';

/** A text that goes to the store, and how else a file may have written it. */
export type Goes = (text: string, otherwise?: () => string) => void;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes as a file would hold them: as text, else in base64. */
export function textOfBytes(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  }
}

export function exchangeTexts(exchange: CapturedExchange, goes: Goes): void {
  const { method, url, request, response } = exchange;
  goes(method);
  goes(url);
  for (const message of [request, response]) {
    if (message === undefined) continue;
    for (const pair of [...message.headers, ...message.trailers]) for (const text of pair) if (text !== '') goes(text);
    for (const bytes of exchange.kind === 'websocket' ? payloads(message.body) : [message.body]) {
      const text = textOfBytes(bytes);
      const inBase64 = () => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
      leavesOf(text as Json, (inner) => goes(inner, inner === text ? inBase64 : undefined));
    }
  }
  if (response !== undefined && response.status_text !== '') goes(response.status_text);
}

/** Payloads of frames as importers write them: whole, unmasked and uncompressed. */
function payloads(body: Uint8Array): Uint8Array[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const found: Uint8Array[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const short = (bytes[at + 1] as number) & 0x7f;
    const head = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (at + head > bytes.length) break;
    const length =
      short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short === 126 ? bytes.readUInt16BE(at + 2) : short;
    found.push(bytes.subarray(at + head, at + head + length));
    at += head + length;
  }
  return found;
}

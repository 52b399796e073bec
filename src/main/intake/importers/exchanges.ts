import type { CapturedExchange, CapturedMessage, HeaderList, Micros } from '../../../shared/model/index.js';

/** Headers that describe how the body was carried, not the body that files keep. */
const carriage = new Set(['transfer-encoding', 'content-length', 'connection', 'proxy-connection', 'keep-alive']);

/** `HTTP/1.1`, `h2`, `http/2.0`, … as exchanges say it. */
export function httpVersion(text: string | undefined): string {
  const match = /^(?:http\/)?(\d(?:\.\d)?)$/i.exec(text ?? '');
  if (match) return (match[1] as string).replace(/\.0$/, '') === '2' ? '2' : (match[1] as string);
  return /^h2/i.test(text ?? '') ? '2' : /^h3/i.test(text ?? '') ? '3' : '1.1';
}

export function importedClient(version: string): CapturedExchange['client'] {
  const protocol = version === '2' ? 'h2' : version === '1.0' ? 'http/1.0' : 'http/1.1';
  return { address: '', port: 0, connection: 0, protocol };
}

/**
 * One message of an exchange that a file kept. `decoded`: the body stands without its content-encoding, so that header
 * is left out; what the file left out of the body is not truncated here but marked.
 */
export function importedMessage(
  version: string,
  headers: HeaderList,
  body: Uint8Array,
  options: { decoded?: boolean; bytes?: number; chunks?: { offset: number; at: Micros }[]; trailers?: HeaderList } = {},
): CapturedMessage {
  const kept = headers.filter(([name]) => {
    const lower = name.toLowerCase();
    if (lower === 'content-encoding') return !options.decoded;
    return !carriage.has(lower) && !lower.startsWith(':');
  });
  const bytes = Math.max(options.bytes ?? body.length, body.length);
  return {
    http_version: version,
    headers: kept,
    trailers: options.trailers ?? [],
    body,
    bytes,
    truncated: bytes > body.length,
    chunks: options.chunks ?? [],
  };
}

export interface SocketFrame {
  from: 'client' | 'server';
  /** RFC 6455: 1 text, 2 binary, 8 close, 9 ping, 10 pong. */
  opcode: number;
  payload: Uint8Array;
  at: Micros;
}

/** One direction of a WebSocket as its frames stand on the wire, unmasked and uncompressed. */
export function framesOf(
  frames: readonly SocketFrame[],
  from: 'client' | 'server',
): { body: Uint8Array; chunks: { offset: number; at: Micros }[] } {
  const parts: Uint8Array[] = [];
  const chunks: { offset: number; at: Micros }[] = [];
  let offset = 0;
  for (const frame of frames) {
    if (frame.from !== from) continue;
    const { length } = frame.payload;
    const long = length > 65_535 ? 8 : length > 125 ? 2 : 0;
    const head = Buffer.alloc(2 + long);
    head[0] = 0x80 | (frame.opcode & 0x0f);
    head[1] = long === 8 ? 127 : long === 2 ? 126 : length;
    if (long === 2) head.writeUInt16BE(length, 2);
    if (long === 8) head.writeBigUInt64BE(BigInt(length), 2);
    chunks.push({ offset, at: frame.at });
    parts.push(head, frame.payload);
    offset += head.length + length;
  }
  return { body: Buffer.concat(parts), chunks };
}

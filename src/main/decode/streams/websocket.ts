import { isUtf8 } from 'node:buffer';
import type { BodyIssue, Micros, SocketMessage } from '../../../shared/model/index.js';
import { type DeflateParameters, messageInflater } from '../../ground/websocket-deflate.js';
import { type Frame, readFrame } from '../../ground/websocket-frames.js';
import { maxStreamEvents } from './split.js';

export interface SocketStream {
  from: 'client' | 'server';
  /** Everything that came this way after the upgrade. */
  bytes: Uint8Array;
  chunks: { offset: number; at: Micros }[];
  deflate: DeflateParameters | null;
  /** What messages before the first of these left to the decompression, where they were captured apart. */
  window?: Uint8Array;
  /** Bytes that all messages together may have after decompression. */
  maxOutputBytes: number;
  /** The capture ends before the stream did. */
  cut: boolean;
}

export interface SocketMessages {
  messages: SocketMessage[];
  issues: Omit<BodyIssue, 'side'>[];
}

/**
 * Reads one direction of a WebSocket into messages: fragments joined, control frames between them kept in their place,
 * permessage-deflate undone. Pings, pongs and binary messages are base64; a close is its code and reason.
 */
export function readSocket(stream: SocketStream): SocketMessages {
  const { bytes, from } = stream;
  const messages: SocketMessage[] = [];
  const issues: SocketMessages['issues'] = [];
  const report = (code: BodyIssue['code'], message: string) => {
    if (!issues.some((issue) => issue.code === code)) issues.push({ code, message });
  };
  const takeover =
    from === 'client'
      ? stream.deflate?.clientNoContextTakeover !== true
      : stream.deflate?.serverNoContextTakeover !== true;
  const inflater = stream.deflate === null ? null : messageInflater(takeover, stream.window);
  const arrivedAt = arrivalCursor(stream.chunks);
  let inflatable = true;
  let room = stream.maxOutputBytes;
  let open: { frame: Frame; parts: Uint8Array[] } | null = null;
  const push = (opcode: SocketMessage['opcode'], data: string, end: number) => {
    const at = arrivedAt(end);
    messages.push(at === undefined ? { from, opcode, data } : { from, opcode, data, at });
  };

  const deliver = (first: Frame, parts: Uint8Array[], end: number) => {
    let payload = parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
    let raw = false;
    if (first.compressed) {
      if (inflater === null) {
        report('framing_invalid', 'a message is marked compressed, but no compression was agreed on');
        raw = true;
      } else if (!inflatable) raw = true;
      else {
        try {
          payload = inflater.inflate(payload, room);
          room -= payload.length;
        } catch (error) {
          // The window is lost with this message: no later one of this direction can be read.
          inflatable = !takeover;
          raw = true;
          const bomb = (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
          if (bomb) report('bomb', `messages grow beyond ${stream.maxOutputBytes} bytes`);
          else report('content_encoding_invalid', 'a compressed message is corrupt');
        }
      }
    }
    if (first.opcode === 1 && !raw) push('text', readText(payload, report), end);
    else push('binary', base64(payload), end);
  };

  let offset = 0;
  while (offset < bytes.length) {
    const frame = readFrame(bytes, offset);
    if ('fault' in frame) {
      const rest = bytes.length - offset;
      if (frame.fault === 'invalid') report('framing_invalid', `${frame.message}; ${rest} bytes could not be read`);
      else if (!stream.cut) report('stream_cut', `${frame.message}; ${rest} bytes could not be read`);
      break;
    }
    offset = frame.end;
    if (messages.length === maxStreamEvents) {
      report(
        'framing_invalid',
        `more than ${maxStreamEvents} messages; ${bytes.length - offset} bytes could not be read`,
      );
      break;
    }
    if (frame.opcode >= 8) {
      if (frame.opcode === 8) push('close', closeText(frame.payload, report), offset);
      else push(frame.opcode === 9 ? 'ping' : 'pong', base64(frame.payload), offset);
      continue;
    }
    if (frame.opcode === 0) {
      if (open === null) {
        report('framing_invalid', 'a continuation frame continues nothing');
        open = { frame: { ...frame, opcode: 2 }, parts: [] };
      }
    } else {
      if (open !== null) {
        report('framing_invalid', 'a message begins inside another');
        deliver(open.frame, open.parts, offset);
      }
      open = { frame, parts: [] };
    }
    open.parts.push(frame.payload);
    if (frame.fin) {
      deliver(open.frame, open.parts, offset);
      open = null;
    }
  }
  if (open !== null) {
    if (!stream.cut) report('stream_cut', 'the last message is not complete');
    // The beginning of a fragmented text is worth keeping; that of a compressed one may not decompress.
    deliver(open.frame, open.parts, bytes.length);
  }
  return { messages, issues };
}

type Report = (code: BodyIssue['code'], message: string) => void;

function readText(payload: Uint8Array, report: Report): string {
  const buffer = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (isUtf8(buffer)) return buffer.toString('utf8');
  report('utf8_invalid', 'a text message is not valid UTF-8');
  return buffer.toString('utf8');
}

function closeText(payload: Uint8Array, report: Report): string {
  if (payload.length < 2) return '';
  const code = ((payload[0] as number) << 8) | (payload[1] as number);
  const reason = readText(payload.subarray(2), report);
  return reason === '' ? String(code) : `${code} ${reason}`;
}

function base64(payload: Uint8Array): string {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('base64');
}

/** When the byte before offset `end` arrived; asked with rising offsets. */
function arrivalCursor(chunks: { offset: number; at: Micros }[]): (end: number) => Micros | undefined {
  let index = 0;
  return (end) => {
    while (index + 1 < chunks.length && (chunks[index + 1] as { offset: number }).offset < end) index += 1;
    return chunks[index]?.at;
  };
}

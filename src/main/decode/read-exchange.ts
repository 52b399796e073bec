import type {
  Body,
  BodyIssue,
  CapturedExchange,
  CapturedMessage,
  ReadExchange,
  ReadMessage,
} from '../../shared/model/index.js';
import { deflateParameters } from '../ground/websocket-deflate.js';
import { headerList, mediaType } from './content/headers.js';
import { readBody } from './read-body.js';
import { readSocket } from './streams/websocket.js';

export interface ReadLimits {
  /** Bytes that one body may have after content-decoding. */
  maxOutputBytes: number;
  /** Decoded over wire bytes beyond which a body of more than 16 MiB counts as a bomb. */
  maxRatio: number;
}

export const defaultReadLimits: ReadLimits = { maxOutputBytes: 256 * 1024 * 1024, maxRatio: 500 };

/**
 * Content-decodes both bodies of a captured exchange and splits them into what they are. Never throws: what cannot be
 * read is kept sealed and the reason is in `issues`.
 */
export function readExchange(captured: CapturedExchange, limits: ReadLimits = defaultReadLimits): ReadExchange {
  const { request, response, ...rest } = captured;
  const issues: BodyIssue[] = [];
  const side = (name: 'request' | 'response', message: CapturedMessage): ReadMessage => {
    const { http_version, headers, trailers, bytes, truncated } = message;
    const found: Omit<BodyIssue, 'side'>[] = [];
    const body = safely(captured, name, message, limits, found);
    for (const issue of found) issues.push({ side: name, ...issue });
    return { http_version, headers, trailers, body, bytes, truncated };
  };
  const read: ReadExchange = { ...rest, request: side('request', request), issues };
  if (response !== undefined) {
    const { status, status_text, informational } = response;
    read.response = { ...side('response', response), status, status_text, informational };
  }
  return read;
}

function safely(
  captured: CapturedExchange,
  side: 'request' | 'response',
  message: CapturedMessage,
  limits: ReadLimits,
  issues: Omit<BodyIssue, 'side'>[],
): Body {
  try {
    if (captured.kind === 'websocket' && captured.response?.status === 101) {
      return socketBody(captured, side, message, limits, issues);
    }
    // A request body can only be unfinished where the exchange broke before its response began.
    const unfinished = captured.state !== 'complete' && (side === 'response' || captured.response === undefined);
    return readBody({ message, side, url: captured.url, unfinished, limits }, issues);
  } catch (error) {
    const name = error instanceof Error ? error.constructor.name : 'error';
    issues.push({ code: 'framing_invalid', message: `the body could not be read (${name})` });
    return {
      kind: 'sealed',
      bytes: message.body,
      ...(message.pieces === undefined ? {} : { pieces: message.pieces }),
      media_type: mediaType(message.headers).type,
      reason: 'undecodable',
    };
  }
}

function socketBody(
  captured: CapturedExchange,
  side: 'request' | 'response',
  message: CapturedMessage,
  limits: ReadLimits,
  issues: Omit<BodyIssue, 'side'>[],
): Body {
  if (message.truncated) {
    issues.push({ code: 'truncated', message: `${message.body.length} of ${message.bytes} bytes were kept` });
  }
  if (message.body.length === 0) return { kind: 'websocket', messages: [] };
  const read = readSocket({
    from: side === 'request' ? 'client' : 'server',
    bytes: message.pieces === undefined ? message.body : Buffer.concat([...message.pieces()]),
    chunks: message.chunks,
    deflate: deflateParameters(headerList(captured.response?.headers ?? [], 'sec-websocket-extensions')),
    ...(message.window === undefined ? {} : { window: Buffer.from(message.window, 'base64') }),
    maxOutputBytes: limits.maxOutputBytes,
    cut: message.truncated || captured.state !== 'complete',
  });
  issues.push(...read.issues);
  if (read.messages.length === 0) {
    const { body: bytes, pieces } = message;
    return {
      kind: 'sealed',
      bytes,
      ...(pieces === undefined ? {} : { pieces }),
      media_type: '',
      reason: 'undecodable',
    };
  }
  return { kind: 'websocket', messages: read.messages };
}

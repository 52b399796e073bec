import { isUtf8 } from 'node:buffer';
import type { Body, BodyIssue, CapturedMessage } from '../../shared/model/index.js';
import { arrivals, unknownArrival } from './content/arrival.js';
import { toText } from './content/charset.js';
import { type Decoded, decodeContent, type EncodingLimits, sniffCoding } from './content/encoding.js';
import { headerList, type MediaType, mediaType } from './content/headers.js';
import { isBinary, isTextType, textBody } from './content/kind.js';
import { eventStreamType, splitEventStream } from './streams/eventstream.js';
import { TooManyEvents } from './streams/split.js';

export interface BodySource {
  message: CapturedMessage;
  side: 'request' | 'response';
  url: string;
  /** The exchange ended before the body did. */
  unfinished: boolean;
  limits: EncodingLimits;
}

type Issues = Omit<BodyIssue, 'side'>[];

/** Content-decodes a captured body and tells what it is. */
export function readBody(source: BodySource, issues: Issues): Body {
  if (source.message.pieces) return readLarge(source, source.message.pieces, issues);
  const { message, side } = source;
  const media = mediaType(message.headers);
  const cut = message.truncated || source.unfinished;
  if (message.truncated) {
    issues.push({ code: 'truncated', message: `${message.body.length} of ${message.bytes} bytes were kept` });
  }
  if (message.body.length === 0) return { kind: 'empty' };
  const decoded = contentOf(source, media, cut);
  issues.push(...decoded.issues);
  if (decoded.failed !== null) {
    return { kind: 'sealed', bytes: message.body, media_type: media.type, reason: decoded.failed };
  }
  const { bytes } = decoded;
  if (bytes.length === 0) return { kind: 'empty' };
  const bomb = decoded.issues.some((issue) => issue.code === 'bomb');
  const partial = cut || decoded.partial;
  if (media.type === eventStreamType && !bomb) {
    const body = eventStreamBody(bytes, decoded.encoded ? [] : message.chunks, partial, issues);
    if (body !== null) return body;
  }
  if (!hasUtf16Mark(bytes) && isBinary(bytes, media.type, isUtf8(bytes) || partial || hasCharset(media))) {
    return {
      kind: 'sealed',
      bytes: bomb ? message.body : bytes,
      media_type: media.type,
      reason: bomb ? 'bomb' : 'binary',
    };
  }
  const { text, skipped, replaced, utf8 } = toText(bytes, media, partial);
  if (replaced && !isTextType(media.type) && !startsLikeText(text)) {
    return { kind: 'sealed', bytes: message.body, media_type: media.type, reason: bomb ? 'bomb' : 'binary' };
  }
  if (replaced) issues.push({ code: 'utf8_invalid', message: 'some bytes are not valid text and were replaced' });
  const arrival = decoded.encoded || !utf8 ? unknownArrival : arrivals(text, skipped, bytes.length, message.chunks);
  return textBody({ text, type: media.type, side, url: source.url, arrival, cut: partial }, issues);
}

/**
 * A body that does not lie in memory: what is opaque, or was cut so that it cannot be read as a whole anyway, is sealed
 * piece by piece; the rest has to be put together.
 */
function readLarge(source: BodySource, pieces: () => Iterable<Uint8Array>, issues: Issues): Body {
  const { message } = source;
  const media = mediaType(message.headers);
  const encoded = headerList(message.headers, 'content-encoding') !== '' || sniffCoding(message.body) !== null;
  const readable = encoded || media.type === eventStreamType || hasUtf16Mark(message.body);
  const opaque = !readable && isBinary(message.body, media.type, true);
  if (!message.truncated && !opaque) {
    const whole = Buffer.concat([...pieces()]);
    return readBody({ ...source, message: { ...message, body: whole, pieces: undefined } }, issues);
  }
  if (message.truncated) issues.push({ code: 'truncated', message: `the first bytes of ${message.bytes} were kept` });
  const reason = opaque ? 'binary' : 'undecodable';
  return { kind: 'sealed', bytes: message.body, pieces, media_type: media.type, reason };
}

/** An event stream is binary on the wire and text behind it: it must be text before redaction. Null where it is none. */
function eventStreamBody(
  bytes: Uint8Array,
  chunks: CapturedMessage['chunks'],
  cut: boolean,
  issues: Issues,
): Body | null {
  try {
    const split = splitEventStream(bytes, chunks);
    if (split === null) return null;
    const { events, complete, fault } = split;
    if (fault !== null) issues.push({ code: 'framing_invalid', message: fault });
    else if (!complete && !cut) issues.push({ code: 'stream_cut', message: 'the stream ends inside an event' });
    return { kind: 'events', framing: 'sse', events, complete: complete && !cut };
  } catch (error) {
    if (!(error instanceof TooManyEvents)) throw error;
    issues.push({ code: 'framing_invalid', message: error.message });
    return null;
  }
}

function contentOf(source: BodySource, media: MediaType, cut: boolean): Decoded {
  const { body, headers } = source.message;
  const encoding = headerList(headers, 'content-encoding');
  if (encoding !== '') return decodeContent(body, encoding, source.limits, cut);
  const plain: Decoded = { bytes: body, encoded: false, partial: false, failed: null, issues: [] };
  const sniffed = sniffCoding(body);
  // A download that is an archive by its media type stays one.
  if (sniffed === null || (source.side === 'response' && media.type !== '' && !isTextType(media.type))) return plain;
  const decoded = decodeContent(body, sniffed, source.limits, cut);
  const readable = decoded.failed === null && !isBinary(decoded.bytes, '', isUtf8(decoded.bytes) || decoded.partial);
  return readable ? decoded : plain;
}

function hasUtf16Mark(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

function hasCharset(media: MediaType): boolean {
  return media.charset !== undefined && media.charset !== 'utf-8' && media.charset !== 'utf8';
}

/** JSON and event streams are read under any media type, even with a few bytes wrong. */
function startsLikeText(text: string): boolean {
  return /^\s*[{[]\s*["{[\]}]|^(?:data|event|id):/.test(text.slice(0, 256));
}

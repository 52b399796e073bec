import type { Body, BodyIssue } from '../../../shared/model/index.js';
import { looksLikeGeminiArray, splitJsonArray } from '../streams/json-array.js';
import { scanDocument, skipSpace } from '../streams/json-scan.js';
import { looksLikeNdjson, splitNdjson } from '../streams/ndjson.js';
import { TooManyEvents } from '../streams/split.js';
import { looksLikeSse, splitSse } from '../streams/sse.js';
import type { Arrival } from './arrival.js';

export interface TextBody {
  text: string;
  /** Media type as the header says, lower case; empty where there is none. */
  type: string;
  side: 'request' | 'response';
  url: string;
  arrival: Arrival;
  /** The text is only the beginning of the body. */
  cut: boolean;
}

type Issues = Omit<BodyIssue, 'side'>[];

/** Tells what a text body is, by its media type and by looking; what the bytes show wins over what the header says. */
export function textBody(input: TextBody, issues: Issues): Body {
  const { text, type } = input;
  try {
    const c = text.charCodeAt(skipSpace(text, 0));
    const bracket = c === 0x7b || c === 0x5b;
    if (type === 'text/event-stream') {
      return bracket && scanDocument(text).status === 'complete' ? { kind: 'json', text } : sse(input, issues);
    }
    if (isNdjsonType(type)) return ndjson(input, issues);
    if (bracket) return jsonLike(input, issues);
    // Not under any media type: YAML, for one, may begin with `data:` too.
    if (mayBeMislabelled(type) && looksLikeSse(text)) return sse(input, issues);
    if (isJsonType(type)) return scalarJson(text, issues);
  } catch (error) {
    if (!(error instanceof TooManyEvents)) throw error;
    issues.push({ code: 'framing_invalid', message: error.message });
    return { kind: 'text', text };
  }
  return type === 'application/x-www-form-urlencoded' ? { kind: 'form', text } : { kind: 'text', text };
}

function jsonLike(input: TextBody, issues: Issues): Body {
  const { text, type } = input;
  if (text[skipSpace(text, 0)] === '[' && input.side === 'response' && looksLikeGeminiArray(text, input.url)) {
    const split = splitJsonArray(text, input.arrival);
    if (split !== null) return events('json-array', split, input, issues);
  }
  const scan = scanDocument(text);
  if (scan.status === 'complete') return { kind: 'json', text };
  if (looksLikeNdjson(text)) return ndjson(input, issues);
  if (isJsonType(type) || (scan.status === 'cut' && input.cut)) {
    issues.push({
      code: 'json_invalid',
      message: scan.status === 'cut' ? 'JSON ends early' : `not JSON at character ${scan.end}`,
    });
  } else if (type === 'application/x-www-form-urlencoded') {
    return { kind: 'form', text };
  }
  return { kind: 'text', text };
}

function scalarJson(text: string, issues: Issues): Body {
  const scan = scanDocument(text);
  if (scan.status === 'complete') return { kind: 'json', text };
  issues.push({ code: 'json_invalid', message: `not JSON at character ${scan.end}` });
  return { kind: 'text', text };
}

function sse(input: TextBody, issues: Issues): Body {
  const split = splitSse(input.text, input.arrival);
  const last = split.events.at(-1)?.data ?? '';
  const unfinished = !split.complete && /^\s*[{[]/.test(last) && scanDocument(last).status === 'cut';
  return events('sse', { events: split.events, complete: !unfinished }, input, issues);
}

function ndjson(input: TextBody, issues: Issues): Body {
  const split = splitNdjson(input.text, input.arrival);
  if (split.invalid > 0) issues.push({ code: 'json_invalid', message: `${split.invalid} lines are not JSON` });
  return events('ndjson', split, input, issues);
}

function events(
  framing: 'sse' | 'ndjson' | 'json-array',
  split: Pick<Extract<Body, { kind: 'events' }>, 'events' | 'complete'>,
  input: TextBody,
  issues: Issues,
): Body {
  if (!split.complete && !input.cut) issues.push({ code: 'stream_cut', message: 'the stream ends inside an event' });
  return { kind: 'events', framing, events: split.events, complete: split.complete && !input.cut };
}

/** Media types that servers send for want of a better one. */
function mayBeMislabelled(type: string): boolean {
  return (
    type === '' ||
    type === 'text/plain' ||
    type === 'text/html' ||
    type === 'application/octet-stream' ||
    isJsonType(type)
  );
}

export function isJsonType(type: string): boolean {
  return type === 'application/json' || type.endsWith('+json') || type === 'text/json';
}

function isNdjsonType(type: string): boolean {
  return (
    type === 'application/x-ndjson' ||
    type === 'application/ndjson' ||
    type === 'application/jsonl' ||
    type === 'application/x-jsonlines' ||
    type === 'application/jsonlines'
  );
}

/** Media types whose bodies are text even where some bytes are not valid. */
export function isTextType(type: string): boolean {
  return (
    type.startsWith('text/') ||
    isJsonType(type) ||
    isNdjsonType(type) ||
    type.endsWith('+xml') ||
    type === 'application/xml' ||
    type === 'application/javascript' ||
    type === 'application/x-www-form-urlencoded'
  );
}

/**
 * Whether bytes are not text. A few stray control characters are tolerated where the media type says text; random
 * bytes have a tenth of them.
 */
export function isBinary(bytes: Uint8Array, type: string, validUtf8: boolean): boolean {
  const sample = Math.min(bytes.length, 8192);
  let controls = 0;
  for (let i = 0; i < sample; i += 1) {
    const byte = bytes[i] as number;
    if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12 && byte !== 8 && byte !== 0x1b)
      controls += 1;
  }
  if (isTextType(type)) return controls > sample / 25;
  if (!validUtf8) return true;
  // One NUL is enough where nobody claimed text: protobuf and archives are often almost ASCII.
  return controls > sample / 50 || Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(0);
}

import { SluiceError } from '../../../shared/errors.js';
import type { IntakeRecord } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import { conversation } from '../messages/conversation.js';
import { unreadItems } from '../messages/unread.js';
import { wrapperReason, wrappersOf } from '../messages/wrappers.js';
import type { ReadMessages } from '../read-messages.js';
import { conventions } from './conventions/index.js';
import { type Homes, placesOf, type ReadSpan } from './places.js';
import { decodeExportRequest, encodeExportResponse } from './protobuf.js';
import { recordOf } from './records.js';
import { type Span, spansOf } from './spans.js';
import { isObject, type JsonObject } from './values.js';

/** Trace ids whose conversation is remembered for the spans that come later. */
const mostHomes = 20_000;

const jsonType = 'application/json';
const protobufType = 'application/x-protobuf';

export interface OtlpRead {
  records: IntakeRecord[];
  /** Spans that could not be taken, and why the first one could not. */
  rejected: number;
  message: string;
  /** What is not kept as it was told, or stands in steps of its own, and why. */
  left_out: { where: string; reason: string }[];
  /** Spans of other programs (HTTP, databases, frameworks): fine, and not kept. */
  skipped: number;
  /** The answer in the encoding of the request. */
  answer(): { body: Uint8Array | string; contentType: string };
}

/**
 * Reads OTLP/HTTP export requests, in JSON or protobuf, one after the other. Of earlier requests it remembers only which
 * conversation a trace id belongs to.
 * @returns a function that throws SluiceError `request_invalid` or `media_type_unsupported`
 */
export function createOtlpReader(readMessages: ReadMessages): (body: Uint8Array, contentType: string) => OtlpRead {
  const homes = rememberedHomes();
  return (body, contentType) => otlpToRecords(body, contentType, readMessages, homes);
}

/** One export request by itself. */
export function otlpToRecords(
  body: Uint8Array,
  contentType: string,
  readMessages: ReadMessages,
  homes: Homes = rememberedHomes(),
): OtlpRead {
  const encoding = contentType.split(';', 1)[0]?.trim().toLowerCase();
  if (encoding !== jsonType && encoding !== protobufType) {
    throw new SluiceError('media_type_unsupported', `OTLP is sent as ${jsonType} or ${protobufType}.`);
  }
  const request = encoding === jsonType ? parsed(body) : decodeExportRequest(body);
  const { spans, rejected, message: refused } = spansOf(request);
  const failed = new Map<string, number>();
  const read: ReadSpan[] = spans.map((span) => ({ span, meaning: meaningOf(span, readMessages, failed) }));
  const wrapping = wrapped(read);
  const message = [refused, failures(failed)].filter((text) => text !== '').join(' ');
  const places = placesOf(read, homes);
  const records = read.flatMap((entry) => {
    const place = places.get(entry);
    return (place === undefined ? null : recordOf(entry, place)) ?? [];
  });
  // What spawned a trace, and what was said before, comes first.
  records.sort((a, b) => a.started_at - b.started_at || b.ended_at - a.ended_at);
  return {
    records,
    rejected,
    message,
    left_out: [...wrapping, ...read.flatMap(leftOut)],
    skipped: spans.length - records.length,
    answer: () =>
      encoding === jsonType
        ? { body: jsonAnswer(rejected, message), contentType: jsonType }
        : { body: encodeExportResponse(rejected, message), contentType: protobufType },
  };
}

/** Takes the meaning from spans that only wrap the call of another; what is below them keeps its place. */
function wrapped(read: ReadSpan[]): OtlpRead['left_out'] {
  const watched = read.map((one) => ({
    id: `${one.span.trace_id}:${one.span.span_id}`,
    parent_id: one.span.parent_id === null ? null : `${one.span.trace_id}:${one.span.parent_id}`,
    call: one.meaning?.what.type === 'call' ? one.meaning.what.call : undefined,
    one,
  }));
  return [...wrappersOf(watched)].map(({ one }) => {
    if (one.meaning !== null) one.meaning = { ...one.meaning, what: { type: 'nothing' } };
    return { where: `span ${one.span.span_id}`, reason: wrapperReason };
  });
}

function leftOut({ span, meaning }: ReadSpan): OtlpRead['left_out'] {
  if (meaning?.what.type !== 'call') return [];
  const { sent = conversation([]), answered = conversation([]) } = meaning.what;
  return unreadItems(`span ${span.span_id}`, sent, answered).map(({ skipped }) => skipped);
}

/** A convention that throws on a span is passed over for it, and counted. */
function meaningOf(span: Span, readMessages: ReadMessages, failed: Map<string, number>): ReadSpan['meaning'] {
  for (const convention of conventions) {
    try {
      const meaning = convention.read(span, readMessages);
      if (meaning !== null) return meaning;
    } catch {
      failed.set(convention.id, (failed.get(convention.id) ?? 0) + 1);
    }
  }
  return null;
}

/** What the sender is told of them; it calls for nothing to be sent again. */
function failures(failed: Map<string, number>): string {
  return Array.from(failed, ([id, spans]) => `The convention ${id} could not be read in ${spans} spans.`).join(' ');
}

function parsed(body: Uint8Array): JsonObject {
  // An attribute that is nested too deep costs its span, not the request.
  const value = parseJson(utf8(body), { maxDepth: Number.POSITIVE_INFINITY });
  if (value === undefined) throw new SluiceError('request_invalid', 'The body is not JSON.');
  if (!isObject(value) || (value.resourceSpans !== undefined && !Array.isArray(value.resourceSpans))) {
    throw new SluiceError('request_invalid', 'The body is not an ExportTraceServiceRequest: resourceSpans is no list.');
  }
  return value;
}

function utf8(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (error) {
    throw new SluiceError('request_invalid', 'The body is not UTF-8.', undefined, { cause: error });
  }
}

function jsonAnswer(rejected: number, message: string): string {
  // 64-bit integers are text in protobuf's JSON.
  return JSON.stringify(
    rejected === 0 && message === ''
      ? {}
      : { partialSuccess: { rejectedSpans: String(rejected), errorMessage: message } },
  );
}

function rememberedHomes(): Homes {
  const keys = new Map<string, string>();
  return {
    get: (traceId) => keys.get(traceId),
    set(traceId, key) {
      keys.delete(traceId);
      keys.set(traceId, key);
      if (keys.size > mostHomes) keys.delete(keys.keys().next().value as string);
    },
  };
}

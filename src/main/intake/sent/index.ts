import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import {
  finalizeSchema,
  type IntakeRecord,
  ingestSchema,
  type SentHeads,
  type SentKind,
  type SentOrders,
  sentEventsSchema,
  telemetryTraceSchema,
} from '../../../shared/model/index.js';
import type { createOtlpReader } from '../otlp/index.js';
import type { ReadMessages } from '../read-messages.js';
import { foreignTrace } from '../rest/foreign-trace.js';
import { ingestRecord } from '../rest/ingest.js';
import { eventsRecord, finalizeRecord, telemetryRecord } from '../rest/telemetry.js';
import { bodyOf, fitting, jsonOf } from './body.js';

/** How a body was sent, of what its reading depends on. */
export interface SentHow {
  contentType: string;
  encoding: string;
}

export interface SentDependencies {
  readMessages: ReadMessages;
  /** One for all bodies: it remembers which conversation a trace id belongs to. */
  readOtlp: ReturnType<typeof createOtlpReader>;
}

/** A body that was read: its head, and the records that come of it. */
export interface OpenBody<K extends SentKind> {
  head: SentHeads[K];
  records(order: SentOrders[K]): IntakeRecord[];
}

/** The largest body, inflated. */
const maxBytes = 10_000_000;

const openers: { [K in SentKind]: (bytes: Uint8Array, how: SentHow, parts: SentDependencies) => OpenBody<K> } = {
  ingest(bytes, _how, { readMessages }) {
    const sent = bodyOf(ingestSchema, bytes, 'request_invalid');
    return {
      head: { trace_id: sent.trace_id },
      records: ({ stored, now }) => [ingestRecord(sent, stored, readMessages, now)],
    };
  },
  trace(bytes) {
    const digest = digestOf(bytes);
    const value = jsonOf(bytes);
    const foreign = foreignTrace(value, digest);
    if (foreign !== null) {
      const { consent, name, records } = foreign;
      return { head: { consent, digest, trace_id: name }, records };
    }
    const sent = fitting(telemetryTraceSchema, value);
    return {
      head: { consent: sent.consent ?? null, digest, trace_id: sent.trace_id ?? null },
      records: ({ retry, consent, stored }) => [
        telemetryRecord(sent, {
          digest,
          retry: retry ?? undefined,
          consent: consent ?? undefined,
          stored: stored ?? undefined,
        }),
      ],
    };
  },
  events(bytes) {
    const { events } = bodyOf(sentEventsSchema, bytes);
    return {
      head: { event_ids: events.map(({ event_id }) => event_id ?? null), digest: digestOf(bytes) },
      records: ({ stored, fresh, retry }) => [
        eventsRecord(
          stored,
          fresh.flatMap((at) => events[at] ?? []),
          retry ?? undefined,
        ),
      ],
    };
  },
  finalize(bytes) {
    // No body says that it is whole, and nothing more.
    const sent = bodyOf(
      z.preprocess((body) => body ?? {}, finalizeSchema),
      bytes,
    );
    return {
      head: { end_time: sent.end_time ?? null, wait: sent.wait, qa: sent.qa, judge: sent.judge },
      records: ({ stored, now }) => [finalizeRecord(stored, sent, now)],
    };
  },
  otlp(bytes, { contentType, encoding }, { readOtlp }) {
    const read = readOtlp(plain(bytes, encoding), contentType);
    return { head: read.answer(), records: () => read.records };
  },
};

/** Reads a body. Throws `request_invalid`, `validation_failed`, `media_type_unsupported`, `body_too_large`. */
export function openBody<K extends SentKind>(
  kind: K,
  bytes: Uint8Array,
  how: SentHow,
  parts: SentDependencies,
): OpenBody<K> {
  return openers[kind](bytes, how, parts);
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function plain(body: Uint8Array, encoding: string): Uint8Array {
  const coding = (encoding === '' ? 'identity' : encoding).trim().toLowerCase();
  if (coding === 'identity') return body;
  if (coding !== 'gzip') {
    throw new SluiceError('media_type_unsupported', 'The content-encoding has to be gzip or none.');
  }
  try {
    return gunzipSync(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new SluiceError('body_too_large', 'The body is larger than 10 MB after inflation.');
    }
    throw new SluiceError('request_invalid', 'The body is not valid gzip.');
  }
}

import * as z from 'zod';
import { errorRecordSchema, idSchema, timestampSchema } from './common.js';
import { findingActions } from './decoded.js';
import { usageSchema } from './trace.js';

export const exchangeStates = ['complete', 'aborted', 'failed'] as const;

/** An exchange as lists show it. */
export const exchangeSummarySchema = z.object({
  exchange_id: idSchema,
  trace_id: idSchema.nullable(),
  call_id: idSchema.nullable(),
  client: z.string(),
  session: z.string().nullable(),
  kind: z.enum(['http', 'websocket', 'connect']),
  method: z.string(),
  url: z.string(),
  status: z.number().int().nullable(),
  started_at: timestampSchema,
  duration_ms: z.number(),
  ttfb_ms: z.number().nullable(),
  ttft_ms: z.number().nullable(),
  /** Body bytes as they were on the wire. */
  request_bytes: z.number().int(),
  response_bytes: z.number().int(),
  /** Wire format, or `http`, `websocket`, `connect`. */
  format: z.string(),
  model: z.string().nullable(),
  tool_names: z.array(z.string()),
  usage: usageSchema.nullable(),
  cost_usd: z.number().nullable(),
  state: z.enum(exchangeStates),
  /** A body or format could not be read; what came is kept. */
  undecoded: z.boolean(),
  finding_count: z.number().int(),
  error: errorRecordSchema.nullable(),
});
export type ExchangeSummary = z.infer<typeof exchangeSummarySchema>;

export const headerListSchema = z.array(z.tuple([z.string(), z.string()]));

export const storedMessageSchema = z.object({
  headers: headerListSchema,
  trailers: headerListSchema,
  /** Redacted text of the body; null where it is empty or only kept sealed. */
  body: z.string().nullable(),
  /** `json`, `events`, `text`, `form`, `websocket`, `sealed`, `empty`. */
  body_kind: z.string(),
  /** Why a sealed body is sealed. */
  sealed_reason: z.string().nullable(),
  media_type: z.string().nullable(),
  /** Cut at the capture limit (or at the limit of this answer, see body_total_chars). */
  truncated: z.boolean(),
  /** UTF-16 length of the whole redacted body. */
  body_total_chars: z.number().int(),
});

export const findingSchema = z.object({
  finding_id: idSchema,
  exchange_id: idSchema,
  entity: z.string(),
  path: z.string(),
  start: z.number().int(),
  end: z.number().int(),
  action: z.enum(findingActions),
  replacement: z.string(),
  detector: z.string(),
  confidence: z.number(),
});

/** An exchange by id. */
export const exchangeSchema = exchangeSummarySchema.extend({
  via: z.enum(['forward', 'intercept', 'gateway', 'intake', 'import', 'socket']),
  /** The exchange that this one was cut out of: the WebSocket of a turn. */
  part_of: idSchema.nullable().optional(),
  upstream: z.string().nullable(),
  http_version: z.string(),
  request: storedMessageSchema,
  response: storedMessageSchema.extend({ status_text: z.string() }).nullable(),
  issues: z.array(z.object({ side: z.enum(['request', 'response']), code: z.string(), message: z.string() })),
  unknown_events: z.record(z.string(), z.number().int()),
  findings: z.array(findingSchema),
});
export type Exchange = z.infer<typeof exchangeSchema>;
export type StoredFinding = z.infer<typeof findingSchema>;

import * as z from 'zod';
import {
  callSchema,
  type DecodedCall,
  type DecodedExchange,
  type IntakeCall,
  type IntakeRecord,
  idSchema,
  intakeMediaType,
  type RedactedExchange,
  scoreSchema,
  sourceSchema,
  traceKinds,
  usageFields,
} from '../../shared/model/index.js';
import { parseJson } from '../ground/json.js';
import { mediaType } from './content/headers.js';
import { costOf } from './pricing.js';

/** Deep enough that whoever walks a record finds lists, objects and times where it looks for them. */
const micros = z.number().min(0).max(Number.MAX_SAFE_INTEGER);
const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  parts: z.array(z.looseObject({ type: z.string() })),
});
const usage = z.partialRecord(z.enum(usageFields), z.number().min(0));
const call = z.looseObject({
  format: z.string(),
  request: z.looseObject({
    model: z.string().nullable(),
    params: z.looseObject({}),
    tools: z.array(z.looseObject({ name: z.string() })),
    messages: z.array(message),
    stream: z.boolean(),
    history_complete: z.boolean(),
    copied: z.number().int().min(0).optional(),
    operation: z.enum(['chat', 'completion', 'embeddings', 'count_tokens', 'compact', 'other']),
  }),
  response: z
    .looseObject({
      response_id: z.string().nullable(),
      model: z.string().nullable(),
      messages: z.array(message),
      stop_reason: z.string().nullable(),
      usage: usage.nullable(),
      error: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
      partial: z.boolean(),
      unknown_events: z.record(z.string(), z.number()),
    })
    .nullable(),
  cost_usd: z.number().nullable().optional(),
  first_token_at: micros.optional(),
  names: z.array(z.string()).optional(),
  follows: z.string().optional(),
});
const recordSchema = z.looseObject({
  version: z.literal(1),
  key: z.string(),
  source: z.string(),
  client: z.string().optional(),
  trace: z.looseObject({
    key: z.string(),
    trace_id: z.string().optional(),
    kind: z.enum(traceKinds),
    title: z.string().optional(),
    completion_status: z.enum(['running', 'completed', 'interrupted', 'failed']).optional(),
    parent_key: z.string().optional(),
    parent_tool_call_id: z.string().optional(),
    predecessor_key: z.string().optional(),
    aliases: z.array(z.string()).optional(),
    spawns: z.array(z.looseObject({ key: z.string(), tool_call_id: z.string().optional() })).optional(),
    continued_by: z.array(z.string()).optional(),
    metadata: z.looseObject({}).optional(),
    qa_results: z.looseObject({}).optional(),
    consent: z.looseObject({}).optional(),
  }),
  principal: z.object({ id: z.string().nullable(), admin: z.boolean() }).optional(),
  started_at: micros,
  ended_at: micros,
  undated: z.literal(true).optional(),
  revises: z.literal(true).optional(),
  restores: z
    .looseObject({
      trace_id: idSchema,
      source: sourceSchema,
      revision: z.number().int().positive().optional(),
      parent_step_id: idSchema.optional(),
      call: callSchema.pick({ call_id: true, parent_call_id: true, edge: true }).optional(),
      metadata: z.looseObject({}).nullable(),
      steps: z.array(z.object({ step_id: idSchema, like: z.string(), agent: z.string().optional() })),
      tools: z.record(z.string(), z.looseObject({})),
      durations: z.record(z.string(), z.number().min(0)).optional(),
      decisions: z.array(idSchema),
      scores: z
        .array(scoreSchema.pick({ score_id: true, created_at: true, trace_revision: true }).nullable())
        .optional(),
    })
    .optional(),
  call: call.optional(),
  events: z.array(z.looseObject({ type: z.string(), at: micros, event_id: z.string().optional() })).optional(),
});

/** Whether an exchange carries a record. Its media type alone does not say so: anyone may send that through the proxy. */
export function carriesRecord(exchange: RedactedExchange): boolean {
  const { via, url, request } = exchange;
  if (via !== 'intake' && via !== 'import') return false;
  return url.startsWith('sluice:') && mediaType(request.headers).type === intakeMediaType;
}

/** Reads the record that an exchange carries. Never throws: `decode_error` names the field that does not hold. */
export function decodeRecord(exchange: RedactedExchange): DecodedExchange {
  const failed = (text: string): DecodedExchange => ({
    exchange,
    format: 'intake',
    call: null,
    decode_error: { code: 'undecoded', message: `intake: ${text}`.slice(0, 300) },
  });
  const { body } = exchange.request;
  if (body.kind !== 'json') return failed(`the record is ${body.kind}, not JSON`);
  const value = parseJson(body.text);
  const parsed = recordSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return failed(`${issue?.path.join('.') || 'record'}: ${issue?.message ?? 'not valid'}`);
  }
  // The value itself: what the schema gives back has its keys in another order.
  const record = value as unknown as IntakeRecord;
  const { call: sent } = record;
  return {
    exchange,
    format: sent?.format ?? 'intake',
    call: sent === undefined ? null : priced(sent),
    record,
    decode_error: null,
  };
}

/** The cost as it was sent, else worked out. */
function priced(sent: IntakeCall): DecodedCall {
  const { request, response } = sent;
  const tier = request.params.service_tier;
  const worked = () =>
    response === null
      ? null
      : costOf(response.model ?? request.model, response.usage, typeof tier === 'string' ? tier : undefined);
  return { ...sent, cost_usd: sent.cost_usd === undefined ? worked() : sent.cost_usd };
}

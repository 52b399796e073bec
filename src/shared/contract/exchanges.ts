import * as z from 'zod';
import {
  exchangeHitSchema,
  exchangeSchema,
  exchangeSummarySchema,
  idSchema,
  pageSchema,
  toolCallIdSchema,
  toolCallSchema,
  toolCallVerdicts,
} from '../model/index.js';
import { list, queryText } from './inputs.js';
import { type Asked, type AuditNote, command, document, query } from './operation.js';

/** UTF-16 units of each body in one answer. */
const bodyUnits = { default: 1024 * 1024, max: 16 * 1024 * 1024 };

const ofExchange = z.object({ exchange_id: idSchema });
const side = z.enum(['request', 'response']);

const bodiesRead = (): AuditNote => ({ action: 'bodies_read', hourly: true });
/** The studio shows bodies all day; whoever else reads them there is written down. */
const readByToken = (_: unknown, __: unknown, { actor }: Asked) => (actor.kind === 'studio' ? null : bodiesRead());

export const exchangesContract = {
  list: query({
    scope: 'read',
    summary: 'HTTP exchanges, newest first',
    input: list,
    output: pageSchema(exchangeSummarySchema),
  }),
  hits: query({
    scope: 'read',
    summary: 'Where exchanges of a list have what its query looks for',
    input: z.object({ query: queryText, exchange_ids: z.array(idSchema).max(200) }),
    output: z.array(exchangeHitSchema),
  }),
  get: query({
    scope: 'read',
    summary: 'An exchange with headers, and the beginning of its bodies',
    input: ofExchange,
    output: exchangeSchema,
    audited: readByToken,
  }),
  whole: document({
    scope: 'read',
    summary: 'An exchange with headers and bodies',
    description:
      'Bodies longer than `body_limit` are cut, marked `truncated`, and `body_total_chars` says their length; ' +
      '/exchanges/{id}/body/{side} pages through the rest.',
    input: ofExchange.extend({
      body_limit: z.int().min(0).max(bodyUnits.max).default(bodyUnits.default),
    }),
    output: exchangeSchema,
    audited: bodiesRead,
  }),
  body: query({
    scope: 'read',
    summary: 'A small part of a body, by UTF-16 units',
    input: ofExchange.extend({ side, offset: z.int().min(0), limit: z.int().min(1).max(262_144) }),
    output: z.object({ text: z.string(), total_chars: z.int() }),
    audited: readByToken,
  }),
  part: document({
    scope: 'read',
    summary: 'A part of a body, by UTF-16 units',
    input: ofExchange.extend({
      side,
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(bodyUnits.max).default(bodyUnits.default),
    }),
    output: z.object({
      text: z.string(),
      offset: z.int(),
      next_offset: z.int().nullable().describe('Null at the end'),
      total_chars: z.int(),
    }),
    audited: bodiesRead,
  }),
};

export const toolCallsContract = {
  list: query({ scope: 'read', summary: 'Tool calls, newest first', input: list, output: pageSchema(toolCallSchema) }),
  judge: command({
    scope: 'review',
    summary: 'Says how a tool call ended',
    description:
      'What a person says goes before what its result claims and before what is suspected: it becomes `status`, in exports too. ' +
      'Null takes it back.',
    input: toolCallIdSchema.extend({ verdict: z.enum(toolCallVerdicts).nullable() }),
    output: z.object({ previous: z.enum(toolCallVerdicts).nullable() }),
    audited: ({ trace_id, tool_call_id }) => ({
      action: 'review_changed',
      target: trace_id,
      details: { fields: ['judged'], tool_call_id },
    }),
  }),
};

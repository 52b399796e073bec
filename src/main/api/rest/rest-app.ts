import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import { idSchema } from '../../../shared/model/index.js';
import type { ListOptions } from '../services.js';

/** Fastify with requests and answers typed by their zod schemas. */
export type RestApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Numbers in a query string are text. Text that is no number stays text, so that the complaint names the field. */
export function queryInteger(schema: z.ZodInt) {
  return z.preprocess(
    (value) => (typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value),
    schema,
  );
}

const limit = queryInteger(z.int().min(1).max(200)).default(50).describe('1..200');
const cursor = z.string().max(2000).optional().describe('`next_cursor` of the page before');

export const pageQuery = z.object({ limit, cursor });
export const listQuery = pageQuery.extend({
  query: z.string().max(2000).default('').describe('Sluice query language, e.g. `kind:agent tool:search status:error`'),
});

export function listOptions(query: z.infer<typeof listQuery>): ListOptions {
  return { query: query.query, limit: query.limit, cursor: query.cursor ?? null };
}

export const idParams = z.object({ id: z.string().max(200) });

/** The id in its stored form. What is no id names nothing: `not_found`, not a complaint about its spelling. */
export function idOf(text: string, what: string): string {
  const id = idSchema.safeParse(text.toLowerCase());
  if (!id.success) throw missing(what);
  return id.data;
}

/** Answers with JSON that is text already. */
export function sendJson(reply: FastifyReply, json: Uint8Array | null, what: string): never {
  const bytes = found(json, what);
  // Typed answers are objects; bytes pass the serialiser by.
  return reply
    .type('application/json; charset=utf-8')
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) as never;
}

export function found<T>(value: T | null, what: string): T {
  if (value === null) throw missing(what);
  return value;
}

export function missing(what: string): SluiceError {
  return new SluiceError('not_found', `There is no such ${what}.`);
}

import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { missing } from '../../../shared/errors.js';
import { idSchema } from '../../../shared/model/index.js';

/** Fastify with requests and answers typed by their zod schemas. */
export type RestApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Numbers in a query string are text. Text that is no number stays text, so that the complaint names the field. */
export function queryInteger(schema: z.ZodType) {
  return z.preprocess(
    (value) => (typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value),
    schema,
  );
}

export const idParams = z.object({ id: z.string().max(200) });

/** The id in its stored form. What is no id names nothing: `not_found`, not a complaint about its spelling. */
export function idOf(text: string, what: string): string {
  const id = idSchema.safeParse(text.toLowerCase());
  if (!id.success) throw missing(what);
  return id.data;
}

/** For routes of one trace: it is also known by the name that its program has for it. */
export function namedTrace(intake: { traceIdOf(name: string): Promise<string | null> }) {
  return {
    params: { id: { field: 'trace_id', id: 'trace' } },
    resolve: async (idOrName: string) => (await intake.traceIdOf(idOrName)) ?? idOf(idOrName, 'trace'),
  };
}

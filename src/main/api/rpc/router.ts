import { initTRPC, TRPCError } from '@trpc/server';
import * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import {
  exportOptionsSchema,
  idSchema,
  reviewSchema,
  savedFilterSchema,
  type Tick,
} from '../../../shared/model/index.js';
import { settingsSchema } from '../../../shared/settings.js';
import type { Services } from '../services.js';

const t = initTRPC.context<{ services: Services; authorized: boolean }>().create({
  errorFormatter({ shape, error }) {
    const known = knownError(error);
    // What nobody expected may name paths of this machine or quote what was captured: it stays in the log. A stack
    // would do the same.
    const message = error.code === 'INTERNAL_SERVER_ERROR' ? known.message : shape.message;
    return {
      ...shape,
      message,
      data: { code: shape.data.code, httpStatus: shape.data.httpStatus, sluice: known.toJSON() },
    };
  },
});

/** A failure in the words of the error catalogue. */
function knownError(error: TRPCError): SluiceError {
  const { cause } = error;
  if (cause instanceof SluiceError) return cause;
  if (cause instanceof z.ZodError) {
    const details = cause.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
    const first = details[0];
    return new SluiceError('validation_failed', `${first?.path || 'input'}: ${first?.message ?? 'invalid'}`, details);
  }
  if (error.code === 'NOT_FOUND') return new SluiceError('not_found', error.message);
  if (error.code === 'PARSE_ERROR' || error.code === 'BAD_REQUEST') {
    return new SluiceError('request_invalid', 'The message is malformed.');
  }
  return new SluiceError('internal', 'Something unexpected happened.');
}

/** Nothing is done for a connection that did not bring the token. */
const guarded = t.procedure.use(({ ctx, next }) => {
  if (ctx.authorized) return next();
  const cause = new SluiceError('unauthorized', 'The token is missing or wrong.');
  throw new TRPCError({ code: 'UNAUTHORIZED', message: cause.message, cause });
});

/** Expected failures keep their code, message and next step on the way to the studio. */
const procedure = guarded.use(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof SluiceError) {
    throw new TRPCError({ code: 'BAD_REQUEST', message: result.error.cause.message, cause: result.error.cause });
  }
  return result;
});

const list = z.object({
  query: z.string().max(2000).default(''),
  limit: z.number().int().min(1).max(200).default(100),
  cursor: z.string().nullish(),
});
const pageOf = z.object({
  trace_id: idSchema,
  limit: z.number().int().min(1).max(500).default(200),
  cursor: z.string().nullish(),
});
const scope = z.enum(['traces', 'exchanges', 'tool_calls']);

function found<T>(value: T | null, what: string): T {
  if (value === null) throw new SluiceError('not_found', `There is no such ${what}.`);
  return value;
}

export const router = t.router({
  status: t.router({
    get: procedure.query(({ ctx }) => ctx.services.status()),
  }),
  live: t.router({
    inFlight: procedure.query(({ ctx }) => ctx.services.inFlight()),
    /** Small ticks; whoever hears one pulls the pages it shows. */
    ticks: guarded.subscription(async function* ({ ctx, signal }) {
      const queue: Tick[] = [];
      let wake = () => {};
      const stop = ctx.services.onTick((tick) => {
        const last = queue.at(-1);
        // A slow reader gets one merged tick, never a growing queue.
        if (last) queue[queue.length - 1] = { seq: tick.seq, topics: [...new Set([...last.topics, ...tick.topics])] };
        else queue.push(tick);
        wake();
      });
      const onAbort = () => wake();
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        while (!signal?.aborted) {
          const tick = queue.shift();
          if (tick) yield tick;
          else {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
        }
      } finally {
        stop();
        signal?.removeEventListener('abort', onAbort);
      }
    }),
  }),
  exchanges: t.router({
    list: procedure
      .input(list)
      .query(({ ctx, input }) => ctx.services.reads.exchanges({ ...input, cursor: input.cursor ?? null })),
    get: procedure
      .input(z.object({ exchange_id: idSchema }))
      .query(({ ctx, input }) => found(ctx.services.reads.exchange(input.exchange_id, 65_536), 'exchange')),
    body: procedure
      .input(
        z.object({
          exchange_id: idSchema,
          side: z.enum(['request', 'response']),
          offset: z.number().int().min(0),
          limit: z.number().int().min(1).max(262_144),
        }),
      )
      .query(({ ctx, input }) =>
        found(ctx.services.reads.exchangeBody(input.exchange_id, input.side, input.offset, input.limit), 'body'),
      ),
  }),
  traces: t.router({
    list: procedure
      .input(list)
      .query(({ ctx, input }) => ctx.services.reads.traces({ ...input, cursor: input.cursor ?? null })),
    get: procedure
      .input(z.object({ trace_id: idSchema }))
      .query(({ ctx, input }) => found(ctx.services.reads.traceSummary(input.trace_id), 'trace')),
    steps: procedure
      .input(
        z.object({
          trace_id: idSchema,
          cursor: z.number().int().nullish(),
          limit: z.number().int().min(1).max(500).default(200),
        }),
      )
      .query(({ ctx, input }) => {
        const items = ctx.services.reads.traceSteps(input.trace_id, input.cursor ?? -1, input.limit);
        return { items, next_cursor: items.length === input.limit ? (items.at(-1)?.seq ?? null) : null };
      }),
    calls: procedure
      .input(pageOf)
      .query(({ ctx, input }) => ctx.services.reads.traceCalls(input.trace_id, input.cursor ?? null, input.limit)),
    toolCalls: procedure
      .input(pageOf)
      .query(({ ctx, input }) => ctx.services.reads.traceToolCalls(input.trace_id, input.cursor ?? null, input.limit)),
    decisions: procedure
      .input(pageOf)
      .query(({ ctx, input }) => ctx.services.reads.traceDecisions(input.trace_id, input.cursor ?? null, input.limit)),
    findings: procedure
      .input(pageOf)
      .query(({ ctx, input }) => ctx.services.reads.traceFindings(input.trace_id, input.cursor ?? null, input.limit)),
    children: procedure
      .input(z.object({ trace_id: idSchema }))
      .query(({ ctx, input }) => ctx.services.reads.traceChildren(input.trace_id)),
    delete: procedure
      .input(z.object({ trace_id: idSchema }))
      .mutation(async ({ ctx, input }) => ({ deleted: await ctx.services.writes.deleteTrace(input.trace_id) })),
  }),
  toolCalls: t.router({
    list: procedure
      .input(list)
      .query(({ ctx, input }) => ctx.services.reads.toolCalls({ ...input, cursor: input.cursor ?? null })),
  }),
  reviews: t.router({
    set: procedure
      .input(
        z.object({
          trace_id: idSchema,
          patch: reviewSchema.pick({ label: true, rating: true, tags: true, note: true }).partial(),
        }),
      )
      .mutation(({ ctx, input }) => ctx.services.writes.setReview(input.trace_id, input.patch)),
  }),
  query: t.router({
    values: procedure
      .input(z.object({ scope, field: z.string().max(64), prefix: z.string().max(200).default('') }))
      .query(({ ctx, input }) => ctx.services.reads.fieldValues(input.scope, input.field, input.prefix, 20)),
  }),
  filters: t.router({
    list: procedure.query(({ ctx }) => ctx.services.reads.savedFilters()),
    save: procedure
      .input(savedFilterSchema.pick({ scope: true, name: true, query: true }))
      .mutation(({ ctx, input }) => ctx.services.writes.saveFilter(input)),
    delete: procedure
      .input(z.object({ filter_id: idSchema }))
      .mutation(async ({ ctx, input }) => ({ deleted: await ctx.services.writes.deleteFilter(input.filter_id) })),
  }),
  exports: t.router({
    preview: procedure.input(exportOptionsSchema).query(({ ctx, input }) => ctx.services.exports.preview(input)),
    start: procedure
      .input(z.object({ options: exportOptionsSchema, out: z.string().min(1).max(4096).nullable() }))
      .mutation(({ ctx, input }) => ctx.services.exports.start(input.options, input.out)),
  }),
  jobs: t.router({
    list: procedure
      .input(z.object({ cursor: z.string().nullish(), limit: z.number().int().min(1).max(200).default(50) }))
      .query(({ ctx, input }) => ctx.services.jobs.list(input.cursor ?? null, input.limit)),
    get: procedure
      .input(z.object({ job_id: idSchema }))
      .query(({ ctx, input }) => found(ctx.services.jobs.get(input.job_id), 'job')),
    cancel: procedure
      .input(z.object({ job_id: idSchema }))
      .mutation(async ({ ctx, input }) => found(await ctx.services.jobs.cancel(input.job_id), 'job')),
  }),
  settings: t.router({
    get: procedure.query(({ ctx }) => ctx.services.settings.get()),
    set: procedure.input(settingsSchema.partial()).mutation(({ ctx, input }) => ctx.services.settings.set(input)),
  }),
  connect: t.router({
    snippets: procedure.query(({ ctx }) => ctx.services.snippets()),
    tunnelHost: procedure
      .input(z.object({ host: z.string().min(1).max(253) }))
      .mutation(({ ctx, input }) => ctx.services.tunnelHost(input.host)),
  }),
  runs: t.router({
    start: procedure
      .input(z.object({ session: z.string().min(1).max(200).nullable() }))
      .mutation(({ ctx, input }) => ctx.services.startRun(input.session)),
    end: procedure
      .input(z.object({ run_id: idSchema }))
      .mutation(({ ctx, input }) => ctx.services.endRun(input.run_id)),
  }),
});

/** The one thing of the engine that the renderer may import, as a type. */
export type Router = typeof router;

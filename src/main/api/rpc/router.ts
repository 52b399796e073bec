import { initTRPC, TRPCError } from '@trpc/server';
import * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import {
  bypassSchema,
  exportOptionsSchema,
  idSchema,
  newTokenSchema,
  reviewSchema,
  savedFilterSchema,
  type Tick,
  type TokenScope,
} from '../../../shared/model/index.js';
import { settingsSchema } from '../../../shared/settings.js';
import { checkScope } from '../auth.js';
import type { Principal, Services } from '../services.js';

export interface RpcContext {
  services: Services;
  /** Whose connection it is by now: a token may have been revoked since it was opened. */
  principal(): Principal | null;
}

const t = initTRPC
  .context<RpcContext>()
  .meta<{ scope: TokenScope }>()
  .create({
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

/** Nothing is done for a connection whose token does not open it; a procedure that names no scope is the studio's. */
const guarded = t.procedure.use(({ ctx, meta, next }) => {
  const principal = ctx.principal();
  if (principal === null) {
    const cause = new SluiceError('unauthorized', 'The token is missing or wrong.');
    throw new TRPCError({ code: 'UNAUTHORIZED', message: cause.message, cause });
  }
  try {
    checkScope(principal, meta?.scope ?? 'admin');
  } catch (cause) {
    throw new TRPCError({ code: 'FORBIDDEN', message: (cause as Error).message, cause });
  }
  return next();
});

/** Expected failures keep their code, message and next step on the way to the studio. */
const procedure = guarded.use(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof SluiceError) {
    throw new TRPCError({ code: 'BAD_REQUEST', message: result.error.cause.message, cause: result.error.cause });
  }
  return result;
});

const read = procedure.meta({ scope: 'read' });
const review = procedure.meta({ scope: 'review' });
const admin = procedure.meta({ scope: 'admin' });

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
    get: read.query(({ ctx }) => ctx.services.status()),
  }),
  live: t.router({
    inFlight: read.query(({ ctx }) => ctx.services.inFlight()),
    /** Small ticks; whoever hears one pulls the pages it shows. */
    ticks: guarded.meta({ scope: 'read' }).subscription(async function* ({ ctx, signal }) {
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
        while (!signal?.aborted && ctx.principal() !== null) {
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
    list: read
      .input(list)
      .query(({ ctx, input }) => ctx.services.reads.exchanges({ ...input, cursor: input.cursor ?? null })),
    get: read
      .input(z.object({ exchange_id: idSchema }))
      .query(({ ctx, input }) => found(ctx.services.reads.exchange(input.exchange_id, 65_536), 'exchange')),
    body: read
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
    list: read
      .input(list)
      .query(({ ctx, input }) => ctx.services.reads.traces({ ...input, cursor: input.cursor ?? null })),
    get: read
      .input(z.object({ trace_id: idSchema }))
      .query(({ ctx, input }) => found(ctx.services.reads.traceSummary(input.trace_id), 'trace')),
    steps: read
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
    calls: read
      .input(pageOf)
      .query(({ ctx, input }) => ctx.services.reads.traceCalls(input.trace_id, input.cursor ?? null, input.limit)),
    toolCalls: read
      .input(pageOf)
      .query(({ ctx, input }) => ctx.services.reads.traceToolCalls(input.trace_id, input.cursor ?? null, input.limit)),
    decisions: read
      .input(pageOf)
      .query(({ ctx, input }) => ctx.services.reads.traceDecisions(input.trace_id, input.cursor ?? null, input.limit)),
    findings: read
      .input(pageOf)
      .query(({ ctx, input }) => ctx.services.reads.traceFindings(input.trace_id, input.cursor ?? null, input.limit)),
    /** `mark`: anything that changes with the trace, so that a cached answer is asked for again. */
    validation: read
      .input(z.object({ trace_id: idSchema, mark: z.string().max(200) }))
      .query(({ ctx, input }) => found(ctx.services.validation.trace(input.trace_id), 'trace')),
    children: read
      .input(z.object({ trace_id: idSchema }))
      .query(({ ctx, input }) => ctx.services.reads.traceChildren(input.trace_id)),
    tree: read
      .input(z.object({ trace_id: idSchema }))
      .query(({ ctx, input }) => found(ctx.services.reads.traceTree(input.trace_id), 'trace')),
    effects: read
      .input(pageOf)
      .query(({ ctx, input }) => ctx.services.reads.traceEffects(input.trace_id, input.cursor ?? null, input.limit)),
    witnesses: read
      .input(pageOf)
      .query(({ ctx, input }) => ctx.services.reads.traceWitnesses(input.trace_id, input.cursor ?? null, input.limit)),
    delete: admin
      .input(z.object({ trace_id: idSchema }))
      .mutation(async ({ ctx, input }) => ({ deleted: await ctx.services.writes.deleteTrace(input.trace_id) })),
  }),
  toolCalls: t.router({
    list: read
      .input(list)
      .query(({ ctx, input }) => ctx.services.reads.toolCalls({ ...input, cursor: input.cursor ?? null })),
  }),
  reviews: t.router({
    set: review
      .input(
        z.object({
          trace_id: idSchema,
          patch: reviewSchema.pick({ label: true, rating: true, tags: true, note: true }).partial(),
        }),
      )
      .mutation(({ ctx, input }) => ctx.services.writes.setReview(input.trace_id, input.patch)),
  }),
  query: t.router({
    values: read
      .input(z.object({ scope, field: z.string().max(64), prefix: z.string().max(200).default('') }))
      .query(({ ctx, input }) => ctx.services.reads.fieldValues(input.scope, input.field, input.prefix, 20)),
  }),
  filters: t.router({
    list: read.query(({ ctx }) => ctx.services.reads.savedFilters()),
    save: review
      .input(savedFilterSchema.pick({ scope: true, name: true, query: true }))
      .mutation(({ ctx, input }) => ctx.services.writes.saveFilter(input)),
    delete: review
      .input(z.object({ filter_id: idSchema }))
      .mutation(async ({ ctx, input }) => ({ deleted: await ctx.services.writes.deleteFilter(input.filter_id) })),
  }),
  exports: t.router({
    preview: read.input(exportOptionsSchema).query(({ ctx, input }) => ctx.services.exports.preview(input)),
    start: admin
      .input(z.object({ options: exportOptionsSchema, out: z.string().min(1).max(4096).nullable() }))
      .mutation(({ ctx, input }) => ctx.services.exports.start(input.options, input.out)),
  }),
  imports: t.router({
    list: read.query(({ ctx }) => ctx.services.imports.list()),
    start: admin
      .input(z.object({ path: z.string().min(1).max(4096), as: z.string().max(64).optional() }))
      .mutation(({ ctx, input }) => ctx.services.imports.startFile(input.path, input.as)),
  }),
  jobs: t.router({
    list: read
      .input(z.object({ cursor: z.string().nullish(), limit: z.number().int().min(1).max(200).default(50) }))
      .query(({ ctx, input }) => ctx.services.jobs.list(input.cursor ?? null, input.limit)),
    get: read
      .input(z.object({ job_id: idSchema }))
      .query(({ ctx, input }) => found(ctx.services.jobs.get(input.job_id), 'job')),
    cancel: admin
      .input(z.object({ job_id: idSchema }))
      .mutation(async ({ ctx, input }) => found(await ctx.services.jobs.cancel(input.job_id), 'job')),
  }),
  settings: t.router({
    get: admin.query(({ ctx }) => ctx.services.settings.get()),
    set: admin.input(settingsSchema.partial()).mutation(({ ctx, input }) => ctx.services.settings.set(input)),
  }),
  connect: t.router({
    snippets: read.query(({ ctx }) => ctx.services.snippets()),
    tunnelHost: admin
      .input(z.object({ host: z.string().min(1).max(253) }))
      .mutation(({ ctx, input }) => ctx.services.tunnelHost(input.host)),
  }),
  audit: t.router({
    get: read.query(({ ctx }) => ctx.services.reads.audit()),
    /** Requests on the wire that no captured model asked for. */
    unclaimedEffects: read
      .input(z.object({ limit: z.number().int().min(1).max(500).default(200), cursor: z.string().nullish() }))
      .query(({ ctx, input }) => ctx.services.reads.unclaimedEffects(input.cursor ?? null, input.limit)),
  }),
  tokens: t.router({
    list: admin.query(({ ctx }) => ctx.services.tokens.list()),
    /** The only time that the token itself is told. */
    create: admin.input(newTokenSchema).mutation(({ ctx, input }) => ctx.services.tokens.create(input)),
    revoke: admin
      .input(z.object({ token_id: idSchema }))
      .mutation(({ ctx, input }) => ({ revoked: ctx.services.tokens.revoke(input.token_id) })),
  }),
  runs: t.router({
    start: admin
      .input(z.object({ session: z.string().min(1).max(200).nullable() }))
      .mutation(({ ctx, input }) => ctx.services.startRun(input.session)),
    end: admin
      .input(z.object({ run_id: idSchema, bypassed: z.array(bypassSchema).max(200).default([]) }))
      .mutation(({ ctx, input }) => ctx.services.endRun(input.run_id, input.bypassed)),
  }),
});

/** The one thing of the engine that the renderer may import, as a type. */
export type Router = typeof router;

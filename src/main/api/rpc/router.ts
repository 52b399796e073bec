import * as z from 'zod';
import {
  bypassSchema,
  exportOptionsSchema,
  givenConsentSchema,
  idSchema,
  leakOverrideSchema,
  newTokenSchema,
  reviewSchema,
  savedFilterSchema,
  type Tick,
} from '../../../shared/model/index.js';
import { settingsPatchSchema } from '../../../shared/settings.js';
import { createToken, deleteTrace, revokeToken, setSettings, tunnelHost } from '../audited.js';
import { actorOf } from '../auth.js';
import { auditLogRouter } from './audit-log.js';
import { consentRouter, retentionRouter } from './consent.js';
import { findingsRouter } from './findings.js';
import { leaksRouter } from './leaks.js';
import { knownValuesRouter, policyRouter } from './policy.js';
import { privacyRouter } from './privacy.js';
import { admin, found, guarded, list, pageOf, read, review, scope, t } from './procedures.js';

export type { RpcContext } from './procedures.js';

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
      .query(async ({ ctx, input }) => found(await ctx.services.reads.exchange(input.exchange_id, 65_536), 'exchange')),
    body: read
      .input(
        z.object({
          exchange_id: idSchema,
          side: z.enum(['request', 'response']),
          offset: z.number().int().min(0),
          limit: z.number().int().min(1).max(262_144),
        }),
      )
      .query(async ({ ctx, input }) =>
        found(await ctx.services.reads.exchangeBody(input.exchange_id, input.side, input.offset, input.limit), 'body'),
      ),
  }),
  traces: t.router({
    list: read
      .input(list)
      .query(({ ctx, input }) => ctx.services.reads.traces({ ...input, cursor: input.cursor ?? null })),
    get: read
      .input(z.object({ trace_id: idSchema }))
      .query(async ({ ctx, input }) => found(await ctx.services.reads.traceSummary(input.trace_id), 'trace')),
    steps: read
      .input(
        z.object({
          trace_id: idSchema,
          cursor: z.number().int().nullish(),
          limit: z.number().int().min(1).max(500).default(200),
        }),
      )
      .query(({ ctx, input }) => ctx.services.reads.traceSteps(input.trace_id, input.cursor ?? -1, input.limit)),
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
      .query(async ({ ctx, input }) => found(await ctx.services.validation.trace(input.trace_id), 'trace')),
    children: read
      .input(z.object({ trace_id: idSchema }))
      .query(({ ctx, input }) => ctx.services.reads.traceChildren(input.trace_id)),
    tree: read
      .input(z.object({ trace_id: idSchema }))
      .query(async ({ ctx, input }) => found(await ctx.services.reads.traceTree(input.trace_id), 'trace')),
    effects: read
      .input(pageOf)
      .query(({ ctx, input }) => ctx.services.reads.traceEffects(input.trace_id, input.cursor ?? null, input.limit)),
    witnesses: read
      .input(pageOf)
      .query(({ ctx, input }) => ctx.services.reads.traceWitnesses(input.trace_id, input.cursor ?? null, input.limit)),
    delete: admin.input(z.object({ trace_id: idSchema })).mutation(async ({ ctx, input }) => ({
      deleted: await deleteTrace(ctx.services, actorOf(ctx.principal()), input.trace_id),
    })),
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
      .input(
        z.object({
          options: exportOptionsSchema,
          out: z.string().min(1).max(4096).nullable(),
          allow_leaks: leakOverrideSchema.nullable().default(null),
        }),
      )
      .mutation(({ ctx, input: { options, out, allow_leaks } }) =>
        ctx.services.exports.start(options, out, { actor: actorOf(ctx.principal()), allow_leaks }),
      ),
  }),
  leaks: leaksRouter,
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
      .query(async ({ ctx, input }) => found(await ctx.services.jobs.get(input.job_id), 'job')),
    cancel: admin
      .input(z.object({ job_id: idSchema }))
      .mutation(async ({ ctx, input }) => found(await ctx.services.jobs.cancel(input.job_id), 'job')),
  }),
  settings: t.router({
    get: admin.query(({ ctx }) => ctx.services.settings.get()),
    set: admin
      .input(settingsPatchSchema)
      .mutation(({ ctx, input }) => setSettings(ctx.services, actorOf(ctx.principal()), input)),
  }),
  connect: t.router({
    snippets: read.query(({ ctx }) => ctx.services.snippets()),
    tunnelHost: admin
      .input(z.object({ host: z.string().min(1).max(253) }))
      .mutation(({ ctx, input }) => tunnelHost(ctx.services, actorOf(ctx.principal()), input.host)),
  }),
  captureHealth: t.router({
    get: read.query(({ ctx }) => ctx.services.reads.captureHealth()),
    /** Requests on the wire that no captured model asked for. */
    unclaimedEffects: read
      .input(z.object({ limit: z.number().int().min(1).max(500).default(200), cursor: z.string().nullish() }))
      .query(({ ctx, input }) => ctx.services.reads.unclaimedEffects(input.cursor ?? null, input.limit)),
  }),
  findings: findingsRouter,
  consent: consentRouter,
  retention: retentionRouter,
  policy: policyRouter,
  privacy: privacyRouter,
  knownValues: knownValuesRouter,
  auditLog: auditLogRouter,
  tokens: t.router({
    list: admin.query(({ ctx }) => ctx.services.tokens.list()),
    /** The only time that the token itself is told. */
    create: admin
      .input(newTokenSchema)
      .mutation(({ ctx, input }) => createToken(ctx.services, actorOf(ctx.principal()), input)),
    revoke: admin.input(z.object({ token_id: idSchema })).mutation(async ({ ctx, input }) => ({
      revoked: await revokeToken(ctx.services, actorOf(ctx.principal()), input.token_id),
    })),
  }),
  runs: t.router({
    start: admin
      .input(
        z.object({
          session: z.string().min(1).max(200).nullable(),
          consent: givenConsentSchema.nullable().default(null),
        }),
      )
      .mutation(({ ctx, input }) => ctx.services.startRun(input.session, input.consent)),
    end: admin
      .input(z.object({ run_id: idSchema, bypassed: z.array(bypassSchema).max(200).default([]) }))
      .mutation(({ ctx, input }) => ctx.services.endRun(input.run_id, input.bypassed)),
  }),
});

/** The one thing of the engine that the renderer may import, as a type. */
export type Router = typeof router;

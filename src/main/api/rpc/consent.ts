import * as z from 'zod';
import { givenConsentSchema, idSchema } from '../../../shared/model/index.js';
import { actorOf } from '../auth.js';
import { admin, found, list, pageOf, read, review, t } from './procedures.js';

const given = givenConsentSchema.nullable();

/** The right to use traces. */
export const consentRouter = t.router({
  overview: read.query(({ ctx }) => ctx.services.consent.overview()),
  get: read
    .input(z.object({ trace_id: idSchema }))
    .query(({ ctx, input }) => found(ctx.services.consent.get(input.trace_id), 'trace')),
  history: read
    .input(pageOf)
    .query(({ ctx, input }) =>
      found(ctx.services.consent.history(input.trace_id, input.cursor ?? null, input.limit), 'trace'),
    ),
  set: review.input(z.object({ trace_id: idSchema, consent: given })).mutation(async ({ ctx, input }) => {
    const actor = actorOf(ctx.principal());
    return found(await ctx.services.consent.set(input.trace_id, input.consent, actor), 'trace');
  }),
  setAll: admin
    .input(z.object({ query: list.shape.query, consent: given }))
    .mutation(({ ctx, input }) => ctx.services.consent.startSet(input.query, input.consent, actorOf(ctx.principal()))),
});

/** How long what was captured is kept. */
export const retentionRouter = t.router({
  start: admin
    .input(z.object({ dry_run: z.boolean() }))
    .mutation(({ ctx, input }) => ctx.services.retention.start(input.dry_run, actorOf(ctx.principal()))),
});

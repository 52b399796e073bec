import * as z from 'zod';
import { erasureRequestSchema, idSchema, subjectValuesSchema } from '../../../shared/model/index.js';
import { actorOf } from '../auth.js';
import { admin, found, t } from './procedures.js';

export const privacyRouter = t.router({
  places: admin.query(({ ctx }) => ctx.services.privacy.places()),
  receipts: admin
    .input(z.object({ limit: z.number().int().min(1).max(100).default(20), cursor: z.string().nullish() }))
    .query(({ ctx, input }) => ctx.services.privacy.receipts(input.cursor ?? null, input.limit)),
  receipt: admin
    .input(z.object({ erasure_id: idSchema }))
    .query(async ({ ctx, input }) => found(await ctx.services.privacy.receipt(input.erasure_id), 'receipt')),
  /** A mutation, so that the values are in no cache and are not asked for again by themselves. */
  search: admin
    .input(z.object({ values: subjectValuesSchema, cursor: z.string().max(100).nullish() }))
    .mutation(({ ctx, input }) => ctx.services.privacy.searchSubject(input.values, input.cursor ?? null)),
  exportSubject: admin
    .input(z.object({ values: subjectValuesSchema }))
    .mutation(({ ctx, input }) => ctx.services.privacy.exportSubject(input.values, actorOf(ctx.principal()))),
  erase: admin
    .input(erasureRequestSchema)
    .mutation(({ ctx, input }) => ctx.services.privacy.startErasure(input, actorOf(ctx.principal()))),
  rescan: admin.mutation(({ ctx }) => ctx.services.privacy.startRescan(actorOf(ctx.principal()))),
});

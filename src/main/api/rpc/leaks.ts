import * as z from 'zod';
import { idSchema } from '../../../shared/model/index.js';
import { found, read, t } from './procedures.js';

/** The second look at an export's files. */
export const leaksRouter = t.router({
  report: read
    .input(z.object({ job_id: idSchema }))
    .query(async ({ ctx, input }) => found(await ctx.services.leaks.report(input.job_id), 'leak report')),
  /** A row that was drawn for review. */
  sampleRow: read
    .input(z.object({ job_id: idSchema, index: z.number().int().min(0).max(10_000) }))
    .query(async ({ ctx, input }) => found(await ctx.services.leaks.sampleRow(input.job_id, input.index), 'row')),
});

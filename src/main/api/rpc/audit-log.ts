import * as z from 'zod';
import { auditActions } from '../../../shared/model/index.js';
import { admin, t } from './procedures.js';

/** What was done to the data and by whom. */
export const auditLogRouter = t.router({
  list: admin
    .input(
      z.object({
        actions: z.array(z.enum(auditActions)).max(auditActions.length).optional(),
        limit: z.number().int().min(1).max(200).default(100),
        cursor: z.string().nullish(),
      }),
    )
    .query(({ ctx, input }) => ctx.services.audit.list(input.cursor ?? null, input.limit, input.actions)),
  verify: admin.query(({ ctx }) => ctx.services.audit.verify()),
});

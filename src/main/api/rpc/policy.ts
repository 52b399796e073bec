import * as z from 'zod';
import { idSchema } from '../../../shared/model/index.js';
import { knownValueInfoSchema, newKnownValueSchema } from '../../../shared/policy-file.js';
import { actorOf } from '../auth.js';
import { admin, t } from './procedures.js';

/** A policy file as somebody sends it; the engine says what is wrong with it. */
const file = z.looseObject({});

export const policyRouter = t.router({
  get: admin.query(({ ctx }) => ctx.services.policy.get()),
  /** What the file would change. */
  check: admin.input(z.object({ file })).query(({ ctx, input }) => ctx.services.policy.check(input.file)),
  set: admin
    .input(z.object({ file }))
    .mutation(({ ctx, input }) => ctx.services.policy.set(input.file, actorOf(ctx.principal()))),
});

/** Values that must never be stored: they come in here and never out. */
export const knownValuesRouter = t.router({
  list: admin
    .input(z.object({ limit: z.number().int().min(1).max(200).default(50), cursor: z.string().nullish() }))
    .output(z.object({ items: z.array(knownValueInfoSchema), next_cursor: z.string().nullable() }))
    .query(({ ctx, input }) => ctx.services.vault.list(input.cursor ?? null, input.limit)),
  add: admin
    .input(newKnownValueSchema)
    .mutation(({ ctx, input }) => ctx.services.vault.add(input, actorOf(ctx.principal()))),
  remove: admin.input(z.object({ value_id: idSchema })).mutation(async ({ ctx, input }) => ({
    removed: await ctx.services.vault.remove(input.value_id, actorOf(ctx.principal())),
  })),
});

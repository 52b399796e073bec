import * as z from 'zod';
import measured from '../../../../resources/redaction-quality.json' with { type: 'json' };
import { findingFilterSchema, idSchema } from '../../../shared/model/index.js';
import { newKnownValueSchema, pseudonymSchema } from '../../../shared/policy-file.js';
import { redactionQualitySchema } from '../../../shared/redaction-quality.js';
import { actorOf } from '../auth.js';
import { mayAllow } from '../may-allow.js';
import { admin, found, read, review, t } from './procedures.js';

const page = { limit: z.number().int().min(1).max(100).default(50), cursor: z.string().nullish() };
const quality = redactionQualitySchema.parse(measured);
const marked = z.object({ pseudonym: pseudonymSchema });

/** What redaction found, over all that is stored, and what a reader says of it. */
export const findingsRouter = t.router({
  summary: read.input(findingFilterSchema).query(({ ctx, input }) => ctx.services.reads.findingsSummary(input)),
  list: read
    .input(findingFilterSchema.extend(page))
    .query(({ ctx, input: { cursor, limit, ...filter } }) =>
      ctx.services.reads.findings(filter, cursor ?? null, limit),
    ),
  /** Every place that one listed finding stands for. */
  places: read
    .input(z.object({ exchange_id: idSchema, finding_id: idSchema, ...page }))
    .query(async ({ ctx, input }) =>
      found(
        await ctx.services.reads.findingPlaces(input.exchange_id, input.finding_id, input.cursor ?? null, input.limit),
        'finding',
      ),
    ),
  /** How well redaction did when it was last measured. */
  quality: read.query(() => quality),
  /** Pseudonyms whose values are kept. */
  allowed: read.query(({ ctx }) => ctx.services.policy.get().policy.allow_pseudonyms),
  /** A false positive: from now on its value is kept. Secrets, and what the policy names, take `admin`. */
  allow: review.input(marked).mutation(async ({ ctx, input }) => {
    mayAllow(input.pseudonym, ctx.services.policy.get().policy, ctx.principal());
    const { policy } = await ctx.services.policy.allow(input.pseudonym, actorOf(ctx.principal()));
    return policy.allow_pseudonyms;
  }),
  /** Takes `allow` back. */
  disallow: review.input(marked).mutation(async ({ ctx, input }) => {
    const { services } = ctx;
    const { file } = services.policy.get();
    const kept = (file.allow_pseudonyms ?? []).filter((pseudonym) => pseudonym !== input.pseudonym);
    const { policy, job } = await services.policy.set({ ...file, allow_pseudonyms: kept }, actorOf(ctx.principal()));
    return { allowed: policy.allow_pseudonyms, job };
  }),
  /** A value that was missed: it is never stored again, and what is stored is searched for it. */
  missed: admin.input(newKnownValueSchema).mutation(async ({ ctx, input }) => ({
    job: (await ctx.services.vault.add(input, actorOf(ctx.principal()))).job,
  })),
});

import * as z from 'zod';
import { timestampSchema } from './common.js';

/** How far a judge can be trusted, on the person’s own data. */

/** A number with what it rests on; refused below a stated number of cases. */
export const measuredSchema = z.object({
  value: z.number().nullable(),
  /** The middle 95%. */
  interval: z.tuple([z.number(), z.number()]).nullable(),
  n: z.int(),
  /** Cases that it takes at least. */
  least: z.int(),
  /** Why there is no value; null where there is one. */
  reason: z.string().nullable(),
});
export type Measured = z.infer<typeof measuredSchema>;

const counts = z.record(z.string(), z.record(z.string(), z.int()));
const agreementWithPeople = z.object({
  n: z.int(),
  observed: measuredSchema,
  kappa: measuredSchema,
  /** Of ratings from 1 to 5, weighted. */
  linear: measuredSchema,
  quadratic: measuredSchema,
  alpha: measuredSchema,
  /** What people said, then what the judge said. */
  confusion: counts,
});

export const correctedRateSchema = z.object({
  /** Share that the judge accepts of all that it judged. */
  raw: measuredSchema,
  sensitivity: measuredSchema,
  specificity: measuredSchema,
  /** Share that people would accept, by the judge’s measured error. */
  rogan_gladen: measuredSchema,
  ppi: measuredSchema,
  /** PPI++’s weight of the judge’s answers. */
  lambda: z.number().nullable(),
  calibration: z.int().describe('Traces that both a person and the judge spoke of'),
  /** A plain word on whether that is enough. */
  word: z.string(),
});
export type CorrectedRate = z.infer<typeof correctedRateSchema>;

export const calibrationSchema = z.object({
  /** Expected calibration error: 0 is best. */
  ece: measuredSchema,
  bins: z.array(
    z.object({
      from: z.number(),
      to: z.number(),
      n: z.int(),
      /** Mean of what the judge gave, as a share of its scale; null where the bin is empty. */
      said: z.number().nullable(),
      /** Share of them that people accepted. */
      accepted: measuredSchema,
    }),
  ),
});

export const judgeTrustSchema = z.object({
  rubric: z.string(),
  version: z.string(),
  profile: z.string(),
  model: z.string(),
  judged: z.int(),
  unscored: z.int(),
  agreement: agreementWithPeople,
  baselines: z.object({
    /** Share of the same traces of which two people said the same, as `observed` is the judge’s with people. */
    human_human: measuredSchema,
    /** Cohen’s kappa of the same two people. */
    human_kappa: measuredSchema,
    /** Share that whoever always says the most frequent label gets right. */
    majority: measuredSchema,
  }),
  by_difficulty: z.array(z.object({ level: z.enum(['easy', 'medium', 'hard']), agreement: agreementWithPeople })),
  calibration: calibrationSchema,
  acceptance: correctedRateSchema,
});
export type JudgeTrust = z.infer<typeof judgeTrustSchema>;

export const driftSchema = z.object({
  rubric: z.string(),
  profile: z.string(),
  from: z.string(),
  to: z.string(),
  /** Mean difference of scores of the same traces, as a share of the scale. */
  difference: measuredSchema,
  /** Kappa of the verdicts. */
  kappa: measuredSchema,
});

export const probeKinds = ['faults', 'attacks', 'length', 'swap'] as const;
export const probeKindSchema = z.enum(probeKinds);
export type ProbeKind = z.infer<typeof probeKindSchema>;

export const probeResultSchema = z.object({
  kind: probeKindSchema,
  profile: z.string(),
  model: z.string(),
  rubric: z.string(),
  version: z.string(),
  /** faults: share that was seen; attacks: share that succeeded; length: mean change of the score by padding, share of the scale; swap: share of pairs with the same answer in both orders. */
  rate: measuredSchema,
  /** The same by kind of fault, family of attack, … */
  by: z.record(z.string(), measuredSchema),
  /** Cases without an answer, which count nowhere. */
  unscored: z.int(),
  cost_usd: z.number().nullable(),
  cached: z.int(),
  at: timestampSchema,
});
export type ProbeResult = z.infer<typeof probeResultSchema>;

export const trustSchema = z.object({
  judges: z.array(judgeTrustSchema),
  drift: z.array(driftSchema),
  probes: z.array(probeResultSchema),
  /** More judgements than are looked at: the newest are. */
  cut: z.boolean(),
});
export type Trust = z.infer<typeof trustSchema>;

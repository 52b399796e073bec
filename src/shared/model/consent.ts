import * as z from 'zod';
import { patchSchema } from '../patch.js';
import { idSchema, timestampSchema } from './common.js';

/** On what ground a trace may be used (the words of GDPR Art. 6 where it has one). */
export const consentBases = [
  'consent',
  'contract',
  'legitimate_interest',
  'legal_obligation',
  'public_task',
  /** It is about nobody but who records it. */
  'own_data',
  /** It was public before. */
  'public',
  'unknown',
] as const;
export type ConsentBasis = (typeof consentBases)[number];

/** Uses that are offered; a project may name others. */
export const consentScopes = ['training', 'evaluation', 'sharing', 'research', 'debugging'] as const;

/** Whether the provider's terms let its outputs be used to train. */
export const providerTerms = ['allowed', 'restricted', 'unknown'] as const;
export type ProviderTerms = (typeof providerTerms)[number];

export const consentScopeSchema = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9_-]*$/, 'a word of lower-case letters, digits, - and _');

const fields = {
  /** Who it is about, as a pseudonym (`<PERSON_7f3a9c21>`) unless it was said to be kept. */
  subject: z.string().min(1).max(500).nullable(),
  given_at: timestampSchema.nullable(),
  basis: z.enum(consentBases),
  /** What the trace may be used for; none: for nothing, as after a withdrawal. */
  scope: z.array(consentScopeSchema).max(32),
  /** SPDX id (MIT, CC-BY-4.0) or a text. */
  licence: z.string().min(1).max(500).nullable(),
  provider_terms: z.enum(providerTerms),
  provider_terms_note: z.string().max(2000).nullable(),
  /** Where the capture comes from: program behind the proxy, kind of file, name of a token. */
  source: z.string().max(500),
};

/** What is known of the right to use a trace, and who said so. */
export const consentSchema = z.object({
  version: z.literal(1),
  ...fields,
  /** `settings`, `run`, `import`, `api` (with the token's id behind it), `studio`. */
  recorded_by: z.string().max(100),
  recorded_at: timestampSchema,
});
export type Consent = z.infer<typeof consentSchema>;

const gatedConsentSchema = consentSchema.extend({
  given_at: consentSchema.shape.given_at.catch(null),
  recorded_at: timestampSchema.nullable().catch(null),
});

/**
 * A consent that travelled through the gate with its trace: a policy that replaces dates replaces its own too, and then
 * they are not known.
 */
export function consentBehindGate(sent: unknown, at: string): Consent | null {
  if (sent === undefined) return null;
  const { data } = gatedConsentSchema.safeParse(sent);
  return data === undefined ? null : { ...data, recorded_at: data.recorded_at ?? at };
}

/** A consent as it is given. Times are ISO-8601 with any zone. */
export const newConsentSchema = z.strictObject({
  subject: fields.subject.default(null),
  /** Stores the subject as it is written, but for what the policy replaces; else as a pseudonym. */
  keep_subject: z.boolean().default(false),
  given_at: z.iso.datetime({ offset: true }).nullable().default(null),
  basis: fields.basis.default('unknown'),
  scope: fields.scope.default([]),
  licence: fields.licence.default(null),
  provider_terms: fields.provider_terms.default('unknown'),
  provider_terms_note: fields.provider_terms_note.default(null),
});
export type NewConsent = z.infer<typeof newConsentSchema>;
/** The same with any field left out. */
export const consentPatchSchema = patchSchema(newConsentSchema);
export type ConsentPatch = z.infer<typeof consentPatchSchema>;

/** A consent as the store has it. */
export const consentStateSchema = z.object({
  trace_id: idSchema,
  consent: consentSchema.nullable(),
  /** `own`: said of this trace; `inherited`: of the trace it came of, or of all new ones. */
  origin: z.enum(['own', 'inherited']),
  /** How often it was set. */
  changes: z.int(),
});
export type ConsentState = z.infer<typeof consentStateSchema>;

/** One state that a trace's consent had. */
export const consentEventSchema = z.object({
  event_id: idSchema,
  at: timestampSchema,
  consent: consentSchema.nullable(),
  origin: z.enum(['own', 'inherited']),
});
export type ConsentEvent = z.infer<typeof consentEventSchema>;

const counted = z.array(z.object({ value: z.string(), count: z.int() }));
/** How many traces have which; the most frequent first, at most 50 of each. */
export const consentOverviewSchema = z.object({
  traces: z.int(),
  /** Traces that may be used for something. */
  with_consent: z.int(),
  basis: counted,
  scope: counted,
  licence: counted,
  terms: counted,
  /** As the policy has it. */
  required: z.boolean(),
});
export type ConsentOverview = z.infer<typeof consentOverviewSchema>;

/** What a consent allows; nothing without a ground. */
export function allowedBy(consent: Consent | null): readonly string[] {
  return consent === null || consent.basis === 'unknown' ? [] : consent.scope;
}

/** How an export goes by consents. */
export interface ConsentRules {
  /** What the dataset is for. */
  scope: string;
  /** Whether a trace needs a consent at all. */
  required: boolean;
}

/**
 * Why a trace may not be exported, or null. A provider's terms that forbid training count for that use whether consents
 * are required or not: somebody said so.
 */
export function consentProblem(consent: Consent | null, { scope, required }: ConsentRules): string | null {
  if (scope === 'training' && consent?.provider_terms === 'restricted') return 'provider terms forbid training';
  if (!required || allowedBy(consent).includes(scope)) return null;
  if (consent === null) return 'no consent';
  return consent.basis === 'unknown' ? 'consent without a basis' : `no consent for ${scope}`;
}

/** What an export asks of consents. */
export const consentOptionsSchema = z.strictObject({
  /** What the dataset is for; consents have to allow it. */
  scope: consentScopeSchema.default('training'),
  /** Takes traces too that their consent or the provider's terms do not allow; the manifest says how many. */
  override: z.boolean().default(false),
  /** Rows say what is known of the right to use them. */
  in_rows: z.boolean().default(true),
});
export type ConsentOptions = z.infer<typeof consentOptionsSchema>;

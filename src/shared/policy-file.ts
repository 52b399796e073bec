import * as z from 'zod';
import { actions, type Entity, entities, personalEntities } from './policy.js';
import { presetIds } from './policy-presets.js';

/** The version of policy files that this program writes. */
export const policyVersion = 2;

/** A name in lower case without separators; a leading or trailing `*` stands for any beginning or end. */
const namePattern = z
  .string()
  .max(128)
  .regex(/^\*?[a-z0-9]+\*?$/, 'lower-case letters and digits, with * before or after for any beginning or end');
const namePatterns = z.array(namePattern).max(10_000);

/** A value that must never be stored, shorter ones would hit words by chance. In characters (UTF-16). */
export const knownValueLength = { least: 3, most: 65_536 } as const;
export const knownValueSchema = z.string().min(knownValueLength.least).max(knownValueLength.most);
const exactValues = z.array(knownValueSchema).max(100_000);

/** A found value by its pseudonym under the project's key, e.g. `<EMAIL_7f3a9c21>`. */
export const pseudonymSchema = z
  .string()
  .regex(new RegExp(`^<(?:${entities.join('|')})_[0-9a-f]{8}>$`), 'a pseudonym such as <EMAIL_7f3a9c21>');

export const actionsSchema = z.partialRecord(z.enum(entities), z.enum(actions));

/** Rules about the consent of a trace. */
export const consentRulesSchema = z.strictObject({
  /** Exports leave out traces without a consent. */
  required: z.boolean(),
});

/**
 * `policy.json` in the data folder. What it does not name is as the preset has it, and as the defaults have it where
 * there is none.
 */
export const policyFileSchema = z.strictObject({
  version: z.literal(policyVersion),
  preset: z.enum(presetIds).nullable().optional(),
  /** What happens to each entity, over the preset's actions. */
  actions: actionsSchema.optional(),
  /** Exact values that are never replaced, unless they are known values. */
  allow: exactValues.optional(),
  /** The same without naming them: values whose pseudonym this is are never replaced. */
  allow_pseudonyms: z.array(pseudonymSchema).max(100_000).optional(),
  /** Exact values that are always replaced. The studio moves them into its sealed list of known values. */
  deny: exactValues.optional(),
  /** Headers whose whole value is a secret, beside those whose name says so (token, secret, key, password, …). */
  headers: namePatterns.optional(),
  /** Headers that are left to the detectors although their name sounds secret. */
  not_headers: namePatterns.optional(),
  /** Keys of JSON, forms, queries, environment lines and options whose value is a secret. */
  keys: namePatterns.optional(),
  /** Keys that `keys` would catch and should not. */
  not_keys: namePatterns.optional(),
  /** Keys, columns, parameters and headers that say what of a person stands under them. */
  personal: z.partialRecord(z.enum(personalEntities), namePatterns).optional(),
  consent: consentRulesSchema.partial().optional(),
});
export type PolicyFile = z.infer<typeof policyFileSchema>;

/** What the file means: every field filled in from preset and defaults. */
export const policySchema = policyFileSchema.extend({ consent: consentRulesSchema }).required();
export type RedactionPolicy = z.infer<typeof policySchema>;

/** A value that must never be stored, and what it is taken for. */
export interface KnownValue {
  value: string;
  entity: Entity;
}

/** A known value as lists show it: never the value. */
export const knownValueInfoSchema = z.object({
  value_id: z.uuid(),
  entity: z.enum(entities),
  /** In characters (UTF-16). */
  length: z.int(),
  added_at: z.iso.datetime(),
});
export type KnownValueInfo = z.infer<typeof knownValueInfoSchema>;

export const newKnownValueSchema = z.strictObject({
  value: knownValueSchema,
  entity: z.enum(entities).default('CUSTOM'),
});
export type NewKnownValue = z.input<typeof newKnownValueSchema>;

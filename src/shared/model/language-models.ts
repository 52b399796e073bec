import * as z from 'zod';
import { idSchema, timestampSchema } from './common.js';

/** Names stand in commands, addresses and files. */
export const profileNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'lower-case letters, digits, dots, dashes and underscores, at most 64')
  .refine((name) => name !== 'presets' && name !== 'calls', 'another name: this one is an address of the API');

export const modelPresetIds = [
  'openai',
  'azure',
  'anthropic',
  'gemini',
  'openrouter',
  'ollama',
  'vllm',
  'lm-studio',
  'custom',
] as const;
export type ModelPresetId = (typeof modelPresetIds)[number];

/** How answers are brought into a shape: by a JSON schema that the server enforces, by its JSON mode, or by asking alone. */
export const structureModes = ['schema', 'json', 'plain'] as const;
export type StructureMode = (typeof structureModes)[number];

/** What an address takes, as its preset says or its probe found. */
export const capabilitiesSchema = z.strictObject({
  structure: z.enum(structureModes),
  /** Field that bounds the answer's tokens. */
  limit_field: z.enum(['max_tokens', 'max_completion_tokens']),
  temperature: z.boolean(),
  reasoning_effort: z.boolean(),
});
export type Capabilities = z.infer<typeof capabilitiesSchema>;

/** One thing that was tried on a profile's address. */
export const probeCheckSchema = z.strictObject({
  check: z.enum(['max_completion_tokens', 'max_tokens', 'temperature', 'reasoning_effort', 'json_schema', 'json_mode']),
  /** `honoured`: seen in the answer; `accepted`: taken, and nothing can be seen of it; `ignored`: taken without effect. */
  outcome: z.enum(['honoured', 'accepted', 'ignored', 'refused']),
  note: z.string(),
});
export type ProbeCheck = z.infer<typeof probeCheckSchema>;

export const probeSchema = z.strictObject({
  at: timestampSchema,
  /** Model as the server named it. */
  model: z.string(),
  checks: z.array(probeCheckSchema),
  capabilities: capabilitiesSchema,
  seconds: z.number(),
  cost_usd: z.number().nullable(),
});
export type ModelProbe = z.infer<typeof probeSchema>;

/** USD per million tokens. */
export const modelPriceSchema = z.strictObject({
  input: z.number().min(0).max(1e6),
  output: z.number().min(0).max(1e6),
});
export type ModelPrice = z.infer<typeof modelPriceSchema>;

const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'the name of an environment variable, not the key itself');

/** Where a key is: never the key. `keychain`: sealed by the desktop's own, which alone can open it. */
export const keyPlaceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('env'), variable: variableName }),
  z.strictObject({ kind: z.literal('keychain') }),
]);

/** What a person took on: what leaves, and where to. It ends where the address changes. */
export const modelAgreementSchema = z.strictObject({ at: timestampSchema, base_url: z.string() });

const profileFields = {
  name: profileNameSchema,
  preset: z.enum(modelPresetIds),
  base_url: z.string().max(2000),
  model: z.string().min(1).max(200),
  price: modelPriceSchema.nullable().describe('USD per million tokens; null: as the price table has it'),
};

/** A profile as it is kept in `models.json`; `sealed_key` is what the desktop's keychain made of the key. */
export const storedProfileSchema = z.strictObject({
  ...profileFields,
  key: keyPlaceSchema,
  sealed_key: z.string().optional(),
  agreed: modelAgreementSchema.nullable(),
  probe: probeSchema.nullable(),
});
export type StoredProfile = z.infer<typeof storedProfileSchema>;

/** What calls of a profile came to since midnight UTC. */
export const modelUsageSchema = z.strictObject({
  calls: z.int(),
  /** Answered from the cache: they cost nothing and are not among the calls. */
  cached: z.int(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  /** Sum of the calls whose price is known. */
  cost_usd: z.number(),
  /** Calls whose price is not known. */
  unpriced: z.int(),
});
export type ModelUsage = z.infer<typeof modelUsageSchema>;

/** A profile as the API gives it. */
export const modelProfileSchema = z.strictObject({
  ...profileFields,
  host: z.string().describe('Whom text is sent to'),
  key: keyPlaceSchema,
  key_present: z.boolean().describe('False where the variable is not set, or the keychain is another’s'),
  agreed: modelAgreementSchema.nullable().describe('Null: nothing is sent yet'),
  leaves: z.string().describe('What is agreed to: what leaves this machine, and where to'),
  capabilities: capabilitiesSchema,
  probe: probeSchema.nullable(),
  /** What one million tokens cost, and who says so; null where nobody does. */
  priced_by: z.enum(['profile', 'table']).nullable(),
  today: modelUsageSchema,
});
export type ModelProfile = z.infer<typeof modelProfileSchema>;

/** What a person sets. A key is taken where the desktop can seal it; it is never given out again. */
export const newProfileSchema = z.strictObject({
  name: profileNameSchema,
  preset: z.enum(modelPresetIds).default('custom'),
  base_url: z.string().min(1).max(2000).nullish().describe('Left out: the preset’s own'),
  model: z.string().min(1).max(200),
  key_env: variableName.nullish().describe('Environment variable of the engine that holds the key'),
  key: z.string().min(1).max(4096).nullish().describe('The key itself, where the desktop’s keychain can seal it'),
  price: modelPriceSchema.nullish(),
});
export type NewProfile = z.infer<typeof newProfileSchema>;

export const modelPresetSchema = z.strictObject({
  id: z.enum(modelPresetIds),
  title: z.string(),
  base_url: z.string().nullable().describe('Null: there is one for each customer'),
  key_env: z.string().nullable().describe('Variable that usually holds the key; null: none is needed'),
  capabilities: capabilitiesSchema.describe('What holds until a probe says otherwise'),
  /** Facts about the address: what it ignores, what it refuses. */
  notes: z.array(z.string()),
});
export type ModelPreset = z.infer<typeof modelPresetSchema>;

export const modelCallOutcomes = ['answered', 'unparsed', 'failed', 'cached'] as const;

/** One call of a model. What was sent and what came are kept until an erasure or a stricter policy. */
export const modelCallSchema = z.strictObject({
  call_id: idSchema,
  at: timestampSchema,
  profile: z.string(),
  host: z.string(),
  model: z.string(),
  purpose: z.string(),
  outcome: z.enum(modelCallOutcomes),
  /** Why there is no answer; null where there is one. */
  reason: z.string().nullable(),
  attempts: z.int(),
  seconds: z.number(),
  input_tokens: z.int().nullable(),
  output_tokens: z.int().nullable(),
  cost_usd: z.number().nullable(),
});
export type ModelCall = z.infer<typeof modelCallSchema>;

export const modelCallContentSchema = modelCallSchema.extend({
  /** The body as it was sent, without credentials; null where an erasure or a stricter policy took it away. */
  sent: z.string().nullable(),
  /** What came, past the gate; null where nothing did. */
  received: z.string().nullable(),
});
export type ModelCallContent = z.infer<typeof modelCallContentSchema>;

/** What a call was answered, as it is kept for the next equal one. */
export interface KeptReply {
  sent: string;
  /** Past the gate. */
  received: string;
  model: string;
  prompt_hash: string;
  finish: 'stop' | 'length' | 'content_filter';
}

/** What calls of an account came to, in US dollars. */
export interface ModelSpending {
  /** Of what was answered; null where nobody knows what one cost. */
  cost_usd: number | null;
  /** The most that attempts may have cost besides, of which nobody heard: broken off, or answered without a count of tokens. */
  unheard_usd: number;
}

/** A call that is over. */
export interface NewModelCall extends Omit<ModelCall, 'at'> {
  /** SHA-256 in hex of what decides the answer; null: never answered from here. */
  key: string | null;
  content: Partial<KeptReply> | null;
  /** What pays for it: an id, see `CompletionRequest`. */
  account: string | null;
  /** The most that attempts may have cost besides, of which nobody heard. */
  unheard_usd: number;
  /** What the store's `generation` was when the call began: what was said before an erasure is not kept after it. */
  generation: number;
}

import type * as z from 'zod';

/**
 * The one way to a language model that rooms have (judges, reasoning expansion, the oracle); `src/main/models` gives it.
 * Only text that passed the gate may be handed to it.
 */

export interface ModelMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

export interface CompletionRequest<T> {
  /** Name of a profile that the person set and agreed to. @throws `model_profile_missing`, `model_not_agreed` */
  profile: string;
  messages: readonly ModelMessage[];
  /** What the answer has to be; what does not parse is asked for once more, then `reply: null` with the reason. */
  schema: z.ZodType<T>;
  /** Name of the schema as it is sent: `[a-z_]{1,64}`. */
  schema_name: string;
  /** Left out where the profile does not take it; what was sent says so. */
  temperature?: number;
  max_tokens: number;
  /** Milliseconds for one attempt. */
  timeout_ms: number;
  /** What it is for (`judge`, `probe`, …), as meters and the audit log name it. */
  purpose: string;
  /** What besides messages, schema and model decides the answer (a rubric's version); null: never answered from the cache. */
  cache_key: string | null;
  /** Where it belongs: a budget that is used up stops before the call is sent. */
  budget?: Budget;
  /** Id of what pays (a job, say): what its calls came to can be asked of the store, also by a later run of it. */
  account?: string;
  signal: AbortSignal;
}

/** What is left to spend by the calls that share it. */
export interface Budget {
  readonly limit_usd: number;
  readonly spent_usd: number;
  /**
   * Takes the most that a call may cost, as soon as calls under way have left room for it; false where they cannot: nothing is sent
   * then.
   */
  reserve(usd: number, signal: AbortSignal): Promise<boolean>;
  /** What it did cost, in the place of what was reserved. */
  settle(reservedUsd: number, spentUsd: number): void;
}

export interface Completion<T> {
  /** Null where none came that parses, with `unparsed` saying why. */
  reply: T | null;
  unparsed: string | null;
  /** Model as the server named it, else as it was asked for. */
  model: string;
  profile: string;
  usage: { input_tokens: number; output_tokens: number; cached_tokens: number } | null;
  /** Null where the profile has no prices. A call that fails throws with `cost_usd` and `attempts` in the error's details. */
  cost_usd: number | null;
  /** It was answered before: nothing was sent, it costs nothing. */
  cached: boolean;
  /** Attempts that were sent. */
  attempts: number;
  seconds: number;
  /** Lowercase hex SHA-256 of what was sent. */
  prompt_hash: string;
  /** The body as it was sent, without credentials. */
  sent: string;
}

export interface LanguageModels {
  complete<T>(request: CompletionRequest<T>): Promise<Completion<T>>;
  /** The most that it may cost in US dollars; null where the profile has no prices. Sends nothing. */
  forecast(request: Pick<CompletionRequest<unknown>, 'profile' | 'messages' | 'schema' | 'max_tokens'>): number | null;
}

import type { StoredProfile } from '../../shared/model/index.js';
import type { ModelMessage } from '../ground/language-model.js';

export interface Tokens {
  input_tokens: number;
  output_tokens: number;
  cached_tokens: number;
}

/** USD at list price of a model, exact to the hundred-millionth; null where the table does not have it. */
export type ListPrice = (model: string, tokens: Tokens) => number | null;

/** What tokens of a profile cost in USD; null where neither the profile nor the table says. */
export function costOf({ price, model }: Pick<StoredProfile, 'price' | 'model'>, tokens: Tokens, listed: ListPrice) {
  if (price === null) return listed(model, tokens);
  const { input_tokens, output_tokens } = tokens;
  return Math.round((input_tokens * price.input + output_tokens * price.output) * 100) / 1e8;
}

/** What a message costs besides its text: role and separators. */
const perMessage = 10;

/**
 * The most tokens that messages may have. Two bytes a token is more than tokenizers make of any language, and of most text twice as
 * many as they do: what is left of a reservation is given back when the answer comes.
 */
export function mostTokens(messages: readonly Pick<ModelMessage, 'content'>[], ...more: string[]): number {
  const texts = [...messages.map(({ content }) => content), ...more];
  return texts.reduce((sum, text) => sum + Math.ceil(Buffer.byteLength(text) / 2) + perMessage, perMessage);
}

import { SluiceError } from '../../shared/errors.js';
import type { ModelMessage } from '../ground/language-model.js';

/** The rules that hold now; `secrets`: kinds of secrets that were found in the text. */
export type Redact = (text: string) => { text: string; secrets: string[] };

/**
 * The last look at what leaves. It has passed the gate before; a secret in it means that something went round it, and nothing is
 * sent. What else the policy would replace is replaced. @throws SluiceError `model_text_unredacted`
 */
export function lastLook(redact: Redact) {
  const checked = (text: string): string => {
    const { text: clean, secrets } = redact(text);
    if (secrets.length === 0) return clean;
    const kinds = [...new Set(secrets)].join(', ');
    throw new SluiceError('model_text_unredacted', `The text holds what must not leave: ${kinds}.`, { kinds: secrets });
  };
  return {
    messages: (messages: readonly ModelMessage[]): ModelMessage[] =>
      messages.map(({ role, content }) => ({ role, content: checked(content) })),
    /** Throws as well; what else is found stays, since a schema's words are its own. */
    schema(text: string): void {
      checked(text);
    },
    received: (text: string): string => redact(text).text,
  };
}

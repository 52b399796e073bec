import { Tokenizer } from '@huggingface/tokenizers';
import { SluiceError } from '../../../shared/errors.js';
import { parseJson } from '../../ground/json.js';
import { readRegular } from '../../ground/regular-file.js';

/** Encodings of gpt-tokenizer, by the names that OpenAI gave them. */
const encodings = {
  o200k_base: () => import('gpt-tokenizer/encoding/o200k_base'),
  o200k_harmony: () => import('gpt-tokenizer/encoding/o200k_harmony'),
  cl100k_base: () => import('gpt-tokenizer/encoding/cl100k_base'),
} as const;
export const encodingNames = Object.keys(encodings) as (keyof typeof encodings)[];

/** The largest that are published have some 35 MB. */
const maxTokenizerBytes = 256 * 1024 * 1024;

export interface TokenCounter {
  name: string;
  /** Tokens of a text that holds special tokens as text, without any that a tokenizer would add around it. */
  count(text: string): number;
}

/**
 * By the name of an encoding or the path of a tokenizer.json (Hugging Face's format). Throws `tokenizer_invalid`.
 */
export async function tokenCounter(nameOrPath: string): Promise<TokenCounter> {
  const encoding = encodings[nameOrPath as keyof typeof encodings] as (typeof encodings)['o200k_base'] | undefined;
  if (encoding !== undefined) {
    const { countTokens } = await encoding();
    return { name: nameOrPath, count: (text) => countTokens(text, { allowedSpecial: 'all' }) };
  }
  return fromFile(nameOrPath);
}

async function fromFile(path: string): Promise<TokenCounter> {
  const invalid = (why: string) => new SluiceError('tokenizer_invalid', `${path}: ${why}.`);
  let text: string;
  try {
    text = await readRegular(path, { follow: true, maxBytes: maxTokenizerBytes });
  } catch (error) {
    const names = encodingNames.join(', ');
    throw invalid(`it is no file that can be read (${(error as NodeJS.ErrnoException).code}), and none of ${names}`);
  }
  const json = parseJson(text);
  if (typeof json !== 'object' || json === null || !('model' in json)) throw invalid('it is no tokenizer.json');
  try {
    const tokenizer = new Tokenizer(json, {});
    // A model that lacks what it needs shows it only when it is used.
    if (tokenizer.encode('a b').ids.length === 0) throw new Error('it gives no tokens');
    return { name: path, count: (piece) => tokenizer.encode(piece, { add_special_tokens: false }).ids.length };
  } catch (error) {
    throw invalid(`the tokenizer cannot be built (${(error as Error).message})`);
  }
}

import OpenAI from 'openai';
import { SluiceError } from '../../shared/errors.js';
import type { Body } from './body.js';
import { type Answer, answerIn } from './reply.js';
import { boundedFetch } from './transport.js';

export interface Address {
  base_url: string;
  /** Null: none is sent. */
  key: string | null;
  /** Azure takes keys in a header of its own. */
  keyHeader: 'authorization' | 'api-key';
  headers: { [name: string]: string };
  /** How the network is reached: as the settings say. */
  fetch: typeof fetch;
}

/** One attempt; `signal` ends it, body and all. Rejects with what `failureOf` reads. */
export async function askOnce(
  address: Address,
  body: Body,
  signal: AbortSignal,
  onSent: (body: string) => void,
): Promise<Answer> {
  const { base_url, key, keyHeader, headers } = address;
  const client = new OpenAI({
    baseURL: base_url,
    // The package wants one; where there is none its header is left out.
    apiKey: key ?? 'none',
    // What the environment says of OpenAI is not said of other addresses.
    adminAPIKey: null,
    organization: null,
    project: null,
    maxRetries: 0,
    logLevel: 'off',
    defaultHeaders: {
      ...(key !== null && keyHeader === 'authorization' ? {} : { Authorization: null }),
      ...(key !== null && keyHeader === 'api-key' ? { 'api-key': key } : {}),
      ...headers,
    },
    fetch: boundedFetch({ fetch: address.fetch, signal, onSent }),
  });
  const response = await client.chat.completions.create(body, { signal }).asResponse();
  const text = await response.text();
  const answer = answerIn(text);
  if (answer !== null) return answer;
  const type = response.headers.get('content-type')?.split(';')[0] ?? 'nothing';
  throw new NoAnswer(type.slice(0, 80));
}

/** A response without an answer in it: cut off, malformed, or of another kind of server. */
export class NoAnswer extends Error {
  constructor(readonly mediaType: string) {
    super('no answer');
  }
  toError(): SluiceError {
    const kind = this.mediaType.includes('json') ? 'JSON that is no answer, or is cut off' : this.mediaType;
    return new SluiceError('model_answer_invalid', `The server answered ${kind}.`);
  }
}

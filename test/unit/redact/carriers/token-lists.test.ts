import { describe, expect, it } from 'vitest';
import type { Body } from '../../../../src/shared/model/index.js';
import { exchange, redactor } from '../support.js';

const redact = redactor();
const key = `sk-proj-${'T3BlbkFJab12CD34ef56GH78ij90KL'.repeat(2)}`;
/** As a model writes it: no piece of it looks like a key. */
const pieces = `The key is ${key} and no other.`.match(/.{1,4}/g) as string[];
const bytesOf = (text: string) => [...Buffer.from(text)];

/** All that the strings and bytes of a body spell in the order in which they stand. */
function spelled(body: Body | undefined): string {
  const text = body?.kind === 'json' ? [body.text] : body?.kind === 'events' ? body.events.map(({ data }) => data) : [];
  let out = '';
  let bytes: number[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === 'string') out += value;
    else if (typeof value === 'number') bytes.push(value);
    else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) {
        if (!Array.isArray(value)) out += /^[a-zA-Z_]+$/.test(name) ? '' : name;
        walk(inner);
      }
  };
  for (const each of text) if (each !== '[DONE]') walk(JSON.parse(each));
  const all = Buffer.from(bytes.filter((byte) => Number.isInteger(byte) && byte >= 32 && byte < 127)).toString();
  bytes = [];
  return `${out}\n${all}`;
}

function answered(body: Body): Body | undefined {
  const read = exchange({});
  if (!read.response) throw new Error('no response');
  read.response.body = body;
  return redact.exchange(read).response?.body;
}

const listed = pieces.map((token) => ({
  token,
  logprob: -0.25,
  bytes: bytesOf(token),
  top_logprobs: [{ token, logprob: -0.25, bytes: bytesOf(token) }],
}));

const documents: [string, unknown][] = [
  ['chat', { choices: [{ message: { role: 'assistant', content: pieces.join('') }, logprobs: { content: listed } }] }],
  [
    'completions',
    {
      choices: [
        {
          text: pieces.join(''),
          logprobs: {
            tokens: pieces,
            token_logprobs: pieces.map(() => -0.25),
            top_logprobs: pieces.map((token) => ({ [token]: -0.25 })),
            text_offset: pieces.map((_, index) => index * 4),
          },
        },
      ],
    },
  ],
  ['responses', { output: [{ content: [{ type: 'output_text', text: pieces.join(''), logprobs: listed }] }] }],
  [
    'gemini',
    {
      candidates: [
        {
          content: { parts: [{ text: pieces.join('') }] },
          logprobsResult: {
            chosenCandidates: pieces.map((token, tokenId) => ({ token, tokenId, logProbability: -0.25 })),
            topCandidates: pieces.map((token) => ({ candidates: [{ token, logProbability: -0.25 }] })),
          },
        },
      ],
    },
  ],
];

describe('tokens of an answer', () => {
  it.each(documents)('do not spell what was found in it: %s', (_, document) => {
    const body = answered({ kind: 'json', text: JSON.stringify(document) });
    expect(spelled({ kind: 'json', text: JSON.stringify(document) })).toContain(key);
    expect(spelled(body)).not.toContain(key.slice(8, 24));
    const text = body?.kind === 'json' ? body.text : '';
    // Their number and probabilities stay.
    expect(text.match(/-0\.25/g)).toHaveLength((JSON.stringify(document).match(/-0\.25/g) ?? []).length);
    expect(() => JSON.parse(text)).not.toThrow();
  });

  it('nor in a stream, several tokens to an event', () => {
    const events = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((index) => {
      const some = listed.slice(index * 3, index * 3 + 3);
      const content = some.map(({ token }) => token).join('');
      return { data: JSON.stringify({ choices: [{ index: 0, delta: { content }, logprobs: { content: some } }] }) };
    });
    const body = answered({ kind: 'events', framing: 'sse', events, complete: true });
    const left = spelled(body);
    for (let at = 8; at + 12 < key.length; at += 4) expect(left).not.toContain(key.slice(at, at + 12));
    if (body?.kind !== 'events') throw new Error('no events');
    expect(body.events).toHaveLength(events.length);
  });

  it('of which ids tell the text', () => {
    const document = {
      choices: [{ message: { content: pieces.join('') }, token_ids: [71, 72, 73], prompt_token_ids: [9] }],
    };
    const body = answered({ kind: 'json', text: JSON.stringify(document) });
    const { choices } = JSON.parse(body?.kind === 'json' ? body.text : '');
    expect(choices[0]).toMatchObject({ token_ids: [0, 0, 0], prompt_token_ids: [0] });
  });

  it('stay where nothing was found, byte for byte', () => {
    for (const [, document] of documents) {
      const text = JSON.stringify(document)
        .replaceAll(key, 'none')
        .replaceAll(/T3Bl|bkFJ|ab12|CD34|ef56|GH78|ij90/g, 'word');
      const plain = text.replaceAll('The key is', 'The word is').replaceAll(/sk-p|roj-/g, 'so');
      const body = answered({ kind: 'json', text: plain });
      expect(body).toEqual({ kind: 'json', text: plain });
    }
  });

  it('and redacting twice changes nothing more', () => {
    for (const [, document] of documents) {
      const once = answered({ kind: 'json', text: JSON.stringify(document) }) as Body;
      expect(answered(once)).toEqual(once);
    }
  });
});

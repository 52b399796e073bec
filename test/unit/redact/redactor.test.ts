import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '../../../src/shared/model/index.js';
import { exchange, redactor, secrets, spellings } from './support.js';

const redact = redactor();
const values = Object.values(secrets);
const secret = fc.constantFrom(...values);
const harmless = fc.oneof(
  fc.constantFrom('the quick brown fox', 'x', '', 'ok', 'src/main/index.ts', '550e8400-e29b-41d4-a716-446655440000'),
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/[@\d]/g, '')),
);
/** A secret alone or with words around it. */
const planted = fc
  .tuple(fc.constantFrom('', 'see ', 'a "', 'line\n'), secret, fc.constantFrom('', ' end', '" b', '\n'))
  .map(([before, value, after]) => before + value + after);

const leaf = fc.oneof(
  planted,
  planted.map((value) => ({ [value]: 1 })),
  harmless,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const { document } = fc.letrec<{ document: unknown }>((tie) => ({
  document: fc.oneof(
    { depthSize: 'small', maxDepth: 5 },
    leaf,
    fc.array(tie('document'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'content', 'text', 'args', 'id', 'deep key'), tie('document'), { maxKeys: 4 }),
    tie('document').map((value) => JSON.stringify(value)),
  ),
}));

/** JSON with some characters of its strings written as \uXXXX, which means the same. */
function escaped(json: string, every: number): string {
  let count = 0;
  return json.replace(/(\\u[0-9a-f]{4}|\\.)|[@A-Za-z0-9 +-]/g, (char, already, at: number) => {
    if (already !== undefined || !inString(json, at)) return char;
    return ++count % every === 0 ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}` : char;
  });
}

function inString(json: string, at: number): boolean {
  let inside = false;
  for (let i = 0; i < at; i++) {
    if (json[i] === '\\') i++;
    else if (json[i] === '"') inside = !inside;
  }
  return inside;
}

function expectClean(output: string): void {
  for (const value of values) for (const spelling of spellings(value)) expect(output).not.toContain(spelling);
}

describe('redaction of JSON', () => {
  it('leaves no planted value, stays valid, and changes nothing when repeated', () => {
    fc.assert(
      fc.property(document, fc.integer({ min: 2, max: 9 }), fc.boolean(), (value, every, escapes) => {
        const plain = JSON.stringify({ value }, null, every % 3);
        const input = escapes ? escaped(plain, every) : plain;
        const { text } = redact.text(input);
        expectClean(text);
        expectClean(JSON.stringify(JSON.parse(text)));
        expect(redact.text(text).text).toBe(text);
      }),
      { numRuns: 1500 },
    );
  });

  it('leaves documents without findings byte for byte', () => {
    const { document: clean } = fc.letrec<{ document: unknown }>((tie) => ({
      document: fc.oneof(
        { maxDepth: 5 },
        harmless,
        fc.integer({ min: -99_999, max: 99_999 }),
        fc.array(tie('document'), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom('a', 'max_tokens', 'id', 'x y'), tie('document'), { maxKeys: 4 }),
        tie('document').map((value) => JSON.stringify(value)),
      ),
    }));
    fc.assert(
      fc.property(clean, fc.integer({ min: 2, max: 9 }), (value, every) => {
        const input = escaped(JSON.stringify(value, null, every), every);
        expect(redact.text(input)).toEqual({ text: input, findings: [] });
      }),
      { numRuns: 500 },
    );
  });

  it('keeps white space, number spelling, key order, duplicate keys and escapes elsewhere', () => {
    const mail = secrets.email as string;
    const input = `{ "b" :1.0e+2,\t"a":"\\u00e9\\/ ${mail.replace('@', '\\u0040')} \\n", "a" : [ ], "n":-0 }`;
    const { text, findings } = redact.text(input);
    expect(text).toMatch(/^\{ "b" :1\.0e\+2,\t"a":"\\u00e9\\\/ <EMAIL_[0-9a-f]{8}> \\n", "a" : \[ \], "n":-0 \}$/);
    expect(findings).toHaveLength(1);
  });
});

describe('redaction of any text', () => {
  it('is idempotent and never throws', () => {
    const noise = fc.constantFrom(
      ...values,
      'password=',
      'token: ',
      '"',
      '\\"',
      "'",
      '\\n',
      '\n',
      ' ',
      '@',
      'a.io',
      '://u:',
      '%40',
      '{',
      '}',
      '[',
      ':',
      ',',
      'Bearer ',
      'cookie: a=',
      '<EMAIL_12345678>',
      '<PASSWORD_MASKED>',
      '4111',
      '-',
      '12',
      'ssn',
      'phone ',
      'hunter2x9',
      '\u0000',
      'é',
      '\ud83d',
    );
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 14 }), (parts) => {
        const { text } = redact.text(parts.join(''));
        expect(redact.text(text).text).toBe(text);
      }),
      { numRuns: 4000 },
    );
  });
});

describe('redaction of streams', () => {
  const shapes: Record<string, (piece: string, index: number) => unknown> = {
    'openai chat': (piece) => ({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { content: piece } }],
    }),
    'openai chat arguments': (piece, index) => ({
      object: 'chat.completion.chunk',
      choices: [
        {
          index: 0,
          delta: {
            tool_calls: [
              index === 0
                ? { index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: piece } }
                : { index: 0, function: { arguments: piece } },
            ],
          },
        },
      ],
    }),
    'openai responses': (piece, index) => ({
      type: 'response.output_text.delta',
      sequence_number: index,
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      delta: piece,
    }),
    anthropic: (piece) => ({ type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: piece } }),
    'anthropic arguments': (piece) => ({
      type: 'content_block_delta',
      index: 1,
      delta: { type: 'input_json_delta', partial_json: piece },
    }),
    ollama: (piece, index) => ({ model: 'm', created_at: `t${index}`, response: piece, done: false }),
    gemini: (piece) => ({ candidates: [{ content: { parts: [{ text: piece }], role: 'model' }, index: 0 }] }),
    unknown: (piece, index) => ({ kind: 'frob', n: index, payload: { wobble: piece } }),
    'not JSON': (piece) => piece,
  };

  function run(datas: string[]) {
    const events: StreamEvent[] = datas.map((data) => ({ data }));
    const read = exchange({ response: { kind: 'events', framing: 'sse', events, complete: true } });
    const { response } = redact.exchange(read);
    if (response?.body.kind !== 'events') throw new Error('no events');
    const again = redact.exchange({ ...read, response: { ...response } });
    expect(again.response).toEqual(response);
    return response.body.events.map(({ data }) => data);
  }

  for (const [name, shape] of Object.entries(shapes)) {
    it(`finds a secret split at every position: ${name}`, () => {
      const encode = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
      for (const value of values) {
        const whole = name.includes('arguments')
          ? JSON.stringify({ cmd: `echo ${value} now`, n: 1 })
          : `I say ${value} now`;
        for (let split = 1; split < whole.length; split++) {
          const datas = [whole.slice(0, split), whole.slice(split)].map((piece, index) => encode(shape(piece, index)));
          const out = run(datas);
          expect(out).toHaveLength(2);
          const text = out.map((data) => pieceOf(data)).join('');
          for (const spelling of spellings(value)) expect(text).not.toContain(spelling);
          if (name.includes('arguments')) expect(JSON.parse(text)).toMatchObject({ n: 1 });
          expect(text).toMatch(/<[A-Z_]+_[0-9a-f]{8}>/);
          expect(text).toMatch(/now/);
        }
      }
    });
  }

  it('finds a password by its key in streamed arguments split at every position', () => {
    const shape = shapes['openai chat arguments'] as (piece: string, index: number) => unknown;
    const whole = '{"user":"bob","password":"correct horse"}';
    for (let split = 1; split < whole.length; split++) {
      const out = run(
        [whole.slice(0, split), whole.slice(split)].map((piece, index) => JSON.stringify(shape(piece, index))),
      );
      const text = out.map(pieceOf).join('');
      expect(text).toMatch(/^\{"user":"bob","password":"<PASSWORD_[0-9a-f]{8}>"\}$/);
    }
  });

  it('finds secrets cut into single characters among other channels', () => {
    for (const value of values) {
      const datas = [...value].flatMap((char, i) => [
        JSON.stringify({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: char } }),
        JSON.stringify({ type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: `w${i} ` } }),
      ]);
      const out = run(datas);
      expect(out).toHaveLength(datas.length);
      const text = out
        .filter((data) => data.includes('"index":0'))
        .map(pieceOf)
        .join('');
      expect(text).toMatch(/^<[A-Z_]+_[0-9a-f]{8}>$/);
      expect(
        out
          .filter((data) => data.includes('"index":1'))
          .map(pieceOf)
          .join(''),
      ).toMatch(/^w0 w1 /);
    }
  });

  function pieceOf(data: string): string {
    const leaves: string[] = [];
    const visit = (value: unknown, key: string): void => {
      if (typeof value === 'string') {
        if (/^(?:content|arguments|delta|text|partial_json|response|wobble|)$/.test(key)) leaves.push(value);
      } else if (value !== null && typeof value === 'object') {
        for (const [name, each] of Object.entries(value)) visit(each, Array.isArray(value) ? key : name);
      }
    };
    let parsed: unknown = data;
    try {
      parsed = JSON.parse(data);
    } catch {
      // not JSON
    }
    visit(parsed, '');
    return leaves.join('');
  }
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/shared/model/index.js';
import { type WireCase, wireCases, wireExchange } from '../../../support/wire-exchanges.js';
import { callOf, captured, decode, jsonHeaders, message, responseOf, sseHeaders } from '../support.js';

const cases = wireCases().filter(({ format }) => format === 'gemini');
const exchangeOf = (name: string) => wireExchange(cases.find((wire) => wire.name === name) as WireCase);
const url =
  'https://generativelanguage.googleapis.com/v1beta/models/gemini-3-pro-preview:streamGenerateContent?alt=sse';
const ask = message('{"contents":[{"parts":[{"text":"hi"}]}]}', jsonHeaders);

/** A value as Vertex streams it: leaf by leaf, texts in two pieces. */
function argumentsOf(value: Json, jsonPath: string): Json[] {
  if (value === null) return [{ jsonPath, nullValue: 'NULL_VALUE' }];
  if (typeof value === 'string') {
    const half = Math.floor(value.length / 2);
    return [
      { jsonPath, stringValue: value.slice(0, half), willContinue: true },
      { jsonPath, stringValue: value.slice(half) },
    ];
  }
  if (typeof value === 'number') return [{ jsonPath, numberValue: value }];
  if (typeof value === 'boolean') return [{ jsonPath, boolValue: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => argumentsOf(item, `${jsonPath}[${index}]`));
  const quoted = (key: string) => `['${key.replace(/['\\]/g, '\\$&')}']`;
  return Object.entries(value).flatMap(([key, item]) => argumentsOf(item, jsonPath + quoted(key)));
}

const answer = [
  { type: 'reasoning', text: '**Looking at the files**\nFirst the list, ' },
  { type: 'text', text: 'I will read both files: größer ✓' },
  { type: 'reasoning', text: '', encrypted: true, signature: 'Q2lRQmJYOTBiMg==' },
  {
    type: 'tool_call',
    id: null,
    name: 'read_file',
    arguments: { path: 'notes/größe.txt', lines: [1, 2] },
    kind: 'function',
  },
  { type: 'tool_call', id: null, name: 'read_file', arguments: { path: 'b.txt' }, kind: 'function' },
];

describe('gemini requests', () => {
  const { request } = callOf(exchangeOf('tools.sse'));

  it('takes the model from the URL, and everything but contents and tools as parameters', () => {
    expect(request.model).toBe('gemini-3-pro-preview');
    expect(request).toMatchObject({ stream: true, history_complete: true, operation: 'chat' });
    expect(Object.keys(request.params)).toEqual(['toolConfig', 'generationConfig']);
  });

  it('reads functions and the tools that the vendor runs', () => {
    expect(request.tools).toEqual([
      {
        name: 'read_file',
        description: 'Reads a file',
        parameters: { type: 'object', properties: { path: { type: 'string' } } },
        kind: 'function',
      },
      { name: 'google_search', kind: 'google_search' },
      { name: 'code_execution', kind: 'code_execution' },
    ]);
  });

  it('joins turns of the model that follow each other, as clients resend what was streamed', () => {
    expect(request.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(request.messages[2]?.parts[0]).toEqual({ type: 'text', text: 'I will read.' });
    expect(request.messages[1]?.parts.slice(1)).toMatchObject([
      { type: 'media', media: 'image', media_type: 'image/png', bytes: 8 },
      { type: 'media', media: 'video', media_type: 'video/mp4', url: 'https://example.com/v.mp4' },
    ]);
  });

  it('keeps the texts of a user apart, and joins those of the model', () => {
    const parts = [{ text: 'What is known: ' }, { text: 'Go on.' }];
    const contents = [
      { role: 'user', parts },
      { role: 'model', parts },
    ];
    const call = callOf(captured({ url, request: message(JSON.stringify({ contents }), jsonHeaders) }));
    expect(call.request.messages).toEqual([
      { role: 'user', parts: parts.map(({ text }) => ({ type: 'text', text })) },
      { role: 'assistant', parts: [{ type: 'text', text: 'What is known: Go on.' }] },
    ]);
  });

  it('pairs results by name and order: they have no ids', () => {
    expect(request.messages[3]?.parts).toEqual([
      { type: 'tool_result', tool_call_id: null, name: 'read_file', result: 'alpha' },
      { type: 'tool_result', tool_call_id: null, name: 'read_file', result: 'no such file', is_error: true },
    ]);
  });

  it('reads snake case as well', () => {
    const body = {
      contents: [{ role: 'model', parts: [{ function_call: { name: 'a', args: {} }, thought_signature: 's' }] }],
      system_instruction: { parts: [{ text: 'Be kind.' }] },
      tools: [{ function_declarations: [{ name: 'a', parameters: { type: 'OBJECT' } }] }],
      generation_config: { temperature: 1 },
    };
    const snake = callOf(
      captured({ url, request: message(JSON.stringify(body), jsonHeaders), response: null }),
    ).request;
    expect(snake.messages[0]).toEqual({ role: 'system', parts: [{ type: 'text', text: 'Be kind.' }] });
    expect(snake.messages[1]?.parts.at(-1)).toMatchObject({ type: 'tool_call', name: 'a' });
    expect(snake.tools).toEqual([{ name: 'a', parameters: { type: 'OBJECT' }, kind: 'function' }]);
    expect(snake.params).toEqual({ generation_config: { temperature: 1 } });
  });

  it('opens the wrapper of Code Assist', () => {
    const call = callOf(exchangeOf('code-assist.sse'));
    expect(call.request.model).toBe('gemini-3-pro-preview');
    expect(call.request.session_hint).toBe('11111111-2222-4333-8444-555555555555');
    expect(call.request.params).toMatchObject({ project: 'pro-1', user_prompt_id: 'p1' });
    expect(call.request.messages).toEqual(request.messages);
    expect(call.response?.messages).toEqual([{ role: 'assistant', parts: answer }]);
  });

  it.each([
    ['v1beta/models/gemini-embedding-001:embedContent', { content: { parts: [{ text: 'one' }] } }, 'embeddings'],
    [
      'v1beta/models/gemini-embedding-001:batchEmbedContents',
      { requests: [{ model: 'models/gemini-embedding-001', content: { parts: [{ text: 'one' }] } }] },
      'embeddings',
    ],
    [
      'v1/projects/p/locations/l/publishers/google/models/gemini-embedding-001:countTokens',
      { contents: [{ role: 'user', parts: [{ text: 'one' }] }] },
      'count_tokens',
    ],
  ])('%s generates nothing', (path, body, operation) => {
    const given = captured({
      url: `https://europe-west4-aiplatform.googleapis.com/${path}`,
      request: message(JSON.stringify(body), jsonHeaders),
      response: message('{"totalTokens":31,"embedding":{"values":[1]},"embeddings":[{"values":[1]}]}', jsonHeaders),
    });
    const call = callOf(given);
    expect(call.format).toBe('gemini');
    expect(call.request).toMatchObject({ model: 'gemini-embedding-001', operation, stream: false });
    expect(call.request.messages).toEqual([{ role: 'user', parts: [{ type: 'text', text: 'one' }] }]);
    expect(call.response).toMatchObject({ messages: [], usage: null, error: null, partial: false, unknown_events: {} });
  });
});

describe('gemini responses', () => {
  it.each(['tools.sse', 'tools-array.json', 'code-assist.sse', 'whole.json'])('%s reads the same', (name) => {
    const response = responseOf(exchangeOf(name));
    expect(response.messages).toEqual([{ role: 'assistant', parts: answer }]);
    expect(response).toMatchObject({
      response_id: 'aBcD1234EfGh',
      model: 'gemini-3-pro-preview',
      stop_reason: 'STOP',
      partial: false,
      unknown_events: {},
      // Thoughts are counted beside the candidates.
      usage: { input_tokens: 120, output_tokens: 91, cached_input_tokens: 100, reasoning_tokens: 60 },
    });
  });

  it('costs what the table says, and nothing where that is not sold at list price', () => {
    const call = callOf(exchangeOf('whole.json'));
    expect(call.cost_usd).toBeCloseTo((20 * 2 + 100 * 0.2 + 91 * 12) / 1e6, 10);
    const costWith = (usage: object) => {
      const candidates = [{ content: { parts: [{ text: 'a' }] }, finishReason: 'STOP' }];
      const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 1, totalTokenCount: 11, ...usage };
      const body = JSON.stringify({ candidates, usageMetadata, modelVersion: 'gemini-2.5-flash' });
      const at = url.replace('streamGenerateContent?alt=sse', 'generateContent');
      return callOf(captured({ url: at, request: ask, response: message(body, jsonHeaders) })).cost_usd;
    };
    expect(costWith({ serviceTier: 'standard', trafficType: 'ON_DEMAND' })).not.toBeNull();
    expect(costWith({ serviceTier: 'flex' })).toBeNull();
    expect(costWith({ trafficType: 'PROVISIONED_THROUGHPUT' })).toBeNull();
    expect(costWith({ promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 5 }] })).toBeNull();
  });

  it('builds arguments that are streamed value by value', () => {
    const response = responseOf(exchangeOf('partial-args.sse'));
    expect(response.messages[0]?.parts).toEqual([
      {
        type: 'tool_call',
        id: 'fc-1',
        name: 'book',
        arguments: {
          city: 'New York',
          guests: [{ name: 'Ada', age: 36 }, { 'full name': 'Bo' }],
          late: true,
          note: null,
        },
        kind: 'function',
      },
      { type: 'tool_call', id: null, name: 'pay', arguments: { amount: 3 }, kind: 'function' },
    ]);
    expect(response.unknown_events).toEqual({});
  });

  it('builds whatever is streamed so', () => {
    const key = fc.string({ minLength: 1, maxLength: 6 });
    const leaf = fc.oneof(fc.string({ maxLength: 12 }), fc.integer(), fc.boolean(), fc.constant(null));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('value'), { minLength: 1, maxLength: 3 }),
        fc.dictionary(key, tie('value'), { minKeys: 1, maxKeys: 3 }),
      ),
    }));
    const object = fc.dictionary(key, value, { minKeys: 1, maxKeys: 4 });
    fc.assert(
      fc.property(object, (args) => {
        const partial = argumentsOf(args as Json, '$');
        const calls = [
          { name: 'f', willContinue: true },
          ...partial.map((argument) => ({ partialArgs: [argument], willContinue: true })),
          {},
        ];
        const chunks = calls.map((functionCall) => ({ candidates: [{ content: { parts: [{ functionCall }] } }] }));
        const body = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('');
        const response = responseOf(captured({ url, request: ask, response: message(body, sseHeaders) }));
        expect(response.unknown_events).toEqual({});
        const [part] = response.messages[0]?.parts ?? [];
        expect(JSON.stringify(part?.type === 'tool_call' ? part.arguments : null)).toBe(JSON.stringify(args));
      }),
      { numRuns: 200 },
    );
  });

  it('follows no path out of the arguments', () => {
    const paths = [
      '$.__proto__.polluted',
      '$.constructor.prototype.polluted',
      '$.far[99999]',
      'x',
      '$',
      '$.a[',
      '$..b',
    ];
    const partialArgs = paths.map((jsonPath) => ({ jsonPath, stringValue: 'x' }));
    const chunk = { candidates: [{ content: { parts: [{ functionCall: { name: 'f', partialArgs } }] } }] };
    const body = `data: ${JSON.stringify(chunk)}\n\n`;
    const response = responseOf(captured({ url, request: ask, response: message(body, sseHeaders) }));
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
    expect(response.unknown_events).toEqual({ partialArgs: 5 });
    expect(response.messages[0]?.parts.filter(({ type }) => type === 'other')).toHaveLength(5);
  });

  it('keeps code that the vendor ran with its result, and what the answer rests on', () => {
    const response = responseOf(exchangeOf('code-execution.sse'));
    expect(response.messages[0]?.parts).toEqual([
      { type: 'text', text: 'Let me count. ' },
      {
        type: 'tool_call',
        id: null,
        name: 'code_execution',
        arguments: { language: 'PYTHON', code: 'print(6*7)' },
        server: true,
        kind: 'code_execution',
      },
      { type: 'tool_result', tool_call_id: null, name: 'code_execution', result: '42\n' },
      { type: 'text', text: 'It is 42.' },
      { type: 'other', label: 'groundingMetadata', value: { webSearchQueries: ['six times seven'] } },
    ]);
    expect(response.usage).toEqual({ input_tokens: 40, output_tokens: 12 });
  });

  it('keeps candidates apart', () => {
    const response = responseOf(exchangeOf('two-candidates.sse'));
    expect(response.messages.map(({ parts }) => parts)).toEqual([
      [{ type: 'text', text: 'Hello' }],
      [{ type: 'text', text: 'Guten Tag' }],
    ]);
    expect(response.partial).toBe(false);
  });

  it('says why a prompt was blocked', () => {
    const response = responseOf(exchangeOf('blocked.sse'));
    expect(response).toMatchObject({ messages: [], stop_reason: 'PROHIBITED_CONTENT', partial: false });
    expect(response.error?.code).toBe('PROHIBITED_CONTENT');
    expect(response.usage).toEqual({ input_tokens: 9, output_tokens: 0 });
  });

  it('reads the bare error that breaks a stream, and keeps what came', () => {
    const response = responseOf(exchangeOf('error-midway.sse'));
    expect(response.error).toMatchObject({ code: 'UNAVAILABLE', message: /overloaded/ });
    expect(response.partial).toBe(true);
    expect(response.messages[0]?.parts).toEqual([{ type: 'text', text: 'So far ' }]);
  });

  it('reads HTTP errors in both framings', () => {
    const error = { code: 429, message: 'Quota exceeded', status: 'RESOURCE_EXHAUSTED' };
    for (const [body, at] of [
      [JSON.stringify({ error }), url],
      [JSON.stringify([{ error }]), url.replace('?alt=sse', '')],
    ] as const) {
      const response = responseOf(
        captured({ url: at, request: ask, status: 429, response: message(body, jsonHeaders) }),
      );
      expect(response.error).toMatchObject({ code: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded' });
    }
  });

  it('counts and keeps what it does not know', () => {
    const chunk = {
      candidates: [{ content: { parts: [{ hologram: { x: 1 } }] }, finishReason: 'STOP', mood: 'good' }],
      telemetry: 1,
    };
    const body = `data: ${JSON.stringify(chunk)}\n\ndata: nonsense\n\n`;
    const response = responseOf(captured({ url, request: ask, response: message(body, sseHeaders) }));
    expect(response.unknown_events).toEqual({ 'part.hologram': 1, 'candidate.mood': 1, telemetry: 1, 'not JSON': 1 });
    expect(response.messages[0]?.parts).toEqual([
      { type: 'other', label: 'hologram', value: { x: 1 } },
      { type: 'other', label: 'mood', value: 'good' },
    ]);
  });

  it('takes a result once that a client sends twice, word for word, under one id', () => {
    const given = (id: string | undefined, output: string) => ({
      functionResponse: { name: 'tide', response: { output }, ...(id === undefined ? {} : { id }) },
    });
    const parts = [given('t1', 'high'), given('t1', 'high'), given('t1', 'low'), given('t2', 'high')];
    const body = JSON.stringify({
      contents: [{ role: 'user', parts: [...parts, given(undefined, 'low'), given(undefined, 'low')] }],
    });
    const { request } = callOf(captured({ url, request: message(body, jsonHeaders) }));
    const results = request.messages[0]?.parts.map(
      (part) => part.type === 'tool_result' && [part.tool_call_id, part.result],
    );
    expect(results).toEqual([
      ['t1', 'high'],
      ['t1', 'low'],
      ['t2', 'high'],
      [null, 'low'],
      [null, 'low'],
    ]);
  });

  it('loses nothing of a part that holds more than it may', () => {
    const parts = [{ text: 'Both.', functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 's' }, { text: 5 }];
    const body = `data: ${JSON.stringify({ candidates: [{ content: { parts } }] })}\n\n`;
    const response = responseOf(captured({ url, request: ask, response: message(body, sseHeaders) }));
    expect(response.messages[0]?.parts.map(({ type }) => type)).toEqual(['text', 'reasoning', 'tool_call', 'other']);
  });

  it('is known behind a gateway with paths of its own', () => {
    const exchange = exchangeOf('whole.json');
    expect(decode({ ...exchange, url: 'https://gateway.example/llm' }).format).toBe('gemini');
  });
});

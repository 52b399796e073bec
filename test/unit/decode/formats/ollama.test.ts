import { describe, expect, it } from 'vitest';
import { type WireCase, wireCases, wireExchange } from '../../../support/wire-exchanges.js';
import { callOf, captured, decode, jsonHeaders, message, responseOf } from '../support.js';

const cases = wireCases().filter(({ format }) => format === 'ollama');
const exchangeOf = (name: string) => wireExchange(cases.find((wire) => wire.name === name) as WireCase);
const url = 'http://127.0.0.1:11434/api/chat';
const ask = message('{"model":"m","messages":[{"role":"user","content":"hi"}]}', jsonHeaders);

describe('ollama requests', () => {
  it('reads a chat, which streams unless it says otherwise', () => {
    const { request, format } = callOf(exchangeOf('chat.ndjson'));
    expect(format).toBe('ollama');
    expect(request).toMatchObject({ model: 'qwen3:8b', stream: true, history_complete: true, operation: 'chat' });
    expect(request.params).toEqual({ options: { temperature: 0.5 }, think: true });
    expect(request.tools).toMatchObject([{ name: 'read_file', description: 'Reads a file', kind: 'function' }]);
    expect(request.messages).toMatchObject([
      { role: 'system', parts: [{ type: 'text', text: 'You read files.' }] },
      { role: 'user', parts: [{ type: 'text' }, { type: 'media', media: 'image', bytes: 8 }] },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'Hm.' },
          { type: 'tool_call', id: null, name: 'read_file', arguments: { path: 'a.txt' } },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool_result', tool_call_id: null, name: 'read_file', result: 'alpha' }] },
    ]);
  });

  it('reads a prompt, and says that its context stands for a history', () => {
    const { request, response } = callOf(exchangeOf('generate.ndjson'));
    expect(request).toMatchObject({ operation: 'completion', history_complete: false, stream: true });
    expect(request.messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(response?.messages).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'Hm. ' },
          { type: 'text', text: 'The sky is blue.' },
        ],
      },
    ]);
    expect(response?.partial).toBe(false);
  });

  it.each([
    ['embed', { model: 'm', input: ['a', 'b'] }, { model: 'm', embeddings: [[1], [2]], prompt_eval_count: 4 }],
    ['embeddings', { model: 'm', prompt: 'a' }, { embedding: [1] }],
  ])('/api/%s holds no conversation', (path, request, response) => {
    const call = callOf(
      captured({
        url: `http://127.0.0.1:11434/api/${path}`,
        request: message(JSON.stringify(request), jsonHeaders),
        response: message(JSON.stringify(response), jsonHeaders),
      }),
    );
    expect(call.request).toMatchObject({ operation: 'embeddings', stream: false, model: 'm' });
    expect(call.response).toMatchObject({ messages: [], partial: false, error: null, unknown_events: {} });
  });
});

describe('ollama responses', () => {
  it.each(['chat.ndjson', 'whole.json'])('%s reads the same', (name) => {
    expect(responseOf(exchangeOf(name))).toMatchObject({
      model: 'qwen3:8b',
      stop_reason: 'stop',
      usage: { input_tokens: 26, output_tokens: 282 },
      partial: false,
      unknown_events: {},
      messages: [
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', text: 'The user wants both.' },
            { type: 'text', text: 'Ich lese größer ✓.' },
            { type: 'tool_call', id: null, name: 'read_file', arguments: { path: 'a.txt' } },
            { type: 'tool_call', id: 'call_x1', name: 'read_file', arguments: { path: 'b.txt', lines: [1, 2] } },
          ],
        },
      ],
    });
  });

  it('keeps what came before an error line', () => {
    const response = responseOf(exchangeOf('error-midway.ndjson'));
    expect(response.error?.message).toMatch(/unexpected EOF/);
    expect(response.partial).toBe(true);
    expect(response.messages[0]?.parts).toEqual([{ type: 'text', text: 'So far ' }]);
  });

  it('reads HTTP errors', () => {
    const response = message(JSON.stringify({ error: 'model "m" not found' }), jsonHeaders);
    expect(responseOf(captured({ url, request: ask, status: 404, response })).error?.message).toBe(
      'model "m" not found',
    );
  });

  it('leaves an application that serves its own /api/chat alone', () => {
    const response = message('{"reply":"hello"}', jsonHeaders);
    expect(decode(captured({ url, request: ask, response }))).toMatchObject({ format: 'http', call: null });
  });
});

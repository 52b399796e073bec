import { describe, expect, it } from 'vitest';
import { type WireCase, wireCases, wireExchange } from '../../../support/wire-exchanges.js';
import { callOf, captured, decode, jsonHeaders, message, responseOf, sseHeaders } from '../support.js';

const cases = wireCases();
const exchangeOf = (format: string, name: string) =>
  wireExchange(cases.find((wire) => wire.format === format && wire.name === name) as WireCase);
const chat = (name: string) => responseOf(exchangeOf('openai-chat', name));

describe('servers that look like OpenAI', () => {
  it('Azure: filters beside the choices, `data:` without a space, the deployment in the URL', () => {
    expect(chat('azure-filters.sse')).toMatchObject({
      messages: [{ parts: [{ type: 'text', text: 'Hello' }] }],
      stop_reason: 'content_filter',
      partial: false,
      unknown_events: {},
    });
    const request = message('{"messages":[{"role":"user","content":"hi"}]}', jsonHeaders);
    const url = 'https://r.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=2026-01-01';
    expect(callOf(captured({ url, request, response: null })).request.model).toBe('my gpt');
  });

  it('OpenRouter: comments before the answer, reasoning twice, an error after HTTP 200', () => {
    const response = chat('openrouter-error.sse');
    expect(response.messages[0]?.parts).toEqual([
      { type: 'reasoning', text: 'Hm, yes.', signature: 'c2ln' },
      { type: 'text', text: 'Partly' },
    ]);
    expect(response.error).toMatchObject({ code: '502', message: 'Provider disconnected unexpectedly' });
    expect(response).toMatchObject({ stop_reason: 'error', unknown_events: {} });
  });

  it('Groq: usage in x_groq, whole calls in one chunk', () => {
    const response = chat('groq.sse');
    expect(response.usage).toEqual({ input_tokens: 50, output_tokens: 20, cached_input_tokens: 32 });
    expect(response.messages[0]?.parts.slice(0, 2)).toEqual([
      { type: 'reasoning', text: 'Short.' },
      { type: 'tool_call', id: 'fc_1', name: 'read_file', arguments: { path: 'a.txt' }, kind: 'function' },
    ]);
    expect(response.unknown_events).toEqual({ 'delta.channel': 1 });
  });

  it('Mistral: thinking as typed parts, one index for several calls, arguments as text and as an object', () => {
    const response = chat('mistral.sse');
    expect(response.messages[0]?.parts).toEqual([
      { type: 'reasoning', text: 'First think.' },
      { type: 'text', text: 'Then say.' },
      { type: 'tool_call', id: 'D681PevKs', name: 'read_file', arguments: { path: 'a.txt' }, kind: 'function' },
      { type: 'tool_call', id: 'yF6Pn9uXl', name: 'read_file', arguments: { path: 'b.txt' }, kind: 'function' },
    ]);
  });

  it('ids that are the word null are none', () => {
    const calls = ['a.txt', 'b.txt'].map((path) => ({
      id: 'null',
      function: { name: 'read_file', arguments: JSON.stringify({ path }) },
    }));
    const chunk = { choices: [{ index: 0, delta: { tool_calls: calls }, finish_reason: 'tool_calls' }] };
    const request = message('{"messages":[{"role":"user","content":"hi"}]}', jsonHeaders);
    const response = message(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`, sseHeaders);
    const url = 'https://api.mistral.ai/v1/chat/completions';
    expect(responseOf(captured({ url, request, response })).messages[0]?.parts).toMatchObject([
      { type: 'tool_call', id: null, arguments: { path: 'a.txt' } },
      { type: 'tool_call', id: null, arguments: { path: 'b.txt' } },
    ]);
  });

  it('usage inside the last choice, and no [DONE]', () => {
    const response = chat('usage-in-choice.sse');
    expect(response.usage).toEqual({
      input_tokens: 10,
      output_tokens: 3,
      cached_input_tokens: 8,
      reasoning_tokens: 1,
    });
    expect(response.partial).toBe(false);
  });
});

describe('openai-completions', () => {
  it('reads a prompt and its choices', () => {
    const call = callOf(exchangeOf('openai-completions', 'two-choices.sse'));
    expect(call.format).toBe('openai-completions');
    expect(call.request).toMatchObject({
      operation: 'completion',
      model: 'gpt-3.5-turbo-instruct',
      params: { max_tokens: 4, n: 2 },
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'Tell a story' }] }],
    });
    expect(call.response?.messages.map(({ parts }) => parts)).toEqual([
      [{ type: 'text', text: 'Once upon ✓' }],
      [{ type: 'text', text: 'Einmal' }],
    ]);
    expect(call.response).toMatchObject({ partial: false, stop_reason: 'length', usage: { output_tokens: 4 } });
  });

  it('reads prompts of tokens, and several at once', () => {
    const prompts = [
      [[1, 2, 3], [{ type: 'other', label: 'tokens', value: [1, 2, 3] }]],
      [['a', 'b'], [{ type: 'text', text: 'a' }]],
    ] as const;
    for (const [prompt, parts] of prompts) {
      const request = message(JSON.stringify({ model: 'm', prompt }), jsonHeaders);
      const call = callOf(captured({ url: 'http://127.0.0.1:8000/v1/completions', request, response: null }));
      expect(call.request.messages[0]?.parts).toEqual(parts);
    }
  });
});

describe('calls that hold no conversation', () => {
  it.each([
    ['openai-embeddings', 'whole', 'embeddings', { usage: { input_tokens: 2 }, messages: [] }],
    ['openai-moderations', 'whole', 'other', { response_id: 'modr-1', messages: [] }],
    ['openai-images', 'whole', 'other', { messages: [{ parts: [{ media: 'image', bytes: 8 }, { text: 'one cat' }] }] }],
    ['openai-speech', 'sound', 'other', { messages: [{ parts: [{ media: 'audio', bytes: 11 }] }] }],
  ])('%s', (format, name, operation, response) => {
    const call = callOf(exchangeOf(format, name));
    expect(call.format).toBe(format);
    expect(call.request).toMatchObject({ operation, tools: [] });
    expect(call.request.model).not.toBeNull();
    expect(call.response).toMatchObject({ ...response, partial: false, error: null });
  });

  it('takes an error for one', () => {
    const exchange = exchangeOf('openai-embeddings', 'whole');
    const response = { ...message('{"error":{"message":"no"}}', jsonHeaders), status: 400 };
    const failed = { ...exchange, response: { ...response, status_text: '', informational: [] } };
    expect(decode(failed).call?.response?.error).toMatchObject({ message: 'no' });
  });
});

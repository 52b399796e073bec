import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { callOf, captured, decode, fixtureExchange, jsonHeaders, message, responseOf, sseHeaders } from '../support.js';

describe('openai-chat requests', () => {
  const { request } = callOf(fixtureExchange('openai-chat', 'whole.json'));

  it('reads model, tools and parameters', () => {
    expect(request.model).toBe('gpt-4.1');
    expect(request.stream).toBe(true);
    expect(request.params).toEqual({ temperature: 0.2, n: 1, stream_options: { include_usage: true } });
    expect(request.tools).toEqual([
      {
        name: 'count_lines',
        description: 'Counts lines',
        parameters: { type: 'object', properties: { path: { type: 'string' } } },
        kind: 'function',
      },
      { name: 'sql', description: 'Runs SQL', parameters: { type: 'text' }, kind: 'custom' },
    ]);
    expect(request.history_complete).toBe(true);
    expect(request.operation).toBe('chat');
  });

  it('maps messages, media by hash and size, and keeps unknown parts', () => {
    const [system, user, assistant, tool, second, developer] = request.messages;
    expect(system).toEqual({ role: 'system', parts: [{ type: 'text', text: 'You count things.' }] });
    expect(user?.parts).toEqual([
      { type: 'text', text: 'How many lines?' },
      {
        type: 'media',
        media: 'image',
        media_type: 'image/png',
        bytes: 8,
        sha256: createHash('sha256').update(Buffer.from('iVBORw0KGgo=', 'base64')).digest('hex'),
      },
      { type: 'media', media: 'image', url: 'https://example.org/cat.png' },
      {
        type: 'media',
        media: 'audio',
        media_type: 'audio/wav',
        bytes: 4,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      { type: 'other', label: 'hologram', value: { type: 'hologram', beam: 3 } },
    ]);
    expect(JSON.stringify(user)).not.toContain('iVBORw0KGgo');
    expect(assistant?.parts).toEqual([
      { type: 'tool_call', id: 'call_0', name: 'count_lines', arguments: { path: 'a.txt' }, kind: 'function' },
      { type: 'tool_call', id: 'call_1', name: 'broken', arguments: '{"path":', invalid_json: true, kind: 'function' },
    ]);
    expect(tool).toEqual({ role: 'tool', parts: [{ type: 'tool_result', tool_call_id: 'call_0', result: '42' }] });
    expect(second?.parts).toEqual([{ type: 'tool_result', tool_call_id: 'call_1', result: 'no such tool' }]);
    expect(developer).toEqual({ role: 'developer', name: 'coach', parts: [{ type: 'text', text: 'Be brief.' }] });
  });
});

describe('openai-chat responses', () => {
  it('reads a whole completion with usage and cost', () => {
    const { response, cost_usd } = callOf(fixtureExchange('openai-chat', 'whole.json'));
    expect(response).toEqual({
      response_id: 'chatcmpl-W1',
      model: 'gpt-4.1-2025-04-14',
      messages: [
        {
          role: 'assistant',
          parts: [
            { type: 'text', text: 'It is raining in Jena.' },
            { type: 'tool_call', id: 'call_u', name: 'umbrella', arguments: { open: true }, kind: 'function' },
          ],
        },
      ],
      stop_reason: 'tool_calls',
      usage: { input_tokens: 112, output_tokens: 41, cached_input_tokens: 64, reasoning_tokens: 12 },
      error: null,
      partial: false,
      first_content_event: null,
      unknown_events: {},
    });
    expect(cost_usd).toBeCloseTo((48 * 2 + 64 * 0.5 + 41 * 8) / 1e6, 10);
  });

  it('joins a stream with parallel tool calls by index', () => {
    const response = responseOf(fixtureExchange('openai-chat', 'tools.sse'));
    expect(response.messages).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'text', text: 'Ich öffne die Datei und zähle Zeilen… 🧮' },
          {
            type: 'tool_call',
            id: 'call_lines',
            name: 'count_lines',
            arguments: { path: 'docs/größe.md' },
            kind: 'function',
          },
          { type: 'tool_call', id: 'call_head', name: 'read_head', arguments: { n: 3 }, kind: 'function' },
        ],
      },
    ]);
    expect(response.usage).toEqual({
      input_tokens: 112,
      output_tokens: 41,
      cached_input_tokens: 64,
      reasoning_tokens: 12,
    });
    expect(response).toMatchObject({
      partial: false,
      first_content_event: 1,
      stop_reason: 'tool_calls',
      unknown_events: {},
    });
  });

  it('keeps every choice', () => {
    const response = responseOf(fixtureExchange('openai-chat', 'two-choices.sse'));
    expect(response.messages.map((choice) => choice.parts)).toEqual([
      [{ type: 'text', text: 'Heads it is.' }],
      [{ type: 'text', text: 'Tails' }],
    ]);
    expect(response.stop_reason).toBe('length');
  });

  it('reads the legacy function_call, custom tools and refusals', () => {
    expect(responseOf(fixtureExchange('openai-chat', 'function-call.sse')).messages[0]?.parts).toEqual([
      { type: 'tool_call', id: null, name: 'weather_at', arguments: { place: 'Jena' }, kind: 'function' },
    ]);
    expect(responseOf(fixtureExchange('openai-chat', 'custom-tool.sse')).messages[0]?.parts).toEqual([
      { type: 'tool_call', id: 'call_sql', name: 'sql', arguments: 'select count(*) from birds', kind: 'custom' },
    ]);
    expect(responseOf(fixtureExchange('openai-chat', 'refusal.sse')).messages[0]?.parts).toEqual([
      { type: 'refusal', text: 'I would rather not do that.' },
    ]);
  });

  it('keeps what came before an error in the stream', () => {
    const response = responseOf(fixtureExchange('openai-chat', 'error-midway.sse'));
    expect(response.messages[0]?.parts).toEqual([{ type: 'text', text: 'The first half' }]);
    expect(response.error).toMatchObject({ code: 'server_overloaded', message: 'The engine is out of steam' });
    expect(response.partial).toBe(true);
  });

  it('reads look-alikes: reasoning, unknown fields and events, cache hits by their own name', () => {
    const response = responseOf(fixtureExchange('openai-chat', 'lookalike-reasoning.sse'));
    expect(response.messages[0]?.parts).toEqual([
      { type: 'reasoning', text: 'Two plus two is four.' },
      { type: 'text', text: '4' },
      { type: 'other', label: 'vendor_score', value: 0.5, remark: true },
    ]);
    expect(response.unknown_events).toEqual({ 'delta.vendor_score': 1, 'vendor.stats': 1 });
    expect(response.usage).toEqual({ input_tokens: 9, output_tokens: 7, cached_input_tokens: 5 });
  });

  it('tells calls apart where a look-alike reuses an index', () => {
    const response = responseOf(fixtureExchange('openai-chat', 'lookalike-one-index.sse'));
    expect(response.messages[0]?.parts).toEqual([
      { type: 'tool_call', id: 'a1', name: 'first', arguments: { x: 1 }, kind: 'function' },
      { type: 'tool_call', id: 'a2', name: 'second', arguments: { y: 2 }, kind: 'function' },
    ]);
  });

  it('tells calls apart where a look-alike sends neither index nor id, and ends without [DONE]', () => {
    const response = responseOf(fixtureExchange('openai-chat', 'lookalike-no-ids.sse'));
    expect(response.messages[0]?.parts).toEqual([
      { type: 'tool_call', id: null, name: 'first', arguments: { x: 1 }, kind: 'function' },
      { type: 'tool_call', id: null, name: 'first', arguments: { x: 2 }, kind: 'function' },
      { type: 'tool_call', id: null, name: 'second', arguments: { z: [3] }, kind: 'function' },
    ]);
    expect(response.partial).toBe(false);
    const aborted = fixtureExchange('openai-chat', 'lookalike-no-ids.sse', { state: 'aborted' });
    expect(responseOf(aborted).partial).toBe(true);
  });

  it('adds the reasoning that xAI counts beside the completion', () => {
    const body = {
      choices: [{ index: 0, message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 35,
        completion_tokens_details: { reasoning_tokens: 20 },
      },
    };
    const exchange = fixtureExchange('openai-chat', 'whole.json', {
      response: message(JSON.stringify(body), jsonHeaders),
    });
    expect(responseOf(exchange).usage).toEqual({ input_tokens: 10, output_tokens: 25, reasoning_tokens: 20 });
  });

  it('reads HTTP errors of any body', () => {
    const json = fixtureExchange('openai-chat', 'whole.json', {
      status: 429,
      response: message('{"error":{"message":"Too fast","type":"requests","code":"rate_limit_exceeded"}}', jsonHeaders),
    });
    expect(responseOf(json)).toMatchObject({
      error: { code: 'rate_limit_exceeded', message: 'Too fast' },
      messages: [],
    });
    const html = fixtureExchange('openai-chat', 'whole.json', {
      status: 502,
      response: message('<html>Bad gateway</html>', [['content-type', 'text/html']]),
    });
    expect(responseOf(html).error).toEqual({ code: 'http_502', message: '<html>Bad gateway</html>' });
  });
});

describe('openai-chat matching', () => {
  const body = message('{"model":"m","messages":[{"role":"user","content":"hi"}]}', jsonHeaders);
  const answer = message(
    '{"id":"1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"yo"},"finish_reason":"stop"}]}',
    jsonHeaders,
  );

  it.each([
    'http://127.0.0.1:8000/v1/chat/completions',
    'https://openrouter.ai/api/v1/chat/completions?x=1',
    'https://res.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2026-01-01',
    'https://gateway.example/account/openai/chat/completions/',
    'https://odd.example/llm/talk',
  ])('knows %s', (url) => {
    expect(decode(captured({ url, request: body, response: answer })).format).toBe('openai-chat');
  });

  it('leaves other calls plain HTTP', () => {
    const models = captured({
      method: 'GET',
      url: 'https://api.openai.com/v1/models',
      response: message('{"data":[]}', jsonHeaders),
    });
    expect(decode(models)).toMatchObject({ format: 'http', call: null, decode_error: null });
    const files = captured({
      url: 'https://api.openai.com/v1/vector_stores',
      request: message('{"name":"e"}', jsonHeaders),
      response: message('{"object":"vector_store","id":"vs_1"}', jsonHeaders),
    });
    expect(decode(files)).toMatchObject({ format: 'http', call: null, decode_error: null });
  });

  it('says so where the request cannot be read', () => {
    const cut = captured({
      request: message('{"model":"m","messages":[{"ro', jsonHeaders),
      response: message('', sseHeaders),
    });
    const decoded = decode(cut);
    expect(decoded).toMatchObject({ format: 'http', call: null });
    expect(decoded.decode_error?.message).toContain('openai-chat');
  });
});

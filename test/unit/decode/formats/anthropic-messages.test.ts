import { describe, expect, it } from 'vitest';
import { callOf, decode, fixtureExchange, jsonHeaders, message, responseOf } from '../support.js';

describe('anthropic-messages requests', () => {
  const { request } = callOf(fixtureExchange('anthropic-messages', 'whole.json'));

  it('reads system, tools, parameters and the session', () => {
    expect(request).toMatchObject({
      model: 'claude-sonnet-4-5',
      stream: true,
      history_complete: true,
      operation: 'chat',
      session_hint: '5f0c1f4e-6a52-4d0e-9f5c-1b2c3d4e5f60',
    });
    expect(Object.keys(request.params)).toEqual(['max_tokens', 'thinking', 'metadata']);
    expect(request.messages[0]).toEqual({ role: 'system', parts: [{ type: 'text', text: 'You know the tides.' }] });
    expect(request.tools.map(({ name, kind }) => [name, kind])).toEqual([
      ['tide_at', 'function'],
      ['web_search', 'web_search_20250305'],
      ['harbour', 'mcp_toolset'],
    ]);
  });

  it('keeps tool results where the user gave them, media by hash, unknown blocks whole', () => {
    expect(request.messages[2]?.parts).toEqual([
      { type: 'reasoning', text: 'Look it up.', signature: 'c2ln' },
      { type: 'tool_call', id: 'toolu_0', name: 'tide_at', arguments: { place: 'Husum' }, kind: 'function' },
    ]);
    expect(request.messages[3]).toEqual({
      role: 'user',
      parts: [
        {
          type: 'tool_result',
          tool_call_id: 'toolu_0',
          is_error: true,
          result: [
            { type: 'text', text: 'no data' },
            { type: 'media', media: 'image', media_type: 'image/png', bytes: 8, sha256: expect.any(String) },
          ],
        },
        { type: 'text', text: 'Try again.' },
        { type: 'media', media: 'file', media_type: 'application/pdf', bytes: 5, sha256: expect.any(String) },
        { type: 'media', media: 'image', url: 'https://example.org/map.png' },
        { type: 'other', label: 'novel', value: { type: 'novel', x: 1 } },
      ],
    });
  });

  it('knows threads, the JSON form of the user id, and token counts', () => {
    const call = (url: string, body: object, answer: object) =>
      callOf(
        fixtureExchange('anthropic-messages', 'whole.json', {
          url,
          request: message(JSON.stringify(body), jsonHeaders),
          response: message(JSON.stringify(answer), jsonHeaders),
        }),
      );
    const messages = [{ role: 'user', content: 'hi' }];
    const answer = { type: 'message', role: 'assistant', content: [] };
    const thread = call(
      'https://x.example/anthropic/v1/messages?beta=true',
      {
        model: 'm',
        max_tokens: 1,
        messages,
        thread: { type: 'continue', previous_message_id: 'msg_0' },
        metadata: { user_id: '{"device_id":"d","session_id":"0a1b2c3d-0000-4000-8000-000000000000"}' },
      },
      answer,
    );
    expect(thread.request).toMatchObject({
      history_complete: false,
      previous_response_id: 'msg_0',
      session_hint: '0a1b2c3d-0000-4000-8000-000000000000',
    });
    const count = call(
      'https://api.anthropic.com/v1/messages/count_tokens',
      { model: 'claude-opus-4-5', messages },
      { input_tokens: 14 },
    );
    expect(count.request.operation).toBe('count_tokens');
    expect(count).toMatchObject({ response: { usage: null, messages: [], error: null }, cost_usd: null });
  });
});

describe('anthropic-messages responses', () => {
  it('reads a whole message; cached tokens are added to the input', () => {
    const { response, cost_usd } = callOf(fixtureExchange('anthropic-messages', 'whole.json'));
    expect(response?.messages).toEqual([
      {
        role: 'assistant',
        id: 'msg_01Wh',
        parts: [
          { type: 'reasoning', text: 'Short.', signature: 'c2ln' },
          { type: 'text', text: 'Low at six.' },
          { type: 'tool_call', id: 'toolu_9', name: 'tide_at', arguments: { place: 'Husum' }, kind: 'function' },
        ],
      },
    ]);
    expect(response?.usage).toEqual({
      input_tokens: 100,
      output_tokens: 30,
      cached_input_tokens: 90,
      cache_write_tokens: 0,
      reasoning_tokens: 5,
    });
    expect(cost_usd).toBeCloseTo((10 * 3 + 90 * 0.3 + 30 * 15) / 1e6, 10);
  });

  it('joins thinking, text and tool input by block', () => {
    const { response, cost_usd } = callOf(fixtureExchange('anthropic-messages', 'thinking-tools.sse'));
    expect(response?.messages[0]?.parts).toEqual([
      { type: 'reasoning', text: 'The tide comes first.', signature: 'c2lnbmF0dXJl' },
      { type: 'reasoning', text: '', encrypted: true, signature: 'b3BhcXVl' },
      { type: 'text', text: 'Höhe des Wassers 🌊?' },
      {
        type: 'tool_call',
        id: 'toolu_1',
        name: 'tide_at',
        arguments: { place: 'Büsum', hours: [1, 2] },
        kind: 'function',
      },
      { type: 'tool_call', id: 'toolu_2', name: 'now', arguments: {}, kind: 'function' },
    ]);
    expect(response).toMatchObject({
      response_id: 'msg_01Ab',
      stop_reason: 'tool_use',
      partial: false,
      first_content_event: 3,
      unknown_events: {},
      usage: {
        input_tokens: 5320,
        output_tokens: 89,
        cached_input_tokens: 5000,
        cache_write_tokens: 300,
        cache_write_1h_tokens: 100,
      },
    });
    expect(cost_usd).toBeCloseTo((20 * 3 + 5000 * 0.3 + 200 * 3.75 + 100 * 6 + 89 * 15) / 1e6, 10);
  });

  it('finds the results of server tools in the same message, and takes later usage as cumulative', () => {
    const response = responseOf(fixtureExchange('anthropic-messages', 'server-tools.sse'));
    expect(response.messages[0]?.parts).toMatchObject([
      { type: 'tool_call', id: 'srvtoolu_1', name: 'web_search', arguments: { query: 'tides' }, server: true },
      { type: 'tool_result', tool_call_id: 'srvtoolu_1', name: 'web_search', result: [{ title: 'Tides' }] },
      { type: 'text', text: 'High at noon.' },
      { type: 'other', label: 'citations', value: [{ cited_text: 'High at noon' }] },
      { type: 'tool_call', id: 'srvtoolu_2', name: 'code_execution', server: true },
      { type: 'tool_result', tool_call_id: 'srvtoolu_2', is_error: true },
    ]);
    expect(response.usage).toMatchObject({
      input_tokens: 40 + 5100 + 300,
      cached_input_tokens: 5100,
      output_tokens: 89,
    });
  });

  it('reads compaction, MCP, uploads and the model that answered in place of another', () => {
    const response = responseOf(fixtureExchange('anthropic-messages', 'beta-blocks.sse'));
    expect(response.messages[0]?.parts).toMatchObject([
      { type: 'other', label: 'compaction', value: { content: 'So far: tides were read.', encrypted_content: 'enc0' } },
      { type: 'tool_call', id: 'mcptoolu_1', kind: 'mcp', server: true, arguments: { free: true } },
      { type: 'tool_result', tool_call_id: 'mcptoolu_1', result: '3 free' },
      { type: 'media', media: 'file', url: 'file:file_9' },
      { type: 'other', label: 'fallback' },
      { type: 'text', text: 'Done.' },
    ]);
    expect(response.model).toBe('claude-opus-5');
    // The compaction's own tokens are outside the message's totals.
    expect(response.usage).toMatchObject({ input_tokens: 5320 + 1000, output_tokens: 89 + 50 });
  });

  it('keeps and counts what it does not know', () => {
    const response = responseOf(fixtureExchange('anthropic-messages', 'unknown.sse'));
    expect(response.unknown_events).toEqual({ 'block.hologram': 1, 'delta.hologram_delta': 1, weather: 1 });
    expect(response.messages[0]?.parts).toEqual([
      {
        type: 'other',
        label: 'hologram',
        value: { type: 'hologram', beam: 7, unknown_deltas: [{ type: 'hologram_delta', beam: 8 }] },
      },
      { type: 'text', text: 'Hm.' },
    ]);
  });

  it('keeps no payload of media, however deep a result hides it', () => {
    const data = 'JVBERi0x'.repeat(40);
    const content = [
      {
        type: 'web_fetch_tool_result',
        tool_use_id: 's',
        content: {
          type: 'web_fetch_result',
          content: { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data } },
        },
      },
      { type: 'novel', picture: `data:image/png;base64,${data}` },
    ];
    const exchange = fixtureExchange('anthropic-messages', 'whole.json', {
      response: message(JSON.stringify({ type: 'message', role: 'assistant', content }), jsonHeaders),
    });
    const { messages } = responseOf(exchange);
    expect(JSON.stringify(messages)).not.toContain('JVBERi0x');
    expect(messages[0]?.parts).toMatchObject([
      { type: 'tool_result', result: { content: { source: { media_type: 'application/pdf', bytes: 240 } } } },
      {
        type: 'other',
        value: { picture: { media_type: 'image/png', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
      },
    ]);
  });

  it('keeps what came before an error', () => {
    const response = responseOf(fixtureExchange('anthropic-messages', 'error-midway.sse'));
    expect(response).toMatchObject({
      partial: true,
      error: { code: 'overloaded_error', message: 'Overloaded' },
      messages: [{ parts: [{ type: 'text', text: 'The water r' }] }],
    });
  });

  it('reads errors that come as JSON', () => {
    const exchange = fixtureExchange('anthropic-messages', 'whole.json', {
      status: 529,
      response: message(
        '{"type":"error","error":{"type":"overloaded_error","message":"Busy"},"request_id":"r"}',
        jsonHeaders,
      ),
    });
    expect(responseOf(exchange).error).toMatchObject({ code: 'overloaded_error', message: 'Busy' });
  });

  it('says where tool input is not JSON', () => {
    const stream = [
      { type: 'message_start', message: { id: 'm', model: 'x', content: [], usage: {} } },
      { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 't', name: 'n', input: {} } },
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"a":' } },
    ];
    const text = stream.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
    const exchange = fixtureExchange('anthropic-messages', 'whole.json', {
      response: message(text, [['content-type', 'text/event-stream']]),
      state: 'aborted',
    });
    const response = responseOf(exchange);
    expect(response.partial).toBe(true);
    expect(response.messages[0]?.parts).toEqual([
      { type: 'tool_call', id: 't', name: 'n', arguments: '{"a":', invalid_json: true, kind: 'function' },
    ]);
  });
});

describe('anthropic-messages matching', () => {
  it('is told by path or shape, not by host', () => {
    const urls = [
      'http://127.0.0.1:9/v1/messages',
      'https://gateway.example/team/anthropic/v1/messages?beta=true',
      'https://europe.example/v1/projects/p/locations/l/publishers/anthropic/models/claude:streamRawPredict',
    ];
    for (const url of urls) {
      expect(decode(fixtureExchange('anthropic-messages', 'thinking-tools.sse', { url })).format).toBe(
        'anthropic-messages',
      );
    }
  });

  it('leaves other paths that end alike alone', () => {
    const exchange = fixtureExchange('anthropic-messages', 'whole.json', {
      url: 'https://chat.example/api/messages',
      request: message('{"messages":["hello"],"room":4}', jsonHeaders),
      response: message('{"ok":true}', jsonHeaders),
    });
    expect(decode(exchange)).toMatchObject({ format: 'http', call: null, decode_error: null });
  });
});

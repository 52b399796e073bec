import { readFileSync } from 'node:fs';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { describe, expect, it } from 'vitest';
import { knownEvents } from '../../../../src/main/decode/formats/openai-responses-events.js';
import {
  bytes,
  callOf,
  decode,
  fixture,
  fixtureExchange,
  jsonHeaders,
  message,
  responseOf,
  sseHeaders,
} from '../support.js';

describe('openai-responses requests', () => {
  const { request } = callOf(fixtureExchange('openai-responses', 'whole.json'));

  it('reads what continues an earlier response', () => {
    expect(request).toMatchObject({
      model: 'gpt-5.2',
      stream: true,
      history_complete: false,
      previous_response_id: 'resp_76',
      session_hint: '018f6b1e-8a2b-7c3d-9e4f-0123456789ab',
      operation: 'chat',
    });
    expect(Object.keys(request.params)).toEqual(['store', 'prompt_cache_key', 'reasoning']);
  });

  it('names every kind of tool', () => {
    expect(request.tools.map(({ name, kind }) => [name, kind])).toEqual([
      ['count_birds', 'function'],
      ['web_search', 'web_search'],
      ['harbour', 'mcp'],
      ['coast.tide', 'function'],
      ['apply', 'custom'],
    ]);
  });

  it('groups the items of one response into one message and keeps results apart', () => {
    expect(request.messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'developer',
      'assistant',
      'tool',
      'tool',
      'assistant',
    ]);
    expect(request.messages[3]).toEqual({
      role: 'assistant',
      id: 'msg_0',
      parts: [
        { type: 'reasoning', text: '', encrypted: true, signature: 'gAAAA-old' },
        { type: 'text', text: 'Let me look.' },
        { type: 'tool_call', id: 'call_a', name: 'coast.count_birds', arguments: { kind: 'gull' }, kind: 'function' },
        { type: 'tool_call', id: 'call_b', name: 'count_birds', arguments: {}, kind: 'function' },
      ],
    });
    expect(request.messages[4]?.parts).toEqual([{ type: 'tool_result', tool_call_id: 'call_a', result: '12' }]);
    expect(request.messages[5]?.parts).toEqual([
      {
        type: 'tool_result',
        tool_call_id: 'call_b',
        result: [
          { type: 'text', text: 'none' },
          { type: 'media', media: 'image', media_type: 'image/png', bytes: 8, sha256: expect.any(String) },
        ],
      },
    ]);
    expect(request.messages[6]?.parts).toEqual([
      { type: 'other', label: 'novel_item', value: { type: 'novel_item', payload: { a: 1 } } },
    ]);
  });

  it('knows conversations, plain text input, compaction and token counts', () => {
    const call = (url: string, body: object, answer: object) =>
      callOf(
        fixtureExchange('openai-responses', 'whole.json', {
          url,
          request: message(JSON.stringify(body), jsonHeaders),
          response: message(JSON.stringify(answer), jsonHeaders),
        }),
      );
    const base = 'https://gateway.example/x/v1/responses';
    const talk = call(
      base,
      { model: 'm', input: 'hi', conversation: { id: 'conv_1' } },
      { object: 'response', output: [] },
    );
    expect(talk.request).toMatchObject({ conversation_id: 'conv_1', history_complete: false });
    expect(talk.request.messages).toEqual([{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }]);
    const compact = call(
      `${base}/compact`,
      { model: 'm', input: [] },
      {
        id: 'resp_c',
        object: 'response.compaction',
        output: [{ type: 'compaction', id: 'cmp_1', encrypted_content: 'enc' }],
        usage: { input_tokens: 5, output_tokens: 2 },
      },
    );
    expect(compact.request.operation).toBe('compact');
    expect(compact.response?.messages[0]?.parts[0]).toMatchObject({ type: 'other', label: 'compaction' });
    const count = call(
      `${base}/input_tokens`,
      { model: 'm', input: 'hi' },
      { object: 'response.input_tokens', input_tokens: 9 },
    );
    expect(count.request.operation).toBe('count_tokens');
    expect(count).toMatchObject({ response: { usage: null, messages: [] }, cost_usd: null });
  });
});

const manyParts = [
  { type: 'reasoning', text: 'Counting the gulls.\n\nThen the terns.', signature: 'gAAAAB-opaque' },
  {
    type: 'tool_call',
    id: 'ws_1',
    name: 'web_search',
    arguments: { type: 'search', query: 'terns of the north sea' },
    server: true,
    kind: 'web_search',
  },
  { type: 'tool_result', tool_call_id: 'ws_1', name: 'web_search', result: { status: 'completed' } },
  { type: 'text', text: 'Möwen: 12 — 🐦' },
  { type: 'other', label: 'annotations', value: [expect.objectContaining({ type: 'url_citation' })], remark: true },
  { type: 'tool_call', id: 'call_terns', name: 'count_birds', arguments: { kind: 'tern' }, kind: 'function' },
  { type: 'tool_call', id: 'call_patch', name: 'apply', arguments: '*** Begin\n+tern', kind: 'custom' },
  {
    type: 'tool_call',
    id: 'mcp_1',
    name: 'tide',
    arguments: { at: 'noon' },
    server: true,
    kind: 'mcp',
    server_name: 'harbour',
  },
  { type: 'tool_result', tool_call_id: 'mcp_1', name: 'tide', result: 'high' },
  {
    type: 'tool_call',
    id: 'ci_1',
    name: 'code_interpreter',
    arguments: { code: 'print(12+30)', container_id: 'cntr_1' },
    server: true,
    kind: 'code_interpreter',
  },
  {
    type: 'tool_result',
    tool_call_id: 'ci_1',
    name: 'code_interpreter',
    result: [{ type: 'logs', logs: '42\n' }],
  },
];

describe('openai-responses responses', () => {
  it('reads a whole response', () => {
    const { response, cost_usd } = callOf(fixtureExchange('openai-responses', 'whole.json'));
    expect(response).toMatchObject({
      response_id: 'resp_77',
      model: 'gpt-5.2-2025-12-11',
      stop_reason: 'completed',
      partial: false,
      error: null,
      unknown_events: {},
      usage: {
        input_tokens: 2400,
        output_tokens: 210,
        cached_input_tokens: 2048,
        cache_write_tokens: 100,
        reasoning_tokens: 128,
      },
    });
    expect(response?.messages).toEqual([{ role: 'assistant', id: 'msg_1', parts: manyParts }]);
    expect(cost_usd).toBeCloseTo((352 * 1.75 + 2048 * 0.175 + 210 * 14) / 1e6, 10);
  });

  it('reads the same from the stream', () => {
    const whole = responseOf(fixtureExchange('openai-responses', 'whole.json'));
    const streamed = responseOf(fixtureExchange('openai-responses', 'many-items.sse'));
    expect(streamed).toEqual({ ...whole, first_content_event: 4 });
  });

  it('joins the same from the deltas alone, in any order, without the closing output', () => {
    const events = Buffer.from(fixture('openai-responses/many-items.sse'))
      .toString('utf8')
      .split('\n\n')
      .filter(Boolean);
    const kept = events.filter(
      (event) => !/^event: response\.(output_item\.done|completed|content_part\.done)/.test(event),
    );
    const shuffled = [...kept.filter((_, i) => i % 2 === 1), ...kept.filter((_, i) => i % 2 === 0)];
    const exchange = fixtureExchange('openai-responses', 'many-items.sse', {
      response: message(bytes(shuffled.map((event) => `${event}\n\n`).join('')), sseHeaders),
    });
    const { messages, partial } = responseOf(exchange);
    expect(partial).toBe(true);
    const parts = messages[0]?.parts.map((part) =>
      part.type === 'reasoning' ? { ...part, signature: 'gAAAAB-opaque' } : part,
    );
    // The results of the code interpreter come with its `done` event only.
    expect(parts).toEqual([
      ...manyParts.slice(0, 7),
      { ...manyParts[7] },
      { ...manyParts[9] },
      { ...manyParts[10], result: { status: 'completed' } },
    ]);
  });

  it('reads incomplete, failed and broken streams', () => {
    const text = [{ type: 'text', text: 'Half a sentence' }];
    const incomplete = responseOf(fixtureExchange('openai-responses', 'incomplete.sse'));
    expect(incomplete).toMatchObject({ stop_reason: 'max_output_tokens', partial: false, error: null });
    expect(incomplete.messages[0]?.parts).toEqual(text);
    const failed = responseOf(fixtureExchange('openai-responses', 'failed.sse'));
    expect(failed).toMatchObject({
      stop_reason: 'failed',
      partial: false,
      error: { code: 'rate_limit_exceeded', message: 'Slow down' },
    });
    expect(failed.messages[0]?.parts).toEqual(text);
    const broken = responseOf(fixtureExchange('openai-responses', 'error.sse'));
    expect(broken).toMatchObject({ stop_reason: null, partial: true, error: { code: 'server_error' } });
    expect(broken.messages[0]?.parts).toEqual(text);
  });

  it('keeps streamed items where the closing event leaves them out, and counts unknown events', () => {
    const response = responseOf(fixtureExchange('openai-responses', 'codex-empty-output.sse'));
    expect(response.messages[0]?.parts).toEqual([{ type: 'text', text: 'Half a sentence' }]);
    expect(response).toMatchObject({ partial: false, unknown_events: { 'codex.rate_limits': 1 } });
  });

  it('keeps items it does not know', () => {
    const item = { type: 'telepathy_call', id: 't_1', thought: 'hm' };
    const exchange = fixtureExchange('openai-responses', 'whole.json', {
      response: message(
        JSON.stringify({ id: 'r', object: 'response', status: 'completed', output: [item] }),
        jsonHeaders,
      ),
    });
    const response = responseOf(exchange);
    expect(response.messages[0]?.parts).toEqual([{ type: 'other', label: 'telepathy_call', value: item }]);
    expect(response.unknown_events).toEqual({ 'item.telepathy_call': 1 });
  });

  it('reads shell, patch, image and computer items', () => {
    const output = [
      {
        type: 'shell_call',
        id: 'sh_1',
        call_id: 'call_s',
        action: { commands: ['ls'] },
        environment: { type: 'container_reference' },
        status: 'completed',
      },
      {
        type: 'shell_call_output',
        id: 'sho_1',
        call_id: 'call_s',
        output: [{ stdout: 'a\n', stderr: '', outcome: { type: 'exit', exit_code: 0 } }],
      },
      {
        type: 'apply_patch_call',
        id: 'ap_1',
        call_id: 'call_p',
        operation: { type: 'delete_file', path: 'a' },
        status: 'completed',
      },
      { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: 'iVBORw0KGgo=', output_format: 'png' },
      { type: 'computer_call', id: 'cu_1', call_id: 'call_c', actions: [{ type: 'screenshot' }], status: 'completed' },
      {
        type: 'local_shell_call',
        id: 'ls_1',
        call_id: 'call_l',
        action: { type: 'exec', command: ['ls'] },
        status: 'completed',
      },
    ];
    const exchange = fixtureExchange('openai-responses', 'whole.json', {
      response: message(JSON.stringify({ id: 'r', object: 'response', status: 'completed', output }), jsonHeaders),
    });
    const response = responseOf(exchange);
    expect(response.unknown_events).toEqual({});
    expect(response.messages[0]?.parts).toMatchObject([
      { type: 'tool_call', id: 'call_s', name: 'shell', server: true },
      { type: 'tool_result', tool_call_id: 'call_s' },
      { type: 'tool_call', id: 'call_p', name: 'apply_patch' },
      { type: 'tool_call', id: 'ig_1', name: 'image_generation', server: true },
      { type: 'tool_result', tool_call_id: 'ig_1', result: { type: 'media', media_type: 'image/png', bytes: 8 } },
      { type: 'tool_call', id: 'call_c', name: 'computer' },
      { type: 'tool_call', id: 'call_l', name: 'local_shell' },
    ]);
    expect(JSON.stringify(response)).not.toContain('iVBORw0KGgo');
  });

  it('knows every event of the vendor’s SDK', () => {
    // Fails to compile when the SDK gains an event that is not named here.
    const all = {
      'response.audio.delta': 1,
      'response.audio.done': 1,
      'response.audio.transcript.delta': 1,
      'response.audio.transcript.done': 1,
      'response.code_interpreter_call_code.delta': 1,
      'response.code_interpreter_call_code.done': 1,
      'response.code_interpreter_call.completed': 1,
      'response.code_interpreter_call.in_progress': 1,
      'response.code_interpreter_call.interpreting': 1,
      'response.compaction.compacting': 1,
      'response.completed': 1,
      'response.content_part.added': 1,
      'response.content_part.done': 1,
      'response.created': 1,
      error: 1,
      'response.file_search_call.completed': 1,
      'response.file_search_call.in_progress': 1,
      'response.file_search_call.searching': 1,
      'response.function_call_arguments.delta': 1,
      'response.function_call_arguments.done': 1,
      'response.shell_call_command.added': 1,
      'response.shell_call_command.delta': 1,
      'response.shell_call_command.done': 1,
      'response.shell_call_output_content.delta': 1,
      'response.shell_call_output_content.done': 1,
      'response.in_progress': 1,
      'response.failed': 1,
      'response.incomplete': 1,
      'response.output_item.added': 1,
      'response.output_item.done': 1,
      'response.reasoning_summary_part.added': 1,
      'response.reasoning_summary_part.done': 1,
      'response.reasoning_summary_text.delta': 1,
      'response.reasoning_summary_text.done': 1,
      'response.reasoning_text.delta': 1,
      'response.reasoning_text.done': 1,
      'response.refusal.delta': 1,
      'response.refusal.done': 1,
      'response.output_text.delta': 1,
      'response.output_text.done': 1,
      'response.web_search_call.completed': 1,
      'response.web_search_call.in_progress': 1,
      'response.web_search_call.searching': 1,
      'response.image_generation_call.completed': 1,
      'response.image_generation_call.generating': 1,
      'response.image_generation_call.in_progress': 1,
      'response.image_generation_call.partial_image': 1,
      'response.mcp_call_arguments.delta': 1,
      'response.mcp_call_arguments.done': 1,
      'response.mcp_call.completed': 1,
      'response.mcp_call.failed': 1,
      'response.mcp_call.in_progress': 1,
      'response.mcp_list_tools.completed': 1,
      'response.mcp_list_tools.failed': 1,
      'response.mcp_list_tools.in_progress': 1,
      'response.output_text.annotation.added': 1,
      'response.queued': 1,
      'response.custom_tool_call_input.delta': 1,
      'response.custom_tool_call_input.done': 1,
    } satisfies Record<ResponseStreamEvent['type'], 1>;
    expect(Object.keys(all).filter((type) => !knownEvents.has(type))).toEqual([]);
  });
});

describe('openai-responses matching', () => {
  it('is told by path suffix behind any host, and by the shape of the answer', () => {
    for (const url of [
      'http://localhost:1/v1/responses',
      'https://chatgpt.example/backend-api/codex/responses',
      'https://x.example/anything',
    ]) {
      expect(decode(fixtureExchange('openai-responses', 'many-items.sse', { url })).format).toBe('openai-responses');
    }
  });
});

describe('the events of a response', () => {
  it('are all known that the vendor’s package declares, over HTTP and over a socket', () => {
    const path = new URL('../../../../node_modules/openai/resources/responses/responses.d.ts', import.meta.url);
    const declared = new Set(
      [...readFileSync(path, 'utf8').matchAll(/^ {4,8}type: '(response\.[a-z_.]+)';$/gm)].map(
        ([, type]) => type as string,
      ),
    );
    for (const request of ['response.create', 'response.steer']) expect(declared.delete(request)).toBe(true);
    expect(declared.size).toBeGreaterThanOrEqual(59);
    expect([...declared].filter((type) => !knownEvents.has(type))).toEqual([]);
  });
});

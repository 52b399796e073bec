import { describe, expect, it } from 'vitest';
import type { DecodedResponse } from '../../../../src/shared/model/index.js';
import { chunkMessage } from '../../../support/event-stream.js';
import { captured, decode, jsonHeaders, message, responseOf, sseHeaders } from '../support.js';

const chatUrl = 'https://models.example.test/v1/chat/completions';
const responsesUrl = 'https://models.example.test/v1/responses';
const messagesUrl = 'https://models.example.test/v1/messages';
const bedrock = 'https://bedrock-runtime.eu-west-1.amazonaws.com/model';
const google = 'https://generativelanguage.googleapis.com/v1beta/models/gemini-3-pro:generateContent';
const vertex =
  'https://aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/gemini-3-pro:generateContent';
const asked = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'go' }] };

const stream = (...events: unknown[]) =>
  message(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''), sseHeaders);

function streamed(url: string, request: unknown, ...events: unknown[]): DecodedResponse {
  return responseOf(
    captured({ url, request: message(JSON.stringify(request), jsonHeaders), response: stream(...events) }),
  );
}

function answered(url: string, request: unknown, response: unknown, headers = jsonHeaders): DecodedResponse {
  const sent = message(JSON.stringify(request), jsonHeaders);
  return responseOf(captured({ url, request: sent, response: message(JSON.stringify(response), headers) }));
}

const partsOf = (response: DecodedResponse) => response.messages[0]?.parts;

describe('Anthropic messages that gateways put together', () => {
  const block = (index: number, content_block: unknown) => ({ type: 'content_block_start', index, content_block });
  const text = (index: number, words: string) => ({
    type: 'content_block_delta',
    index,
    delta: { type: 'text_delta', text: words },
  });
  const start = (id: string, content: unknown[] = []) => ({
    type: 'message_start',
    message: { id, model: 'claude-x', role: 'assistant', content, usage: { input_tokens: 4, output_tokens: 0 } },
  });
  const end = [
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 6 } },
    { type: 'message_stop' },
  ];
  const tool = { type: 'tool_use', id: 'toolu_1', name: 'open_lock', input: { gate: 'west' } };

  it('whole in their start event, also where the events say it again', () => {
    expect(partsOf(streamed(messagesUrl, asked, start('msg_1', [tool]), ...end))).toMatchObject([
      { type: 'tool_call', id: 'toolu_1', name: 'open_lock', arguments: { gate: 'west' } },
    ]);
    const said = { type: 'text', text: 'Gate open.' };
    const events = [block(0, { type: 'text', text: '' }), text(0, 'Gate open.')];
    expect(partsOf(streamed(messagesUrl, asked, start('msg_1', [said]), ...events, ...end))).toEqual([said]);
  });

  it('two blocks with one index', () => {
    const events = [
      block(0, { type: 'text', text: '' }),
      text(0, 'First the lock.'),
      { type: 'content_block_stop', index: 0 },
      block(0, { ...tool, input: {} }),
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"gate":"east"}' } },
      { type: 'content_block_stop', index: 0 },
    ];
    expect(partsOf(streamed(messagesUrl, asked, start('msg_1'), ...events, ...end))).toMatchObject([
      { type: 'text', text: 'First the lock.' },
      { type: 'tool_call', id: 'toolu_1', arguments: { gate: 'east' } },
    ]);
  });

  it('a second attempt after one that broke off', () => {
    const first = [start('msg_old'), block(0, { type: 'text', text: '' }), text(0, 'Half a'), block(1, tool)];
    const second = [start('msg_new'), block(0, { type: 'text', text: '' }), text(0, 'Whole.'), ...end];
    const response = streamed(messagesUrl, asked, ...first, ...second);
    expect(response).toMatchObject({ response_id: 'msg_new', stop_reason: 'end_turn', partial: false });
    expect(partsOf(response)).toEqual([{ type: 'text', text: 'Whole.' }]);
    expect(response.usage).toMatchObject({ input_tokens: 4, output_tokens: 6 });
  });

  it('the tokens of a compaction beside those of the answer', () => {
    const iterations = [
      { type: 'compaction', input_tokens: 1800, output_tokens: 35 },
      { type: 'message', input_tokens: 4, output_tokens: 6 },
    ];
    const delta = {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn' },
      usage: { output_tokens: 6, iterations },
    };
    const response = streamed(messagesUrl, asked, start('msg_1'), delta, { type: 'message_stop' });
    expect(response.usage).toMatchObject({ input_tokens: 1804, output_tokens: 41 });
  });

  it('name the server that the vendor asked', () => {
    const content = [{ type: 'mcp_tool_use', id: 'mcptoolu_1', name: 'tide', server_name: 'harbour', input: {} }];
    const response = answered(messagesUrl, asked, { type: 'message', id: 'msg_1', role: 'assistant', content });
    expect(partsOf(response)).toMatchObject([{ type: 'tool_call', server: true, kind: 'mcp', server_name: 'harbour' }]);
  });
});

describe('chat completions of look-alikes', () => {
  const delta = (value: object, finish: string | null = null) => ({
    id: 'c1',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: value, finish_reason: finish }],
  });
  const call = (value: object) => delta({ tool_calls: [value] });
  const chat = (...events: unknown[]) => partsOf(streamed(chatUrl, asked, ...events, delta({}, 'tool_calls')));

  it('an index that grows with each piece of one call', () => {
    const parts = chat(
      call({ index: 0, id: 'call_a', function: { name: 'sow', arguments: '{"bed":' } }),
      call({ index: 1, function: { arguments: '3,' } }),
      call({ index: 2, function: { arguments: '"seed":"rye"}' } }),
      call({ index: 3, id: 'call_b', function: { name: 'reap', arguments: '{"bed":' } }),
      call({ index: 4, function: { arguments: '4}' } }),
    );
    expect(parts).toMatchObject([
      { id: 'call_a', name: 'sow', arguments: { bed: 3, seed: 'rye' } },
      { id: 'call_b', name: 'reap', arguments: { bed: 4 } },
    ]);
    expect(parts).toHaveLength(2);
  });

  it.each([
    ['pieces', ['so', 'w_', 'rye']],
    ['growing', ['so', 'sow_', 'sow_rye']],
    ['repeated', ['sow_rye', 'sow_rye', 'sow_rye']],
  ])('a name that comes in %s', (_, names) => {
    const parts = chat(
      ...names.map((name, at) => call({ index: 0, ...(at === 0 && { id: 'call_a' }), function: { name } })),
      call({ index: 0, function: { arguments: '{"bed":1}' } }),
    );
    expect(parts).toMatchObject([{ id: 'call_a', name: 'sow_rye', arguments: { bed: 1 } }]);
  });

  it('every field of their struct, empty', () => {
    const empty = { custom: { name: '', input: '' }, function_call: { name: '', arguments: '' }, audio: { id: '' } };
    const function_ = { name: 'sow', arguments: '{"bed":1}' };
    const whole = { id: 'call_a', type: 'function', function: function_, custom: empty.custom };
    const expected = [{ type: 'tool_call', id: 'call_a', name: 'sow', arguments: { bed: 1 }, kind: 'function' }];
    expect(chat(delta({ ...empty, refusal: '', tool_calls: [{ index: 0, ...whole }] }))).toEqual(expected);
    const sent = { role: 'assistant', content: '', ...empty, tool_calls: [whole] };
    const choices = [{ index: 0, message: sent, finish_reason: 'tool_calls' }];
    expect(partsOf(answered(chatUrl, asked, { id: 'c1', choices }))).toEqual(expected);
  });

  it('fields that are not known: a label is said once, a text is joined, each is counted once', () => {
    const words = ['Sow', ' the', ' rye'];
    const response = streamed(
      chatUrl,
      asked,
      ...words.map((content) => delta({ content, channel: 'final', whisper: content })),
      delta({ channel: 'final' }, 'stop'),
    );
    expect(partsOf(response)).toEqual([
      { type: 'text', text: 'Sow the rye' },
      { type: 'other', label: 'channel', value: 'final', remark: true },
      { type: 'other', label: 'whisper', value: 'Sow the rye', remark: true },
    ]);
    expect(response.unknown_events).toEqual({ 'delta.channel': 1, 'delta.whisper': 1 });
  });

  it('tools that the server ran itself', () => {
    const tool = { index: 0, type: 'search', arguments: '{"query":"rye"}' };
    const expected = [
      { type: 'tool_call', id: 'executed:0', name: 'search', arguments: { query: 'rye' }, server: true },
      { type: 'tool_result', tool_call_id: 'executed:0', name: 'search', result: 'It is a grain.' },
      { type: 'text', text: 'A grain.' },
    ];
    const parts = chat(
      delta({ executed_tools: [tool] }),
      delta({ executed_tools: [{ ...tool, output: 'It is a grain.' }] }),
      delta({ content: 'A grain.' }),
    );
    expect(parts).toHaveLength(3);
    expect(parts).toEqual(expect.arrayContaining(expected.map((part) => expect.objectContaining(part))));
  });
});

describe('responses', () => {
  const request = { model: 'm', input: 'go' };
  const item = (value: object) => ({ type: 'response.output_item.done', output_index: 0, item: value });

  it('several message items stay several, with their phase', () => {
    const output = ['commentary', 'final_answer'].map((phase, at) => ({
      type: 'message',
      id: `msg_${at}`,
      role: 'assistant',
      phase,
      content: [{ type: 'output_text', text: `Words ${at}.` }],
    }));
    expect(partsOf(answered(responsesUrl, request, { id: 'resp_1', status: 'completed', output }))).toEqual([
      { type: 'text', text: 'Words 0.', phase: 'commentary' },
      { type: 'text', text: 'Words 1.', phase: 'final_answer', begins: true },
    ]);
    const sentBack = captured({
      url: responsesUrl,
      request: message(
        JSON.stringify({ model: 'm', input: [...output, { role: 'user', content: 'on' }] }),
        jsonHeaders,
      ),
      response: null,
    });
    expect(decode(sentBack).call?.request.messages[0]?.parts).toEqual([
      { type: 'text', text: 'Words 0.', phase: 'commentary' },
      { type: 'text', text: 'Words 1.', phase: 'final_answer', begins: true },
    ]);
  });

  it('a diff that was on its way when the stream was cut', () => {
    const added = {
      type: 'apply_patch_call',
      id: 'apc_1',
      call_id: 'call_1',
      operation: { type: 'update_file', path: 'a' },
    };
    const diff = (delta: string) => ({
      type: 'response.apply_patch_call_operation_diff.delta',
      item_id: 'apc_1',
      output_index: 0,
      delta,
    });
    const begin = { type: 'response.output_item.added', output_index: 0, item: added };
    const response = streamed(responsesUrl, request, begin, diff('-one\n'), diff('+two\n'));
    expect(response).toMatchObject({ partial: true, unknown_events: {} });
    expect(partsOf(response)).toMatchObject([{ name: 'apply_patch', arguments: { path: 'a', diff: '-one\n+two\n' } }]);
  });

  it.each([
    ['tide', 'tide', 'tide'],
    ['mcp__harbour', 'mcp__harbour__tide', 'mcp__harbour__tide'],
    ['harbour', 'harbour.tide', 'harbour.tide'],
    ['harbour', 'tide', 'harbour.tide'],
    ['har', 'harbour', 'har.harbour'],
  ])('a namespace %s before the name %s', (namespace, name, expected) => {
    const call = { type: 'function_call', call_id: 'call_1', namespace, name, arguments: '{}' };
    expect(partsOf(streamed(responsesUrl, request, item(call)))).toMatchObject([{ name: expected }]);
  });

  it('a search that xAI ran', () => {
    const search = { type: 'x_search_call', id: 'xs_1', status: 'completed', arguments: '{"query":"rye"}' };
    const response = streamed(responsesUrl, request, item(search));
    expect(response.unknown_events).toEqual({});
    expect(partsOf(response)).toMatchObject([
      { type: 'tool_call', name: 'x_search', arguments: { query: 'rye' }, server: true },
      { type: 'tool_result', name: 'x_search', result: { status: 'completed' } },
    ]);
  });
});

describe('Gemini with enums as numbers', () => {
  const answer = (finishReason: number) => ({
    candidates: [{ content: { role: 'model', parts: [{ text: 'so' }] }, finishReason }],
  });
  it.each([
    [google, 1, 'STOP'],
    [google, 10, 'MALFORMED_FUNCTION_CALL'],
    [vertex, 9, 'MALFORMED_FUNCTION_CALL'],
    [vertex, 2, 'MAX_TOKENS'],
    [google, 99, '99'],
  ])('%s %i is %s', (url, number, name) => {
    const request = { contents: [{ role: 'user', parts: [{ text: 'go' }] }] };
    expect(answered(url, request, answer(number))).toMatchObject({ stop_reason: name, partial: false });
  });

  it('usage over several chunks is the largest of each count', () => {
    const chunk = (text: string, usageMetadata: object, finishReason?: string) => ({
      candidates: [{ content: { parts: [{ text }] }, finishReason }],
      usageMetadata,
    });
    const request = { contents: [{ role: 'user', parts: [{ text: 'go' }] }] };
    const response = streamed(
      google.replace('generateContent', 'streamGenerateContent?alt=sse'),
      request,
      chunk('a', { promptTokenCount: 7, candidatesTokenCount: 5, totalTokenCount: 12 }),
      chunk('b', { promptTokenCount: 7, candidatesTokenCount: 0, totalTokenCount: 7 }, 'STOP'),
    );
    expect(response.usage).toMatchObject({ input_tokens: 7, output_tokens: 5 });
  });
});

describe('Bedrock InvokeModel', () => {
  const invoke = (model: string, request: object, response: object, headers = jsonHeaders) =>
    answered(`${bedrock}/${model}/invoke`, request, response, headers);
  const bodies: [string, object, object, object][] = [
    [
      'amazon.nova-lite-v1:0',
      { messages: [{ role: 'user', content: [{ text: 'go' }] }] },
      {
        output: { message: { role: 'assistant', content: [{ text: 'Gone.' }] } },
        stopReason: 'end_turn',
        usage: { inputTokens: 3, outputTokens: 2 },
      },
      { stop_reason: 'end_turn', usage: { input_tokens: 3, output_tokens: 2 } },
    ],
    [
      'amazon.titan-text-lite-v1',
      { inputText: 'go' },
      { inputTextTokenCount: 6, results: [{ tokenCount: 3, outputText: 'Gone.', completionReason: 'FINISH' }] },
      { stop_reason: 'FINISH', usage: { input_tokens: 6, output_tokens: 3 } },
    ],
    [
      'us.meta.llama4-scout-v1:0',
      { prompt: 'go' },
      { generation: 'Gone.', prompt_token_count: 4, generation_token_count: 2, stop_reason: 'stop' },
      { stop_reason: 'stop', usage: { input_tokens: 4, output_tokens: 2 } },
    ],
    [
      'cohere.command-r-v1:0',
      { message: 'go', chat_history: [{ role: 'USER', message: 'before' }] },
      { text: 'Gone.', generation_id: 'g1', response_id: 'r1', finish_reason: 'COMPLETE' },
      { response_id: 'g1', stop_reason: 'COMPLETE' },
    ],
    [
      'cohere.command-text-v14',
      { prompt: 'go' },
      { id: 'c1', generations: [{ id: 'x', text: 'Gone.', finish_reason: 'COMPLETE' }] },
      { response_id: 'c1', stop_reason: 'COMPLETE' },
    ],
    [
      'ai21.j2-mid-v1',
      { prompt: 'go' },
      { id: 1234, completions: [{ data: { text: 'Gone.' }, finishReason: { reason: 'endoftext' } }] },
      { response_id: '1234', stop_reason: 'endoftext' },
    ],
    [
      'mistral.mistral-7b-instruct-v0:2',
      { prompt: '<s>[INST] go [/INST]' },
      { outputs: [{ text: 'Gone.', stop_reason: 'stop' }] },
      { stop_reason: 'stop' },
    ],
    [
      'us.deepseek.r1-v1:0',
      { prompt: 'go' },
      { choices: [{ text: 'Gone.', stop_reason: 'stop' }] },
      { stop_reason: 'stop' },
    ],
    [
      'ai21.jamba-1-5-mini-v1:0',
      { messages: [{ role: 'user', content: 'go' }] },
      {
        id: 'j1',
        choices: [{ index: 0, message: { role: 'assistant', content: 'Gone.' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 },
      },
      { response_id: 'j1', stop_reason: 'stop', usage: { input_tokens: 4, output_tokens: 2 } },
    ],
  ];

  it.each(bodies)('reads %s', (model, request, response, expected) => {
    const read = invoke(encodeURIComponent(model), request, response);
    expect(read).toMatchObject(expected);
    expect(partsOf(read)).toEqual([{ type: 'text', text: 'Gone.' }]);
    const url = `${bedrock}/${encodeURIComponent(model)}/invoke`;
    const { call } = decode(captured({ url, request: message(JSON.stringify(request), jsonHeaders), response: null }));
    expect(call?.request.model).toBe(model);
    expect(call?.request.messages.at(-1)).toMatchObject({ role: 'user', parts: [{ type: 'text' }] });
  });

  it('counts tokens by the headers where the body has none', () => {
    const headers = [
      ...jsonHeaders,
      ['X-Amzn-Bedrock-Input-Token-Count', '9'],
      ['x-amzn-bedrock-output-token-count', '2'],
    ];
    const response = { outputs: [{ text: 'Gone.', stop_reason: 'stop' }] };
    expect(invoke('mistral.m', { prompt: 'go' }, response, headers as typeof jsonHeaders).usage).toEqual({
      input_tokens: 9,
      output_tokens: 2,
    });
  });

  it.each([
    ['amazon.titan-embed-text-v2:0', { inputText: 'rye' }, { embedding: [0.1], inputTextTokenCount: 2 }],
    ['cohere.embed-english-v3', { texts: ['rye'], input_type: 'search_query' }, { id: 'e', embeddings: [[0.1]] }],
  ])('embeddings of %s', (model, request, response) => {
    const { call } = decode(
      captured({
        url: `${bedrock}/${encodeURIComponent(model)}/invoke`,
        request: message(JSON.stringify(request), jsonHeaders),
        response: message(JSON.stringify(response), jsonHeaders),
      }),
    );
    expect(call?.request.operation).toBe('embeddings');
    expect(call?.response).toMatchObject({ messages: [], error: null, partial: false });
  });

  const streams: [string, object, object[], object][] = [
    [
      'amazon.nova-lite-v1%3A0',
      { messages: [{ role: 'user', content: [{ text: 'go' }] }] },
      [
        { messageStart: { role: 'assistant' } },
        { contentBlockDelta: { delta: { text: 'Go' }, contentBlockIndex: 0 } },
        { contentBlockDelta: { delta: { text: 'ne.' }, contentBlockIndex: 0 } },
        { messageStop: { stopReason: 'end_turn' } },
        { metadata: { usage: { inputTokens: 3, outputTokens: 2 } } },
      ],
      { stop_reason: 'end_turn', usage: { input_tokens: 3, output_tokens: 2 } },
    ],
    [
      'meta.llama4',
      { prompt: 'go' },
      [
        { generation: 'Go', prompt_token_count: 4, generation_token_count: 1, stop_reason: null },
        { generation: 'ne.', prompt_token_count: null, generation_token_count: 2, stop_reason: 'stop' },
        { 'amazon-bedrock-invocationMetrics': { inputTokenCount: 4, outputTokenCount: 2 } },
      ],
      { stop_reason: 'stop', usage: { input_tokens: 4, output_tokens: 2 } },
    ],
    [
      'cohere.command-r',
      { message: 'go' },
      [
        { event_type: 'stream-start', generation_id: 'g1' },
        { event_type: 'text-generation', text: 'Go' },
        { event_type: 'text-generation', text: 'ne.' },
        { event_type: 'stream-end', finish_reason: 'COMPLETE', response: { text: 'Gone.', generation_id: 'g1' } },
      ],
      { response_id: 'g1', stop_reason: 'COMPLETE' },
    ],
  ];
  it.each(streams)('joins the stream of %s', (model, request, chunks, expected) => {
    const body = Buffer.concat(chunks.map((chunk) => chunkMessage(chunk)));
    const response = responseOf(
      captured({
        url: `${bedrock}/${model}/invoke-with-response-stream`,
        request: message(JSON.stringify(request), jsonHeaders),
        response: message(body, [['content-type', 'application/vnd.amazon.eventstream']]),
      }),
    );
    expect(response).toMatchObject({ ...expected, partial: false, unknown_events: {} });
    expect(partsOf(response)).toEqual([{ type: 'text', text: 'Gone.' }]);
  });

  it('an answer of a family that is not known counts as a call that was not read', () => {
    const decoded = decode(
      captured({
        url: `${bedrock}/new.model/invoke`,
        request: message('{"prompt":"go"}', jsonHeaders),
        response: message('{"words":"Gone."}', jsonHeaders),
      }),
    );
    expect(decoded.call).toBeNull();
    expect(decoded.decode_error?.message).toContain('bedrock-invoke');
  });
});

import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/shared/model/index.js';
import { read, start, type TestSpan } from './support.js';

const text = (words: string) => ({ type: 'text', text: words });
const asked = {
  type: 'tool_call',
  id: 'call_weather_paris',
  name: 'weather',
  arguments: { city: 'Paris' },
};
/** What every convention below tells of the same call. */
const conversation = [
  { role: 'system', parts: [text('Be brief.')] },
  { role: 'user', parts: [text('Weather in Paris?')] },
  { role: 'assistant', parts: [asked] },
  { role: 'tool', parts: [{ type: 'tool_result', tool_call_id: 'call_weather_paris', result: 'rain' }] },
];
const answer = [{ role: 'assistant', parts: [text('It rains.')] }];

const structured = {
  'gen_ai.system_instructions': [{ type: 'text', content: 'Be brief.' }],
  'gen_ai.input.messages': [
    { role: 'user', parts: [{ type: 'text', content: 'Weather in Paris?' }] },
    {
      role: 'assistant',
      parts: [{ type: 'tool_call', id: 'call_weather_paris', name: 'weather', arguments: { city: 'Paris' } }],
    },
    { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_weather_paris', result: 'rain' }] },
  ],
  'gen_ai.output.messages': [
    { role: 'assistant', parts: [{ type: 'text', content: 'It rains.' }], finish_reason: 'stop' },
  ],
  'gen_ai.tool.definitions': [
    { type: 'function', name: 'weather', description: 'Tells it.', parameters: { type: 'object' } },
  ],
} satisfies { [name: string]: Json };
const base = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.conversation.id': 'conv-1',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.request.temperature': 0.5,
  'gen_ai.response.model': 'gpt-4o-2024-08-06',
  'gen_ai.response.id': 'chatcmpl-1234567890',
  'gen_ai.response.finish_reasons': ['stop'],
  'gen_ai.response.time_to_first_chunk': 0.25,
  'gen_ai.usage.input_tokens': 100,
  'gen_ai.usage.output_tokens': 20,
  'gen_ai.usage.cache_read.input_tokens': 60,
} satisfies { [name: string]: Json };
const flatCall = JSON.stringify({ city: 'Paris' });
const apiCalls = [{ id: 'call_weather_paris', type: 'function', function: { name: 'weather', arguments: flatCall } }];

const conventions: { [name: string]: Pick<TestSpan, 'attributes' | 'events'> } = {
  'attributes as structure': { attributes: { ...base, ...structured } },
  'attributes as JSON text': {
    attributes: {
      ...base,
      ...Object.fromEntries(Object.entries(structured).map(([name, value]) => [name, JSON.stringify(value)])),
    },
  },
  'older tool_call_response': {
    attributes: {
      ...base,
      ...structured,
      'gen_ai.input.messages': JSON.stringify(structured['gen_ai.input.messages']).replace('"result"', '"response"'),
    },
  },
  'an event with the details': {
    attributes: base,
    events: [{ name: 'gen_ai.client.inference.operation.details', attributes: structured }],
  },
  'events until v1.36': {
    attributes: base,
    events: [
      { name: 'gen_ai.system.message', attributes: { content: 'Be brief.' } },
      { name: 'gen_ai.user.message', attributes: { 'gen_ai.event.content': '{"content":"Weather in Paris?"}' } },
      { name: 'gen_ai.assistant.message', attributes: { tool_calls: JSON.stringify(apiCalls) } },
      { name: 'gen_ai.tool.message', attributes: { content: 'rain', id: 'call_weather_paris' } },
      {
        name: 'gen_ai.choice',
        attributes: { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'It rains.' } },
      },
    ],
  },
  'events of prompt and completion': {
    attributes: base,
    events: [
      {
        name: 'gen_ai.content.prompt',
        attributes: {
          'gen_ai.prompt': JSON.stringify([
            { role: 'system', content: 'Be brief.' },
            { role: 'user', content: 'Weather in Paris?' },
            { role: 'assistant', tool_calls: apiCalls },
            { role: 'tool', tool_call_id: 'call_weather_paris', content: 'rain' },
          ]),
        },
      },
      {
        name: 'gen_ai.content.completion',
        attributes: { 'gen_ai.completion': JSON.stringify([{ role: 'assistant', content: 'It rains.' }]) },
      },
    ],
  },
  OpenLLMetry: {
    attributes: {
      ...base,
      'gen_ai.prompt.0.role': 'system',
      'gen_ai.prompt.0.content': 'Be brief.',
      'gen_ai.prompt.1.role': 'user',
      'gen_ai.prompt.1.content': '[{"type":"text","text":"Weather in Paris?"}]',
      'gen_ai.prompt.2.role': 'assistant',
      'gen_ai.prompt.2.tool_calls.0.id': 'call_weather_paris',
      'gen_ai.prompt.2.tool_calls.0.name': 'weather',
      'gen_ai.prompt.2.tool_calls.0.arguments': flatCall,
      'gen_ai.prompt.3.role': 'tool',
      'gen_ai.prompt.3.tool_call_id': 'call_weather_paris',
      'gen_ai.prompt.3.content': 'rain',
      'gen_ai.completion.0.role': 'assistant',
      'gen_ai.completion.0.content': 'It rains.',
      'gen_ai.completion.0.finish_reason': 'stop',
      'llm.request.functions.0.name': 'weather',
    },
  },
  OpenInference: {
    attributes: {
      'openinference.span.kind': 'LLM',
      'session.id': 'conv-1',
      'llm.model_name': 'gpt-4o',
      'llm.invocation_parameters': '{"temperature":0.5,"model":"gpt-4o"}',
      'llm.token_count.prompt': 100,
      'llm.token_count.completion': 20,
      'llm.token_count.prompt_details.cache_read': 60,
      'llm.finish_reason': 'stop',
      'llm.tools.0.tool.json_schema': '{"type":"function","function":{"name":"weather"}}',
      'llm.input_messages.0.message.role': 'system',
      'llm.input_messages.0.message.content': 'Be brief.',
      'llm.input_messages.1.message.role': 'user',
      'llm.input_messages.1.message.contents.0.message_content.type': 'text',
      'llm.input_messages.1.message.contents.0.message_content.text': 'Weather in Paris?',
      'llm.input_messages.2.message.role': 'assistant',
      'llm.input_messages.2.message.tool_calls.0.tool_call.id': 'call_weather_paris',
      'llm.input_messages.2.message.tool_calls.0.tool_call.function.name': 'weather',
      'llm.input_messages.2.message.tool_calls.0.tool_call.function.arguments': flatCall,
      'llm.input_messages.3.message.role': 'tool',
      'llm.input_messages.3.message.tool_call_id': 'call_weather_paris',
      'llm.input_messages.3.message.content': 'rain',
      'llm.output_messages.0.message.role': 'assistant',
      'llm.output_messages.0.message.content': 'It rains.',
    },
  },
  'Vercel AI SDK': {
    attributes: {
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.telemetry.metadata.sessionId': 'conv-1',
      'ai.model.id': 'gpt-4o',
      'ai.prompt.messages': JSON.stringify([
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'Weather in Paris?' }] },
        {
          role: 'assistant',
          content: [
            { type: 'tool-call', toolCallId: 'call_weather_paris', toolName: 'weather', input: { city: 'Paris' } },
          ],
        },
        {
          role: 'tool',
          content: [{ type: 'tool-result', toolCallId: 'call_weather_paris', output: { type: 'text', value: 'rain' } }],
        },
      ]),
      'ai.prompt.tools': ['{"type":"function","name":"weather","inputSchema":{"type":"object"}}'],
      'ai.response.text': 'It rains.',
      'ai.response.finishReason': 'stop',
      'ai.usage.inputTokens': 100,
      'ai.usage.outputTokens': 20,
      'ai.usage.cachedInputTokens': 60,
    },
  },
};

describe('a model call in every convention', () => {
  it.each(Object.entries(conventions))('%s', (_, span) => {
    const { records, rejected, skipped } = read([{ id: '1', from: 5, to: 7, ...span }]);
    expect({ rejected, skipped, count: records.length }).toEqual({ rejected: 0, skipped: 0, count: 1 });
    const [record] = records;
    expect(record?.trace).toEqual({ key: 'session:conv-1', kind: 'agent' });
    expect(record?.started_at).toBe((start + 5) * 1e6);
    expect(record?.ended_at).toBe((start + 7) * 1e6);
    const { request, response } = record?.call ?? {};
    expect(request?.messages).toMatchObject(conversation);
    expect(request?.messages.map(({ parts }) => parts.length)).toEqual([1, 1, 1, 1]);
    expect(response?.messages).toMatchObject(answer);
    expect(request).toMatchObject({ model: 'gpt-4o', history_complete: true, operation: 'chat' });
    expect(response?.usage).toEqual({ input_tokens: 100, output_tokens: 20, cached_input_tokens: 60 });
    expect(response?.stop_reason).toBe('stop');
    expect(response?.error).toBeNull();
  });

  it('keeps parameters, tools, ids and the time to the first chunk', () => {
    const [record] = read([{ id: '1', attributes: { ...base, ...structured } }], {
      'service.name': 'agent',
      'service.version': '1.2',
    }).records;
    expect(record).toMatchObject({ key: `${'ab'.repeat(16)}:0000000000000001`, client: 'agent/1.2', source: 'otlp' });
    expect(record?.call).toMatchObject({
      format: 'otel-genai',
      first_token_at: start * 1e6 + 250_000,
      request: { params: { temperature: 0.5 }, stream: true },
      response: { response_id: 'chatcmpl-1234567890', model: 'gpt-4o-2024-08-06' },
    });
    expect(record?.call?.request.tools).toEqual([
      { name: 'weather', description: 'Tells it.', parameters: { type: 'object' }, kind: 'function' },
    ]);
  });

  it('says what failed', () => {
    const [record] = read([
      {
        id: '1',
        attributes: { ...base, 'error.type': 'timeout' },
        status: { code: 2, message: 'No answer in 30 s.' },
      },
    ]).records;
    expect(record?.call?.response?.error).toEqual({ code: 'timeout', message: 'No answer in 30 s.' });
    expect(record?.call?.request.history_complete).toBe(false);
  });

  it('counts as the convention does where cached tokens were left out of the input', () => {
    const [record] = read([
      {
        id: '1',
        attributes: {
          ...base,
          'gen_ai.usage.input_tokens': 10,
          'gen_ai.usage.cache_read.input_tokens': 60,
          'gen_ai.usage.cache_creation.input_tokens': 5,
        },
      },
    ]).records;
    expect(record?.call?.response?.usage).toMatchObject({ input_tokens: 75, cache_write_tokens: 5 });
  });

  it('reads embeddings and evaluations', () => {
    const { records } = read([
      { id: '1', attributes: { 'gen_ai.operation.name': 'embeddings', 'gen_ai.request.model': 'embed-1' } },
      {
        id: '2',
        attributes: base,
        events: [
          {
            name: 'gen_ai.evaluation.result',
            attributes: {
              'gen_ai.evaluation.name': 'relevance',
              'gen_ai.evaluation.score.value': 4,
              'gen_ai.evaluation.score.label': 'good',
              'gen_ai.evaluation.explanation': 'To the point.',
            },
          },
        ],
      },
    ]);
    expect(records[0]?.call?.request.operation).toBe('embeddings');
    expect(records[1]?.events).toMatchObject([
      { type: 'score', kind: 'judge', name: 'relevance', value: 4, explanation: 'good: To the point.' },
    ]);
  });
});

describe('tools', () => {
  const executions: { [name: string]: Pick<TestSpan, 'name' | 'attributes'> } = {
    GenAI: {
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'weather',
        'gen_ai.tool.call.id': 'call_1',
        'gen_ai.tool.call.arguments': flatCall,
        'gen_ai.tool.call.result': '{"sky":"rain"}',
      },
    },
    OpenInference: {
      attributes: {
        'openinference.span.kind': 'TOOL',
        'tool.name': 'weather',
        'tool_call.id': 'call_1',
        'input.value': flatCall,
        'output.value': '{"sky":"rain"}',
      },
    },
    'Vercel AI SDK': {
      attributes: {
        'ai.operationId': 'ai.toolCall',
        'ai.toolCall.name': 'weather',
        'ai.toolCall.id': 'call_1',
        'ai.toolCall.args': flatCall,
        'ai.toolCall.result': '{"sky":"rain"}',
      },
    },
    'Claude Code': {
      name: 'claude_code.tool',
      attributes: {
        tool_name: 'weather',
        tool_use_id: 'call_1',
        tool_input: flatCall,
        output: '{"sky":"rain"}',
      },
    },
  };
  it.each(Object.entries(executions))('that ran, by %s', (_, span) => {
    const [record] = read([{ id: '1', from: 1, to: 3, ...span }]).records;
    expect(record?.events).toMatchObject([
      {
        type: 'tool_execution',
        name: 'weather',
        tool_call_id: 'call_1',
        arguments: { city: 'Paris' },
        result: { sky: 'rain' },
        duration_ms: 2000,
        event_id: '0000000000000001:tool',
      },
    ]);
    expect(record?.events?.[0]).not.toHaveProperty('is_error');
  });

  it('that ran by OpenLLMetry, without an id, and failed', () => {
    const [record] = read([
      {
        id: '1',
        status: { code: 2, message: 'no such city' },
        attributes: {
          'traceloop.span.kind': 'tool',
          'traceloop.entity.name': 'weather',
          'traceloop.entity.input': '{"args":[],"kwargs":{"city":"Paris"}}',
        },
      },
    ]).records;
    expect(record?.events).toMatchObject([
      { name: 'weather', arguments: { city: 'Paris' }, result: 'no such city', is_error: true },
    ]);
    expect(record?.events?.[0]).not.toHaveProperty('tool_call_id');
  });
});

describe('Claude Code', () => {
  it('counts what was cached into the input and finds the session', () => {
    const [record] = read([
      {
        id: '1',
        name: 'claude_code.llm_request',
        attributes: {
          'session.id': 's-1',
          model: 'claude-sonnet-4-5',
          input_tokens: 4,
          output_tokens: 30,
          cache_read_tokens: 900,
          cache_creation_tokens: 100,
          ttft_ms: 400,
        },
      },
    ]).records;
    expect(record?.trace.key).toBe('session:s-1');
    expect(record?.call?.first_token_at).toBe(start * 1e6 + 400_000);
    expect(record?.call?.response?.usage).toEqual({
      input_tokens: 1004,
      output_tokens: 30,
      cached_input_tokens: 900,
      cache_write_tokens: 100,
    });
  });
});

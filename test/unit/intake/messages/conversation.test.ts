import { describe, expect, it } from 'vitest';
import { readMessages } from '../../../../src/main/decode/index.js';
import {
  answeredConversation,
  type Conversation,
  sentConversation,
} from '../../../../src/main/intake/messages/conversation.js';
import type { Json, Part } from '../../../../src/shared/model/index.js';

/** Messages in short: `role: text`, `role> name(arguments)#id`, `role< result#id`. */
function short({ messages }: Conversation): string[] {
  return messages.flatMap(({ role, parts }) => parts.map((part) => shown(role, part)));
}

function shown(role: string, part: Part): string {
  switch (part.type) {
    case 'text':
      return `${role}: ${part.text}`;
    case 'reasoning':
      return `${role}~ ${part.text}`;
    case 'refusal':
      return `${role}! ${part.text}`;
    case 'tool_call':
      return `${role}> ${part.name}(${JSON.stringify(part.arguments)})#${part.id}`;
    case 'tool_result': {
      const result = typeof part.result === 'string' ? part.result : JSON.stringify(part.result);
      return `${role}< ${result}#${part.tool_call_id}${part.is_error ? ' failed' : ''}`;
    }
    case 'media':
      return `${role}@ ${part.media} ${part.url ?? part.bytes}`;
    case 'other':
      return `${role}? ${part.label}`;
  }
}

const sent = (value: Json) => short(sentConversation(value, readMessages));
const answered = (value: Json) => short(answeredConversation(value, readMessages));

/** One exchange with a tool, in the words of each framework. */
const exchange = [
  'system: You sell tickets.',
  'user: A seat to Bergen?',
  'assistant> find_seat({"to":"Bergen"})#k9',
  'tool< row 4#k9',
];
const call = { to: 'Bergen' };
const text = JSON.stringify(call);

const histories: [string, Json][] = [
  [
    'OpenTelemetry parts, as pydantic-ai writes them',
    [
      { role: 'system', parts: [{ type: 'text', content: 'You sell tickets.' }] },
      { role: 'user', parts: [{ type: 'text', content: 'A seat to Bergen?' }] },
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'k9', name: 'find_seat', arguments: text }] },
      { role: 'user', parts: [{ type: 'tool_call_response', id: 'k9', name: 'find_seat', result: 'row 4' }] },
    ],
  ],
  [
    'pydantic-ai history',
    [
      {
        kind: 'request',
        parts: [
          { part_kind: 'system-prompt', content: 'You sell tickets.', timestamp: '2026-05-01T08:00:00Z' },
          { part_kind: 'user-prompt', content: ['A seat to Bergen?'], timestamp: '2026-05-01T08:00:00Z' },
        ],
      },
      {
        kind: 'response',
        model_name: 'm',
        parts: [{ part_kind: 'tool-call', tool_name: 'find_seat', args: call, tool_call_id: 'k9' }],
      },
      {
        kind: 'request',
        parts: [{ part_kind: 'tool-return', tool_name: 'find_seat', content: 'row 4', tool_call_id: 'k9' }],
      },
    ],
  ],
  [
    'OpenAI Agents SDK items',
    {
      instructions: 'You sell tickets.',
      input: [
        { role: 'user', content: 'A seat to Bergen?' },
        { type: 'function_call', call_id: 'k9', id: 'fc_1', name: 'find_seat', arguments: text },
        { type: 'function_call_output', call_id: 'k9', output: 'row 4' },
      ],
    },
  ],
  [
    'LangChain dictionaries',
    [
      { type: 'system', content: 'You sell tickets.' },
      { type: 'human', content: 'A seat to Bergen?', additional_kwargs: {} },
      {
        type: 'ai',
        content: [{ type: 'tool_use', id: 'k9', name: 'find_seat', input: call }],
        tool_calls: [{ name: 'find_seat', args: call, id: 'k9', type: 'tool_call' }],
        response_metadata: { finish_reason: 'tool_calls' },
      },
      { type: 'tool', content: 'row 4', tool_call_id: 'k9', status: 'success', artifact: null },
    ],
  ],
  [
    'LangChain serialized, one list a prompt',
    {
      messages: [
        [
          ['SystemMessage', { content: 'You sell tickets.', type: 'system' }],
          ['HumanMessage', { content: 'A seat to Bergen?', type: 'human' }],
          [
            'AIMessage',
            {
              content: '',
              additional_kwargs: {
                tool_calls: [{ id: 'k9', type: 'function', function: { name: 'find_seat', arguments: text } }],
                refusal: null,
              },
            },
          ],
          ['ToolMessage', { content: 'row 4', tool_call_id: 'k9' }],
        ].map(([name, kwargs]) => ({
          lc: 1,
          type: 'constructor',
          id: ['langchain', 'schema', 'messages', name as string],
          kwargs: kwargs as Json,
        })),
      ],
    },
  ],
  [
    'LangGraph as Langfuse keeps it',
    [
      { role: 'system', content: 'You sell tickets.' },
      { role: 'user', content: 'A seat to Bergen?' },
      {
        role: 'assistant',
        content: '',
        additional_kwargs: {
          tool_calls: [{ id: 'k9', type: 'function', function: { name: 'find_seat', arguments: text } }],
          refusal: null,
        },
      },
      { role: 'tool', content: 'row 4', additional_kwargs: {}, tool_call_id: 'k9' },
      { role: 'tool', content: { type: 'function', function: { name: 'find_seat', parameters: {} } } },
    ],
  ],
  [
    'AI SDK 5 model messages, as JSON text',
    JSON.stringify([
      { role: 'system', content: 'You sell tickets.' },
      { role: 'user', content: [{ type: 'text', text: 'A seat to Bergen?' }] },
      { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'k9', toolName: 'find_seat', input: call }] },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'k9', toolName: 'find_seat', output: { type: 'text', value: 'row 4' } },
        ],
      },
    ]),
  ],
  [
    'AI SDK 4 messages',
    {
      system: 'You sell tickets.',
      messages: [
        { role: 'user', content: 'A seat to Bergen?' },
        { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'k9', toolName: 'find_seat', args: call }] },
        {
          role: 'tool',
          content: [{ type: 'tool-result', toolCallId: 'k9', toolName: 'find_seat', result: 'row 4' }],
        },
      ],
    },
  ],
  [
    'Google ADK request',
    {
      model: 'gemini',
      config: { system_instruction: 'You sell tickets.', tools: [{ function_declarations: [{ name: 'find_seat' }] }] },
      contents: [
        { role: 'user', parts: [{ text: 'A seat to Bergen?' }] },
        { role: 'model', parts: [{ function_call: { id: 'k9', name: 'find_seat', args: call } }] },
        {
          role: 'tool',
          parts: [{ function_response: { id: 'k9', name: 'find_seat', response: { result: 'row 4' } } }],
        },
      ],
    },
  ],
  [
    'LlamaIndex blocks',
    {
      messages: [
        {
          role: 'system',
          additional_kwargs: {},
          blocks: [{ block_type: 'text', text: 'You sell tickets.' }],
        },
        { role: 'MessageRole.USER', blocks: [{ block_type: 'text', text: 'A seat to Bergen?' }] },
        {
          role: 'assistant',
          blocks: [{ block_type: 'tool_call', tool_call_id: 'k9', tool_name: 'find_seat', tool_kwargs: call }],
        },
        {
          role: 'tool',
          blocks: [{ block_type: 'text', text: 'row 4' }],
          additional_kwargs: { tool_call_id: 'k9', name: 'find_seat' },
        },
      ],
    },
  ],
  [
    'AutoGen model messages',
    {
      messages: [
        { content: 'You sell tickets.', type: 'SystemMessage' },
        { content: 'A seat to Bergen?', source: 'user', type: 'UserMessage' },
        {
          content: [{ id: 'k9', arguments: text, name: 'find_seat' }],
          thought: null,
          source: 'clerk',
          type: 'AssistantMessage',
        },
        {
          content: [{ content: 'row 4', name: 'find_seat', call_id: 'k9', is_error: false }],
          type: 'FunctionExecutionResultMessage',
        },
      ],
    },
  ],
  [
    'AutoGen chat events',
    [
      { source: 'system', content: 'You sell tickets.', type: 'SystemMessage' },
      { source: 'user', models_usage: null, content: 'A seat to Bergen?', type: 'TextMessage' },
      {
        source: 'clerk',
        content: [{ id: 'k9', arguments: text, name: 'find_seat' }],
        type: 'ToolCallRequestEvent',
      },
      {
        source: 'clerk',
        content: [{ content: 'row 4', name: 'find_seat', call_id: 'k9', is_error: false }],
        type: 'ToolCallExecutionEvent',
      },
    ],
  ],
  [
    'Haystack',
    {
      messages: [
        { role: 'system', meta: {}, name: null, content: [{ text: 'You sell tickets.' }] },
        { _role: 'user', _content: [{ text: 'A seat to Bergen?' }], _name: null, _meta: {} },
        {
          role: 'assistant',
          meta: { finish_reason: 'tool_calls' },
          content: [{ tool_call: { tool_name: 'find_seat', arguments: call, id: 'k9' } }],
        },
        {
          role: 'tool',
          content: [
            {
              tool_call_result: {
                result: 'row 4',
                error: false,
                origin: { tool_name: 'find_seat', arguments: call, id: 'k9' },
              },
            },
          ],
        },
      ],
    },
  ],
  [
    'Bedrock Converse, as Strands keeps it',
    {
      system: [{ text: 'You sell tickets.' }],
      messages: [
        { role: 'user', content: [{ text: 'A seat to Bergen?' }] },
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'k9', name: 'find_seat', input: call } }] },
        {
          role: 'tool',
          content: [{ toolResult: { toolUseId: 'k9', content: [{ text: 'row 4' }], status: 'success' } }],
        },
      ],
    },
  ],
  [
    'Semantic Kernel events',
    [
      { role: 'system', content: 'You sell tickets.' },
      { role: 'user', content: 'A seat to Bergen?' },
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'k9', type: 'function', function: { name: 'find_seat', arguments: text } }],
      },
      { role: 'tool', content: 'row 4', tool_call_id: 'k9' },
    ].map((message) => ({
      role: message.role,
      'gen_ai.system': 'openai',
      'gen_ai.event.content': JSON.stringify({ ...message, role: message.role.toUpperCase() }),
    })),
  ],
  [
    'Microsoft Agent Framework',
    {
      messages: [
        { role: 'system', parts: [{ type: 'text', content: 'You sell tickets.' }] },
        { role: 'user', parts: [{ type: 'text', content: 'A seat to Bergen?' }] },
        {
          role: 'assistant',
          parts: [{ type: 'tool_call', id: ['run_1', 'k9'], name: 'find_seat', arguments: call }],
        },
        { role: 'tool', parts: [{ type: 'tool_call_response', id: ['run_1', 'k9'], response: 'row 4' }] },
      ],
    },
  ],
  [
    'a function that was given messages',
    {
      args: [],
      kwargs: {
        model: 'm',
        messages: [
          { role: 'system', content: 'You sell tickets.' },
          { role: 'user', content: 'A seat to Bergen?' },
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'k9', type: 'function', function: { name: 'find_seat', arguments: call } }],
          },
          { role: 'tool', tool_call_id: 'k9', content: 'row 4' },
        ],
      },
    },
  ],
];

describe('what was sent', () => {
  it.each(histories)('%s', (_, value) => {
    const read = sentConversation(value, readMessages);
    expect(short(read)).toEqual(exchange);
    expect(read.unread).toEqual([]);
  });

  it('names the tools that are offered, wherever they stand', () => {
    const offered = (value: Json) => sentConversation(value, readMessages).tools.map(({ name }) => name);
    expect(offered(histories.find(([name]) => name === 'Google ADK request')?.[1] as Json)).toEqual(['find_seat']);
    expect(offered(histories.find(([name]) => name.startsWith('LangGraph'))?.[1] as Json)).toEqual(['find_seat']);
    expect(
      offered({ messages: [{ role: 'user', content: 'x' }], tools: [{ name: 'a', input_schema: {} }, { name: 'b' }] }),
    ).toEqual(['a', 'b']);
  });

  it('reads prompts, tuples and histories beside the input', () => {
    expect(sent('Plain words')).toEqual(['user: Plain words']);
    expect(sent({ prompt: 'Once upon', temperature: 0 })).toEqual(['user: Once upon']);
    expect(sent([['system', 'Be kind.'] as Json, ['human', 'Hi'] as Json])).toEqual(['system: Be kind.', 'user: Hi']);
    expect(
      sent({
        chat_history: [
          { type: 'human', content: 'One' },
          { type: 'ai', content: 'Two' },
        ],
        input: 'Three',
      }),
    ).toEqual(['user: One', 'assistant: Two', 'user: Three']);
    expect(sent({ args: ['Only this'], kwargs: {} })).toEqual(['user: Only this']);
    expect(sent({ model: 'gemini', contents: 'Words alone' })).toEqual(['user: Words alone']);
    expect(sent([{ role: 'tool-response', content: [{ type: 'text', text: 'Observation: 4' }] }])).toEqual([
      'user: Observation: 4',
    ]);
  });

  it('reads pictures and files by what they are', () => {
    expect(
      sent([
        {
          kind: 'request',
          parts: [
            {
              part_kind: 'user-prompt',
              content: [
                'What is it?',
                { kind: 'image-url', url: 'https://example.com/a.png' },
                { kind: 'binary', data: 'AAAA', media_type: 'image/png' },
              ],
            },
          ],
        },
      ]),
    ).toEqual(['user: What is it?', 'user@ image https://example.com/a.png', 'user@ image 3']);
  });

  it('puts nothing into a mouth that is no message', () => {
    for (const value of [
      { args: [], kwargs: { topic: 'fjords', depth: 3 } },
      { args: ['gpt', 'fjords'], kwargs: {} },
      { state: { step: 4, plan: ['a', 'b'] } },
      [{ id: 4, score: 0.5 }],
      42,
      true,
    ] as Json[]) {
      const read = sentConversation(value, readMessages);
      expect([short(read), read.unread], JSON.stringify(value)).toEqual([[], [{ at: '', value }]]);
    }
    const mixed = sentConversation([{ role: 'user', content: 'Hi' }, { weight: 3 }], readMessages);
    expect([short(mixed), mixed.unread]).toEqual([['user: Hi'], [{ at: '[1]', value: { weight: 3 } }]]);
  });

  it('keeps parts that are not known as what they are', () => {
    expect(
      sent([
        {
          role: 'user',
          parts: [
            { type: 'text', content: 'Hi' },
            { type: 'hologram', beams: 3 },
          ],
        },
      ]),
    ).toEqual(['user: Hi', 'user? hologram']);
  });
});

describe('what was answered', () => {
  const asked = 'assistant> find_seat({"to":"Bergen"})#k9';
  it.each<[string, Json, string[]]>([
    ['AI SDK tool calls', [{ toolCallId: 'k9', toolName: 'find_seat', input: text }], [asked]],
    [
      'AI SDK 4 tool calls',
      [{ toolCallId: 'k9', toolName: 'find_seat', args: call, toolCallType: 'function' }],
      [asked],
    ],
    [
      'chat tool calls',
      [{ id: 'k9', type: 'function', function: { name: 'find_seat', arguments: text }, finish_reason: 'tool_calls' }],
      [asked],
    ],
    [
      'an ADK event',
      {
        content: { role: 'model', parts: [{ function_call: { id: 'k9', name: 'find_seat', args: call } }] },
        partial: false,
      },
      [asked],
    ],
    [
      'a Gemini answer',
      { candidates: [{ content: { role: 'model', parts: [{ text: 'Row 4.' }] }, finishReason: 'STOP' }] },
      ['assistant: Row 4.'],
    ],
    [
      'a LangChain generation',
      { generations: [[{ text: 'Row 4.', message: { type: 'ai', content: 'Row 4.' } }]] },
      ['assistant: Row 4.'],
    ],
    [
      'a LlamaIndex answer',
      {
        message: {
          role: 'assistant',
          blocks: [
            { block_type: 'thinking', content: 'Which?' },
            { block_type: 'text', text: 'Row 4.' },
          ],
        },
        raw: {},
      },
      ['assistant~ Which?', 'assistant: Row 4.'],
    ],
    [
      'Haystack replies',
      { replies: [{ role: 'assistant', content: [{ reasoning: { reasoning_text: 'Which?' } }, { text: 'Row 4.' }] }] },
      ['assistant~ Which?', 'assistant: Row 4.'],
    ],
    [
      'a Converse answer',
      {
        output: {
          message: {
            role: 'assistant',
            content: [{ reasoningContent: { reasoningText: { text: 'Which?', signature: 's' } } }, { text: 'Row 4.' }],
          },
        },
      },
      ['assistant~ Which?', 'assistant: Row 4.'],
    ],
    ['DSPy completions', ['Row 4.', 'Row 5.'], ['assistant: Row 4.', 'assistant: Row 5.']],
    [
      'items of an answer in their order',
      [
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Let me see.' }] },
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Which?' }] },
        { type: 'function_call', call_id: 'k9', name: 'find_seat', arguments: text },
      ],
      ['assistant: Let me see.', 'assistant~ Which?', asked],
    ],
    [
      'the state of a graph: what came behind the question',
      {
        messages: [
          { type: 'human', content: 'A seat?' },
          { type: 'ai', content: 'Row 4.' },
        ],
      },
      ['assistant: Row 4.'],
    ],
    [
      'AI SDK interface messages',
      [
        {
          id: 'm',
          role: 'assistant',
          parts: [
            { type: 'step-start' },
            { type: 'reasoning', text: 'Which?' },
            { type: 'tool-find_seat', toolCallId: 'k9', state: 'output-available', input: call, output: 'row 4' },
            { type: 'text', text: 'Row 4.' },
          ],
        },
      ],
      ['assistant~ Which?', asked, 'assistant< row 4#k9', 'assistant: Row 4.'],
    ],
    [
      'AI SDK 4 invocations',
      {
        role: 'assistant',
        content: 'Row 4.',
        toolInvocations: [{ state: 'result', toolCallId: 'k9', toolName: 'find_seat', args: call, result: 'row 4' }],
      },
      ['assistant: Row 4.', asked, 'assistant< row 4#k9'],
    ],
    [
      'an AI SDK step that failed',
      [
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: 'k9',
              toolName: 'find_seat',
              output: { type: 'error-text', value: 'full' },
            },
          ],
        },
      ],
      ['assistant< full#k9 failed'],
    ],
    ['CrewAI output', { raw: 'Row 4.', pydantic: null, agent: 'clerk' }, ['assistant: Row 4.']],
    [
      'a smolagents answer',
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'k9', type: 'function', function: { name: 'find_seat', arguments: call } }],
        raw: { id: 'x' },
        token_usage: { input_tokens: 3 },
      },
      [asked],
    ],
  ])('%s', (_, value, expected) => {
    expect(answered(value)).toEqual(expected);
    expect(answeredConversation(value, readMessages).unread).toEqual([]);
  });

  it('gives choices as messages of their own', () => {
    const choices = ['One.', 'Two.'].map((content) => ({ message: { role: 'assistant', content } }));
    expect(answeredConversation({ choices }, readMessages).messages).toHaveLength(2);
    const finished = ['One.', 'Two.'].map((content) => ({
      role: 'assistant',
      parts: [{ type: 'text', content }],
      finish_reason: 'stop',
    }));
    expect(answeredConversation(finished, readMessages).messages).toHaveLength(2);
  });

  it('says of what a function returned that it is no answer', () => {
    const value = { city: 'Bergen', seats: [4, 5] };
    expect(answeredConversation(value, readMessages)).toEqual({ messages: [], tools: [], unread: [{ at: '', value }] });
  });
});

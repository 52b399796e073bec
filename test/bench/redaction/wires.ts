import type { CapturedExchange, CapturedMessage, HeaderList } from '../../../src/shared/model/index.js';
import type { Random } from '../fuzz/random.js';
import { characters } from './values.js';

export interface Dependencies {
  url?: string;
  headers?: HeaderList;
  request?: unknown;
  requestType?: string;
  response?: unknown;
  responseType?: string;
  status?: number;
  error?: string;
}

const bytes = (body: unknown): Buffer =>
  body === undefined ? Buffer.alloc(0) : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body), 'utf8');

function message(body: unknown, type: string, headers: HeaderList): CapturedMessage {
  const content = bytes(body);
  return {
    http_version: '1.1',
    headers: [['content-type', type], ...headers],
    trailers: [],
    body: content,
    bytes: content.length,
    truncated: false,
    chunks: [{ offset: 0, at: 1_000_000 }],
  };
}

/** The exchange that capture would have seen, with what every real one carries: agent, ids, counters. */
export function exchangeOf(parts: Dependencies, random: Random): CapturedExchange {
  const uuid = [8, 4, 4, 4, 12].map((length) => characters('h', length, random)).join('-');
  return {
    exchange_id: '019aa000-0000-7000-8000-000000000001',
    kind: 'http',
    via: 'gateway',
    client: { address: '127.0.0.1', port: 50_000, connection: 1, protocol: 'http/1.1' },
    method: 'POST',
    url: parts.url ?? 'https://api.openai.com/v1/chat/completions',
    request: message(parts.request, parts.requestType ?? 'application/json', [
      ['user-agent', 'Agent/2.1.49 (linux; node 24.21.0)'],
      ['x-stainless-retry-count', '0'],
      ['idempotency-key', uuid],
      ...(parts.headers ?? []),
    ]),
    response: {
      ...message(parts.response, parts.responseType ?? 'application/json', [
        ['x-request-id', `req_${characters('h', 32, random)}`],
        ['x-ratelimit-remaining-tokens', '149984'],
        ['openai-processing-ms', '412'],
      ]),
      status: parts.status ?? 200,
      status_text: 'OK',
      informational: [],
    },
    started_at: 900_000,
    ended_at: 2_000_000,
    state: parts.error === undefined ? 'complete' : 'failed',
    ...(parts.error === undefined ? {} : { error: { code: 'upstream_failed', message: parts.error } }),
  };
}

export const urls = {
  chat: 'https://api.openai.com/v1/chat/completions',
  responses: 'https://api.openai.com/v1/responses',
  anthropic: 'https://api.anthropic.com/v1/messages',
  gemini: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-3-pro-preview:generateContent',
} as const;

type Carry = (text: string, random: Random) => Dependencies;
const callId = (random: Random) => `call_${characters('w', 24, random)}`;
const toolUse = (random: Random) => `toolu_01${characters('w', 22, random)}`;
const usage = { prompt_tokens: 12_345_678, completion_tokens: 412, total_tokens: 12_346_090 };

/** A text as what the user, the model or a tool said. */
export const textWires: Readonly<Record<string, Carry>> = {
  'openai user': (text) => ({
    url: urls.chat,
    request: { model: 'gpt-5.1', messages: [{ role: 'user', content: text }] },
  }),
  'openai answer': (text, random) => ({
    url: urls.chat,
    request: { model: 'gpt-5.1', messages: [{ role: 'user', content: 'go on' }] },
    response: {
      id: `chatcmpl-${characters('w', 29, random)}`,
      object: 'chat.completion',
      created: 1_763_700_000,
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
      usage,
    },
  }),
  'responses input': (text) => ({
    url: urls.responses,
    request: { model: 'gpt-5.1', input: [{ role: 'user', content: [{ type: 'input_text', text }] }] },
  }),
  'anthropic user': (text) => ({
    url: urls.anthropic,
    request: {
      model: 'claude-sonnet-4-5-20250929',
      max_tokens: 32_000,
      messages: [{ role: 'user', content: [{ type: 'text', text }] }],
    },
  }),
  'anthropic system': (text) => ({
    url: urls.anthropic,
    request: {
      model: 'claude-sonnet-4-5-20250929',
      max_tokens: 32_000,
      system: [{ type: 'text', text, cache_control: { type: 'ephemeral' } }],
      messages: [],
    },
  }),
  'gemini user': (text) => ({ url: urls.gemini, request: { contents: [{ role: 'user', parts: [{ text }] }] } }),
};

/** A text as the result of a tool. */
export const resultWires: Readonly<Record<string, Carry>> = {
  openai: (text, random) => ({
    url: urls.chat,
    request: { model: 'gpt-5.1', messages: [{ role: 'tool', tool_call_id: callId(random), content: text }] },
  }),
  responses: (text, random) => ({
    url: urls.responses,
    request: { model: 'gpt-5.1', input: [{ type: 'function_call_output', call_id: callId(random), output: text }] },
  }),
  anthropic: (text, random) => ({
    url: urls.anthropic,
    request: {
      model: 'claude-sonnet-4-5-20250929',
      max_tokens: 32_000,
      messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: toolUse(random), content: text }] }],
    },
  }),
  gemini: (text) => ({
    url: urls.gemini,
    request: {
      contents: [{ role: 'user', parts: [{ functionResponse: { name: 'run', response: { output: text } } }] }],
    },
  }),
};

/** An object as the arguments of a tool call. */
export const argumentWires: Readonly<Record<string, (input: object, random: Random) => Dependencies>> = {
  openai: (input, random) => ({
    url: urls.chat,
    request: {
      model: 'gpt-5.1',
      messages: [
        {
          role: 'assistant',
          tool_calls: [
            { id: callId(random), type: 'function', function: { name: 'run', arguments: JSON.stringify(input) } },
          ],
        },
      ],
    },
  }),
  responses: (input, random) => ({
    url: urls.responses,
    request: {
      model: 'gpt-5.1',
      input: [{ type: 'function_call', call_id: callId(random), name: 'run', arguments: JSON.stringify(input) }],
    },
  }),
  anthropic: (input, random) => ({
    url: urls.anthropic,
    request: { model: 'claude-sonnet-4-5-20250929', messages: [] },
    response: {
      id: `msg_01${characters('w', 22, random)}`,
      type: 'message',
      role: 'assistant',
      content: [{ type: 'tool_use', id: toolUse(random), name: 'run', input }],
      stop_reason: 'tool_use',
      usage: { input_tokens: 4_155_552_671, output_tokens: 88 },
    },
  }),
  gemini: (input) => ({
    url: urls.gemini,
    request: { contents: [] },
    response: { candidates: [{ content: { role: 'model', parts: [{ functionCall: { name: 'run', args: input } }] } }] },
  }),
};

/** Pieces of a text: cut once, one character each, or at random. */
export function pieces(text: string, place: number, random: Random): string[] {
  const way = place % 3;
  if (way === 0) {
    const cut = 1 + (Math.trunc(place / 3) % Math.max(1, text.length - 1));
    return [text.slice(0, cut), text.slice(cut)];
  }
  if (way === 1) return text.split('');
  const out: string[] = [];
  for (let at = 0; at < text.length; ) {
    const length = 1 + random.below(9);
    out.push(text.slice(at, at + length));
    at += length;
  }
  return out;
}

const sse = (events: readonly [name: string | null, data: unknown][], end = ''): string =>
  events.map(([name, data]) => `${name === null ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`).join('') +
  end;

type Stream = (parts: readonly string[], random: Random) => Dependencies;
const stream = (url: string, response: string): Dependencies => ({
  url,
  request: { model: 'm', stream: true },
  response,
  responseType: 'text/event-stream',
});

/** Pieces of text, or of the JSON of a tool call's arguments, as each vendor streams them. */
export const streamWires: Readonly<Record<string, Stream>> = {
  'sse openai text': (parts, random) => {
    const id = `chatcmpl-${characters('w', 29, random)}`;
    const chunk = (delta: object) =>
      [
        null,
        {
          id,
          object: 'chat.completion.chunk',
          created: 1_763_700_000,
          model: 'gpt-5.1',
          choices: [{ index: 0, delta, finish_reason: null }],
        },
      ] as [null, unknown];
    return stream(
      urls.chat,
      sse(
        parts.map((content) => chunk({ content })),
        'data: [DONE]\n\n',
      ),
    );
  },
  'sse openai arguments': (parts, random) => {
    const id = `chatcmpl-${characters('w', 29, random)}`;
    const call = callId(random);
    const chunk = (text: string, first: boolean) => {
      const tool = {
        index: 0,
        ...(first ? { id: call, type: 'function' } : {}),
        function: { ...(first ? { name: 'run' } : {}), arguments: text },
      };
      return [
        null,
        { id, object: 'chat.completion.chunk', choices: [{ index: 0, delta: { tool_calls: [tool] } }] },
      ] as [null, unknown];
    };
    return stream(
      urls.chat,
      sse(
        parts.map((text, i) => chunk(text, i === 0)),
        'data: [DONE]\n\n',
      ),
    );
  },
  'sse responses text': (parts, random) => {
    const item = `msg_${characters('h', 48, random)}`;
    return stream(
      urls.responses,
      sse(
        parts.map((delta, i) => [
          'response.output_text.delta',
          {
            type: 'response.output_text.delta',
            sequence_number: i,
            item_id: item,
            output_index: 0,
            content_index: 0,
            delta,
          },
        ]),
      ),
    );
  },
  'sse anthropic text': (parts) =>
    stream(
      urls.anthropic,
      sse(
        parts.map((text) => [
          'content_block_delta',
          { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
        ]),
      ),
    ),
  'sse anthropic arguments': (parts) =>
    stream(
      urls.anthropic,
      sse(
        parts.map((text) => [
          'content_block_delta',
          { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: text } },
        ]),
      ),
    ),
  'sse gemini text': (parts) =>
    stream(
      urls.gemini.replace('generateContent', 'streamGenerateContent?alt=sse'),
      sse(parts.map((text) => [null, { candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0 }] }])),
    ),
};

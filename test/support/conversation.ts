import { decodeExchange, readExchange } from '../../src/main/decode/index.js';
import { nulJoinedId } from '../../src/main/ground/derived-ids.js';
import type { CapturedExchange, DecodedExchange, HeaderList, RedactedExchange } from '../../src/shared/model/index.js';
import { type ApiFormat, type ModelTurn, renderers } from './model-formats.js';
import type { JsonObject } from './model-server.js';

/** How a client keeps and resends its history, and how it reaches us. */
export interface ConversationOptions {
  format: Spoken;
  system?: string;
  tools?: string[];
  userAgent?: string;
  address?: string;
  /** Connection number of the next request; the same for all by default. */
  connection?: () => number;
  headers?: HeaderList;
  session?: CapturedExchange['session'];
  session_source?: CapturedExchange['session_source'];
  stream?: boolean;
  /** Resend reasoning as it came; dropped by default, as most clients do. */
  keepReasoning?: boolean;
  /** Send only what is new, with previous_response_id. Responses format only. */
  chained?: boolean;
  params?: JsonObject;
  /** Start of the next call, microseconds; moved on by every call. */
  clock?: { now: number };
  /** First words of every generated id; conversations with equal ones are told apart by nothing but their content. */
  serial?: () => number;
  body?: (body: JsonObject) => JsonObject;
}

export interface ToolAnswer {
  id: string | null;
  content: unknown;
  error?: boolean;
  name?: string;
}

export interface CallOptions {
  durationMs?: number;
  gapMs?: number;
  /** Answer with this HTTP status and an error body. */
  status?: number;
  /** The client hangs up: only the first bytes of the answer came. */
  aborted?: boolean;
  headers?: HeaderList;
  connection?: number;
  path?: string;
}

let exchangeCount = 0;
let serialCount = 0;

/** Those that it speaks. */
export type Spoken = Exclude<ApiFormat, 'gemini'>;

const paths: Record<Spoken, string> = {
  'openai-chat': 'https://api.openai.com/v1/chat/completions',
  'openai-responses': 'https://api.openai.com/v1/responses',
  'anthropic-messages': 'https://api.anthropic.com/v1/messages',
};

const encoder = new TextEncoder();

/** One agent's side of a conversation in a vendor's own format: what it sends and what it keeps of the answers. */
export class Conversation {
  readonly options: ConversationOptions;
  readonly clock: { now: number };
  /** The history as the client keeps it, in the vendor's own shape. */
  history: JsonObject[] = [];
  previousId: string | null = null;
  #sent = 0;

  constructor(options: ConversationOptions) {
    this.options = options;
    this.clock = options.clock ?? { now: 1_790_000_000_000_000 };
  }

  user(text: string): this {
    this.history.push({ role: 'user', content: text });
    return this;
  }

  results(...answers: ToolAnswer[]): this {
    const { format } = this.options;
    if (format === 'anthropic-messages') {
      const content = answers.map((answer) => ({
        type: 'tool_result',
        tool_use_id: answer.id,
        content: answer.content,
        ...(answer.error ? { is_error: true } : {}),
      }));
      this.history.push({ role: 'user', content });
    } else if (format === 'openai-chat') {
      for (const answer of answers) {
        this.history.push({
          role: 'tool',
          ...(answer.id === null ? {} : { tool_call_id: answer.id }),
          ...(answer.name === undefined ? {} : { name: answer.name }),
          content: answer.content,
        });
      }
    } else {
      for (const answer of answers) {
        this.history.push({ type: 'function_call_output', call_id: answer.id, output: answer.content });
      }
    }
    return this;
  }

  /** Sends the history and keeps the answer in it; nothing is kept of a call that failed. */
  call(turn: ModelTurn, options: CallOptions = {}): CapturedExchange {
    const { whole, exchange } = this.#exchange(turn, options);
    if (options.status !== undefined || options.aborted) return exchange;
    this.#sent = this.history.length;
    this.history.push(...this.#kept(whole));
    this.previousId = whole['id'] as string;
    if (this.options.chained) this.#sent = this.history.length;
    return exchange;
  }

  /** The request that the history makes now. */
  request(): JsonObject {
    const { format, system, tools = [], params = {}, stream = false, chained } = this.options;
    const base = { model: 'scripted-1', ...(stream ? { stream: true } : {}), ...params };
    const schema = { type: 'object', properties: {} };
    if (format === 'anthropic-messages') {
      return {
        ...base,
        max_tokens: 1024,
        ...(system === undefined
          ? {}
          : { system: [{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }] }),
        ...(tools.length > 0 ? { tools: tools.map((name) => ({ name, input_schema: schema })) } : {}),
        messages: structuredClone(this.history),
      };
    }
    if (format === 'openai-chat') {
      return {
        ...base,
        ...(tools.length > 0
          ? { tools: tools.map((name) => ({ type: 'function', function: { name, parameters: schema } })) }
          : {}),
        messages: [
          ...(system === undefined ? [] : [{ role: 'system', content: system }]),
          ...structuredClone(this.history),
        ],
      };
    }
    return {
      ...base,
      ...(system === undefined ? {} : { instructions: system }),
      ...(tools.length > 0 ? { tools: tools.map((name) => ({ type: 'function', name, parameters: schema })) } : {}),
      ...(chained && this.previousId !== null ? { previous_response_id: this.previousId } : {}),
      input: structuredClone(chained ? this.history.slice(this.#sent) : this.history),
    };
  }

  #kept(whole: JsonObject): JsonObject[] {
    const { format, keepReasoning } = this.options;
    if (format === 'anthropic-messages') {
      const content = (whole['content'] as JsonObject[]).filter((part) => keepReasoning || part['type'] !== 'thinking');
      return [{ role: 'assistant', content }];
    }
    if (format === 'openai-chat') {
      const { reasoning_content, ...message } = whole['choices'][0].message;
      return [keepReasoning && reasoning_content !== undefined ? { ...message, reasoning_content } : message];
    }
    return (whole['output'] as JsonObject[]).filter((item) => keepReasoning || item['type'] !== 'reasoning');
  }

  #exchange(turn: ModelTurn, call: CallOptions): { whole: JsonObject; exchange: CapturedExchange } {
    const { options, clock } = this;
    const body = options.body?.(this.request()) ?? this.request();
    const serial = options.serial?.() ?? ++serialCount;
    const rendered = renderers[options.format](turn, body, serial);
    const started_at = clock.now;
    const ended_at = started_at + Math.round((call.durationMs ?? 1000) * 1000);
    clock.now = ended_at + Math.round((call.gapMs ?? 500) * 1000);
    const connection = call.connection ?? options.connection?.() ?? 1;
    const failure = JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
    const streamed = options.stream === true && call.status === undefined;
    let text =
      call.status !== undefined ? failure : streamed ? rendered.events.join('') : JSON.stringify(rendered.whole);
    if (call.aborted) text = text.slice(0, Math.floor(text.length / 2));
    const exchange: CapturedExchange = {
      exchange_id: nulJoinedId(started_at, 'test-exchange', ++exchangeCount),
      kind: 'http',
      via: 'intercept',
      ...(options.session === undefined ? {} : { session: options.session, session_source: options.session_source }),
      client: { address: options.address ?? '127.0.0.1', port: 40_000 + connection, connection, protocol: 'http/1.1' },
      method: 'POST',
      url: call.path ?? paths[options.format],
      request: {
        http_version: '1.1',
        headers: [
          ['content-type', 'application/json'],
          ['user-agent', options.userAgent ?? 'test-agent/1.0'],
          ...(options.headers ?? []),
          ...(call.headers ?? []),
        ],
        trailers: [],
        ...bytesOf(JSON.stringify(body), started_at),
      },
      started_at,
      ended_at,
      state: call.aborted ? 'aborted' : 'complete',
      response: {
        http_version: '1.1',
        status: call.status ?? 200,
        status_text: call.status === undefined ? 'OK' : 'Overloaded',
        informational: [],
        headers: [['content-type', streamed ? 'text/event-stream' : 'application/json']],
        trailers: [],
        ...bytesOf(text, ended_at),
      },
    };
    return { whole: rendered.whole, exchange };
  }
}

function bytesOf(text: string, at: number) {
  const body = encoder.encode(text);
  return { body, bytes: body.length, truncated: false, chunks: body.length > 0 ? [{ offset: 0, at }] : [] };
}

/** Reads and decodes as the pipeline does, with nothing to redact. */
export function decoded(exchange: CapturedExchange): DecodedExchange {
  const redacted = { ...readExchange(exchange), findings: [] } as unknown as RedactedExchange;
  return decodeExchange(redacted)[0] as DecodedExchange;
}

/** When the agents of `agent` begin, in microseconds. */
export const start = 1_790_000_000_000_000;

/** An agent with one prompt over one connection; each has a clock of its own. */
export function agent(change: Partial<ConversationOptions> = {}): Conversation {
  return new Conversation({
    format: 'anthropic-messages',
    system: 'S',
    connection: () => 1,
    clock: { now: start },
    ...change,
  });
}

import { derivedId } from '../../../src/main/assemble/ids.js';
import type { CapturedExchange, HeaderList } from '../../../src/shared/model/index.js';
import type { JsonObject } from '../../support/model-server.js';
import { Random } from '../store/random.js';
import { Texts } from './texts.js';
import { answerTo, type Item, requestBody, urlOf, type WireName } from './wire.js';

/** A tool call as asked: the nth of the exchange that asked. */
export interface Ask {
  exchange: string;
  index: number;
}

/** One exchange and what the generator knows of it. Nothing of this is written into the exchange. */
export interface Labelled {
  exchange: CapturedExchange;
  /** Conversation that it belongs to. */
  session: string;
  /** The conversation and the tool call that started this one. */
  parent?: {
    session: string;
    ask: Ask;
    /** Tool calls of the same answer with the same order: nothing in the traffic tells whose subagent is whose. */
    alike: Ask[];
  };
  /** The first call behind a rewritten head. */
  rewritten: boolean;
  /** Tool calls whose results this request is the first to bring. */
  answers: Ask[];
}

export interface AgentOptions {
  session: string;
  format: WireName;
  system: string;
  headers: HeaderList;
  userAgent: string;
  connection(): number;
  stream: boolean;
  /** Microseconds. */
  now: number;
  parent?: Labelled['parent'];
  /** `counted`: call_0, call_1 … in every conversation. */
  toolIds: 'vendor' | 'counted';
  /** The history is not resent. */
  chained?: 'response' | 'conversation';
}

/** Everything that the conversations of one family share. */
export class World {
  readonly random: Random;
  readonly texts: Texts;
  readonly out: Labelled[] = [];
  #exchanges = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
    this.texts = new Texts(this.random);
  }

  exchangeId(at: number): string {
    return derivedId(at, 'bench-lineage', this.#exchanges++);
  }
  chance(share: number): boolean {
    return this.random.next() < share;
  }
  /** What vendors make ids of. */
  token(length: number): string {
    let text = '';
    while (text.length < length) text += Math.floor(this.random.next() * 36 ** 8).toString(36);
    return text.slice(0, length);
  }
}

export interface Turn {
  text?: string;
  calls?: { name: string; arguments: JsonObject }[];
}

export interface CallOptions {
  /** The server answers with this error; nothing is kept. */
  status?: number;
  /** The client hangs up in the middle of the answer; nothing is kept. */
  aborted?: boolean;
  /** Answers besides the one that the client goes on from. */
  choices?: string[];
  /** The request is made beside the conversation; nothing is kept. */
  aside?: boolean;
  body?(body: JsonObject): JsonObject;
  path?: string;
  answer?: JsonObject;
}

/** A call that has been made, with the ids of the tool calls that its answer asked for. */
export interface Made {
  exchange: string;
  asked: { ask: Ask; id: string | null; name: string }[];
  responseId: string;
}

const encoder = new TextEncoder();

/** One agent: keeps its history, sends it, labels what it sends. */
export class Agent {
  readonly options: AgentOptions;
  readonly world: World;
  items: Item[] = [];
  now: number;
  previous: string | null = null;
  conversation: string | null = null;
  rewritten = false;
  #sent = 0;
  #counted = 0;

  constructor(world: World, options: AgentOptions) {
    this.world = world;
    this.options = options;
    this.now = options.now;
    if (options.chained === 'conversation') this.conversation = `conv_${world.token(32)}`;
  }

  user(text: string): void {
    this.items.push({ kind: 'user', text });
  }

  /** Results of these tool calls, in this order. */
  results(asked: Made['asked'], text: () => string, apart = false): void {
    for (const { ask, id, name } of asked) {
      this.items.push({ kind: 'result', id, name, text: text(), apart, ask });
    }
  }

  /** A second client that goes on from here. */
  fork(): Agent {
    const other = new Agent(this.world, { ...this.options, now: this.now });
    other.items = structuredClone(this.items);
    other.previous = this.previous;
    other.conversation = this.conversation;
    other.#sent = this.#sent;
    other.#counted = this.#counted;
    return other;
  }

  call(turn: Turn, call: CallOptions = {}): Made {
    const { options, world } = this;
    const { random } = world;
    const { format, chained } = options;
    const stream = options.stream && call.answer === undefined;
    const params: JsonObject = {};
    if (chained === 'response' && this.previous !== null) params['previous_response_id'] = this.previous;
    if (chained === 'conversation') params['conversation'] = this.conversation;
    const items = chained === undefined ? this.items : this.items.slice(this.#sent);
    const made = requestBody(format, { system: options.system, tools, items, stream, params });
    const body = call.body?.(made) ?? made;
    const calls = (turn.calls ?? []).map((each) => ({ ...each, id: this.#toolId() }));
    const responseId = this.#responseId();
    const answer =
      call.answer === undefined
        ? answerTo(
            format,
            body,
            {
              ...(turn.text === undefined ? {} : { text: turn.text }),
              ...(calls.length > 0 ? { toolCalls: calls } : {}),
              responseId,
            },
            call.choices,
          )
        : { text: JSON.stringify(call.answer), type: 'application/json' };
    const started_at = this.now;
    const failed = call.status !== undefined;
    const ended_at = started_at + Math.round((failed ? 0.2 : 1 + random.next() * 12) * 1e6);
    this.now = ended_at + Math.round((0.05 + random.next() ** 3 * 20) * 1e6);
    const exchange = world.exchangeId(started_at);
    const connection = options.connection();
    const wire = failed
      ? JSON.stringify({ error: { type: 'server_error', message: 'Try again later.', code: call.status } })
      : call.aborted
        ? answer.text.slice(0, Math.floor(answer.text.length * random.next() * 0.8))
        : answer.text;
    world.out.push({
      session: options.session,
      ...(options.parent === undefined ? {} : { parent: options.parent }),
      rewritten: this.rewritten && !call.aside,
      answers: items.flatMap((item) => (item.kind === 'result' && item.ask !== undefined ? [item.ask] : [])),
      exchange: {
        exchange_id: exchange,
        kind: 'http',
        via: 'intercept',
        client: { address: '127.0.0.1', port: 40_000 + (connection % 20_000), connection, protocol: 'http/1.1' },
        method: 'POST',
        url: call.path ?? urlOf(format, stream),
        request: {
          http_version: '1.1',
          headers: [['content-type', 'application/json'], ['user-agent', options.userAgent], ...options.headers],
          trailers: [],
          ...bytesOf(JSON.stringify(body), started_at),
        },
        started_at,
        ended_at,
        state: call.aborted ? 'aborted' : 'complete',
        response: {
          http_version: '1.1',
          status: call.status ?? 200,
          status_text: '',
          informational: [],
          headers: [['content-type', failed ? 'application/json' : answer.type]],
          trailers: [],
          ...bytesOf(wire, ended_at),
        },
      },
    });
    if (!call.aside) this.rewritten = false;
    if (!failed && !call.aborted && !call.aside) {
      if (call.answer === undefined) this.items.push({ kind: 'assistant', text: turn.text ?? '', calls });
      this.#sent = this.items.length;
      this.previous = responseId;
    }
    const asked = calls.map(({ id, name }, index) => ({ ask: { exchange, index }, id, name }));
    return { exchange, asked, responseId };
  }

  #toolId(): string {
    if (this.options.toolIds === 'counted') return `call_${this.#counted++}`;
    const { world, options } = this;
    return options.format === 'anthropic-messages' ? `toolu_01${world.token(22)}` : `call_${world.token(24)}`;
  }

  #responseId(): string {
    const { format } = this.options;
    const prefix = format === 'openai-chat' ? 'chatcmpl-' : format === 'openai-responses' ? 'resp_' : 'msg_01';
    return `${prefix}${this.world.token(format === 'openai-responses' ? 48 : 24)}`;
  }
}

export const tools = ['read_file', 'run_command', 'search', 'edit_file', 'delegate'] as const;

function bytesOf(text: string, at: number) {
  const body = encoder.encode(text);
  return { body, bytes: body.length, truncated: false, chunks: body.length > 0 ? [{ offset: 0, at }] : [] };
}

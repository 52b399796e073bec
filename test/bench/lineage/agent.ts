import { nulJoinedId } from '../../../src/main/ground/derived-ids.js';
import type { CapturedExchange, HeaderList } from '../../../src/shared/model/index.js';
import type { JsonObject } from '../../support/model-server.js';
import { Random } from '../store/random.js';
import { Texts } from './texts.js';
import { answerTo, type Item, requestBody, urlOf, type WireName } from './wire.js';

/** A tool call as asked: the nth of the call that asked, by its key. */
export interface Ask {
  exchange: string;
  index: number;
}

/** What the generator knows of a call. Nothing of this is written into the exchange. */
export interface Label {
  /** Name by which asks lead to it. */
  key: string;
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

/** One exchange with what is known of it; of a socket, of each turn on it. */
export interface Labelled extends Label {
  exchange: CapturedExchange;
  turns?: Label[];
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
  parent?: Label['parent'];
  /** `counted`: call_0, call_1 … in every conversation. `rewritten`: a gateway names them anew in every request. */
  toolIds: 'vendor' | 'counted' | 'rewritten';
  /** The history is not resent: it is named by the last response, by a conversation, by a message thread. */
  chained?: 'response' | 'conversation' | 'thread';
  /** Answers come with reasoning, which the client resends or leaves out. */
  reasoning?: 'resent' | 'stripped';
  /** All turns go over one socket. */
  socket?: boolean;
  /** Fields of every body, in which clients name their sessions too. */
  fields?: JsonObject;
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
    return nulJoinedId(at, 'bench-lineage', this.#exchanges++);
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
  /** Conversation that an aside belongs to, where it is not the agent's. */
  session?: string;
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
  #turns: { label: Label; body: JsonObject; wire: string; started_at: number; ended_at: number }[] = [];

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
    const stream = (options.stream || options.socket === true) && call.answer === undefined;
    const unsent = chained === undefined ? this.items : this.items.slice(this.#sent);
    const body = this.#body(options.toolIds === 'rewritten' ? this.#renamed(unsent) : unsent, stream, call);
    const calls = (turn.calls ?? []).map((each) => ({ ...each, id: this.#toolId() }));
    const responseId = this.#responseId();
    const reasoning = options.reasoning === undefined ? undefined : world.texts.between(40, 600);
    const answer =
      call.answer === undefined
        ? answerTo(
            format,
            body,
            {
              ...(turn.text === undefined ? {} : { text: turn.text }),
              ...(calls.length > 0 ? { toolCalls: calls } : {}),
              ...(reasoning === undefined ? {} : { reasoning }),
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
    const wire = failed
      ? JSON.stringify({ error: { type: 'server_error', message: 'Try again later.', code: call.status } })
      : call.aborted
        ? answer.text.slice(0, Math.floor(answer.text.length * random.next() * 0.8))
        : answer.text;
    const label: Label = {
      key: exchange,
      session: call.session ?? options.session,
      ...(options.parent === undefined || call.session !== undefined ? {} : { parent: options.parent }),
      rewritten: this.rewritten && !call.aside,
      // A count of tokens is told of results, but is no turn that takes them.
      answers: (call.aside && call.answer !== undefined ? [] : unsent).flatMap((item) =>
        item.kind === 'result' && item.ask !== undefined ? [item.ask] : [],
      ),
    };
    if (options.socket === true) this.#turns.push({ label, body, wire, started_at, ended_at });
    else {
      const type = failed ? 'application/json' : answer.type;
      world.out.push({
        ...label,
        exchange: {
          ...this.#shell(exchange, started_at, ended_at),
          kind: 'http',
          method: 'POST',
          url: call.path ?? urlOf(format, stream),
          request: {
            http_version: '1.1',
            headers: [['content-type', 'application/json'], ...this.#headers()],
            trailers: [],
            ...bytesOf(JSON.stringify(body), started_at),
          },
          state: call.aborted ? 'aborted' : 'complete',
          response: {
            http_version: '1.1',
            status: call.status ?? 200,
            status_text: '',
            informational: [],
            headers: [['content-type', type]],
            trailers: [],
            ...bytesOf(wire, ended_at),
          },
        },
      });
    }
    if (!call.aside) this.rewritten = false;
    if (!failed && !call.aborted && !call.aside) {
      if (call.answer === undefined) {
        const resent = options.reasoning === 'resent' && reasoning !== undefined ? { reasoning } : {};
        this.items.push({ kind: 'assistant', text: turn.text ?? '', calls, ...resent });
      }
      this.#sent = this.items.length;
      this.previous = responseId;
    }
    const asked = calls.map(({ id, name }, index) => ({ ask: { exchange, index }, id, name }));
    return { exchange, asked, responseId };
  }

  /** A socket is captured whole when it closes. */
  close(): void {
    const turns = this.#turns;
    const [first] = turns;
    const last = turns.at(-1);
    if (first === undefined || last === undefined) return;
    const { world } = this;
    const began = first.started_at - 50_000;
    const exchange = world.exchangeId(began);
    const sent = new Frames();
    const answered = new Frames();
    for (const { body, wire, started_at, ended_at } of turns) {
      const { stream: _, ...asked } = body;
      sent.add(JSON.stringify({ type: 'response.create', ...asked }), started_at);
      for (const event of wire.split('\n\n')) {
        const data = event.split('\n').find((line) => line.startsWith('data: '));
        if (data !== undefined && data !== 'data: [DONE]') answered.add(data.slice(6), ended_at);
      }
    }
    const upgrade: HeaderList = [
      ['connection', 'Upgrade'],
      ['upgrade', 'websocket'],
    ];
    const side = { http_version: '1.1', trailers: [] };
    world.out.push({
      ...first.label,
      answers: [],
      turns: turns.map(({ label }) => label),
      exchange: {
        ...this.#shell(exchange, began, last.ended_at),
        kind: 'websocket',
        method: 'GET',
        url: 'wss://api.openai.com/v1/responses',
        request: { ...side, headers: [...upgrade, ...this.#headers()], ...sent.bytes() },
        state: 'complete',
        response: {
          ...side,
          status: 101,
          status_text: '',
          informational: [],
          headers: upgrade,
          ...answered.bytes(),
        },
      },
    });
    this.#turns = [];
  }

  #body(items: Item[], stream: boolean, call: CallOptions): JsonObject {
    const { format, chained, system } = this.options;
    const params: JsonObject = { ...this.options.fields };
    if (chained === 'response' && this.previous !== null) params['previous_response_id'] = this.previous;
    if (chained === 'conversation') params['conversation'] = this.conversation;
    const made = requestBody(format, { system, tools, items, stream, params });
    if (chained === 'thread' && this.previous !== null) {
      delete made['system'];
      delete made['tools'];
      made['thread'] = { type: 'continue', previous_message_id: this.previous };
    }
    return call.body?.(made) ?? made;
  }

  /** The same history as a gateway passes it on that keeps no ids. */
  #renamed(items: Item[]): Item[] {
    const names = new Map<string | null, string>();
    const renamed = (id: string | null) => {
      if (!names.has(id)) names.set(id, this.#toolId());
      return names.get(id) as string;
    };
    return items.map((item) => {
      if (item.kind === 'result') return { ...item, id: renamed(item.id) };
      if (item.kind !== 'assistant') return item;
      return { ...item, calls: item.calls.map((call) => ({ ...call, id: renamed(call.id ?? null) })) };
    });
  }

  #headers(): HeaderList {
    return [['user-agent', this.options.userAgent], ...this.options.headers];
  }

  #shell(exchange_id: string, started_at: number, ended_at: number) {
    const connection = this.options.connection();
    const client = { address: '127.0.0.1', port: 40_000 + (connection % 20_000), connection, protocol: 'http/1.1' };
    return {
      exchange_id,
      via: 'intercept' as const,
      client: client as CapturedExchange['client'],
      started_at,
      ended_at,
    };
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

/** Text messages of one side of a socket (RFC 6455), each in one frame; masked with zeros they are the same bytes. */
class Frames {
  readonly #frames: Buffer[] = [];
  readonly #chunks: { offset: number; at: number }[] = [];
  #length = 0;

  add(text: string, at: number): void {
    const payload = Buffer.from(text);
    const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10);
    head[0] = 0x81;
    if (head.length === 2) head[1] = payload.length;
    else if (head.length === 4) {
      head[1] = 126;
      head.writeUInt16BE(payload.length, 2);
    } else {
      head[1] = 127;
      head.writeBigUInt64BE(BigInt(payload.length), 2);
    }
    this.#chunks.push({ offset: this.#length, at });
    this.#frames.push(head, payload);
    this.#length += head.length + payload.length;
  }

  bytes() {
    const body = Buffer.concat(this.#frames);
    return { body, bytes: body.length, truncated: false, chunks: this.#chunks };
  }
}

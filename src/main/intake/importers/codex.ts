import type { ChatMessage, IntakeCall, IntakeEvent, IntakeTrace, Micros } from '../../../shared/model/index.js';
import { isEmpty, recordOf, requestOf, responseOf, usageOf } from './build.js';
import { type AgentState, changeEvents } from './changes.js';
import { CopiedHistory } from './codex-copy.js';
import {
  contentKey,
  countOf,
  isObject,
  type JsonObject,
  objectOf,
  objectsOf,
  present,
  textOf,
  timeOf,
} from './fields.js';
import { type ImportContext, type Importer, type ImportItem, maxItemBytes } from './importer.js';
import { lines } from './reading/lines.js';
import { lineEntry } from './reading/values.js';

const id = 'codex';

const lineTypes = new Set([
  'session_meta',
  'response_item',
  'event_msg',
  'turn_context',
  'compacted',
  'world_state',
  'token_usage_record',
]);
/** Items that the model wrote; every other item was given to it. */
const written = new Set([
  'reasoning',
  'function_call',
  'custom_tool_call',
  'local_shell_call',
  'web_search_call',
  'image_generation_call',
  'tool_search_call',
  'mcp_call',
]);

/**
 * Rollout files of Codex (`~/.codex/sessions/YYYY/MM/DD/rollout-*.jsonl`): items of the Responses API as they were sent
 * and received. What the model wrote between two inputs is one call; its usage follows in `token_usage_record` (with the
 * response's id) or, in older versions, in `token_count`.
 */
export const codex = {
  id,
  title: 'Codex session',
  description: 'Rollout files of Codex (~/.codex/sessions/**/rollout-*.jsonl).',
  detect({ values }) {
    const lines = values.filter((line) => lineTypes.has(textOf(line['type']) ?? '') && isObject(line['payload']));
    return lines.length === 0 ? 0 : lines.length * 2 >= values.length ? 1 : 0.4;
  },
  async *read(input, context) {
    const rollout = new RolloutReader(context);
    for await (const line of lines(input, maxItemBytes)) {
      if ('idle' in line) continue;
      for (const entry of lineEntry(line)) {
        if ('skipped' in entry) {
          rollout.broken('text' in line ? line.text : '');
          yield entry;
        } else yield* rollout.line(entry.value, entry.where);
      }
    }
    yield* rollout.end();
  },
} satisfies Importer;

interface Turn {
  input: JsonObject[];
  written: JsonObject[];
  model: string | null;
  params: JsonObject;
  /** Its place among the calls of the file: its name in earlier versions. */
  ordinal: number;
  /** What names it: its items, whichever of them the file holds whole. */
  names: string[];
  started: Micros | null;
  ended: Micros;
  usage: JsonObject | null;
  responseId: string | null;
  /** All that its model was given stands in it: it is the first, or the history was replaced before it. */
  whole: boolean;
  /** It holds what the model wrote in the thread that this one was split from. */
  copied: boolean;
  /** A line behind it could not be read: its usage may have stood there. */
  doubtful: boolean;
}

/** Items of an answer that name it: one of them is enough. */
const mostNames = 8;
/** Of a line that cannot be read so much is looked at for what it was. */
const brokenHead = 400;

/** Turns without usage that are held until one with usage shows that they were cut. */
const maxUnsure = 64;

class RolloutReader {
  readonly #context: ImportContext;
  #session: string;
  #trace: IntakeTrace;
  #client = 'codex';
  #instructions: string | undefined;
  #model: string | null = null;
  #state: AgentState = {};
  #params: JsonObject = {};
  #number = 0;
  /** Lines before this one, without any between, that could not be read. */
  #unread = 0;
  /** A line behind the last item could not be read. */
  #gap = false;
  /** Names the line by what it says. */
  #line = '';
  #last: Micros;
  /** Being collected. */
  #turn: Turn;
  /** Whole, but its usage may still follow. */
  #waiting: Turn | null = null;
  /** Whole, and usage did not follow: cut, or of a version that wrote none. */
  #unsure: Turn[] = [];
  #previous: string | null = null;
  /** Name of the call before, where what follows goes on from it. */
  #before: string | null = null;
  #calls = 0;
  #counts = 0;
  /** While the history of the thread that this one was split from is repeated. */
  #copy: CopiedHistory | null = null;
  /** How often each item was told of, by its name. */
  readonly #told = new Map<string, number>();

  constructor(context: ImportContext) {
    this.#context = context;
    this.#last = context.at;
    this.#session = context.fileKey;
    this.#trace = { key: `codex:${context.fileKey}`, kind: 'agent' };
    this.#turn = this.#fresh(true);
  }

  /**
   * A line that cannot be read: where it shows that the answer before it was over, what follows is another one. So it is where
   * there are several behind a tool call: its result is one of them.
   */
  broken(text: string): void {
    const head = text.slice(0, brokenHead);
    const type = /"payload":\s*\{\s*"type":\s*"([a-z_]{1,40})"/.exec(head)?.[1];
    const ends =
      /^\{[^{}]{0,200}"type":\s*"(?:token_usage_record|compacted|turn_context)"/.test(head) ||
      type === 'token_count' ||
      /_output$/.test(type ?? '') ||
      (type === 'message' && /"role":\s*"(?:user|developer)"/.test(head));
    this.#unread += 1;
    this.#gap = true;
    if (this.#copy !== null) return;
    const asked = /_call$/.test(textOf(this.#turn.written.at(-1)?.['type']) ?? '');
    if ((ends || (asked && this.#unread > 1)) && this.#turn.written.length > 0) this.#rest();
    if (this.#waiting !== null) this.#waiting.doubtful = true;
    this.#turn.doubtful = true;
  }

  *line(line: JsonObject, where: string): Generator<ImportItem> {
    this.#number += 1;
    this.#unread = 0;
    this.#line = contentKey(JSON.stringify(line)).slice(0, 16);
    const at = timeOf(line['timestamp']) ?? this.#last;
    const before = this.#last;
    this.#last = at;
    const type = textOf(line['type']) ?? '';
    const payload = objectOf(line['payload']);
    this.#copy?.turn(payload);
    switch (type) {
      case 'session_meta':
        this.#meta(payload, at);
        return;
      case 'turn_context': {
        this.#model = textOf(payload['model']) ?? this.#model;
        this.#params = present({ effort: payload['effort'], summary: payload['summary'] });
        yield* this.#changed(payload, at);
        return;
      }
      case 'response_item':
        yield* this.#item(payload, at, before);
        return;
      case 'token_usage_record':
        yield* this.#counted(objectOf(payload['usage']), textOf(payload['response_id']) ?? null);
        return;
      case 'compacted':
        yield* this.#compacted(payload, at);
        return;
      case 'event_msg':
        yield* this.#message(payload, at);
        return;
      case 'world_state':
        return;
      default:
        yield {
          skipped: {
            where,
            reason: lineTypes.has(type) ? 'without payload' : `unknown kind of line: ${type.slice(0, 40)}`,
          },
        };
    }
  }

  *end(): Generator<ImportItem> {
    yield* this.#close();
    // What was asked and never answered.
    const asked = this.#messages(this.#turn.input);
    if (asked.length > 0) yield* this.#unanswered(asked);
  }

  *#compacted(payload: JsonObject, at: Micros): Generator<ImportItem> {
    const summary = textOf(payload['message']);
    const history = Array.isArray(payload['replacement_history'])
      ? objectsOf(payload['replacement_history'])
      : summary === undefined
        ? []
        : [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: summary }] }];
    if (this.#copy === null) {
      yield* this.#close();
      // What no call was given before, and none is given again.
      const kept = new Set(history.map(sameItem));
      const dropped = this.#turn.input.filter((item) => !kept.has(sameItem(item)));
      yield* this.#unanswered(this.#messages(dropped));
      const data = { change: 'compaction' };
      const event_id = `line:${this.#line}`;
      yield* this.#event({ type: 'state_change', description: 'compacted', derived: true, at, event_id, data }, at);
    }
    // The history was replaced: the next call does not continue the last one's words.
    this.#turn = this.#fresh(history.length > 0);
    this.#turn.input.push(...history);
    this.#previous = null;
    this.#before = null;
  }

  #fresh(whole: boolean): Turn {
    return {
      input: [],
      written: [],
      model: this.#model ?? null,
      params: {},
      ordinal: 0,
      names: [],
      started: null,
      ended: this.#last,
      usage: null,
      responseId: null,
      whole,
      copied: false,
      doubtful: false,
    };
  }

  #meta(payload: JsonObject, at: Micros): void {
    const session = textOf(payload['id']) ?? textOf(payload['session_id']);
    // A forked file repeats the head of the one it came from; the first head is its own.
    if (session !== undefined && session !== this.#session && this.#isNamed() && this.#calls === 0)
      this.#copy ??= new CopiedHistory(this.#session, at);
    if (session === undefined || this.#isNamed()) return;
    this.#session = session;
    this.#instructions = textOf(objectOf(payload['base_instructions'])['text']) ?? textOf(payload['instructions']);
    const version = textOf(payload['cli_version']);
    this.#client = `${textOf(payload['originator']) ?? 'codex'}${version === undefined ? '' : `/${version}`}`;
    const spawn = objectOf(objectOf(objectOf(payload['source'])['subagent'])['thread_spawn']);
    const parent = textOf(spawn['parent_thread_id']) ?? textOf(payload['parent_thread_id']);
    const forked = textOf(payload['forked_from_id']);
    if (parent !== undefined || forked !== undefined) this.#copy = new CopiedHistory(session, at);
    this.#trace = {
      key: `session:${session}`,
      kind: 'agent',
      ...(parent === undefined ? {} : { parent_key: `session:${parent}` }),
      ...(forked === undefined || parent !== undefined ? {} : { predecessor_key: `session:${forked}` }),
      metadata: present({
        cwd: payload['cwd'],
        git: payload['git'],
        originator: payload['originator'],
        client_version: version,
        copied_history: this.#copy !== null || undefined,
      }),
    };
  }

  /** A turn begins with where the agent works and what it may do. */
  *#changed(payload: JsonObject, at: Micros): Generator<ImportItem> {
    const may = [
      textOf(objectOf(payload['collaboration_mode'])['mode']),
      textOf(payload['approval_policy']),
      textOf(objectOf(payload['sandbox_policy'])['mode']) ?? textOf(objectOf(payload['sandbox_policy'])['type']),
    ].filter((word) => word !== undefined);
    const before = this.#state;
    const mode = may.length === 0 ? before.mode : may.join(', ');
    this.#state = { folder: textOf(payload['cwd']) ?? before.folder, mode };
    if (this.#copy !== null) return;
    const events = changeEvents(before, this.#state, `line:${this.#line}`, at);
    if (events.length === 0) return;
    yield this.#record('change', this.#line, this.#number, this.#trace, { started_at: at }, { events });
  }

  #isNamed(): boolean {
    return this.#trace.key.startsWith('session:');
  }

  *#item(item: JsonObject, at: Micros, before: Micros): Generator<ImportItem> {
    const type = textOf(item['type']) ?? '';
    const byModel = type === 'message' ? item['role'] === 'assistant' : written.has(type);
    if (byModel && this.#gap && opensAnother(this.#turn.written, type)) this.#rest();
    this.#gap = false;
    if (byModel && this.#turn.written.length === 0 && this.#copy?.isOwn(at, before)) this.#copy = null;
    if (byModel && this.#copy === null) {
      if (this.#turn.written.length === 0) {
        if (this.#waiting !== null) this.#unsure.push(this.#waiting);
        this.#waiting = null;
        if (this.#unsure.length > maxUnsure) yield* this.#giveUnsure();
        this.#calls += 1;
        this.#turn.ordinal = this.#calls;
        this.#turn.model = this.#model;
        this.#turn.params = this.#params;
      }
      this.#turn.started ??= at;
      this.#turn.written.push(item);
      if (this.#turn.names.length < mostNames) this.#turn.names.push(this.#nameOf(item));
      this.#turn.ended = at;
      return;
    }
    if (this.#turn.written.length > 0) this.#rest();
    this.#turn.started = at;
    this.#turn.input.push(item);
    if (byModel) this.#turn.copied = true;
  }

  /** The call being collected is whole; its usage may still follow. */
  #rest(): void {
    this.#waiting = this.#turn;
    this.#turn = this.#fresh(false);
  }

  /**
   * What a stream left that was cut: the call that took its place was given it. Only where usage is written, though;
   * elsewhere each is a call.
   */
  *#giveUnsure(): Generator<ImportItem> {
    const unsure = this.#unsure;
    this.#unsure = [];
    const next = this.#waiting;
    const [first] = unsure;
    if (first !== undefined && next !== null && this.#counts > 0 && !unsure.some(({ doubtful }) => doubtful)) {
      next.input.unshift(...unsure.flatMap((turn) => [...turn.input, ...turn.written]));
      next.whole = first.whole;
      next.started ??= first.started;
      return;
    }
    for (const turn of unsure) yield* this.#call(turn);
  }

  *#counted(usage: JsonObject, responseId: string | null): Generator<ImportItem> {
    if (this.#copy !== null) return;
    if (this.#turn.written.length > 0) this.#rest();
    if (this.#waiting === null || this.#waiting.usage !== null) return;
    this.#counts += 1;
    this.#waiting.usage = usage;
    this.#waiting.responseId = responseId;
    yield* this.#give();
  }

  *#message(payload: JsonObject, at: Micros): Generator<ImportItem> {
    const type = textOf(payload['type']) ?? '';
    if (this.#copy !== null) return;
    if (type === 'token_count') {
      const usage = objectOf(payload['info'])['last_token_usage'];
      if (isObject(usage)) yield* this.#counted(usage, null);
    } else if (type === 'error' || type === 'stream_error') {
      const message = textOf(payload['message']) ?? type;
      yield* this.#event({ type: 'error', code: type, message, at, event_id: `line:${this.#line}` }, at);
    } else if (type === 'turn_aborted') {
      yield* this.#close();
      const data = present({ reason: payload['reason'] });
      yield* this.#event(
        { type: 'state_change', description: 'interrupted', at, event_id: `line:${this.#line}`, data },
        at,
        'interrupted',
      );
    } else if (type === 'task_complete') yield* this.#close();
  }

  *#close(): Generator<ImportItem> {
    if (this.#turn.written.length > 0) {
      yield* this.#give();
      this.#rest();
    }
    yield* this.#give();
  }

  *#give(): Generator<ImportItem> {
    if (this.#waiting === null) return;
    yield* this.#giveUnsure();
    const turn = this.#waiting;
    this.#waiting = null;
    yield* this.#call(turn);
  }

  *#call(turn: Turn): Generator<ImportItem> {
    const input = this.#messages(turn.input);
    const instructions: ChatMessage[] =
      turn.whole && this.#instructions !== undefined
        ? [{ role: 'system', parts: [{ type: 'text', text: this.#instructions }] }]
        : [];
    // Up to the last answer of the other thread, and what that was given of its tools.
    const last = turn.copied ? input.findLastIndex(({ role }) => role === 'assistant') : -1;
    const results = input.slice(last + 1).findIndex(({ role }) => role !== 'tool');
    const copied = last === -1 ? 0 : results === -1 ? input.length : last + 1 + results;
    const usage = turn.usage ?? {};
    const { responseId } = turn;
    const [name] = turn.names as [string];
    const call: IntakeCall = {
      format: 'openai-responses',
      request: requestOf([...instructions, ...input], {
        model: turn.model,
        params: turn.params,
        stream: true,
        history_complete: turn.whole,
        ...(copied === 0 ? {} : { copied: instructions.length + copied }),
        ...(this.#previous === null || turn.whole ? {} : { previous_response_id: this.#previous }),
      }),
      response: responseOf(joined(this.#messages(turn.written)), {
        response_id: responseId,
        model: turn.model,
        usage: usageOf({
          input_tokens: countOf(usage['input_tokens']),
          output_tokens: countOf(usage['output_tokens']),
          cached_input_tokens: countOf(usage['cached_input_tokens']),
          cache_write_tokens: countOf(usage['cache_write_input_tokens']) || undefined,
          reasoning_tokens: countOf(usage['reasoning_output_tokens']),
        }),
      }),
      names: turn.names,
      ...(this.#before === null || turn.whole ? {} : { follows: this.#before }),
    };
    const times = { started_at: turn.started ?? turn.ended, ended_at: turn.ended };
    // Not by response id: that may stand in the file only after the call was read once without it.
    yield this.#record('call', name, turn.ordinal, this.#trace, times, { call });
    this.#previous = responseId;
    this.#before = name;
  }

  /**
   * An item by what the file says of it, never by how many stand before it: a line that was broken may be whole the next time.
   * Some providers give the same ids in each answer: from the second on the time is part of the name.
   */
  #nameOf(item: JsonObject): string {
    const { internal_chat_message_metadata_passthrough: _inner, ...said } = item;
    const told = (...names: string[]) => {
      const name = contentKey(this.#session, textOf(item['type']) ?? '', ...names).slice(0, 16);
      const count = this.#told.get(name) ?? 0;
      this.#told.set(name, count + 1);
      return { name, count };
    };
    const names = textOf(item['call_id']) ?? `${this.#last}:${JSON.stringify(said)}`;
    const first = told(names);
    if (first.count === 0) return first.name;
    const again = told(names, `again:${this.#last}`);
    return again.count === 0 ? again.name : told(names, `again:${this.#last}`, String(again.count)).name;
  }

  /** A record by what it tells. `count`: what it was called by in earlier versions. */
  #record(
    kind: string,
    name: string,
    count: number | string,
    trace: IntakeTrace,
    times: { started_at: Micros; ended_at?: Micros },
    content: { call?: IntakeCall; events?: IntakeEvent[] },
  ): ImportItem {
    const key = (of: number | string) => `${kind}:${this.#session}:${of}`;
    return {
      record: recordOf(id, key(name), trace, times, { client: this.#client, ...content }),
      formerly: { record: key(count), trace: trace.key },
    };
  }

  *#unanswered(asked: ChatMessage[]): Generator<ImportItem> {
    const at = this.#turn.started ?? this.#last;
    const name = contentKey(JSON.stringify(asked)).slice(0, 16);
    const events = asked.flatMap((message, index): IntakeEvent[] =>
      message.parts.flatMap((part, place): IntakeEvent[] => {
        const event_id = `unanswered:${at}:${name}:${index}:${place}`;
        if (part.type === 'text' && message.role !== 'assistant')
          return [{ type: 'message', role: message.role, content: part.text, at, event_id }];
        if (part.type !== 'tool_result') return [];
        const { tool_call_id: call, result, is_error } = part;
        return [
          {
            type: 'tool_result',
            result,
            at,
            event_id,
            ...(call === null ? {} : { tool_call_id: call }),
            ...(is_error === undefined ? {} : { is_error }),
          },
        ];
      }),
    );
    if (events.length === 0) return;
    yield this.#record(
      'unanswered',
      name,
      `${this.#calls}:${this.#number}`,
      this.#trace,
      { started_at: at },
      { events },
    );
  }

  *#event(event: IntakeEvent, at: Micros, status?: IntakeTrace['completion_status']): Generator<ImportItem> {
    const trace = status === undefined ? this.#trace : { ...this.#trace, completion_status: status };
    yield this.#record('event', this.#line, this.#number, trace, { started_at: at }, { events: [event] });
  }

  #messages(items: JsonObject[]): ChatMessage[] {
    // Bookkeeping of the client, not of the conversation.
    const clean = items.map(({ internal_chat_message_metadata_passthrough: _inner, ...item }) => item);
    return this.#context.readMessages('openai-responses', clean).filter((message) => !isEmpty(message));
  }
}

/** Tools that the client runs: the model goes on when it has their results. */
const ranByClient = new Set(['function_call', 'custom_tool_call', 'local_shell_call']);

/**
 * Whether an item that the model wrote is of another answer than those before it, between which a line is lost: within one, thoughts
 * come first, and words come before the calls that they lead to. Calls side by side tell nothing.
 */
function opensAnother(before: readonly JsonObject[], type: string): boolean {
  const last = before.at(-1);
  if (last === undefined) return false;
  const asked = ranByClient.has(textOf(last['type']) ?? '');
  if (type === 'message') return asked || last['phase'] === 'final_answer';
  return type === 'reasoning' ? asked || last['type'] === 'message' : last['phase'] === 'final_answer';
}

/** Equal for an item of a history and its copy: ids and notes beside the content may differ. */
function sameItem(item: JsonObject): string {
  return JSON.stringify([item['type'], item['role'], item['call_id'], item['content'], item['output']]);
}

/** The items of one answer as one message, as captured answers are. */
function joined(messages: ChatMessage[]): ChatMessage[] {
  if (messages.length === 0) return [];
  const first = messages[0] as ChatMessage;
  return [
    {
      role: 'assistant',
      ...(first.id === undefined ? {} : { id: first.id }),
      parts: messages.flatMap((message) => message.parts),
    },
  ];
}

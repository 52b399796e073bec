import type { ChatMessage, IntakeEvent, IntakeTrace, Json, Micros, Part } from '../../../../shared/model/index.js';
import { recordOf, requestOf, responseOf, usageOf } from '../build.js';
import {
  countOf,
  isObject,
  type JsonObject,
  objectOf,
  objectsOf,
  plainText,
  present,
  textOf,
  timeOf,
  titleOf,
} from '../fields.js';
import type { ImportContext, ImportItem } from '../importer.js';

const id = 'gemini-cli';
const speaks = new Set(['user', 'gemini']);

/**
 * A session of Gemini CLI while its lines come: a message is written again when it grows, a rewind takes the last ones back, and
 * `$set` changes what the session says of itself. A message is given out when another follows, or at the end.
 */
export class GeminiSession {
  readonly #context: ImportContext;
  #messages = new Map<string, JsonObject>();
  readonly #emitted = new Set<string>();
  #about: JsonObject = {};
  #last: Micros;
  /** What was said before the next answer is not the answer before it alone: its whole history is given. */
  #whole = true;

  constructor(context: ImportContext) {
    this.#context = context;
    this.#last = context.at;
  }

  *line(line: JsonObject, where: string): Generator<ImportItem> {
    const rewound = textOf(line['$rewindTo']);
    if (rewound !== undefined) {
      yield* this.remaining();
      this.#rewind(rewound);
    } else if (isObject(line['$set'])) {
      const { messages, ...about } = line['$set'];
      Object.assign(this.#about, about);
      if (Array.isArray(messages)) {
        yield* this.remaining();
        // The history was written anew: shortened, or summed up.
        this.#messages = new Map(objectsOf(messages).map((message) => [textOf(message['id']) ?? '', message]));
        for (const name of this.#messages.keys()) this.#emitted.add(name);
        this.#whole = true;
      }
    } else if (textOf(line['sessionId']) !== undefined && !('type' in line)) {
      const { messages, ...about } = line;
      Object.assign(this.#about, about);
      for (const message of objectsOf(messages)) yield* this.#message(message);
    } else if (textOf(line['id']) !== undefined && textOf(line['type']) !== undefined) yield* this.#message(line);
    else yield { skipped: { where, reason: 'not a line of a session' } };
  }

  /** Everything that was not given out yet. */
  *remaining(): Generator<ImportItem> {
    yield* this.#give(this.#messages.size, true);
  }

  *#message(message: JsonObject): Generator<ImportItem> {
    const name = textOf(message['id']) ?? '';
    if (this.#messages.has(name)) {
      this.#messages.set(name, message);
      return;
    }
    this.#messages.set(name, message);
    if (speaks.has(textOf(message['type']) ?? '')) yield* this.#give(this.#messages.size - 1, false);
  }

  #rewind(to: string): void {
    const names = [...this.#messages.keys()];
    const from = Math.max(0, names.indexOf(to));
    for (const name of names.slice(from)) this.#messages.delete(name);
    this.#whole = true;
  }

  /** Gives out the first `count` messages; at the end also what no answer came to. */
  *#give(count: number, end: boolean): Generator<ImportItem> {
    const entries = [...this.#messages.entries()].slice(0, count);
    // What stands before the last answer was told, where it is not told again.
    const answered = entries.findLastIndex(([name, { type }]) => type === 'gemini' && this.#emitted.has(name));
    const all = this.#whole ? entries : entries.slice(Math.max(0, answered));
    const resultIds = new Set(
      all.flatMap(([, message]) =>
        message['type'] === 'user' ? resultParts(this.#words(message)).map((part) => part.tool_call_id ?? '') : [],
      ),
    );
    let input: ChatMessage[] = [];
    let waiting: [string, JsonObject][] = [];
    for (const [name, message] of all) {
      const at = timeOf(message['timestamp']) ?? this.#last;
      const type = textOf(message['type']) ?? '';
      const fresh = !this.#emitted.has(name);
      if (type === 'user') {
        input.push(...this.#words(message));
        if (fresh) waiting.push([name, message]);
      } else if (type === 'gemini') {
        if (fresh) {
          for (const [heard] of waiting) this.#emitted.add(heard);
          this.#emitted.add(name);
          yield* this.#answer(name, message, input, at);
          this.#whole = false;
        }
        waiting = fresh ? [] : waiting;
        const results = this.#resultsOf(message, resultIds);
        // Only a whole history tells again what was answered.
        input = this.#whole ? [...input, answerOf(message), ...results] : results;
      } else if (fresh) {
        this.#emitted.add(name);
        yield* this.#note(name, message, type, at);
      }
      this.#last = Math.max(this.#last, at);
    }
    if (!end) return;
    for (const [name, message] of waiting) {
      this.#emitted.add(name);
      const at = timeOf(message['timestamp']) ?? this.#last;
      const content = plainText(message['content']);
      const events: IntakeEvent[] = resultEvents(this.#words(message), at);
      if (content !== '') events.push({ type: 'message', role: 'user', content, at, event_id: name });
      if (events.length > 0) yield* this.#record(`message:${name}`, at, events);
    }
    yield* this.#lastResults(all.at(-1), resultIds);
  }

  /** What the last tools brought, where no answer came any more. */
  *#lastResults(last: [string, JsonObject] | undefined, resultIds: ReadonlySet<string>): Generator<ImportItem> {
    if (last === undefined || this.#emitted.has(`${last[0]}:results`)) return;
    const at = timeOf(last[1]['timestamp']) ?? this.#last;
    const events = resultEvents(this.#resultsOf(last[1], resultIds), at);
    if (events.length === 0) return;
    this.#emitted.add(`${last[0]}:results`);
    yield* this.#record(`message:${last[0]}:results`, at, events);
  }

  *#answer(name: string, message: JsonObject, history: ChatMessage[], at: Micros): Generator<ImportItem> {
    const tokens = objectOf(message['tokens']);
    const model = textOf(message['model']) ?? null;
    const input = countOf(tokens['input']);
    const output = countOf(tokens['output']);
    const thoughts = countOf(tokens['thoughts']);
    const thought = objectsOf(message['thoughts']).flatMap((each) => timeOf(each['timestamp']) ?? []);
    const started = Math.min(at, Math.max(this.#last, thought[0] ?? 0) || at);
    yield {
      record: recordOf(
        id,
        `message:${this.#session()}:${name}`,
        this.#trace(),
        { started_at: started, ended_at: at },
        {
          client: id,
          call: {
            format: 'gemini',
            request: requestOf(history, { model, stream: true, history_complete: this.#whole }),
            response: responseOf([answerOf(message)], {
              model,
              usage: usageOf({
                input_tokens: input === undefined ? undefined : input + (countOf(tokens['tool']) ?? 0),
                output_tokens: output === undefined ? undefined : output + (thoughts ?? 0),
                cached_input_tokens: countOf(tokens['cached']) || undefined,
                reasoning_tokens: thoughts || undefined,
              }),
            }),
          },
        },
      ),
    };
    for (const call of objectsOf(message['toolCalls'])) {
      const agent = textOf(call['agentId']);
      const asked = textOf(call['id']);
      if (agent === undefined || asked === undefined) continue;
      const trace = {
        key: `session:${agent}`,
        kind: 'agent' as const,
        parent_key: this.#trace().key,
        parent_tool_call_id: asked,
      };
      yield { record: recordOf(id, `agent:${this.#session()}:${agent}`, trace, { started_at: at }, { client: id }) };
    }
  }

  *#note(name: string, message: JsonObject, type: string, at: Micros): Generator<ImportItem> {
    const content = plainText(message['content']);
    if (content === '') return;
    const event: IntakeEvent =
      type === 'error'
        ? { type: 'error', code: 'error', message: content, at, event_id: name }
        : { type: 'state_change', description: type, at, event_id: name, data: { content } };
    yield* this.#record(`message:${name}`, at, [event]);
  }

  *#record(key: string, at: Micros, events: IntakeEvent[]): Generator<ImportItem> {
    const name = `${this.#session()}:${key}`;
    yield { record: recordOf(id, name, this.#trace(), { started_at: at }, { client: id, events }) };
  }

  #words(message: JsonObject): ChatMessage[] {
    const content = message['content'];
    const parts =
      typeof content === 'string' ? [{ text: content }] : Array.isArray(content) ? content : [content ?? ''];
    return this.#context.readMessages('gemini', [{ role: 'user', parts }]);
  }

  /** What its tools brought, as the model was given it, but what a later message tells; one that was cancelled or failed is marked. */
  #resultsOf(message: JsonObject, resultIds: ReadonlySet<string>): ChatMessage[] {
    return objectsOf(message['toolCalls']).flatMap((call): ChatMessage[] => {
      const status = textOf(call['status']);
      const asked = textOf(call['id']) ?? null;
      const failed = status === 'error' || status === 'cancelled';
      if (asked !== null && resultIds.has(asked)) return [];
      const parts = Array.isArray(call['result']) ? objectsOf(call['result']) : [];
      const [read] = resultParts(this.#context.readMessages('gemini', [{ role: 'user', parts }]));
      const result: Json | undefined =
        read?.result ?? (parts.length > 0 ? plainText(parts) : (call['result'] ?? undefined));
      if (result === undefined || (result === null && !failed)) return [];
      // That it ran is all that success says: how a command ended stands in its result.
      const marked = failed ? { is_error: true } : {};
      const part: Part = { type: 'tool_result', tool_call_id: asked, result: result ?? status ?? '', ...marked };
      return [{ role: 'tool', parts: [part] }];
    });
  }

  #session(): string {
    return textOf(this.#about['sessionId']) ?? this.#context.fileKey;
  }

  #trace(): IntakeTrace {
    const first = [...this.#messages.values()].find(({ type }) => type === 'user');
    return {
      key: `session:${this.#session()}`,
      kind: 'agent',
      ...present({
        title: titleOf(textOf(this.#about['summary']) ?? plainText(first?.['displayContent'] ?? first?.['content'])),
      }),
      metadata: present({
        project: this.#about['projectHash'],
        directories: this.#about['directories'],
        kind: this.#about['kind'],
      }),
    };
  }
}

function answerOf(message: JsonObject): ChatMessage {
  const thoughts = objectsOf(message['thoughts']).flatMap((thought): Part[] => {
    const text = [thought['subject'], thought['description']].map(textOf).filter((words) => words !== undefined);
    return text.length === 0 ? [] : [{ type: 'reasoning', text: text.join('\n') }];
  });
  const text = plainText(message['content']);
  const calls = objectsOf(message['toolCalls']).map(
    (call): Part => ({
      type: 'tool_call',
      id: textOf(call['id']) ?? null,
      name: textOf(call['name']) ?? 'unknown',
      arguments: call['args'] ?? {},
    }),
  );
  return {
    role: 'assistant',
    parts: [...thoughts, ...(text === '' ? [] : [{ type: 'text' as const, text }]), ...calls],
  };
}

function resultParts(messages: ChatMessage[]): Extract<Part, { type: 'tool_result' }>[] {
  return messages.flatMap(({ parts }) => parts.filter((part) => part.type === 'tool_result'));
}

function resultEvents(messages: ChatMessage[], at: Micros): IntakeEvent[] {
  return resultParts(messages).flatMap(({ tool_call_id, result, is_error }) =>
    tool_call_id === null
      ? []
      : [{ type: 'tool_result', tool_call_id, result, at, ...(is_error === undefined ? {} : { is_error }) }],
  );
}

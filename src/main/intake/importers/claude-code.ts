import type { ChatMessage, IntakeEvent, IntakeTrace, Json, Micros } from '../../../shared/model/index.js';
import { isEmpty, recordOf, requestOf, responseOf, usageOf } from './build.js';
import {
  countOf,
  type JsonObject,
  objectOf,
  objectsOf,
  plainText,
  present,
  textOf,
  timeOf,
  titleOf,
} from './fields.js';
import { type ImportContext, type Importer, type ImportItem, maxItemBytes } from './importer.js';
import { lines } from './reading/lines.js';
import { lineEntry } from './reading/values.js';

const id = 'claude-code';

/** Lines that tell how the program went about it, not what was said. */
const passedOver = new Set([
  'summary',
  'file-history-snapshot',
  'queue-operation',
  'progress',
  'custom-title',
  'ai-title',
  'last-prompt',
  'permission-mode',
  'agent-name',
  'agent-color',
  'agent-setting',
  'attachment',
  'mode',
  'pr-link',
  'tag',
  'worktree-state',
  'bridge-session',
]);
/** Lines whose place in the tree is remembered: a line's parent is nearly always among the last few. */
const maxRemembered = 20_000;

/**
 * Sessions of Claude Code (`~/.claude/projects/<folder>/<session>.jsonl`, `agent-<id>.jsonl`): one line a content block,
 * linked by uuid and parentUuid; lines with the same message.id are one model call.
 */
export const claudeCode = {
  id,
  title: 'Claude Code session',
  description: 'Session files of Claude Code (~/.claude/projects/**/*.jsonl), subagents and compactions included.',
  detect({ values }) {
    const lines = values.filter(
      (line) =>
        (textOf(line['sessionId']) !== undefined &&
          textOf(line['type']) !== undefined &&
          ('uuid' in line || 'operation' in line)) ||
        (line['type'] === 'summary' && 'leafUuid' in line) ||
        (line['type'] === 'file-history-snapshot' && 'snapshot' in line),
    );
    return lines.length === 0 ? 0 : lines.length * 2 >= values.length ? 1 : 0.4;
  },
  async *read(input, context) {
    const session = new SessionReader(context);
    for await (const line of lines(input, maxItemBytes)) {
      if ('idle' in line) {
        yield* session.idle();
        continue;
      }
      for (const entry of lineEntry(line)) {
        if ('skipped' in entry) yield entry;
        else yield* session.line(entry.value, entry.where);
      }
    }
    yield* session.flush(true);
  },
} satisfies Importer;

/** Where a line stands in the conversation. */
interface Place {
  /** message.id of the answer before it. */
  previous: string | null;
  /** What was said since, on the way to this line; tool results are kept by the answer they belong to. */
  said: ChatMessage[];
  at: Micros;
  /** First line of its sidechain, where it is on one that has no agent id. */
  root?: string;
}

interface OpenCall {
  messageId: string;
  line: JsonObject;
  place: Place;
  blocks: Json[];
  uuids: string[];
  started: Micros;
  ended: Micros;
  trace: IntakeTrace;
  pauses: number;
}

class SessionReader {
  readonly #context: ImportContext;
  /** uuid of a line: what a line behind it continues. */
  readonly #places = new Map<string, Place>();
  /** Tool results since an answer: parallel ones hang on different lines of it. */
  readonly #results = new Map<string, ChatMessage[]>();
  /** Answers already given out: what still comes of one is given as events. */
  readonly #given = new Map<string, IntakeTrace>();
  /** Prompt of a tool call that starts an agent: finds the call of an agent's first line. */
  readonly #orders = new Map<string, string>();
  readonly #agents = new Set<string>();
  #open: OpenCall | null = null;
  #last: Micros;

  constructor(context: ImportContext) {
    this.#context = context;
    this.#last = context.at;
  }

  *line(line: JsonObject, where: string): Generator<ImportItem> {
    const type = textOf(line['type']);
    if (type !== undefined && passedOver.has(type)) return;
    const session = textOf(line['sessionId']);
    const uuid = textOf(line['uuid']);
    if (session === undefined || uuid === undefined || type === undefined) {
      // Newer versions add kinds of lines (requests by hash, counters): what they say stands in the messages too.
      const kind =
        type === undefined
          ? 'not a line of a session'
          : `a line of type ${type.slice(0, 60)} says nothing of the conversation`;
      yield { skipped: { where, reason: kind } };
      return;
    }
    const at = timeOf(line['timestamp']) ?? this.#last;
    this.#last = at;
    const place = this.#placeOf(line, uuid, at);
    if (type === 'assistant') yield* this.#assistant(line, uuid, place, at, session, where);
    else if (type === 'user') yield* this.#user(line, uuid, place, at, session, where);
    else if (type === 'system') yield* this.#system(line, uuid, place, at, session);
    else {
      this.#remember(uuid, place);
      yield { skipped: { where, reason: `unknown kind of line: ${type.slice(0, 40)}` } };
    }
  }

  /** The writer pauses: an answer that says how it stopped is whole, any other after the second pause. */
  *idle(): Generator<ImportItem> {
    if (this.#open === null) return;
    this.#open.pauses += 1;
    if (textOf(objectOf(this.#open.line['message'])['stop_reason']) !== undefined || this.#open.pauses > 1)
      yield* this.flush(true);
  }

  /**
   * Gives out the answer that is being collected. `early`: only the end of the file or a pause says that it is whole, so
   * it may come again with more in it.
   */
  *flush(early = false): Generator<ImportItem> {
    const open = this.#open;
    if (open === null) return;
    this.#open = null;
    const message = objectOf(open.line['message']);
    const usage = objectOf(message['usage']);
    const cacheRead = countOf(usage['cache_read_input_tokens']);
    const cacheWrite = countOf(usage['cache_creation_input_tokens']);
    const input = countOf(usage['input_tokens']);
    const model = textOf(message['model']) ?? null;
    const synthetic = model === '<synthetic>';
    const answers = this.#context
      .readMessages('anthropic-messages', [{ role: 'assistant', content: open.blocks }])
      .filter((answer) => !isEmpty(answer));
    this.#given.set(open.messageId, open.trace);
    trim(this.#given);
    if (synthetic) {
      // Written by the program in the model's place, e.g. when the API failed.
      const content = plainText(open.blocks);
      const event: IntakeEvent =
        open.line['isApiErrorMessage'] === true
          ? { type: 'error', code: 'api_error', message: content, at: open.ended, event_id: open.uuids[0] }
          : { type: 'message', role: 'assistant', content, at: open.ended, event_id: open.uuids[0] };
      yield {
        record: recordOf(
          id,
          `line:${open.uuids[0]}`,
          open.trace,
          { started_at: open.ended },
          { events: [event], ...this.#client(open.line) },
        ),
      };
      return;
    }
    const before = open.place.previous;
    const results = before === null ? [] : (this.#results.get(before) ?? []);
    this.#results.delete(before ?? '');
    const creation = objectOf(usage['cache_creation']);
    yield {
      record: recordOf(
        id,
        early && message['stop_reason'] == null
          ? `message:${open.messageId}:${open.blocks.length}`
          : `message:${open.messageId}`,
        open.trace,
        { started_at: open.started, ended_at: open.ended },
        {
          call: {
            format: 'anthropic-messages',
            request: requestOf([...results, ...open.place.said], {
              model,
              stream: true,
              // Its history is what the file tells; instructions and tools are not in it.
              history_complete: before === null,
              ...(before === null ? {} : { previous_response_id: before }),
            }),
            response: responseOf(answers, {
              response_id: open.messageId,
              model,
              stop_reason: textOf(message['stop_reason']) ?? null,
              usage: usageOf({
                input_tokens: input === undefined ? undefined : input + (cacheRead ?? 0) + (cacheWrite ?? 0),
                output_tokens: countOf(usage['output_tokens']),
                cached_input_tokens: cacheRead,
                cache_write_tokens: cacheWrite,
                cache_write_1h_tokens: countOf(creation['ephemeral_1h_input_tokens']),
              }),
            }),
          },
          ...this.#client(open.line),
          extra: present({ request_id: open.line['requestId'] }),
        },
      ),
    };
  }

  *#assistant(
    line: JsonObject,
    uuid: string,
    place: Place,
    at: Micros,
    session: string,
    where: string,
  ): Generator<ImportItem> {
    const message = objectOf(line['message']);
    const messageId = textOf(message['id']);
    if (messageId === undefined) {
      yield { skipped: { where, reason: 'an answer without message.id' } };
      return;
    }
    const content = message['content'];
    const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : objectsOf(content);
    for (const block of blocks) {
      const prompt = textOf(objectOf(block['input'])['prompt']);
      const call = textOf(block['id']);
      if (block['type'] === 'tool_use' && prompt !== undefined && call !== undefined) this.#orders.set(prompt, call);
    }
    trim(this.#orders);
    const trace = this.#traceOf(line, session, place, undefined);
    this.#remember(uuid, { ...place, previous: messageId, said: [], at });
    if (this.#open?.messageId === messageId) {
      this.#open.blocks.push(...blocks);
      this.#open.uuids.push(uuid);
      this.#open.ended = at;
      // Usage and stop reason stand whole only on the last line.
      this.#open.line = line;
      return;
    }
    yield* this.flush();
    const given = this.#given.get(messageId);
    if (given !== undefined) {
      yield {
        record: recordOf(
          id,
          `line:${uuid}`,
          given,
          { started_at: at },
          { events: lateEvents(blocks, uuid, at), ...this.#client(line) },
        ),
      };
      return;
    }
    this.#open = {
      messageId,
      line,
      place,
      blocks,
      uuids: [uuid],
      started: Math.min(place.at, at),
      ended: at,
      trace,
      pauses: 0,
    };
  }

  *#user(
    line: JsonObject,
    uuid: string,
    place: Place,
    at: Micros,
    session: string,
    where: string,
  ): Generator<ImportItem> {
    yield* this.flush();
    const message = objectOf(line['message']);
    const content = message['content'];
    const messages = this.#context
      .readMessages('anthropic-messages', [{ role: 'user', content: content ?? '' }])
      .filter((said) => !isEmpty(said));
    if (messages.length === 0) {
      this.#remember(uuid, { ...place, at });
      yield { skipped: { where, reason: 'a user line without content' } };
      return;
    }
    const isResult = objectsOf(content).some((block) => block['type'] === 'tool_result');
    const trace = this.#traceOf(line, session, place, isResult ? undefined : plainText(content));
    if (isResult && place.previous !== null) {
      const results = this.#results.get(place.previous) ?? [];
      results.push(...messages);
      this.#results.set(place.previous, results);
      trim(this.#results, 256);
      this.#remember(uuid, { ...place, at });
    } else this.#remember(uuid, { ...place, said: [...place.said, ...messages], at });
    // The result of a tool call that ran an agent names it.
    const agent = textOf(objectOf(line['toolUseResult'])['agentId']);
    const call = textOf(objectsOf(content).find((block) => block['type'] === 'tool_result')?.['tool_use_id']);
    if (agent !== undefined && call !== undefined) {
      const child: IntakeTrace = {
        key: `session:${session}/agent:${agent}`,
        kind: 'agent',
        parent_key: trace.key,
        parent_tool_call_id: call,
      };
      yield { record: recordOf(id, `agent:${session}:${agent}`, child, { started_at: at }, this.#client(line)) };
    }
  }

  *#system(line: JsonObject, uuid: string, place: Place, at: Micros, session: string): Generator<ImportItem> {
    yield* this.flush();
    this.#remember(uuid, { ...place, at });
    const subtype = textOf(line['subtype']) ?? 'system';
    const content = textOf(line['content']) ?? '';
    let event: IntakeEvent;
    if (subtype === 'compact_boundary') {
      const data = objectOf(line['compactMetadata']);
      event = { type: 'state_change', description: 'compacted', at, event_id: uuid, data };
    } else if (subtype === 'api_error') {
      const error = objectOf(line['error']);
      const message =
        textOf(error['message']) ?? textOf(objectOf(error['error'])['message']) ?? (content || 'API error');
      event = {
        type: 'error',
        code: 'api_error',
        message,
        at,
        event_id: uuid,
        details: present({ retry: line['retryAttempt'], status: error['status'] }),
      };
    } else if (content === '' || line['isMeta'] === true) return;
    else event = { type: 'state_change', description: subtype, at, event_id: uuid, data: { content } };
    const trace = this.#traceOf(line, session, place, undefined);
    yield {
      record: recordOf(id, `line:${uuid}`, trace, { started_at: at }, { events: [event], ...this.#client(line) }),
    };
  }

  /** What the parent line left, or the beginning of a conversation. */
  #placeOf(line: JsonObject, uuid: string, at: Micros): Place {
    const parent = this.#places.get(textOf(line['parentUuid']) ?? '');
    if (parent !== undefined) return parent;
    const sidechain = line['isSidechain'] === true && textOf(line['agentId']) === undefined;
    return { previous: null, said: [], at, ...(sidechain ? { root: uuid } : {}) };
  }

  #remember(uuid: string, place: Place): void {
    this.#places.set(uuid, place);
    trim(this.#places, maxRemembered);
  }

  /** The session's trace, or that of the agent the line belongs to. */
  #traceOf(line: JsonObject, session: string, place: Place, words: string | undefined): IntakeTrace {
    const key = `session:${session}`;
    const agent = textOf(line['agentId']) ?? place.root;
    const title = titleOf(line['isMeta'] === true || line['isCompactSummary'] === true ? undefined : words);
    const metadata = present({ cwd: line['cwd'], git_branch: line['gitBranch'], client_version: line['version'] });
    if (agent === undefined || agent === session) return { key, kind: 'agent', metadata };
    const name = `${key}/agent:${agent}`;
    const order = words === undefined || this.#agents.has(name) ? undefined : this.#orders.get(words);
    if (words !== undefined) this.#agents.add(name);
    return {
      key: name,
      kind: 'agent',
      parent_key: key,
      ...(order === undefined ? {} : { parent_tool_call_id: order }),
      ...(title === undefined ? {} : { title }),
      metadata,
    };
  }

  #client(line: JsonObject): { client: string } {
    const version = textOf(line['version']);
    return { client: version === undefined ? 'claude-cli' : `claude-cli/${version}` };
  }
}

/** Blocks of an answer that was already given out, because its writer paused inside it. */
function lateEvents(blocks: JsonObject[], uuid: string, at: Micros): IntakeEvent[] {
  return blocks.flatMap((block, index): IntakeEvent[] => {
    const event_id = `${uuid}:${index}`;
    if (block['type'] === 'text')
      return [{ type: 'message', role: 'assistant', content: textOf(block['text']) ?? '', at, event_id }];
    if (block['type'] === 'thinking')
      return [{ type: 'reasoning', content: textOf(block['thinking']) ?? '', at, event_id }];
    if (block['type'] !== 'tool_use') return [];
    const call = textOf(block['id']);
    return [
      {
        type: 'tool_call',
        ...(call === undefined ? {} : { tool_call_id: call }),
        name: textOf(block['name']) ?? 'unknown',
        arguments: block['input'] ?? {},
        at,
        event_id,
      },
    ];
  });
}

/** Forgets the oldest beyond a limit: a file decides how much there is. */
function trim(map: Map<string, unknown>, limit = 4096): void {
  while (map.size > limit) map.delete(map.keys().next().value as string);
}

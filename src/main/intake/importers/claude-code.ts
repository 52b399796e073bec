import type { ChatMessage, IntakeEvent, IntakeTrace, Json, Micros } from '../../../shared/model/index.js';
import { isEmpty, recordOf, requestOf, responseOf, usageOf } from './build.js';
import { type AgentState, changeEvents } from './changes.js';
import { blocksOf, LineChain, type Place, trim } from './claude/chain.js';
import { lateEvents, systemEvent, unheardEvents } from './claude/events.js';
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

/** Lines that tell how the program went about it, not what was said: they are only links of the chain. */
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
/** What users said is held back until a call is given it; beyond these the oldest is told by itself. */
const maxUnheard = 4096;

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
    yield* session.end();
  },
} satisfies Importer;

interface OpenCall {
  messageId: string;
  line: JsonObject;
  usage: JsonObject;
  place: Place;
  blocks: Json[];
  uuids: string[];
  started: Micros;
  ended: Micros;
  trace: IntakeTrace;
  pauses: number;
  /** Given out behind it: they tell of tool calls in it. */
  behind: ImportItem[];
}

interface Unheard {
  messages: ChatMessage[];
  trace: IntakeTrace;
  line: JsonObject;
  at: Micros;
}

class SessionReader {
  readonly #context: ImportContext;
  readonly #chain = new LineChain();
  /** Answers already given out: what still comes of one is given as events. */
  readonly #emittedTraces = new Map<string, IntakeTrace>();
  /** Prompt of a tool call that starts an agent: finds the call of an agent's first line. */
  readonly #orders = new Map<string, string>();
  readonly #agents = new Set<string>();
  /** Answers that are being collected, by trace: results may stand between the lines of one. */
  readonly #open = new Map<string, OpenCall>();
  /** What users said that no call was given yet, by line. */
  readonly #unheard = new Map<string, Unheard>();
  /** Working folder and permissions as they stand, by agent. */
  readonly #states = new Map<string, AgentState>();
  #last: Micros;

  constructor(context: ImportContext) {
    this.#context = context;
    this.#last = context.at;
  }

  *line(line: JsonObject, where: string): Generator<ImportItem> {
    const type = textOf(line['type']);
    const session = textOf(line['sessionId']);
    const uuid = textOf(line['uuid']);
    if (session === undefined || uuid === undefined || type === undefined) {
      if (type === 'permission-mode' && session !== undefined) {
        yield* this.#changed(line, `mode:${session}:${where}`, null, this.#last, session);
        return;
      }
      if (type !== undefined && passedOver.has(type)) return;
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
    const { place, mended } = this.#chain.placeOf(line, uuid, at);
    if (mended !== undefined) yield { mended: { where, reason: mended } };
    if (type === 'assistant' || type === 'user') yield* this.#changed(line, uuid, place, at, session);
    if (type === 'assistant') yield* this.#assistant(line, uuid, place, at, session, where);
    else if (type === 'user') yield* this.#user(line, uuid, place, at, session, where);
    else if (type === 'system') yield* this.#system(line, uuid, place, at, session);
    else if (type === 'attachment') yield* this.#attachment(line, uuid, place, at, session);
    else {
      this.#chain.pass(uuid, place);
      if (!passedOver.has(type)) yield { skipped: { where, reason: `unknown kind of line: ${type.slice(0, 40)}` } };
    }
  }

  /** The writer pauses: an answer that says how it stopped is whole, any other after the second pause. */
  *idle(): Generator<ImportItem> {
    for (const open of [...this.#open.values()]) {
      open.pauses += 1;
      if (isWhole(open) || open.pauses > 1) yield* this.#flush(open, true);
    }
  }

  *end(): Generator<ImportItem> {
    for (const open of [...this.#open.values()]) yield* this.#flush(open, true);
    yield* this.#tell([...this.#unheard.keys()]);
  }

  /**
   * Gives out an answer that was collected. `early`: only the end of the file or a pause says that it is whole, so
   * it may come again with more in it.
   */
  *#flush(open: OpenCall, early = false): Generator<ImportItem> {
    this.#open.delete(open.trace.key);
    const message = objectOf(open.line['message']);
    const { usage } = open;
    const cacheRead = countOf(usage['cache_read_input_tokens']);
    const cacheWrite = countOf(usage['cache_creation_input_tokens']);
    const input = countOf(usage['input_tokens']);
    const model = textOf(message['model']) ?? null;
    const synthetic = model === '<synthetic>';
    const answers = this.#context
      .readMessages('anthropic-messages', [{ role: 'assistant', content: open.blocks }])
      .filter((answer) => !isEmpty(answer));
    this.#emittedTraces.set(open.messageId, open.trace);
    trim(this.#emittedTraces);
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
      yield* open.behind;
      return;
    }
    const before = open.place.previous;
    const userLines = this.#chain.userLinesBefore(open.place);
    for (const { uuid } of userLines) this.#unheard.delete(uuid);
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
            request: requestOf(
              userLines.flatMap(({ messages }) => messages),
              {
                model,
                stream: true,
                // Its history is what the file tells; instructions and tools are not in it.
                history_complete: before === null && open.place.cut === undefined,
                ...(before === null ? {} : { previous_response_id: before }),
              },
            ),
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
    yield* open.behind;
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
      this.#chain.pass(uuid, place);
      yield { skipped: { where, reason: 'an answer without message.id' } };
      return;
    }
    const blocks = blocksOf(message['content']);
    for (const block of blocks) {
      const call = textOf(block['id']);
      if (block['type'] !== 'tool_use' || call === undefined) continue;
      this.#chain.asked(call, messageId);
      const prompt = textOf(objectOf(block['input'])['prompt']);
      if (prompt !== undefined) this.#orders.set(prompt, call);
    }
    trim(this.#orders);
    const trace = this.#traceOf(line, session, place, undefined);
    this.#chain.remember(line, uuid, { ...after(place), previous: messageId, userLines: [], at });
    const usage = objectOf(message['usage']);
    const open = this.#open.get(trace.key);
    if (open?.messageId === messageId) {
      open.blocks.push(...blocks);
      open.uuids.push(uuid);
      open.ended = Math.max(open.ended, at);
      // Usage and stop reason stand whole only on the last line.
      open.line = line;
      if (Object.keys(usage).length > 0) open.usage = usage;
      return;
    }
    if (open !== undefined) yield* this.#flush(open);
    // An agent's calls come behind the answer that started it.
    for (const other of [...this.#open.values()]) if (isWhole(other)) yield* this.#flush(other);
    const emittedTrace = this.#emittedTraces.get(messageId);
    if (emittedTrace !== undefined) {
      yield {
        record: recordOf(
          id,
          `line:${uuid}`,
          emittedTrace,
          { started_at: at },
          { events: lateEvents(blocks, uuid, at), ...this.#client(line) },
        ),
      };
      return;
    }
    this.#open.set(trace.key, {
      messageId,
      line,
      usage,
      place,
      blocks,
      uuids: [uuid],
      started: Math.min(place.at, at),
      ended: at,
      trace,
      pauses: 0,
      behind: [],
    });
  }

  *#user(
    line: JsonObject,
    uuid: string,
    place: Place,
    at: Micros,
    session: string,
    where: string,
  ): Generator<ImportItem> {
    const content = objectOf(line['message'])['content'];
    // The summary of a compaction is a beginning, wherever it hangs.
    const from = line['isCompactSummary'] === true ? { ...after(place), previous: null, userLines: [] } : place;
    const trace = yield* this.#userLine(line, uuid, from, content, at, session);
    if (trace === null) {
      yield { skipped: { where, reason: 'a user line without content' } };
      return;
    }
    // The result of a tool call that ran an agent names it.
    const agent = textOf(objectOf(line['toolUseResult'])['agentId']);
    const call = textOf(objectsOf(content).find((block) => block['type'] === 'tool_result')?.['tool_use_id']);
    if (agent !== undefined && call !== undefined) {
      const parent: IntakeTrace = {
        ...trace,
        spawns: [{ key: `session:${session}/agent:${agent}`, tool_call_id: call }],
      };
      const record = recordOf(id, `agent:${session}:${agent}`, parent, { started_at: at }, this.#client(line));
      yield* this.#behind(trace, { record });
    }
  }

  /** What was said while the agent worked stands in an attachment; every other one is only a link. */
  *#attachment(line: JsonObject, uuid: string, place: Place, at: Micros, session: string): Generator<ImportItem> {
    const attachment = objectOf(line['attachment']);
    if (attachment['type'] === 'queued_command' && attachment['prompt'] !== undefined)
      yield* this.#userLine(line, uuid, place, attachment['prompt'], at, session);
    else this.#chain.pass(uuid, place);
  }

  /** Keeps what a user said until a call is given it. Its trace; null where it says nothing. */
  *#userLine(
    line: JsonObject,
    uuid: string,
    place: Place,
    content: Json | undefined,
    at: Micros,
    session: string,
  ): Generator<ImportItem, IntakeTrace | null> {
    const messages = this.#context
      .readMessages('anthropic-messages', [{ role: 'user', content: content ?? '' }])
      .filter((message) => !isEmpty(message));
    if (messages.length === 0) {
      this.#chain.remember(line, uuid, { ...place, at });
      return null;
    }
    const isResult = objectsOf(content).some((block) => block['type'] === 'tool_result');
    const trace = this.#traceOf(line, session, place, isResult ? undefined : plainText(content));
    this.#chain.remember(line, uuid, this.#chain.after(place, { uuid, messages }, objectsOf(content), at));
    this.#unheard.set(uuid, { messages, trace, line, at });
    if (this.#unheard.size > maxUnheard) yield* this.#tell([this.#unheard.keys().next().value as string]);
    return trace;
  }

  /** Tells by itself what no call was given, a record a trace. */
  *#tell(uuids: Iterable<string>): Generator<ImportItem> {
    const byTrace = Map.groupBy(uuids, (uuid) => this.#unheard.get(uuid)?.trace.key);
    for (const group of byTrace.values()) {
      const events: IntakeEvent[] = [];
      let first: Unheard | undefined;
      for (const uuid of group) {
        const unheard = this.#unheard.get(uuid);
        this.#unheard.delete(uuid);
        if (unheard === undefined) continue;
        first ??= unheard;
        events.push(...unheardEvents(unheard.messages, uuid, unheard.at));
      }
      if (first === undefined || events.length === 0) continue;
      const key = `unheard:${group[0]}:${group.length}`;
      const times = { started_at: first.at };
      yield { record: recordOf(id, key, first.trace, times, { events, ...this.#client(first.line) }) };
    }
  }

  *#system(line: JsonObject, uuid: string, place: Place, at: Micros, session: string): Generator<ImportItem> {
    const compacted = line['subtype'] === 'compact_boundary';
    this.#chain.remember(
      line,
      uuid,
      compacted ? { ...after(place), previous: null, userLines: [], at } : { ...place, at },
    );
    const event = systemEvent(line, uuid, at);
    if (event === null) return;
    const trace = this.#traceOf(line, session, place, undefined);
    const record = recordOf(id, `line:${uuid}`, trace, { started_at: at }, { events: [event], ...this.#client(line) });
    yield* this.#behind(trace, { record });
  }

  /** A change of the working folder or of what the agent may do, between two lines of one agent. */
  *#changed(line: JsonObject, uuid: string, place: Place | null, at: Micros, session: string): Generator<ImportItem> {
    const agent = textOf(line['agentId']) ?? place?.root ?? '';
    const before = this.#states.get(`${session}/${agent}`) ?? {};
    const now = { folder: textOf(line['cwd']) ?? before.folder, mode: textOf(line['permissionMode']) ?? before.mode };
    if (now.folder === before.folder && now.mode === before.mode) return;
    this.#states.set(`${session}/${agent}`, now);
    const events = changeEvents(before, now, uuid, at);
    if (events.length === 0) return;
    const trace = this.#traceOf(line, session, place ?? { previous: null, userLines: [], at }, undefined);
    const record = recordOf(id, `change:${uuid}`, trace, { started_at: at }, { events, ...this.#client(line) });
    yield* this.#behind(trace, { record });
  }

  /** Gives an item out behind the answer that is being collected, where there is one. */
  *#behind(trace: IntakeTrace, item: ImportItem): Generator<ImportItem> {
    const open = this.#open.get(trace.key);
    if (open === undefined) yield item;
    else open.behind.push(item);
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

/** A place without what holds only until something was answered or summed up. */
function after({ cut: _cut, ...place }: Place): Place {
  return place;
}

/** An answer that says how it stopped. */
function isWhole(open: OpenCall): boolean {
  return textOf(objectOf(open.line['message'])['stop_reason']) !== undefined;
}

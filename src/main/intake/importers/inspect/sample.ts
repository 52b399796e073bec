import type { IntakeEvent, IntakeTrace, Json, Micros, Usage } from '../../../../shared/model/index.js';
import { toolOffers } from '../../messages/tool-offers.js';
import { errorOf, firstWords, usageOf } from '../build.js';
import {
  countOf,
  type JsonObject,
  listOf,
  numberOf,
  objectOf,
  objectsOf,
  present,
  textOf,
  timeOf,
  titleOf,
} from '../fields.js';
import type { ImportItem } from '../importer.js';
import { conversationOf, type Turn } from '../turns.js';
import { keyOf, messageOf, withAttachments } from './messages.js';
import { scoresOf } from './scores.js';

/** What the log says of all its samples. */
export interface Evaluation {
  importer: string;
  /** Names the run. */
  key: string;
  task: string | undefined;
  model: string | undefined;
  at: Micros;
}

/** One conversation of a sample: most have one, agents that call agents more. */
interface Thread {
  /** Messages that it holds by now. */
  keys: string[];
  turns: Turn[];
  /** The tool call that began it. */
  call: string | undefined;
}

/** Kinds of events that a trace tells of by itself, or that only say where others belong. */
const structure = new Set([
  'model',
  'tool',
  'state',
  'span_begin',
  'span_end',
  'sample_init',
  'step',
  'score',
  'subtask',
]);

/** The traces of a sample: its model calls in their threads, and what its scorers said. */
export function* sampleItems(raw: JsonObject, where: string, of: Evaluation): Generator<ImportItem> {
  const sample = withAttachments(raw, objectOf(raw['attachments'])) as JsonObject;
  const name = `${of.key}:${String(sample['id'])}:${String(sample['epoch'] ?? 1)}`;
  const messages = objectsOf(sample['messages']);
  const threads = threadsOf(sample, messages, of);
  const main = threads[0] ?? { keys: [], turns: [], call: undefined };
  // What came after the last answer.
  const held = new Set(main.keys);
  const rest = messages.filter((message) => !held.has(keyOf(message)));
  if (rest.length > 0) main.turns.push(...rest.map((message) => turnOf(message, of)));
  const ended = timeOf(sample['completed_at']);
  const error = errorOf(sample['error'], 'sample_error');
  if (error !== null) main.turns.push({ at: ended, events: (at) => [{ type: 'error', ...error, at }] });
  const limit = textOf(objectOf(sample['limit'])['type']);
  if (limit !== undefined) main.turns.push(note(ended, `limit: ${limit}`, objectOf(sample['limit'])));
  main.turns.push({ at: ended, events: (at) => scoresOf(objectOf(sample['scores'] ?? sample['score']), at) });
  const trace: IntakeTrace = {
    key: `${of.importer}:${name}`,
    kind: 'agent',
    completion_status: error !== null ? 'failed' : limit !== undefined ? 'interrupted' : 'completed',
    ...present({ title: titleOf(firstWords(messages.map(messageOf))) }),
    metadata: present({
      task: of.task,
      sample_id: sample['id'],
      epoch: sample['epoch'],
      target: sample['target'],
      scores: sample['scores'],
      sample_metadata: sample['metadata'],
    }),
  };
  const base = { importer: of.importer, client: 'inspect_ai', at: of.at };
  yield* conversationOf({ ...base, key: name, trace }, main.turns);
  for (const [place, thread] of threads.slice(1).entries()) {
    const child: IntakeTrace = {
      key: `${trace.key}/${place + 1}`,
      kind: 'agent',
      completion_status: 'completed',
      parent_key: trace.key,
      ...(thread.call === undefined ? {} : { parent_tool_call_id: thread.call }),
    };
    yield* conversationOf({ ...base, key: `${name}/${place + 1}`, trace: child }, thread.turns);
  }
  yield* unread(sample, where);
}

function threadsOf(sample: JsonObject, messages: JsonObject[], of: Evaluation): Thread[] {
  const events = everyEvent(sample['events']);
  const calls = events.filter((event) => event['event'] === 'model' && event['pending'] !== true);
  const answers = messages.filter(({ role }) => role === 'assistant').length;
  if (calls.length === 0) {
    const turns = messages.map((message) => turnOf(message, of));
    // Without its events only the last answer is known more closely.
    const last = turns.findLast((turn) => 'answer' in turn);
    if (last !== undefined && 'answer' in last)
      Object.assign(last, { response: responseOf(objectOf(sample['output']), of, answers === 1) });
    return [{ keys: messages.map(keyOf), turns, call: undefined }];
  }
  const pool = objectsOf(objectOf(sample['events_data'])['messages']);
  const spans = new Map(
    events.flatMap((event) => (event['event'] === 'span_begin' ? [[String(event['id']), event] as const] : [])),
  );
  const agents = new Map(
    events.flatMap((event) => {
      const span = textOf(event['agent_span_id']);
      return event['event'] === 'tool' && span !== undefined ? [[span, textOf(event['id'])] as const] : [];
    }),
  );
  const callOf = (event: JsonObject): string | undefined => {
    let span = textOf(event['span_id']);
    for (let depth = 0; span !== undefined && depth < 64; depth += 1) {
      if (agents.has(span)) return agents.get(span);
      span = textOf(spans.get(span)?.['parent_id']);
    }
    return undefined;
  };
  const threads: Thread[] = [];
  for (const event of calls) {
    const input = [...objectsOf(event['input']), ...referred(event['input_refs'], pool)];
    const keys = input.map(keyOf);
    let thread = threads
      .filter((each) => each.keys.every((key, place) => keys[place] === key))
      .sort((a, b) => b.keys.length - a.keys.length)[0];
    const goesOn = thread !== undefined;
    // A history that was cut goes on from its last answer, too.
    thread ??= threads.find((each) => keys.includes(each.keys.at(-1) as string));
    const fresh = thread === undefined;
    thread ??= { keys: [], turns: [], call: callOf(event) };
    if (fresh) threads.push(thread);
    const newInput = goesOn ? input.slice(thread.keys.length) : input;
    const at = timeOf(event['timestamp']);
    if (newInput.length > 0) thread.turns.push({ input: newInput.map(messageOf), at });
    const output = objectOf(event['output']);
    const choices = objectsOf(output['choices']).map((choice) => objectOf(choice['message']));
    const failed = errorOf(event['error'] ?? output['error'], 'model_error');
    thread.turns.push({
      answer: choices.map((choice) => ({ ...messageOf(choice), role: 'assistant' as const })),
      at: timeOf(event['completed']) ?? at,
      started: at,
      request: {
        model: textOf(event['model']) ?? of.model ?? null,
        tools: toolOffers(event['tools']),
        params: present({ ...objectOf(event['config']), tool_choice: event['tool_choice'] }),
        ...(goesOn || fresh ? {} : { history_complete: true }),
      },
      response: { ...responseOf(output, of, true), error: failed },
    });
    thread.keys = [...keys, ...choices.slice(0, 1).map(keyOf)];
  }
  return threads;
}

function responseOf(output: JsonObject, of: Evaluation, counted: boolean) {
  const model = textOf(output['model']) ?? of.model ?? null;
  const stop = textOf(objectsOf(output['choices'])[0]?.['stop_reason']) ?? null;
  return { model, stop_reason: stop, usage: counted ? usage(output) : null };
}

/** What was read from a cache is counted beside the input. */
function usage(output: JsonObject): Usage | null {
  const counts = objectOf(output['usage']);
  const read = countOf(counts['input_tokens_cache_read']);
  const written = countOf(counts['input_tokens_cache_write']);
  const input = countOf(counts['input_tokens']);
  const made = countOf(counts['output_tokens']);
  const all = (input ?? 0) + (read ?? 0) + (written ?? 0);
  const total = countOf(counts['total_tokens']) ?? 0;
  const whole = countOf(output['input_context_tokens']) ?? (total >= all + (made ?? 0) ? all : input);
  return usageOf({
    input_tokens: input === undefined ? undefined : whole,
    output_tokens: made,
    cached_input_tokens: read,
    cache_write_tokens: written,
    reasoning_tokens: countOf(counts['reasoning_tokens']),
  });
}

/** Ranges of the messages that a sample keeps once. */
function referred(refs: Json | undefined, pool: readonly JsonObject[]): JsonObject[] {
  return listOf(refs).flatMap((range) => {
    if (typeof range === 'number') return pool.slice(range, range + 1);
    const [from, to] = Array.isArray(range) ? range : [];
    return typeof from === 'number' && typeof to === 'number' ? pool.slice(from, to) : [];
  });
}

function turnOf(message: JsonObject, of: Evaluation): Turn {
  const read = messageOf(message);
  if (message['role'] !== 'assistant' || message['source'] === 'input') return { input: [read] };
  return { answer: [read], response: { model: textOf(message['model']) ?? of.model ?? null } };
}

function note(at: Micros | undefined, description: string, data: JsonObject): Turn {
  return { at, events: (then): IntakeEvent[] => [{ type: 'state_change', description, at: then, data }] };
}

/** Older logs keep the events of tools and subtasks inside theirs. */
function everyEvent(events: Json | undefined): JsonObject[] {
  return objectsOf(events).flatMap((event) => [event, ...everyEvent(event['events'])]);
}

/** Events that say more than the conversation does: counted by their kind. */
function* unread(sample: JsonObject, where: string): Generator<ImportItem> {
  const kinds = new Map<string, number>();
  for (const event of everyEvent(sample['events'])) {
    const kind = textOf(event['event']) ?? 'unknown';
    if (!structure.has(kind)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  for (const [kind, count] of kinds)
    yield {
      skipped: { where, reason: `${count} events of kind ${kind.slice(0, 40)}: how it was run, not what was said` },
    };
  const retries = objectsOf(sample['error_retries']).length;
  if (numberOf(retries) !== 0)
    yield { skipped: { where, reason: `${retries} attempts that failed and were made again` } };
}

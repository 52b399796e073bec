import type { ChatMessage, IntakeTrace, Json, Micros, Part, Usage } from '../../../shared/model/index.js';
import { errorOf, recordOf, usageOf } from './build.js';
import {
  countOf,
  isObject,
  type JsonObject,
  numberOf,
  objectOf,
  objectsOf,
  present,
  textOf,
  timeOf,
  titleOf,
} from './fields.js';
import type { ImportContext, Importer, ImportItem } from './importer.js';
import { records, recordsOfKind } from './reading/values.js';
import { conversationOf, type Turn } from './turns.js';

const id = 'opencode';

/**
 * Sessions of opencode: `opencode export`, a session a document or a line. Its database (`opencode.db`) and its older storage
 * folder are read as such lines.
 */
export const opencode = {
  id,
  title: 'opencode session',
  description: 'Sessions of opencode: what opencode export writes, its database (opencode.db), its storage folder.',
  detect({ values }) {
    return values.some(isSession) ? 1 : 0;
  },
  read: (input, context) =>
    recordsOfKind(records(input, [], isSession), isSession, 'not a session', (entry) => session(entry.value, context)),
} satisfies Importer;

function isSession(value: JsonObject): boolean {
  const info = objectOf(value['info']);
  return /^ses_/.test(textOf(info['id']) ?? '') && ('messages' in value || 'projectID' in info || 'directory' in info);
}

function* session(document: JsonObject, context: ImportContext): Generator<ImportItem> {
  const info = objectOf(document['info']);
  const key = textOf(info['id']) as string;
  const parent = textOf(info['parentID']);
  const messages = objectsOf(document['messages']);
  const trace: IntakeTrace = {
    key: `session:${key}`,
    kind: 'agent',
    ...present({ title: titleOf(textOf(info['title'])) }),
    ...(parent === undefined ? {} : { parent_key: `session:${parent}` }),
    metadata: present({
      directory: info['directory'],
      project: info['projectID'],
      share: undefined,
      slug: info['slug'],
    }),
  };
  const turns: Turn[] = [];
  for (const message of messages) {
    const about = objectOf(message['info']);
    if (about['role'] === 'assistant') turns.push(...answers(about, objectsOf(message['parts'])));
    else turns.push(...asked(about, objectsOf(message['parts'])));
  }
  const version = textOf(info['version']);
  const client = version === undefined ? id : `${id}/${version}`;
  yield* conversationOf({ importer: id, key, trace, client, at: context.at }, turns);
  // A tool call that ran an agent names its session.
  for (const { state, callID: call } of messages.flatMap(({ parts }) => objectsOf(parts))) {
    const agent = textOf(objectOf(objectOf(state)['metadata'])['sessionId']);
    const at =
      timeOf(objectOf(objectOf(state)['time'])['start']) ?? timeOf(objectOf(info['time'])['created']) ?? context.at;
    if (agent === undefined || agent === key || typeof call !== 'string') continue;
    const child: IntakeTrace = {
      key: `session:${agent}`,
      kind: 'agent',
      parent_key: trace.key,
      parent_tool_call_id: call,
    };
    yield { record: recordOf(id, `agent:${key}:${agent}`, child, { started_at: at }, { client }) };
  }
}

function asked(about: JsonObject, parts: readonly JsonObject[]): Turn[] {
  const at = timeOf(objectOf(about['time'])['created']);
  const system = textOf(about['system']);
  const instructions: ChatMessage[] =
    system === undefined ? [] : [{ role: 'system', parts: [{ type: 'text', text: system }] }];
  const words = parts.flatMap((part): Part[] => {
    if (part['type'] === 'text')
      return part['ignored'] === true ? [] : [{ type: 'text', text: textOf(part['text']) ?? '' }];
    if (part['type'] === 'file') return [mediaPart(part)];
    const order = part['type'] === 'subtask' ? textOf(part['prompt']) : undefined;
    return order === undefined ? [] : [{ type: 'text', text: order }];
  });
  const turns: Turn[] = [{ input: [...instructions, { role: 'user', parts: words }], at }];
  if (parts.some(({ type }) => type === 'compaction'))
    turns.push({ at, events: (then) => [{ type: 'state_change', description: 'compaction', at: then }] });
  return turns;
}

/** The model calls of an answer: newer versions write a message for each, older ones several steps in one. */
function answers(about: JsonObject, parts: readonly JsonObject[]): Turn[] {
  const steps: JsonObject[][] = [[]];
  for (const part of parts) {
    if (part['type'] === 'step-start' && steps.at(-1)?.length !== 0) steps.push([]);
    steps.at(-1)?.push(part);
  }
  const time = objectOf(about['time']);
  const model = textOf(about['modelID']) ?? textOf(objectOf(about['model'])['modelID']) ?? null;
  const error = errorOf(failure(about['error']), 'error');
  return steps.flatMap((step, place): Turn[] => {
    const only = steps.length === 1;
    const end = step.find(({ type }) => type === 'step-finish') ?? {};
    const tokens = objectOf(end['tokens'] ?? (only ? about['tokens'] : undefined));
    const began = times(step);
    const at = (only ? timeOf(time['completed']) : undefined) ?? began.last ?? timeOf(time['created']);
    const results = step.flatMap(resultOf);
    const events = step.flatMap(({ type, ...part }) => (type === 'retry' ? [objectOf(part['error'])] : []));
    const last = place === steps.length - 1;
    return [
      {
        answer: [{ role: 'assistant', parts: step.flatMap(partOf) }],
        // Its tools ran after it.
        at: began.tool ?? at,
        started: place === 0 ? timeOf(time['created']) : began.first,
        request: { model, stream: true },
        response: {
          model,
          response_id: null,
          stop_reason: textOf(end['reason']) ?? textOf(about['finish']) ?? null,
          usage: usage(tokens),
          error: last ? error : null,
        },
        cost_usd: numberOf(end['cost']) ?? (only ? numberOf(about['cost']) : undefined),
        events: (then) =>
          events.map((each) => ({
            type: 'error',
            ...(errorOf(each, 'retry') ?? { code: 'retry', message: '' }),
            at: then,
          })),
      },
      ...(results.length === 0 ? [] : [{ input: results, at }]),
    ];
  });
}

/** `{name, data: {message}}`. */
function failure(error: Json | undefined): Json | undefined {
  if (!isObject(error)) return error;
  return present({
    code: error['name'],
    message: objectOf(error['data'])['message'] ?? JSON.stringify(error['data'] ?? ''),
  });
}

function partOf(part: JsonObject): Part[] {
  const text = textOf(part['text']);
  if (part['type'] === 'text') return text === undefined ? [] : [{ type: 'text', text }];
  if (part['type'] === 'reasoning') return text === undefined ? [] : [{ type: 'reasoning', text }];
  if (part['type'] === 'file') return [mediaPart(part)];
  if (part['type'] !== 'tool') return [];
  const name = textOf(part['tool']) ?? 'unknown';
  return [
    { type: 'tool_call', id: textOf(part['callID']) ?? null, name, arguments: objectOf(part['state'])['input'] ?? {} },
  ];
}

function mediaPart(part: JsonObject): Part {
  const mime = textOf(part['mime']) ?? '';
  const kind = /^(image|audio|video)\//.exec(mime)?.[1];
  const url = textOf(part['url']);
  return {
    type: 'media',
    media: (kind ?? 'file') as 'image' | 'audio' | 'video' | 'file',
    ...(mime === '' ? {} : { media_type: mime }),
    ...(url === undefined ? {} : { url }),
  };
}

function resultOf(part: JsonObject): ChatMessage[] {
  const state = objectOf(part['state']);
  const failed = state['status'] === 'error';
  if (part['type'] !== 'tool' || (state['status'] !== 'completed' && !failed)) return [];
  const exit = numberOf(objectOf(state['metadata'])['exit']);
  const result = (failed ? state['error'] : state['output']) ?? '';
  const call = textOf(part['callID']) ?? null;
  const is_error = failed || (exit !== undefined && exit !== 0);
  return [{ role: 'tool', parts: [{ type: 'tool_result', tool_call_id: call, result, is_error }] }];
}

/** When a step's parts began and ended, and when its first tool did. */
function times(step: readonly JsonObject[]): { first?: Micros; last?: Micros; tool?: Micros } {
  const spans = step.map((part) => objectOf(part['time'] ?? objectOf(part['state'])['time']));
  const all = spans.flatMap((span) => [timeOf(span['start']), timeOf(span['end'])]).filter((at) => at !== undefined);
  const tools = step.flatMap((part) =>
    part['type'] === 'tool' ? (timeOf(objectOf(objectOf(part['state'])['time'])['start']) ?? []) : [],
  );
  return {
    ...(all.length === 0 ? {} : { first: Math.min(...all), last: Math.max(...all) }),
    ...(tools.length === 0 ? {} : { tool: Math.min(...tools) }),
  };
}

/** What was read from a cache stands beside the input, what was thought beside the output. */
function usage(tokens: JsonObject): Usage | null {
  const cache = objectOf(tokens['cache']);
  const input = countOf(tokens['input']);
  const output = countOf(tokens['output']);
  const read = countOf(cache['read']);
  const written = countOf(cache['write']);
  const thought = countOf(tokens['reasoning']);
  const prompt = (input ?? 0) + (read ?? 0) + (written ?? 0);
  const total = countOf(tokens['total']);
  const apart = total === undefined ? (thought ?? 0) > (output ?? 0) : total >= prompt + (output ?? 0) + (thought ?? 0);
  return usageOf({
    input_tokens: input === undefined ? undefined : prompt,
    output_tokens: output === undefined ? undefined : output + (apart ? (thought ?? 0) : 0),
    cached_input_tokens: read || undefined,
    cache_write_tokens: written || undefined,
    reasoning_tokens: thought || undefined,
  });
}

import type { IntakeCall, IntakeTrace, Json, Micros } from '../../../shared/model/index.js';
import type { ApiDialect } from '../read-call.js';
import { errorOf, recordOf } from './build.js';
import {
  contentKey,
  isObject,
  type JsonObject,
  member,
  numberOf,
  objectOf,
  objectsOf,
  present,
  textOf,
  timeOf,
  unwrapped,
} from './fields.js';
import type { ImportContext, Importer, ImportItem } from './importer.js';
import { records } from './reading/values.js';
import { threadsOfFile } from './threads.js';

const id = 'raw-api';

/** Under which names programs keep what was asked and what was answered. */
const answerNames = [
  'response',
  'response_body',
  'responseBody',
  'raw_response',
  'rawResponse',
  'respPayload',
  'providerResponse',
  'modelOutput',
  'completion',
  'result',
];
const requestNames = [
  'request',
  'request_body',
  'requestBody',
  'raw_request',
  'rawRequest',
  'reqPayload',
  'providerRequest',
  'modelInput',
  'body',
  'kwargs',
];
/** Where a body stands in what is kept of a message: `{status_code, body}` of a batch, `{type, message}` of Anthropic's. */
const bodyNames = ['body', 'json', 'message', 'response'];

/** An answer by its own members. */
const answers: readonly [dialect: ApiDialect, is: (body: JsonObject) => boolean][] = [
  ['openai-completions', (body) => body['object'] === 'text_completion'],
  [
    'openai-chat',
    (body) =>
      body['object'] === 'chat.completion' || objectsOf(body['choices']).some(({ message }) => isObject(message)),
  ],
  ['openai-responses', (body) => body['object'] === 'response' && Array.isArray(body['output'])],
  ['anthropic-messages', (body) => body['type'] === 'message' && Array.isArray(body['content']) && 'role' in body],
  [
    'gemini',
    (body) =>
      objectsOf(body['candidates']).some(({ content }) => isObject(content)) ||
      ('promptFeedback' in body && 'usageMetadata' in body),
  ],
  ['bedrock-converse', (body) => isObject(objectOf(body['output'])['message']) && 'stopReason' in body],
];

/** A request by its members, where the answer says nothing of its API: an error. */
const requests: readonly [dialect: ApiDialect, is: (body: JsonObject) => boolean][] = [
  ['gemini', (body) => Array.isArray(body['contents'])],
  ['openai-responses', (body) => 'input' in body && 'model' in body],
  [
    'anthropic-messages',
    (body) => Array.isArray(body['messages']) && ('system' in body || 'anthropic_version' in body),
  ],
  ['openai-chat', (body) => Array.isArray(body['messages'])],
  ['openai-completions', (body) => 'prompt' in body && 'model' in body],
];

interface ApiCall {
  dialect: ApiDialect;
  request: JsonObject | undefined;
  response: JsonObject | undefined;
  status: number | undefined;
  /** What stands beside the bodies. */
  otherFields: JsonObject;
}

/** Bodies of model APIs as they went over the wire, with what was asked or without: one call a record. */
export const rawApi = {
  id,
  title: 'Raw API responses',
  description:
    'Bodies of OpenAI, Anthropic, Gemini and Bedrock APIs, alone or as {request, response}, output of batches, logs of LiteLLM.',
  detect({ values }) {
    return values.some((value) => apiCall(value) !== null) ? 0.93 : 0;
  },
  async *read(input, context) {
    /** How often an answer without an id has come: equal ones are calls of their own. */
    const times = new Map<string, number>();
    const threadOf = threadsOfFile();
    let place = 0;
    for await (const entry of records(input, ['data'], (value) => apiCall(value) !== null)) {
      if ('skipped' in entry) {
        yield entry;
        continue;
      }
      const read = apiCall(entry.value);
      const call = read === null ? missing(entry.value) : callOf(read, context);
      if (read === null || typeof call === 'string') {
        yield { skipped: { where: entry.where, reason: call as string } };
        continue;
      }
      const own = call.response?.response_id ?? contentKey(entry.text);
      const before = times.get(own) ?? 0;
      times.set(own, before + 1);
      const key = before === 0 || call.response?.response_id != null ? own : `${own} ${before}`;
      yield itemOf(read, call, { key, thread: threadOf(call, `${id}:${key}`), at: context.at + place * 2 });
      place += 1;
    }
  },
} satisfies Importer;

/** The bodies in a record, whichever way it holds them; null where it holds no answer. */
function apiCall(value: JsonObject): ApiCall | null {
  const bare = dialectIn(answers, value);
  if (bare !== undefined)
    return { dialect: bare, request: undefined, response: value, status: undefined, otherFields: {} };
  const named = answerNames.find((name) => objectIn(value[name]) !== undefined);
  const outer = named === undefined ? {} : objectOf(objectIn(value[named]));
  const response = bodyIn(outer, (body) => dialectIn(answers, body) !== undefined || isError(body));
  const asked = requestNames.find((name) => objectIn(value[name]) !== undefined);
  const beside = asked === undefined && named !== undefined && dialectIn(requests, value) !== undefined;
  const namedRequest = asked === undefined ? undefined : objectIn(value[asked]);
  const request = beside
    ? { ...pickedOf(value, askedFields), ...objectOf(value['model_parameters']) }
    : bodyIn(objectOf(namedRequest), (body) => dialectIn(requests, body) !== undefined);
  if (response === undefined && !(request !== undefined && 'error' in value && value['error'] !== null)) return null;
  const dialect =
    (response === undefined ? undefined : dialectIn(answers, response)) ??
    (request === undefined ? undefined : dialectIn(requests, request));
  if (dialect === undefined) return null;
  const taken = new Set([named, asked, ...(beside ? [...askedFields, 'model_parameters'] : [])]);
  return {
    dialect,
    request,
    response,
    status: numberOf(
      member(outer, 'status_code', 'statusCode', 'status') ?? member(value, 'status_code', 'statusCode'),
    ),
    otherFields: Object.fromEntries(Object.entries(value).filter(([name]) => !taken.has(name))),
  };
}

/** Members of a request that stand beside its answer. */
const askedFields = ['model', 'messages', 'tools', 'system', 'input', 'contents', 'prompt', 'instructions'];

function callOf(
  { dialect, request, response, status, otherFields }: ApiCall,
  context: ImportContext,
): IntakeCall | string {
  try {
    const call = context.readCall(dialect, { request, response, status });
    const error = errorOf(otherFields['error']);
    if (call.response !== null || error === null) return call;
    const nothing = { response_id: null, model: null, messages: [], stop_reason: null, usage: null };
    return {
      ...call,
      response: { ...nothing, error, partial: false, first_content_event: null, unknown_events: {} },
    };
  } catch (error) {
    return `not readable as ${dialect}: ${error instanceof Error ? error.message.slice(0, 200) : 'unknown'}`;
  }
}

function itemOf(
  { request, response, otherFields }: ApiCall,
  call: IntakeCall,
  { key, thread, at }: { key: string; thread: string; at: Micros },
): ImportItem {
  const named = textOf(member(otherFields, 'custom_id', 'key', 'recordId'));
  const trace: IntakeTrace = {
    key: thread,
    kind: 'agent',
    // What was asked is its title; where that is not known it has the name that its program gave it.
    ...(request === undefined ? present({ title: named ?? call.response?.response_id ?? undefined }) : {}),
    ...(named === undefined ? {} : { metadata: { custom_id: named } }),
  };
  const times = timesOf(otherFields, response ?? {});
  const extra = Object.keys(otherFields).length === 0 ? {} : { extra: otherFields };
  return {
    record: recordOf(id, key, trace, times ?? { started_at: at, ended_at: at + 1 }, { call, ...extra }),
    ...(times === null ? { undated: true as const } : {}),
  };
}

/** When it was asked and answered, as far as the record tells. */
function timesOf(otherFields: JsonObject, body: JsonObject): { started_at: Micros; ended_at: Micros } | null {
  const created = timeOf(member(body, 'created', 'created_at', 'createTime'));
  const ended = timeOf(
    member(otherFields, 'ended_at', 'end_time', 'endTime', 'receivedAt', 'completed_at', 'processed_time'),
  );
  const started =
    timeOf(
      member(
        otherFields,
        'started_at',
        'start_time',
        'startTime',
        'requestedAt',
        'timestamp',
        'time',
        'ts',
        'created_at',
      ),
    ) ?? created;
  if (started === undefined) return ended === undefined ? null : { started_at: ended, ended_at: ended };
  const span = numberOf(member(otherFields, 'duration_ms', 'latency_ms', 'response_ms'));
  return { started_at: started, ended_at: ended ?? started + Math.round((span ?? 0) * 1000) };
}

/** Why a record gives nothing. */
function missing(value: JsonObject): string {
  const result = objectOf(value['result']);
  const failed = errorOf(value['error'] ?? result['error']);
  if (failed !== null) return `no answer: ${failed.message.slice(0, 200)}`;
  if (typeof result['type'] === 'string') return `no answer: ${result['type']}`;
  const asked = [value, ...requestNames.map((name) => objectOf(objectIn(value[name])))];
  return asked.some((body) => dialectIn(requests, body) !== undefined)
    ? 'a request without an answer'
    : 'no body of a model API';
}

function dialectIn(shapes: typeof answers, body: JsonObject): ApiDialect | undefined {
  return shapes.find(([, is]) => is(body))?.[0];
}

function isError(body: JsonObject): boolean {
  return isObject(body['error']) && ('type' in body || Object.keys(body).length <= 3);
}

/** The body in what is kept of a message: itself, or a member of it. */
function bodyIn(message: JsonObject, is: (body: JsonObject) => boolean): JsonObject | undefined {
  if (is(message)) return message;
  return bodyNames.map((name) => objectIn(message[name])).find((inner) => inner !== undefined && is(inner));
}

/** An object, or the text of one. */
function objectIn(value: Json | undefined): JsonObject | undefined {
  const read = unwrapped(value);
  return isObject(read) ? read : undefined;
}

function pickedOf(value: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.flatMap((name) => (value[name] == null ? [] : [[name, value[name] as Json]])));
}

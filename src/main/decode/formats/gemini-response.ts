import type { ChatMessage, Json, StreamEvent } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import { other } from './content-parts.js';
import type { FormatResponse } from './format.js';
import { blockReasons, enumName, finishReasons, type GeminiApi, modalities, trafficTypes } from './gemini-enums.js';
import { field, modelName, spellings } from './gemini-fields.js';
import { addContent, GeminiParts } from './gemini-parts.js';
import { indexOf, isObject, type JsonObject, objectOf, objectsOf, textOf, wordOf } from './json.js';
import { emptyResponse, eventObject, isDone } from './response.js';
import { type UnknownCounter, unknownCounter } from './unknown.js';
import { geminiUsage } from './usage.js';

interface Candidate {
  content: GeminiParts;
  finish: string | null;
  /** Grounding, citations and whatever is not known; each chunk may send them anew. */
  extra: Map<string, Json>;
}

const knownChunkFields = spellings([
  'candidates',
  'usageMetadata',
  'modelVersion',
  'responseId',
  'promptFeedback',
  'createTime',
  'modelStatus',
  'error',
  'traceId',
]);
/** Fields of a candidate that say nothing of the message, or are read by name. */
const knownCandidateFields = spellings([
  'content',
  'index',
  'finishReason',
  'safetyRatings',
  'tokenCount',
  'avgLogprobs',
  'logprobsResult',
]);
const keptCandidateFields = spellings([
  'citationMetadata',
  'groundingMetadata',
  'groundingAttributions',
  'urlContextMetadata',
  'finishMessage',
  'continuationToken',
]);

/** Joins the chunks of a streamed answer. There is no closing event: it is whole when it ended by itself, finished. */
export function geminiStream(events: StreamEvent[], complete: boolean, api: GeminiApi): FormatResponse {
  const answer = new Answer(api);
  events.forEach((event, position) => {
    const chunk = eventObject(event) ?? strayError(event);
    if (chunk !== undefined) answer.add(chunk, position);
    else if (event.data !== '' && !isDone(event)) answer.unknown.add('not JSON');
  });
  const response = answer.response();
  response.partial = !(complete && answer.finished());
  return response;
}

/** A whole answer. */
export function wholeAnswer(json: JsonObject, api: GeminiApi): FormatResponse {
  const answer = new Answer(api);
  answer.add(json, 0);
  return { ...answer.response(), first_content_event: null };
}

/** An error that breaks a stream is written bare, without `data:`, so that its lines are fields no stream knows. */
function strayError(event: StreamEvent): JsonObject | undefined {
  if (event.data !== '' || event.comment === undefined || !event.comment.startsWith('{')) return undefined;
  const value = parseJson(event.comment);
  return isObject(value) && isObject(value.error) ? value : undefined;
}

/** Code Assist answers with the chunk inside `response`. */
function unwrapped(chunk: JsonObject): JsonObject {
  const { response, ...rest } = chunk;
  return isObject(response) && !('candidates' in chunk) ? { ...rest, ...response } : chunk;
}

class Answer {
  readonly unknown: UnknownCounter = unknownCounter();
  readonly #candidates = new Map<number, Candidate>();
  #usage: JsonObject = {};
  #first: number | null = null;
  #id: string | null = null;
  #model: string | null = null;
  #blocked: string | null = null;
  #error: FormatResponse['error'] = null;

  readonly api: GeminiApi;

  constructor(api: GeminiApi) {
    this.api = api;
  }

  add(raw: JsonObject, position: number): void {
    const chunk = unwrapped(raw);
    this.#id = wordOf(field(chunk, 'responseId')) ?? this.#id;
    this.#model = modelName(field(chunk, 'modelVersion')) ?? this.#model;
    // Counts grow with the stream; a chunk that leaves one out does not take it back.
    for (const [key, value] of Object.entries(objectOf(field(chunk, 'usageMetadata'))))
      if (value !== null) this.#usage[key] = larger(this.#usage[key], value);
    if (isObject(chunk.error)) this.#error = geminiError(chunk.error);
    const feedback = objectOf(field(chunk, 'promptFeedback'));
    const reason = enumName(blockReasons, field(feedback, 'blockReason'));
    if (reason !== undefined) {
      const message = textOf(field(feedback, 'blockReasonMessage')) ?? 'the prompt was blocked';
      this.#blocked = reason;
      this.#error ??= { code: reason, message, details: feedback };
    }
    for (const key of Object.keys(chunk)) if (!knownChunkFields.has(key)) this.unknown.add(key);
    for (const candidate of objectsOf(chunk.candidates)) {
      if (this.#candidate(candidate) && this.#first === null) this.#first = position;
    }
  }

  finished(): boolean {
    if (this.#blocked !== null) return true;
    return this.#candidates.size > 0 && [...this.#candidates.values()].every(({ finish }) => finish !== null);
  }

  response(): FormatResponse {
    const ordered = [...this.#candidates].sort(([a], [b]) => a - b).map(([, candidate]) => candidate);
    const tier = tierOf(this.#usage);
    return {
      ...emptyResponse(),
      ...(tier === undefined ? {} : { service_tier: tier }),
      response_id: this.#id,
      model: this.#model,
      messages: ordered.map(messageOf),
      stop_reason: ordered[0]?.finish ?? this.#blocked,
      usage: geminiUsage(this.#usage),
      error: this.#error,
      first_content_event: this.#first,
      unknown_events: this.unknown.counts(),
    };
  }

  /** Adds a chunk of a candidate; true where it brought content. */
  #candidate(raw: JsonObject): boolean {
    const index = indexOf(raw.index) ?? 0;
    let candidate = this.#candidates.get(index);
    if (candidate === undefined) {
      const content = new GeminiParts((name) => this.unknown.add(name));
      candidate = { content, finish: null, extra: new Map() };
      this.#candidates.set(index, candidate);
    }
    const reason = enumName(finishReasons[this.api], field(raw, 'finishReason'));
    if (reason !== undefined && reason !== 'FINISH_REASON_UNSPECIFIED') candidate.finish = reason;
    for (const [key, value] of Object.entries(raw)) {
      if (knownCandidateFields.has(key) || value === null) continue;
      if (!keptCandidateFields.has(key)) this.unknown.add(`candidate.${key}`);
      candidate.extra.set(key, value);
    }
    return addContent(candidate.content, objectOf(raw.content).parts);
  }
}

/** The tier that a call was made at; audio counts as one, because its tokens have prices of their own. */
function tierOf(usage: JsonObject): string | undefined {
  const tier = wordOf(field(usage, 'serviceTier'))?.toLowerCase();
  if (tier !== undefined && tier !== 'unspecified') return tier;
  const traffic = enumName(trafficTypes, field(usage, 'trafficType'));
  if (traffic !== undefined && traffic !== 'ON_DEMAND' && traffic !== 'TRAFFIC_TYPE_UNSPECIFIED') return traffic;
  const details = [field(usage, 'promptTokensDetails'), field(usage, 'candidatesTokensDetails')].flatMap(objectsOf);
  return details.some(({ modality }) => enumName(modalities, modality) === 'AUDIO') ? 'audio' : undefined;
}

/** A count that a later chunk sends smaller is that chunk's own; the answer's is the largest. */
function larger(before: Json | undefined, value: Json): Json {
  return typeof before === 'number' && typeof value === 'number' ? Math.max(before, value) : value;
}

function messageOf({ content, extra }: Candidate): ChatMessage {
  return { role: 'assistant', parts: [...content.parts, ...[...extra].map(([label, value]) => other(label, value))] };
}

/** Google's errors carry an HTTP status as `code` and a name as `status`; the name says more. */
export function geminiError(error: JsonObject): NonNullable<FormatResponse['error']> {
  const code = wordOf(error.status) ?? (typeof error.code === 'number' ? String(error.code) : wordOf(error.code));
  return { code: code ?? 'error', message: textOf(error.message) ?? code ?? 'error', details: error };
}

import { isDeepStrictEqual } from 'node:util';
import type { ChatMessage, Json, Part, StreamEvent } from '../../../shared/model/index.js';
import { errorOf } from './content-parts.js';
import type { FormatResponse } from './format.js';
import { indexOf, isObject, type JsonObject, objectOf, objectsOf, textOf, wordOf } from './json.js';
import { ToolCallAssembly } from './openai-chat-calls.js';
import { chatMessage, contentParts, isBlank } from './openai-chat-message.js';
import { emptyResponse, eventObject, isDone } from './response.js';
import { type UnknownCounter, unknownCounter } from './unknown.js';
import { openaiUsage } from './usage.js';

interface Choice {
  role: string | undefined;
  content: string;
  /** Typed parts, where a server streams its content as arrays. */
  parts: Part[];
  reasoning: string;
  refusal: string;
  details: Json[];
  calls: ToolCallAssembly;
  functionCall: { name: string; arguments: string } | null;
  audio: { [key: string]: Json } | null;
  /** Pieces of fields that are not known. */
  unknown: Map<string, Json[]>;
  /** Calls that the server ran itself, by their index. */
  executed: Map<number, JsonObject>;
  finish: string | null;
}

/** Joins the chunks of a streamed chat completion. */
export function chatStream(events: StreamEvent[], complete: boolean): FormatResponse {
  const response = emptyResponse();
  const unknown = unknownCounter();
  const choices = new Map<number, Choice>();
  let done = false;
  let usage: Json | undefined;
  let tier: string | undefined;
  events.forEach((event, position) => {
    if (isDone(event)) {
      done = true;
      return;
    }
    const chunk = eventObject(event);
    if (chunk === undefined) {
      if (event.data !== '') unknown.add('not JSON');
      else if (event.event !== undefined) unknown.add(event.event);
      return;
    }
    const failure = chunk.error ?? (event.event === 'error' ? chunk : undefined);
    if (isObject(failure) || typeof failure === 'string') response.error = errorOf(failure, 'error');
    response.response_id = wordOf(chunk.id) ?? response.response_id;
    response.model = wordOf(chunk.model) ?? response.model;
    tier = wordOf(chunk.service_tier) ?? tier;
    const list = objectsOf(chunk.choices);
    const counted = chunk.usage ?? objectOf(chunk.x_groq).usage ?? list.find((choice) => isObject(choice.usage))?.usage;
    if (isObject(counted)) usage = counted;
    if (!Array.isArray(chunk.choices) && failure === undefined && counted === undefined) {
      unknown.add(event.event ?? wordOf(chunk.object) ?? wordOf(chunk.type) ?? 'chunk without choices');
      return;
    }
    for (const raw of list) {
      const index = indexOf(raw.index) ?? 0;
      const choice = choices.get(index) ?? newChoice();
      choices.set(index, choice);
      // A server that cannot stream may send its whole message in the only chunk.
      const delta = objectOf(raw.delta ?? raw.message);
      if (addDelta(choice, delta, unknown) && response.first_content_event === null) {
        response.first_content_event = position;
      }
      // Mistral's models on Bedrock call it stop_reason.
      choice.finish = wordOf(raw.finish_reason) ?? wordOf(raw.stop_reason) ?? choice.finish;
    }
  });
  const ordered = [...choices].sort(([a], [b]) => a - b).map(([, choice]) => choice);
  response.messages = ordered.map(finishChoice);
  response.stop_reason = ordered[0]?.finish ?? null;
  response.usage = openaiUsage(usage);
  response.unknown_events = unknown.counts();
  // Some servers never send [DONE]; a stream that ended by itself with every choice finished is whole.
  const finished = ordered.length > 0 && ordered.every((choice) => choice.finish !== null);
  response.partial = !done && !(complete && finished);
  return tier === undefined ? response : { ...response, service_tier: tier };
}

function newChoice(): Choice {
  return {
    role: undefined,
    content: '',
    parts: [],
    reasoning: '',
    refusal: '',
    details: [],
    calls: new ToolCallAssembly(),
    functionCall: null,
    audio: null,
    unknown: new Map(),
    executed: new Map(),
    finish: null,
  };
}

const handled = new Set([
  'role',
  'content',
  'refusal',
  'reasoning',
  'reasoning_content',
  'reasoning_details',
  'tool_calls',
  'function_call',
  'audio',
  'executed_tools',
  'name',
  'parsed',
]);

/** Adds a delta; true where it brought content. */
function addDelta(choice: Choice, delta: JsonObject, unknown: UnknownCounter): boolean {
  let content = false;
  choice.role = wordOf(delta.role) ?? choice.role;
  if (typeof delta.content === 'string') {
    choice.content += delta.content;
    content ||= delta.content !== '';
  } else if (Array.isArray(delta.content)) {
    for (const part of contentParts(delta.content)) addPart(choice.parts, part);
    content ||= delta.content.length > 0;
  }
  const thought = textOf(delta.reasoning_content) ?? textOf(delta.reasoning);
  if (thought !== undefined) {
    choice.reasoning += thought;
    content ||= thought !== '';
  }
  const refusal = textOf(delta.refusal);
  if (refusal !== undefined) {
    choice.refusal += refusal;
    content ||= refusal !== '';
  }
  for (const detail of objectsOf(delta.reasoning_details)) {
    choice.details.push(detail);
    content = true;
  }
  for (const call of objectsOf(delta.tool_calls)) {
    choice.calls.add(call);
    content = true;
  }
  for (const tool of objectsOf(delta.executed_tools)) {
    const index = indexOf(tool.index) ?? choice.executed.size;
    const filled = Object.entries(tool).filter(([, value]) => !isBlank(value));
    choice.executed.set(index, { ...choice.executed.get(index), ...Object.fromEntries(filled) });
    content = true;
  }
  if (isObject(delta.function_call) && !(choice.functionCall === null && isBlank(delta.function_call))) {
    choice.functionCall ??= { name: '', arguments: '' };
    const call = choice.functionCall;
    call.name = wordOf(delta.function_call.name) ?? call.name;
    call.arguments += textOf(delta.function_call.arguments) ?? '';
    content = true;
  }
  if (isObject(delta.audio) && !isBlank(delta.audio)) {
    choice.audio ??= {};
    const { audio } = choice;
    for (const key of ['id', 'data', 'transcript', 'expires_at']) {
      const value = delta.audio[key];
      if (value !== undefined && value !== null) audio[key] = joined(audio[key], value, key !== 'id');
    }
    content = true;
  }
  for (const [field, value] of Object.entries(delta)) {
    if (handled.has(field) || isBlank(value)) continue;
    const pieces = choice.unknown.get(field);
    if (pieces !== undefined) {
      pieces.push(value);
      continue;
    }
    choice.unknown.set(field, [value]);
    if (field !== 'annotations') unknown.add(`delta.${field}`);
  }
  return content;
}

/**
 * The value of a field that is not known. A label that stands in every chunk (`channel`) is said once, or as the list of
 * what it was in turn; pieces of a text are joined, lists are extended, of anything else the last holds.
 */
function wholeOf(pieces: Json[]): Json {
  const turns = pieces.filter((piece, at) => at === 0 || !isDeepStrictEqual(piece, pieces[at - 1]));
  const isLabel = turns.length === 1 || turns.length * 2 <= pieces.length;
  if (isLabel && turns.every((piece) => typeof piece === 'string'))
    return turns.length === 1 ? (turns[0] ?? '') : turns;
  return pieces.reduce((before, piece) => joined(before, piece, true));
}

/** Text is continued, lists are extended, anything else is replaced. */
function joined(before: Json | undefined, value: Json, continues: boolean): Json {
  if (continues && typeof before === 'string' && typeof value === 'string') return before + value;
  if (Array.isArray(before) && Array.isArray(value)) {
    for (const item of value) before.push(item);
    return before;
  }
  return value;
}

function addPart(parts: Part[], part: Part): void {
  const last = parts.at(-1);
  if (part.type === 'text' && last?.type === 'text') last.text += part.text;
  else if (part.type === 'reasoning' && last?.type === 'reasoning') {
    last.text += part.text;
    if (last.text !== '') delete last.encrypted;
  } else parts.push(part);
}

function finishChoice(choice: Choice): ChatMessage {
  const { role, content, reasoning, refusal, details, functionCall, audio, parts } = choice;
  const message = chatMessage(
    {
      ...(role === undefined ? {} : { role }),
      ...Object.fromEntries([...choice.unknown].map(([field, pieces]) => [field, wholeOf(pieces)])),
      executed_tools: [...choice.executed].sort(([a], [b]) => a - b).map(([, tool]) => tool),
      content,
      reasoning,
      refusal,
      ...(audio === null ? {} : { audio }),
      reasoning_details: mergedDetails(details, reasoning),
      ...(functionCall === null ? {} : { function_call: functionCall }),
    },
    'assistant',
  );
  const calls = choice.calls.parts();
  // Arrays of typed parts stand where the text would, tool calls before what is not known.
  const tail = message.parts.findIndex((part) => part.type === 'other');
  const end = tail === -1 ? message.parts.length : tail;
  message.parts.splice(end, 0, ...calls);
  if (parts.length > 0) message.parts.unshift(...parts);
  return message;
}

/** Text of the details repeats `reasoning` where that is sent too; only what is opaque adds to it. */
function mergedDetails(details: Json[], reasoning: string): Json[] {
  if (reasoning === '') return details;
  return details.filter(
    (detail) => isObject(detail) && (wordOf(detail.data) ?? wordOf(detail.signature)) !== undefined,
  );
}

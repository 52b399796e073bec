import type { Json, Part } from '../../../shared/model/index.js';
import { isObject, type JsonObject, objectOf, objectsOf } from '../../ground/json.js';
import { textOf, unwrapped } from '../otlp/values.js';

/** One part of a message as a framework writes it; undefined where it is none that is known. */
type PartReader = (part: JsonObject) => Part[] | undefined;

/**
 * Parts by the word that names their kind: `type` (OpenTelemetry's conventions, the AI SDK, LangChain), `part_kind`
 * (pydantic-ai), `block_type` (LlamaIndex), `kind`.
 */
const byKind = new Map<string, PartReader>(
  Object.entries({
    text: textPart,
    input_text: textPart,
    output_text: textPart,
    TextContent: textPart,
    'system-prompt': textPart,
    'user-prompt': (part) => partsOf(part.content ?? null),
    instructions: textPart,
    document: mediaPart,
    reasoning: reasoningPart,
    thinking: reasoningPart,
    redacted_thinking: reasoningPart,
    refusal: (part) => worded(part, (text) => ({ type: 'refusal', text })),
    tool_call: callPart,
    'tool-call': callPart,
    tool_use: callPart,
    FunctionCall: callPart,
    function: callPart,
    server_tool_call: (part) => serverSide(callPart({ arguments: part.server_tool_call ?? null, ...part })),
    'builtin-tool-call': (part) => serverSide(callPart(part)),
    tool_call_response: resultPart,
    server_tool_call_response: resultPart,
    'tool-return': resultPart,
    'builtin-tool-return': resultPart,
    'tool-result': resultPart,
    tool_result: resultPart,
    tool: resultPart,
    FunctionExecutionResult: resultPart,
    // What a tool could not take is told to the model as its result.
    'retry-prompt': (part) =>
      part.tool_name === undefined || part.tool_name === null
        ? textPart(part)
        : resultPart(part)?.map((result) => ({ ...result, is_error: true })),
    'tool-error': (part) => resultPart({ ...part, output: part.error ?? null })?.map((p) => ({ ...p, is_error: true })),
    'dynamic-tool': uiTool,
    'tool-invocation': (part) => invocationParts(objectOf(part.toolInvocation)),
    blob: mediaPart,
    uri: mediaPart,
    file: mediaPart,
    image: mediaPart,
    audio: mediaPart,
    video: mediaPart,
    binary: mediaPart,
    image_url: mediaPart,
    'image-url': mediaPart,
    'audio-url': mediaPart,
    'video-url': mediaPart,
    'document-url': mediaPart,
    // They only divide.
    'step-start': () => [],
    compaction: () => undefined,
  }),
);

/** Parts that are named by the member which holds them (Bedrock Converse, Haystack, Gemini). */
const byMember: { [member: string]: (value: JsonObject) => Part[] | undefined } = {
  toolUse: callPart,
  tool_call: callPart,
  function_call: callPart,
  functionCall: callPart,
  toolResult: resultPart,
  tool_call_result: (value) =>
    resultPart({
      ...value,
      id: objectOf(value.origin).id ?? null,
      name: objectOf(value.origin).tool_name ?? null,
      is_error: value.error === true,
    }),
  function_response: resultPart,
  functionResponse: resultPart,
  reasoningContent: (value) => reasoningPart(objectOf(value.reasoningText)),
  reasoning: reasoningPart,
  image: mediaPart,
  document: mediaPart,
  file: mediaPart,
};

/** What a part's kind is called, by whoever wrote it. */
function kindOf(part: JsonObject): string | undefined {
  return textOf(part.part_kind) ?? textOf(part.block_type) ?? textOf(part.type) ?? textOf(part.kind);
}

/** Parts of one value: a text, a part, or a list of these. What is no part that is known is kept as it came. */
export function partsOf(value: Json): Part[] {
  if (typeof value === 'string') return value === '' ? [] : [{ type: 'text', text: value }];
  if (value === null) return [];
  const list = Array.isArray(value) ? value : [value];
  return list.flatMap((entry): Part[] => {
    if (typeof entry === 'string') return entry === '' ? [] : [{ type: 'text', text: entry }];
    const read = isObject(entry) ? partOf(entry) : undefined;
    return read ?? [{ type: 'other', label: (isObject(entry) ? kindOf(entry) : undefined) ?? 'part', value: entry }];
  });
}

/** Undefined where the value is no part of a message. */
export function partOf(part: JsonObject): Part[] | undefined {
  const kind = kindOf(part);
  if (kind !== undefined) {
    const reader = byKind.get(kind);
    if (reader !== undefined) return reader(part);
    // The AI SDK's interface messages name the tool: `tool-getWeather`.
    if (kind.startsWith('tool-') && 'toolCallId' in part) return uiTool({ ...part, toolName: kind.slice(5) });
  }
  for (const [member, reader] of Object.entries(byMember)) {
    const value = part[member];
    if (isObject(value)) return reader(value);
  }
  if (isCall(part)) return callPart(part);
  // AutoGen's results.
  if (typeof part.call_id === 'string' && 'content' in part) return resultPart(part);
  if (textOf(part.text) !== undefined) return part.thought === true ? reasoningPart(part) : textPart(part);
  return undefined;
}

/** A call that stands by itself: the AI SDK's, AutoGen's, OpenAI's without their kind. */
function isCall(part: JsonObject): boolean {
  if (typeof part.toolCallId === 'string' && typeof part.toolName === 'string') return true;
  if (isObject(part.function) && typeof part.function.name === 'string' && 'arguments' in part.function) return true;
  return typeof part.name === 'string' && typeof part.id === 'string' && ('arguments' in part || 'args' in part);
}

/** The words of a part, under whichever name. */
function wordsOf(part: JsonObject): string | undefined {
  const { text, content, thinking } = part;
  const found = [text, content, thinking, part.reasoning_text, part.reasoning, part.refusal].find(
    (value) => typeof value === 'string',
  );
  if (typeof found === 'string') return found;
  // Mistral's and LangChain's reasoning stands in pieces.
  const pieces = objectsOf(part.summary ?? thinking ?? content).map((piece) => textOf(piece.text) ?? '');
  return pieces.length > 0 ? pieces.join('\n') : undefined;
}

function worded(part: JsonObject, made: (text: string) => Part): Part[] | undefined {
  const text = wordsOf(part);
  return text === undefined ? undefined : text === '' ? [] : [made(text)];
}

function textPart(part: JsonObject): Part[] | undefined {
  return worded(part, (text) => ({ type: 'text', text }));
}

function reasoningPart(part: JsonObject): Part[] | undefined {
  const text = wordsOf(part) ?? '';
  const signature = textOf(part.signature) ?? textOf(part.data);
  if (text === '' && signature === undefined) return 'content' in part || 'text' in part ? [] : undefined;
  return [
    {
      type: 'reasoning',
      text,
      ...(text === '' ? { encrypted: true } : {}),
      ...(signature === undefined ? {} : { signature }),
    },
  ];
}

/** Ids may be a run's and a call's. */
export function callIdOf(part: JsonObject): string | null {
  const id = part.tool_call_id ?? part.toolCallId ?? part.call_id ?? part.toolUseId ?? part.tool_use_id ?? part.id;
  if (!Array.isArray(id)) return textOf(id) ?? null;
  const ids = id.filter((entry) => typeof entry === 'string');
  return ids.find((entry) => entry.startsWith('call_')) ?? ids.at(-1) ?? null;
}

function callPart(part: JsonObject): Part[] | undefined {
  const asked = isObject(part.function) ? part.function : part;
  const name = textOf(asked.tool_name) ?? textOf(asked.toolName) ?? textOf(asked.name);
  if (name === undefined) return undefined;
  const args = asked.arguments ?? asked.args ?? asked.input ?? asked.tool_kwargs ?? asked.parameters;
  return [toolCall(callIdOf(part), name, args)];
}

/** Arguments are a JSON text with most, whatever its value is. */
export function toolCall(id: string | null, name: Json | undefined, value: Json | undefined) {
  const args = value === undefined || value === null || value === '' ? {} : (unwrapped(value) ?? value);
  return {
    type: 'tool_call' as const,
    id,
    name: typeof name === 'string' ? name : '',
    arguments: args,
    ...(typeof args === 'string' ? { invalid_json: true as const } : {}),
  };
}

function serverSide(parts: Part[] | undefined): Part[] | undefined {
  return parts?.map((part) => (part.type === 'tool_call' ? { ...part, server: true } : part));
}

const resultMembers = ['result', 'response', 'output', 'content', 'server_tool_call_response'] as const;

function resultPart(part: JsonObject): Extract<Part, { type: 'tool_result' }>[] | undefined {
  const member = resultMembers.find((name) => part[name] !== undefined);
  if (member === undefined) return undefined;
  const name = textOf(part.tool_name) ?? textOf(part.toolName) ?? textOf(part.name);
  const { value, failed } = resultOf(part[member] as Json);
  const is_error =
    failed || part.is_error === true || part.isError === true || part.status === 'error' || part.outcome === 'failed';
  return [
    {
      type: 'tool_result',
      tool_call_id: callIdOf(part),
      ...(name === undefined ? {} : { name }),
      result: value,
      ...(is_error ? { is_error: true } : {}),
    },
  ];
}

/** What a tool gave, out of the words that say how: `{type: "json", value}`, a list of texts, Gemini's `{result}`. */
function resultOf(value: Json): { value: Json; failed?: true } {
  if (isObject(value)) {
    const { type } = value;
    if (typeof type === 'string' && value.value !== undefined)
      return { value: value.value, ...(type.startsWith('error') ? { failed: true } : {}) };
    const keys = Object.keys(value);
    if (keys.length === 1 && /^(?:output|result)$/.test(keys[0] as string))
      return { value: value[keys[0] as string] as Json };
    return { value };
  }
  if (Array.isArray(value) && value.length > 0) {
    const texts = value.map((entry) =>
      isObject(entry) && Object.keys(entry).length <= 2 ? textOf(entry.text) : undefined,
    );
    if (texts.every((text) => text !== undefined)) return { value: texts.join('\n') };
  }
  return { value };
}

/** A tool of an interface message: the call and, once it ran, what came of it. */
function uiTool(part: JsonObject): Part[] {
  const id = callIdOf(part);
  const call = toolCall(id, part.toolName, part.input ?? part.rawInput ?? part.args);
  const error = textOf(part.errorText);
  if (error === undefined && part.output === undefined) return [call];
  const name = textOf(part.toolName);
  return [
    call,
    {
      type: 'tool_result',
      tool_call_id: id,
      ...(name === undefined ? {} : { name }),
      result: error ?? part.output ?? null,
      ...(error === undefined ? {} : { is_error: true }),
    },
  ];
}

/** The AI SDK's `toolInvocations` (version 4). */
export function invocationParts(invocation: JsonObject): Part[] {
  return uiTool({ ...invocation, ...(invocation.result === undefined ? {} : { output: invocation.result }) });
}

function mediaPart(part: JsonObject): Part[] | undefined {
  const inner = [part.image_url, part.source, part.file, part.image].find(isObject) ?? part;
  const media_type =
    textOf(part.mime_type) ??
    textOf(part.media_type) ??
    textOf(part.mediaType) ??
    textOf(part.mimeType) ??
    textOf(inner.media_type);
  const address = [part.image_url, inner.url, part.uri, part.image, part.file_id, inner.file_id].find(
    (value) => typeof value === 'string',
  );
  const payload = [part.data, inner.data, part.content, inner.bytes, part.base64_image].find(
    (value) => typeof value === 'string',
  );
  const url = typeof address === 'string' && !address.startsWith('data:') ? address : undefined;
  const data = payload ?? (typeof address === 'string' && url === undefined ? address : undefined);
  if (url === undefined && data === undefined) return undefined;
  const kind = `${textOf(part.modality) ?? ''} ${media_type ?? ''} ${kindOf(part) ?? ''}`;
  return [
    {
      type: 'media',
      media: (['image', 'audio', 'video'] as const).find((media) => kind.includes(media)) ?? 'file',
      ...(media_type === undefined ? {} : { media_type }),
      ...(url === undefined ? {} : { url }),
      ...(typeof data === 'string' && url === undefined
        ? { bytes: Math.floor((data.replace(/^data:[^,]*,/, '').length * 3) / 4) }
        : {}),
    },
  ];
}

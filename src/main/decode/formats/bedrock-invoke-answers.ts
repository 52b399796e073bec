import type { Json, Part, Usage } from '../../../shared/model/index.js';
import { isObject, type JsonObject, objectOf, objectsOf, textOf, wordOf } from './json.js';
import { bedrockUsage } from './usage.js';

/** What one answer, or one chunk of a streamed one, says. */
export interface InvokeAnswer {
  text: string;
  finish?: string;
  id?: string;
  calls: Part[];
}

type Reader = (json: JsonObject) => InvokeAnswer | null;

/** How each model family answers, whole and in chunks. */
const readers: Reader[] = [titan, llama, cohereChat, cohereGenerate, ai21, mistral, completions];

/** The text of an answer by the first family that knows it; null where none does. */
export function invokeAnswer(json: JsonObject): InvokeAnswer | null {
  for (const read of readers) {
    const answer = read(json);
    if (answer !== null) return answer;
  }
  return null;
}

/** Vectors, of Titan, Cohere and Nova; they stay in the raw body. */
export function isEmbedding(json: JsonObject): boolean {
  return 'embedding' in json || 'embeddings' in json || 'embeddingsByType' in json;
}

/** Token counts of the family, or those that Bedrock adds to the last chunk of a stream. */
export function invokeUsage(json: JsonObject): Usage | null {
  const metrics = objectOf(json['amazon-bedrock-invocationMetrics']);
  const units = objectOf(objectOf(objectOf(json.response ?? json).meta).billed_units);
  const input = json.inputTextTokenCount ?? json.prompt_token_count ?? units.input_tokens ?? metrics.inputTokenCount;
  const output =
    json.totalOutputTextTokenCount ??
    objectsOf(json.results)[0]?.tokenCount ??
    json.generation_token_count ??
    units.output_tokens ??
    metrics.outputTokenCount;
  return bedrockUsage({
    inputTokens: input ?? null,
    outputTokens: output ?? null,
    cacheReadInputTokens: metrics.cacheReadInputTokenCount ?? null,
    cacheWriteInputTokens: metrics.cacheWriteInputTokenCount ?? null,
  });
}

function answerOf(text: Json | undefined, finish: Json | undefined, id?: Json, calls: Part[] = []): InvokeAnswer {
  const answer: InvokeAnswer = { text: textOf(text) ?? '', calls };
  const [reason, name] = [wordOf(finish), wordOf(id)];
  if (reason !== undefined) answer.finish = reason;
  if (name !== undefined) answer.id = name;
  return answer;
}

function titan(json: JsonObject): InvokeAnswer | null {
  const entry = 'outputText' in json ? json : objectsOf(json.results).find((result) => 'outputText' in result);
  return entry === undefined ? null : answerOf(entry.outputText, entry.completionReason);
}

function llama(json: JsonObject): InvokeAnswer | null {
  return 'generation' in json ? answerOf(json.generation, json.stop_reason) : null;
}

/** Command R: an answer with a `generation_id`, or an event by its `event_type`. */
function cohereChat(json: JsonObject): InvokeAnswer | null {
  const event = wordOf(json.event_type);
  if (event === undefined && !('generation_id' in json)) return null;
  if (event === 'stream-start') return answerOf('', null, json.generation_id);
  if (event === 'tool-calls-generation') return answerOf('', null, undefined, cohereCalls(json.tool_calls));
  if (event === 'text-generation') return answerOf(json.text, null);
  if (event === 'stream-end') return answerOf('', json.finish_reason, objectOf(json.response).generation_id);
  return event === undefined
    ? answerOf(json.text, json.finish_reason, json.generation_id, cohereCalls(json.tool_calls))
    : null;
}

function cohereCalls(calls: Json | undefined): Part[] {
  return objectsOf(calls).map((call) => ({
    type: 'tool_call',
    id: wordOf(call.id) ?? null,
    name: textOf(call.name) ?? '',
    arguments: call.parameters ?? {},
    kind: 'function',
  }));
}

function cohereGenerate(json: JsonObject): InvokeAnswer | null {
  const entry = objectsOf(json.generations)[0] ?? ('is_finished' in json ? json : undefined);
  return entry === undefined ? null : answerOf(entry.text, entry.finish_reason, json.id);
}

function ai21(json: JsonObject): InvokeAnswer | null {
  const entry = objectsOf(json.completions)[0];
  if (entry === undefined) return null;
  const { finishReason } = entry;
  const id = typeof json.id === 'number' ? String(json.id) : json.id;
  return answerOf(objectOf(entry.data).text, isObject(finishReason) ? finishReason.reason : finishReason, id);
}

function mistral(json: JsonObject): InvokeAnswer | null {
  const entry = objectsOf(json.outputs)[0];
  return entry === undefined ? null : answerOf(entry.text, entry.stop_reason);
}

/** DeepSeek and others that complete a prompt. */
function completions(json: JsonObject): InvokeAnswer | null {
  const entry = objectsOf(json.choices)[0];
  if (entry === undefined || !('text' in entry)) return null;
  return answerOf(entry.text, entry.stop_reason ?? entry.finish_reason, json.id);
}

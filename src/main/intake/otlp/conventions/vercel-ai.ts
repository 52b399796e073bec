import type { ChatMessage, Json, Part } from '../../../../shared/model/index.js';
import type { Convention, Meaning } from '../meaning.js';
import { callOf, roleOf, toolCall, toolOffers, usageOf } from '../reported-call.js';
import type { Span } from '../spans.js';
import { countOf, first, isObject, listOf, numberOf, objectsOf, textOf, unwrapped } from '../values.js';

/** The Vercel AI SDK's own attributes (`ai.*`); its `doGenerate` and `doStream` spans are the calls of a model. */
export const vercelAi: Convention = {
  id: 'vercel-ai',
  title: 'Vercel AI SDK',
  read(span) {
    const operation = textOf(span.attributes['ai.operationId']);
    if (operation === undefined) return null;
    const session = textOf(
      first(span.attributes, 'ai.telemetry.metadata.sessionId', 'ai.telemetry.metadata.session_id', 'session.id'),
    );
    const agent = textOf(span.attributes['ai.telemetry.functionId']);
    return {
      what: meaningOf(span, operation),
      ...(session === undefined ? {} : { session }),
      ...(agent === undefined ? {} : { agent }),
      scores: [],
    };
  },
};

function meaningOf(span: Span, operation: string): Meaning['what'] {
  const { attributes } = span;
  if (operation === 'ai.toolCall') {
    const tool_call_id = textOf(attributes['ai.toolCall.id']);
    return {
      type: 'tool',
      name: textOf(attributes['ai.toolCall.name']) ?? span.name,
      ...(tool_call_id === undefined ? {} : { tool_call_id }),
      arguments: unwrapped(attributes['ai.toolCall.args']) ?? null,
      result: unwrapped(attributes['ai.toolCall.result']) ?? null,
      is_error: span.failed,
    };
  }
  if (/\.do(Generate|Stream)$/.test(operation)) return { type: 'call', call: modelCall(span, 'chat') };
  if (operation.endsWith('.doEmbed')) return { type: 'call', call: modelCall(span, 'embeddings') };
  return /^ai\.(generate|stream)/.test(operation) ? { type: 'agent' } : { type: 'nothing' };
}

function modelCall(span: Span, operation: 'chat' | 'embeddings') {
  const { attributes } = span;
  const text = textOf(first(attributes, 'ai.response.text', 'ai.response.object'));
  const reasoning = textOf(attributes['ai.response.reasoning']);
  const parts: Part[] = [
    ...(reasoning === undefined ? [] : [{ type: 'reasoning' as const, text: reasoning }]),
    ...(text === undefined ? [] : [{ type: 'text' as const, text }]),
    ...objectsOf(unwrapped(attributes['ai.response.toolCalls'])).map(callPart),
  ];
  const count = (...names: string[]) => countOf(first(attributes, ...names));
  const first_ms = numberOf(attributes['ai.response.msToFirstChunk']);
  return callOf(span, 'vercel-ai', {
    model: textOf(first(attributes, 'gen_ai.request.model', 'ai.model.id')),
    tools: toolOffers(attributes['ai.prompt.tools']),
    input: objectsOf(unwrapped(attributes['ai.prompt.messages'])).map(messageOf),
    output: parts.length === 0 ? [] : [{ role: 'assistant', parts }],
    operation,
    response_id: textOf(first(attributes, 'gen_ai.response.id', 'ai.response.id')),
    response_model: textOf(first(attributes, 'gen_ai.response.model', 'ai.response.model')),
    stop_reason: textOf(attributes['ai.response.finishReason'])?.replace('-', '_'),
    usage: usageOf({
      input_tokens: count(
        'ai.usage.inputTokens',
        'ai.usage.promptTokens',
        'gen_ai.usage.input_tokens',
        'ai.usage.tokens',
      ),
      output_tokens: count('ai.usage.outputTokens', 'ai.usage.completionTokens', 'gen_ai.usage.output_tokens'),
      cached_input_tokens: count('ai.usage.cachedInputTokens', 'ai.usage.inputTokenDetails.cacheReadTokens'),
      cache_write_tokens: count('ai.usage.inputTokenDetails.cacheWriteTokens'),
      reasoning_tokens: count('ai.usage.reasoningTokens', 'ai.usage.outputTokenDetails.reasoningTokens'),
    }),
    first_chunk_s: first_ms === undefined ? undefined : first_ms / 1000,
  });
}

function messageOf(message: { [key: string]: Json }): ChatMessage {
  const { content } = message;
  const parts: Part[] =
    typeof content === 'string'
      ? [{ type: 'text', text: content }]
      : listOf(content).flatMap((part) => (isObject(part) ? [partOf(part)] : []));
  return { role: roleOf(message.role, 'user'), parts };
}

function partOf(part: { [key: string]: Json }): Part {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: textOf(part.text) ?? '' };
    case 'reasoning':
      return { type: 'reasoning', text: textOf(part.text) ?? '' };
    case 'tool-call':
      return callPart(part);
    case 'tool-result': {
      const name = textOf(part.toolName);
      const output = isObject(part.output) && part.output.value !== undefined ? part.output.value : part.output;
      return {
        type: 'tool_result',
        tool_call_id: textOf(part.toolCallId) ?? null,
        ...(name === undefined ? {} : { name }),
        result: output ?? part.result ?? null,
        ...(isObject(part.output) && textOf(part.output.type)?.startsWith('error') ? { is_error: true } : {}),
      };
    }
    default:
      return { type: 'other', label: textOf(part.type) ?? 'part', value: part };
  }
}

function callPart(call: { [key: string]: Json }): Part {
  return toolCall(textOf(call.toolCallId) ?? null, call.toolName, call.input ?? call.args);
}

import type { Part } from '../../../../shared/model/index.js';
import { conversation, sentConversation } from '../../messages/conversation.js';
import { partsOf } from '../../messages/parts.js';
import { toolOffers } from '../../messages/tool-offers.js';
import type { ReadMessages } from '../../read-messages.js';
import type { Convention, Meaning } from '../meaning.js';
import { callOf, usageOf } from '../reported-call.js';
import type { Span } from '../spans.js';
import { countOf, first, numberOf, objectsOf, textOf, unwrapped } from '../values.js';

/** The Vercel AI SDK's own attributes (`ai.*`); its `doGenerate` and `doStream` spans are the calls of a model. */
export const vercelAi: Convention = {
  id: 'vercel-ai',
  title: 'Vercel AI SDK',
  read(span, readMessages) {
    const operation = textOf(span.attributes['ai.operationId']);
    if (operation === undefined) return null;
    const session = textOf(
      first(span.attributes, 'ai.telemetry.metadata.sessionId', 'ai.telemetry.metadata.session_id', 'session.id'),
    );
    const agent = textOf(span.attributes['ai.telemetry.functionId']);
    return {
      what: meaningOf(span, operation, readMessages),
      ...(session === undefined ? {} : { session }),
      ...(agent === undefined ? {} : { agent }),
      scores: [],
    };
  },
};

function meaningOf(span: Span, operation: string, readMessages: ReadMessages): Meaning['what'] {
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
  if (/\.do(Generate|Stream)$/.test(operation)) return modelCall(span, 'chat', readMessages);
  if (operation.endsWith('.doEmbed')) return modelCall(span, 'embeddings', readMessages);
  return /^ai\.(generate|stream)/.test(operation) ? { type: 'agent' } : { type: 'nothing' };
}

function modelCall(span: Span, operation: 'chat' | 'embeddings', readMessages: ReadMessages) {
  const { attributes } = span;
  const text = textOf(first(attributes, 'ai.response.text', 'ai.response.object'));
  const reasoning = textOf(attributes['ai.response.reasoning']);
  const parts: Part[] = [
    ...(reasoning === undefined ? [] : [{ type: 'reasoning' as const, text: reasoning }]),
    ...(text === undefined ? [] : [{ type: 'text' as const, text }]),
    ...partsOf(
      objectsOf(unwrapped(attributes['ai.response.toolCalls'])).map((call) => ({ ...call, type: 'tool-call' })),
    ),
  ];
  const count = (...names: string[]) => countOf(first(attributes, ...names));
  const first_ms = numberOf(attributes['ai.response.msToFirstChunk']);
  return callOf(span, 'vercel-ai', {
    model: textOf(first(attributes, 'gen_ai.request.model', 'ai.model.id')),
    tools: toolOffers(attributes['ai.prompt.tools']),
    input: sentConversation(first(attributes, 'ai.prompt.messages', 'ai.prompt'), readMessages),
    output: conversation(parts.length === 0 ? [] : [{ role: 'assistant', parts }]),
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

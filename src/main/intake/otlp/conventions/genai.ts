import type { IntakeCall, Usage } from '../../../../shared/model/index.js';
import {
  answeredConversation,
  type Conversation,
  conversation,
  sentConversation,
} from '../../messages/conversation.js';
import { partsOf } from '../../messages/parts.js';
import { toolOffers } from '../../messages/tool-offers.js';
import type { ReadMessages } from '../../read-messages.js';
import type { Convention, Meaning } from '../meaning.js';
import { callOf, usageOf } from '../reported-call.js';
import type { Span } from '../spans.js';
import { countOf, first, type JsonObject, listOf, numberOf, present, textOf, unwrapped } from '../values.js';
import { eventMessages } from './genai-events.js';
import { flatMessages, flatTools } from './traceloop.js';

/** Operations that ask a model for something, and what our calls name them. */
const modelOperations: { [name: string]: IntakeCall['request']['operation'] } = {
  chat: 'chat',
  generate_content: 'chat',
  text_completion: 'completion',
  completion: 'completion',
  embeddings: 'embeddings',
};
const agentOperations = new Set(['invoke_agent', 'create_agent', 'invoke_workflow', 'plan']);
const agentKinds = new Set(['workflow', 'agent']);
const clientSpan = 3;

/** Parameters of `gen_ai.request.*` that have a place of their own. */
const notParams = new Set(['model', 'stream', 'is_stream', 'tools']);

/**
 * OpenTelemetry's GenAI semantic conventions: messages as attributes (since v1.37), as span events (until v1.36), or as
 * the numbered attributes of OpenLLMetry, which shares all other names.
 */
export const genai: Convention = {
  id: 'otel-genai',
  title: 'OpenTelemetry GenAI',
  read(span, readMessages) {
    const attributes = withDetails(span);
    const what = meaningOf(span, attributes, readMessages);
    const scores = scoresOf(span, attributes);
    if (what === null && scores.length === 0) return null;
    const session = textOf(
      first(
        attributes,
        'gen_ai.conversation.id',
        'gcp.vertex.agent.session_id',
        'traceloop.association.properties.conversation_id',
        'traceloop.association.properties.session_id',
        'traceloop.association.properties.thread_id',
        'session.id',
      ),
    );
    const agent = textOf(first(attributes, 'gen_ai.agent.name', 'traceloop.entity.agent.name'));
    return {
      what: what ?? { type: 'nothing' },
      ...(session === undefined ? {} : { session }),
      ...(agent === undefined ? {} : { agent }),
      scores,
    };
  },
};

/** Content may stand in an event of its own instead of the span's attributes. */
function withDetails(span: Span): JsonObject {
  const details = span.events.find(({ name }) => name === 'gen_ai.client.inference.operation.details');
  return details === undefined ? span.attributes : { ...details.attributes, ...span.attributes };
}

function meaningOf(span: Span, attributes: JsonObject, readMessages: ReadMessages): Meaning['what'] | null {
  const operation = operationOf(attributes);
  if (operation === undefined) return null;
  const asked = modelOperations[operation];
  if (asked !== undefined) return modelCall(span, attributes, asked, readMessages);
  if (operation === 'execute_tool') return toolOf(span, attributes);
  if (agentOperations.has(operation)) {
    // An agent that runs elsewhere is seen by its answer alone, as a model is.
    if (
      operation === 'invoke_agent' &&
      span.kind === clientSpan &&
      attributes['gen_ai.output.messages'] !== undefined
    ) {
      return modelCall(span, attributes, 'chat', readMessages);
    }
    const title = textOf(first(attributes, 'gen_ai.agent.name', 'gen_ai.workflow.name', 'traceloop.entity.name'));
    return { type: 'agent', ...(title === undefined ? {} : { title }) };
  }
  if (operation === 'retrieval' || operation === 'search_memory') {
    const query = textOf(
      first(attributes, 'gen_ai.retrieval.query.text', 'gen_ai.retrieval.query', 'gen_ai.memory.query.text'),
    );
    const found = unwrapped(first(attributes, 'gen_ai.retrieval.documents', 'gen_ai.memory.records'));
    const source = first(attributes, 'gen_ai.data_source.id', 'gen_ai.memory.store.id');
    return {
      type: 'step',
      description: query === undefined ? operation : `${operation}: ${query.slice(0, 200)}`,
      data: present({ query, source, found }),
    };
  }
  return { type: 'nothing' };
}

function operationOf(attributes: JsonObject): string | undefined {
  const operation = textOf(attributes['gen_ai.operation.name']);
  if (operation !== undefined) return operation;
  const request = textOf(attributes['llm.request.type']);
  if (request !== undefined) return request === 'embedding' ? 'embeddings' : request;
  const kind = textOf(attributes['traceloop.span.kind']);
  if (kind === 'tool') return 'execute_tool';
  if (kind !== undefined && agentKinds.has(kind)) return 'invoke_agent';
  // Before the operation had a name (v1.26) only its model did.
  if (attributes['gen_ai.system'] !== undefined && attributes['gen_ai.request.model'] !== undefined) return 'chat';
  return undefined;
}

function modelCall(
  span: Span,
  attributes: JsonObject,
  operation: IntakeCall['request']['operation'],
  readMessages: ReadMessages,
): ReturnType<typeof callOf> {
  const messages = messagesOf(span, attributes, readMessages);
  return callOf(span, 'otel-genai', {
    model: textOf(attributes['gen_ai.request.model']),
    params: paramsOf(attributes),
    tools: [
      ...toolOffers(first(attributes, 'gen_ai.tool.definitions', 'gen_ai.request.tools')),
      ...flatTools(attributes),
    ],
    input: messages.input,
    output: messages.output,
    operation,
    stream: first(attributes, 'gen_ai.request.stream', 'llm.is_streaming', 'gen_ai.is_streaming') === true || undefined,
    previous_response_id: textOf(attributes['openai.request.previous_response_id']),
    response_id: textOf(attributes['gen_ai.response.id']),
    response_model: textOf(attributes['gen_ai.response.model']),
    stop_reason: textOf(listOf(unwrapped(attributes['gen_ai.response.finish_reasons']))[0]) ?? messages.stop_reason,
    usage: usage(attributes),
    first_chunk_s: numberOf(
      first(attributes, 'gen_ai.response.time_to_first_chunk', 'gen_ai.server.time_to_first_token'),
    ),
  });
}

function messagesOf(
  span: Span,
  attributes: JsonObject,
  readMessages: ReadMessages,
): { input: Conversation; output: Conversation; stop_reason?: string } {
  const system = unwrapped(first(attributes, 'gen_ai.system_instructions', 'gen_ai.system.instructions'));
  const instructions = system === undefined ? [] : partsOf(system);
  const sent = first(attributes, 'gen_ai.input.messages', 'gen_ai.prompt', 'gcp.vertex.agent.llm_request');
  const answered = first(attributes, 'gen_ai.output.messages', 'gen_ai.completion', 'gcp.vertex.agent.llm_response');
  if (sent !== undefined || answered !== undefined || instructions.length > 0) {
    const input = sentConversation(sent, readMessages);
    if (instructions.length > 0) input.messages.unshift({ role: 'system', parts: instructions });
    return { input, output: answeredConversation(answered, readMessages) };
  }
  const read = flatMessages(attributes, readMessages) ?? eventMessages(span, readMessages);
  return { ...read, input: conversation(read.input), output: conversation(read.output) };
}

function toolOf(span: Span, attributes: JsonObject): Meaning['what'] {
  const name = first(attributes, 'gen_ai.tool.name', 'traceloop.entity.name');
  const tool_call_id = textOf(attributes['gen_ai.tool.call.id']);
  const args =
    unwrapped(
      first(attributes, 'gen_ai.tool.call.arguments', 'gcp.vertex.agent.tool_call_args', 'traceloop.entity.input'),
    ) ?? null;
  const result =
    unwrapped(
      first(attributes, 'gen_ai.tool.call.result', 'gcp.vertex.agent.tool_response', 'traceloop.entity.output'),
    ) ?? null;
  return {
    type: 'tool',
    name: textOf(name) ?? span.name.replace(/^execute_tool /, ''),
    ...(tool_call_id === undefined ? {} : { tool_call_id }),
    arguments: attributes['gen_ai.tool.call.arguments'] === undefined ? calledWith(args) : args,
    result,
    is_error: span.failed || attributes['error.type'] !== undefined,
  };
}

/** OpenLLMetry notes how a function was called: `{args, kwargs}` or `{inputs}`. */
function calledWith(input: JsonObject[string]): JsonObject[string] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const named = input.kwargs ?? input.inputs;
  if (named === undefined) return input;
  const args = listOf(input.args);
  const none = typeof named === 'object' && named !== null && Object.keys(named).length === 0;
  return none && args.length > 0 ? args : named;
}

function paramsOf(attributes: JsonObject): JsonObject {
  const prefix = 'gen_ai.request.';
  const params = Object.entries(attributes)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), value] as const)
    .filter(([name, value]) => /^[a-z]\w*$/.test(name) && !notParams.has(name) && value !== null);
  return present({ ...Object.fromEntries(params), output_type: attributes['gen_ai.output.type'] });
}

function usage(attributes: JsonObject): Usage | null {
  const count = (...names: string[]) => countOf(first(attributes, ...names.map((name) => `gen_ai.usage.${name}`)));
  const cached = count('cache_read.input_tokens', 'cache_read_input_tokens', 'input_tokens.cached');
  const written = count('cache_creation.input_tokens', 'cache_creation_input_tokens');
  const input = count('input_tokens', 'prompt_tokens');
  const beside = (cached ?? 0) + (written ?? 0);
  return usageOf({
    // The convention counts cached tokens in; who reports fewer than were cached counts as Anthropic's API does.
    input_tokens: input !== undefined && beside > input ? input + beside : input,
    output_tokens: count('output_tokens', 'completion_tokens'),
    cached_input_tokens: cached,
    cache_write_tokens: written,
    reasoning_tokens: count(
      'reasoning.output_tokens',
      'reasoning_tokens',
      'output_tokens.reasoning',
      'thoughts_tokens',
      'details.reasoning_tokens',
    ),
  });
}

/** Evaluations as an event of the span that was judged, or as attributes of a span of their own. */
function scoresOf(span: Span, attributes: JsonObject): Meaning['scores'] {
  const evaluations = [
    ...span.events.filter(({ name }) => name.startsWith('gen_ai.evaluation.')).map((event) => event.attributes),
    attributes,
  ];
  return evaluations.flatMap((evaluation) => {
    const name = textOf(evaluation['gen_ai.evaluation.name']);
    const value = numberOf(evaluation['gen_ai.evaluation.score.value']);
    if (name === undefined || value === undefined) return [];
    const words = [evaluation['gen_ai.evaluation.score.label'], evaluation['gen_ai.evaluation.explanation']];
    const explanation = words
      .map(textOf)
      .filter((word) => word !== undefined)
      .join(': ');
    return [{ name, value, ...(explanation === '' ? {} : { explanation }) }];
  });
}

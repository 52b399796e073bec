import type { ChatMessage, Json, Part, Role, Usage } from '../../../../shared/model/index.js';
import {
  answeredConversation,
  type Conversation,
  conversation,
  sentConversation,
  textMessage,
} from '../../messages/conversation.js';
import { toolCall } from '../../messages/parts.js';
import { roleOf } from '../../messages/roles.js';
import { toolOffers } from '../../messages/tool-offers.js';
import type { ReadMessages } from '../../read-messages.js';
import type { Convention, Meaning } from '../meaning.js';
import { callOf, usageOf } from '../reported-call.js';
import type { Span } from '../spans.js';
import {
  countOf,
  first,
  isObject,
  type JsonObject,
  numbered,
  numberOf,
  present,
  textOf,
  tree,
  unwrapped,
} from '../values.js';

/** OpenInference (Phoenix, LangChain and LlamaIndex instrumentations): lists are spelled in the attributes' names. */
export const openinference: Convention = {
  id: 'openinference',
  title: 'OpenInference',
  read(span, readMessages) {
    const { attributes } = span;
    const kind = textOf(attributes['openinference.span.kind'])?.toUpperCase();
    if (kind === undefined) return null;
    const session = textOf(attributes['session.id']);
    const agent = textOf(first(attributes, 'agent.name', 'graph.node.name'));
    return {
      what: meaningOf(span, kind, readMessages),
      ...(session === undefined ? {} : { session }),
      ...(agent === undefined ? {} : { agent }),
      scores: [],
    };
  },
};

function meaningOf(span: Span, kind: string, readMessages: ReadMessages): Meaning['what'] {
  const { attributes } = span;
  switch (kind) {
    case 'LLM':
      return modelCall(span, readMessages);
    case 'EMBEDDING':
      return callOf(span, 'openinference', {
        model: textOf(attributes['embedding.model_name']),
        input: conversation(
          numbered(tree(attributes, 'embedding.embeddings.')).flatMap((embedding): ChatMessage[] => {
            const text = isObject(embedding) && isObject(embedding.embedding) ? embedding.embedding.text : undefined;
            return typeof text === 'string' ? [textMessage('user', text)] : [];
          }),
        ),
        output: conversation([]),
        operation: 'embeddings',
        usage: usage(attributes),
      });
    case 'TOOL': {
      const tool_call_id = textOf(first(attributes, 'tool_call.id', 'tool.id'));
      return {
        type: 'tool',
        name: textOf(attributes['tool.name']) ?? span.name,
        ...(tool_call_id === undefined ? {} : { tool_call_id }),
        arguments: unwrapped(first(attributes, 'input.value', 'tool_call.function.arguments')) ?? null,
        result: unwrapped(attributes['output.value']) ?? null,
        is_error: span.failed,
      };
    }
    case 'AGENT': {
      const title = textOf(attributes['agent.name']) ?? (span.name === '' ? undefined : span.name);
      return { type: 'agent', ...(title === undefined ? {} : { title }) };
    }
    case 'RETRIEVER': {
      const query = textOf(attributes['input.value']);
      const documents = numbered(tree(attributes, 'retrieval.documents.')).map((entry) =>
        isObject(entry) ? (entry.document ?? entry) : entry,
      );
      return {
        type: 'step',
        description: query === undefined ? 'retrieval' : `retrieval: ${query.slice(0, 200)}`,
        data: present({ query, found: documents.length > 0 ? documents : unwrapped(attributes['output.value']) }),
      };
    }
    default:
      return { type: 'nothing' };
  }
}

function modelCall(span: Span, readMessages: ReadMessages) {
  const { attributes } = span;
  const invocation = unwrapped(attributes['llm.invocation_parameters']);
  const { model: _, messages: _messages, tools: _tools, stream, ...params } = isObject(invocation) ? invocation : {};
  const sent = [
    ...messagesOf(attributes, 'llm.input_messages.', 'user'),
    ...texts(attributes, 'llm.prompts.', 'prompt').map((text) => textMessage('user', text)),
  ];
  const answered = [
    ...messagesOf(attributes, 'llm.output_messages.', 'assistant'),
    ...texts(attributes, 'llm.choices.', 'completion').map((text) => textMessage('assistant', text)),
  ];
  const tools = numbered(tree(attributes, 'llm.tools.')).map((entry) =>
    isObject(entry) && isObject(entry.tool) ? (unwrapped(entry.tool.json_schema) ?? null) : null,
  );
  return callOf(span, 'openinference', {
    model: textOf(attributes['llm.model_name']) ?? textOf(attributes['gen_ai.request.model']),
    params,
    tools: toolOffers(tools),
    input: sent.length > 0 ? conversation(sent) : wholeValue(attributes, 'input', readMessages),
    output: answered.length > 0 ? conversation(answered) : wholeValue(attributes, 'output', readMessages),
    stream: stream === true,
    response_id: textOf(first(attributes, 'llm.response.id', 'gen_ai.response.id')),
    response_model: textOf(first(attributes, 'llm.response.model_name', 'llm.model_name')),
    stop_reason: textOf(first(attributes, 'llm.finish_reason', 'llm.output_messages.0.message.finish_reason')),
    usage: usage(attributes),
    cost_usd: numberOf(attributes['llm.cost.total']),
  });
}

function usage(attributes: JsonObject): Usage | null {
  const count = (...names: string[]) => countOf(first(attributes, ...names.map((name) => `llm.token_count.${name}`)));
  return usageOf({
    input_tokens: count('prompt'),
    output_tokens: count('completion'),
    cached_input_tokens: count('prompt_details.cache_read', 'prompt_details.cache_input'),
    cache_write_tokens: count('prompt_details.cache_write'),
    reasoning_tokens: count('completion_details.reasoning'),
  });
}

function messagesOf(attributes: JsonObject, prefix: string, otherwise: Role): ChatMessage[] {
  return numbered(tree(attributes, prefix)).flatMap((entry): ChatMessage[] => {
    const message = isObject(entry) ? entry.message : undefined;
    if (!isObject(message)) return [];
    const role = roleOf(message.role, otherwise);
    const id = textOf(message.tool_call_id);
    const name = textOf(message.name);
    const text = typeof message.content === 'string' ? message.content : '';
    if (role === 'tool') {
      const part: Part = {
        type: 'tool_result',
        tool_call_id: id ?? null,
        ...(name === undefined ? {} : { name }),
        result: text,
      };
      return [{ role, parts: [part] }];
    }
    const calls = numbered(message.tool_calls).flatMap((call): Part[] => {
      const asked = isObject(call) && isObject(call.tool_call) ? call.tool_call : null;
      if (asked === null) return [];
      const called = isObject(asked.function) ? asked.function : {};
      return [toolCall(textOf(asked.id) ?? null, called.name, called.arguments)];
    });
    const old = textOf(message.function_call_name);
    if (old !== undefined) calls.push(toolCall(null, old, message.function_call_arguments_json));
    const parts: Part[] = [
      ...(text === '' ? [] : [{ type: 'text' as const, text }]),
      ...numbered(message.contents).flatMap(contentPart),
      ...calls,
    ];
    return [{ role, ...(name === undefined ? {} : { name }), parts }];
  });
}

function contentPart(entry: Json): Part[] {
  const content = isObject(entry) && isObject(entry.message_content) ? entry.message_content : null;
  if (content === null) return [];
  if (content.type === 'reasoning') return [{ type: 'reasoning', text: textOf(content.text) ?? '' }];
  if (typeof content.text === 'string') return [{ type: 'text', text: content.text }];
  const image = isObject(content.image) && isObject(content.image.image) ? content.image.image : {};
  const url = textOf(image.url);
  if (content.type === 'image' || url !== undefined) {
    return [{ type: 'media', media: 'image', ...(url === undefined || url.startsWith('data:') ? {} : { url }) }];
  }
  return [{ type: 'other', label: textOf(content.type) ?? 'content', value: content }];
}

/** The request or the answer as one value, told by its media type where it is JSON. */
function wholeValue(attributes: JsonObject, side: 'input' | 'output', readMessages: ReadMessages): Conversation {
  const value = attributes[`${side}.value`];
  const mime = textOf(attributes[`${side}.mime_type`]);
  const read = side === 'input' ? sentConversation(value, readMessages) : answeredConversation(value, readMessages);
  // Words may look like JSON: they are messages only where they are known to be.
  if (typeof value === 'string' && mime !== 'application/json' && read.messages.length === 0 && value !== '')
    return conversation([textMessage(side === 'input' ? 'user' : 'assistant', value)]);
  return read;
}

/** Prompts and completions without roles: `llm.prompts.0.prompt.text`. */
function texts(attributes: JsonObject, prefix: string, member: string): string[] {
  return numbered(tree(attributes, prefix)).flatMap((entry) => {
    const held = isObject(entry) ? entry[member] : undefined;
    return (isObject(held) ? textOf(held.text) : undefined) ?? [];
  });
}

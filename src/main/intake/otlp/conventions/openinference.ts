import type { ChatMessage, Json, Part, Role, Usage } from '../../../../shared/model/index.js';
import type { ReadMessages } from '../../read-messages.js';
import type { Convention, Meaning } from '../meaning.js';
import { callOf, genaiMessages, roleOf, toolCall, toolOffers, usageOf } from '../reported-call.js';
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
      return { type: 'call', call: modelCall(span, readMessages) };
    case 'EMBEDDING':
      return {
        type: 'call',
        call: callOf(span, 'openinference', {
          model: textOf(attributes['embedding.model_name']),
          input: numbered(tree(attributes, 'embedding.embeddings.')).flatMap((embedding): ChatMessage[] => {
            const text = isObject(embedding) && isObject(embedding.embedding) ? embedding.embedding.text : undefined;
            return typeof text === 'string' ? [{ role: 'user', parts: [{ type: 'text', text }] }] : [];
          }),
          output: [],
          operation: 'embeddings',
          usage: usage(attributes),
        }),
      };
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
  const sent = messagesOf(attributes, 'llm.input_messages.', 'user');
  const answered = messagesOf(attributes, 'llm.output_messages.', 'assistant');
  const tools = numbered(tree(attributes, 'llm.tools.')).map((entry) =>
    isObject(entry) && isObject(entry.tool) ? (unwrapped(entry.tool.json_schema) ?? null) : null,
  );
  return callOf(span, 'openinference', {
    model: textOf(attributes['llm.model_name']) ?? textOf(attributes['gen_ai.request.model']),
    params,
    tools: toolOffers(tools),
    input: sent.length > 0 ? sent : valueMessages(attributes['input.value'], 'user', readMessages),
    output: answered.length > 0 ? answered : valueMessages(attributes['output.value'], 'assistant', readMessages),
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

/** A request or answer as one text: of a chat API where it holds messages, else the words themselves. */
function valueMessages(value: Json | undefined, otherwise: Role, readMessages: ReadMessages): ChatMessage[] {
  const read = unwrapped(value);
  if (isObject(read) && Array.isArray(read.messages)) return genaiMessages(read.messages, otherwise, readMessages);
  if (isObject(read) && Array.isArray(read.choices)) {
    const messages = read.choices.flatMap((choice) => (isObject(choice) ? (choice.message ?? []) : []));
    return genaiMessages(messages, otherwise, readMessages);
  }
  return typeof value === 'string' ? genaiMessages([{ role: otherwise, content: value }], otherwise, readMessages) : [];
}

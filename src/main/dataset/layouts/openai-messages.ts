import { createHash } from 'node:crypto';
import type { ChatMessage, Json, Part } from '../../../shared/model/index.js';
import { type OpenAiMessage, openAiNameSchema } from './openai-shapes.js';

type AssistantMessage = Extract<OpenAiMessage, { role: 'assistant' }>;
type ToolCallPart = Extract<Part, { type: 'tool_call' }>;
type ToolResultPart = Extract<Part, { type: 'tool_result' }>;

/** A conversation that the format cannot carry without saying something that did not happen. */
class Unfit extends Error {}

/**
 * A conversation in OpenAI's chat format, or why it has none. Neighbouring assistant messages become one (the format
 * wants all parallel calls in one message), tool results stand directly after the call they answer.
 */
export function toOpenAiMessages(
  conversation: readonly ChatMessage[],
): { messages: OpenAiMessage[] } | { skipped: string } {
  const builder = new ConversationBuilder();
  try {
    for (const message of conversation) builder.add(message);
    return { messages: builder.finish() };
  } catch (error) {
    if (error instanceof Unfit) return { skipped: error.message };
    throw error;
  }
}

class ConversationBuilder {
  readonly #out: OpenAiMessage[] = [];
  /** Calls of the last assistant message that wait for their result, in order. */
  #open: { sourceId: string | null; id: string; name: string }[] = [];
  /** What was said between a call and its result: comes after the results. */
  #held: OpenAiMessage[] = [];
  #calls = 0;

  add(message: ChatMessage): void {
    if (message.role === 'assistant') this.#assistant(message.parts);
    else if (message.role === 'system' || message.role === 'developer') this.#system(plainText(message.parts));
    else this.#heard(message);
  }

  /** A user or tool message: results go to their calls, the rest was said. */
  #heard(message: ChatMessage): void {
    const said: Part[] = [];
    for (const part of message.parts) {
      if (part.type === 'tool_result') this.#result(part);
      else said.push(part);
    }
    if (message.role === 'tool') {
      if (said.length > 0) throw new Unfit('a tool message without a result');
    } else if (said.length > 0 || message.parts.length === 0) {
      this.#user(said, message.name);
    }
  }

  finish(): OpenAiMessage[] {
    if (this.#open.length > 0) throw new Unfit('a tool call without a result');
    const last = this.#out.at(-1);
    if (last?.role !== 'assistant') throw new Unfit('does not end with an answer');
    return this.#out;
  }

  #system(text: string): void {
    const first = this.#out[0];
    if (this.#out.length === 1 && first?.role === 'system') first.content += `\n\n${text}`;
    else this.#push({ role: 'system', content: text });
  }

  #user(parts: Part[], name: string | undefined): void {
    const texts = parts.every((part) => part.type === 'text');
    this.#push({
      role: 'user',
      content: texts ? plainText(parts) : parts.map(userPart),
      ...(openAiNameSchema.safeParse(name).success ? { name } : {}),
    });
  }

  #assistant(parts: Part[]): void {
    let text = '';
    const flush = () => {
      if (text !== '') this.#merge(text, null);
      text = '';
    };
    for (const part of parts) {
      if (part.type === 'text' || part.type === 'refusal') text += part.text;
      else if (part.type === 'tool_call') {
        flush();
        this.#merge(null, part);
      } else if (part.type === 'tool_result') this.#result(part);
      else if (part.type !== 'reasoning' && !isRemark(part)) throw new Unfit(`an answer with ${describe(part)}`);
    }
    flush();
  }

  /** Adds text or a call to the assistant message that is being said, or begins one. */
  #merge(text: string | null, call: ToolCallPart | null): void {
    let current = this.#out.at(-1);
    if (this.#open.length > 0 && (current?.role !== 'assistant' || this.#held.length > 0)) {
      throw new Unfit('a tool call without a result');
    }
    if (current?.role !== 'assistant') {
      current = { role: 'assistant', content: null };
      this.#out.push(current);
    }
    if (text !== null) current.content = current.content === null ? text : `${current.content}\n\n${text}`;
    if (call !== null) this.#call(current, call);
  }

  #call(message: AssistantMessage, call: ToolCallPart): void {
    this.#calls += 1;
    const id = callId(call.id, this.#calls);
    if (message.tool_calls?.some((other) => other.id === id)) throw new Unfit('two tool calls with the same id');
    message.tool_calls ??= [];
    message.tool_calls.push({
      id,
      type: 'function',
      function: { name: functionName(call.name), arguments: argumentsText(call) },
    });
    this.#open.push({ sourceId: call.id, id, name: call.name });
  }

  #result(part: ToolResultPart): void {
    const index =
      part.tool_call_id !== null
        ? this.#open.findIndex((call) => call.sourceId === part.tool_call_id)
        : Math.max(
            this.#open.findIndex((call) => call.name === part.name),
            // Without id and name only the order says which call was meant.
            part.name === undefined ? 0 : -1,
          );
    const call = this.#open[index];
    if (!call) throw new Unfit('a tool result without its call');
    this.#open.splice(index, 1);
    this.#out.push({ role: 'tool', tool_call_id: call.id, content: resultText(part.result) });
    if (this.#open.length === 0) this.#out.push(...this.#held.splice(0));
  }

  #push(message: OpenAiMessage): void {
    if (this.#open.length > 0) this.#held.push(message);
    else this.#out.push(message);
  }
}

/** OpenAI takes ids up to 40 characters; longer ones are replaced by their hash, missing ones by their number. */
function callId(id: string | null, ordinal: number): string {
  if (id === null || id === '') return `call_${ordinal}`;
  return id.length <= 40 ? id : `call_${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
}

/** A function's name if OpenAI accepts it. */
function functionName(name: string): string {
  if (!openAiNameSchema.safeParse(name).success) throw new Unfit('a tool name that OpenAI does not accept');
  return name;
}

function argumentsText(call: ToolCallPart): string {
  const value = call.arguments;
  if (call.invalid_json) throw new Unfit('tool arguments that are not JSON');
  if (value === null || value === '') return '{}';
  if (typeof value === 'object' && !Array.isArray(value)) return JSON.stringify(value);
  // A custom tool takes free text; as a function it has one parameter, see openai-tools.ts.
  if (typeof value === 'string' && call.kind === 'custom') return JSON.stringify({ input: value });
  throw new Unfit('tool arguments that are not an object');
}

function resultText(result: Json): string {
  if (typeof result === 'string') return result;
  if (Array.isArray(result) && result.length > 0) {
    const texts = result.map((part) => (isTextPart(part) ? part.text : null));
    if (texts.every((text) => text !== null)) return texts.join('\n');
    // A result may show a picture; the format's tool messages take text alone.
    if (result.some(isMediaPart)) throw new Unfit('a tool result with media content that is not kept');
  }
  return JSON.stringify(result);
}

function isMediaPart(part: Json): boolean {
  return typeof part === 'object' && part !== null && !Array.isArray(part) && part.type === 'media';
}

function isTextPart(part: Json): part is { type: string; text: string } {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return false;
  return typeof part.text === 'string' && (part.type === 'text' || part.type === 'output_text');
}

/** What was noted beside an answer, as it was stored before such parts were marked. */
const remarks = new Set(['citations', 'annotations', 'tool_call']);

function isRemark(part: Part): boolean {
  return part.type === 'other' && (part.remark === true || remarks.has(part.label));
}

function plainText(parts: readonly Part[]): string {
  const texts: string[] = [];
  for (const part of parts) {
    if (part.type !== 'text') throw new Unfit(`a message with ${describe(part)}`);
    texts.push(part.text);
  }
  return texts.join('\n\n');
}

function userPart(part: Part): { type: 'text'; text: string } | { type: 'image_url'; image_url: { url: string } } {
  if (part.type === 'text') return { type: 'text', text: part.text };
  if (part.type === 'media' && part.media === 'image' && part.url !== undefined && /^https?:/.test(part.url)) {
    return { type: 'image_url', image_url: { url: part.url } };
  }
  throw new Unfit(`a message with ${describe(part)}`);
}

function describe(part: Part): string {
  if (part.type === 'media') return `${part.media} content that is not kept`;
  return part.type === 'other' ? 'a part the format cannot carry' : `a ${part.type} part out of place`;
}

import type { ChatMessage, DecodedRequest, Json, StreamEvent } from '../../../shared/model/index.js';
import { errorOf } from './content-parts.js';
import type { FormatResponse, WireFormat } from './format.js';
import { indexOf, isObject, type JsonObject, objectOf, objectsOf, textOf, without, wordOf } from './json.js';
import { azureDeployment } from './model-path.js';
import { emptyResponse, eventObject, isDone, readResponse } from './response.js';
import { unknownCounter } from './unknown.js';
import { openaiUsage } from './usage.js';

/** OpenAI's completions of a prompt, from before there were chats, and what still speaks them (fill in the middle). */
export const openaiCompletions: WireFormat<'openai-completions'> = {
  id: 'openai-completions',
  title: 'OpenAI Completions',

  matches({ exchange, path, request, responseHead }) {
    if (exchange.method !== 'POST' || !isObject(request) || !('prompt' in request)) return 0;
    if (path.endsWith('/completions')) return path.endsWith('/chat/completions') ? 0 : 0.9;
    return isObject(responseHead) && responseHead.object === 'text_completion' ? 0.8 : 0;
  },

  request(json, { path }) {
    if (!isObject(json)) throw new Error('the request body is no JSON object');
    const request: DecodedRequest = {
      model: wordOf(json.model) ?? azureDeployment(path) ?? null,
      params: without(json, ownFields),
      tools: [],
      messages: promptMessages(json.prompt),
      stream: json.stream === true,
      history_complete: true,
      operation: 'completion',
    };
    return request;
  },

  response(body, subject) {
    return readResponse(body, subject, { json: whole, events: streamed });
  },
};

const ownFields = new Set(['model', 'prompt', 'stream']);

/** A prompt is a text, tokens, or a list of either. */
function promptMessages(prompt: Json | undefined): ChatMessage[] {
  const list = Array.isArray(prompt) && prompt.some((item) => typeof item !== 'number') ? prompt : [prompt ?? ''];
  return list.map((item) => ({
    role: 'user',
    parts:
      typeof item === 'string' ? [{ type: 'text', text: item }] : [{ type: 'other', label: 'tokens', value: item }],
  }));
}

interface Choice {
  text: string;
  reasoning: string;
  finish: string | null;
}

function whole(json: JsonObject): FormatResponse {
  const joined = new Joined();
  joined.add(json, 0);
  return { ...joined.response(), first_content_event: null };
}

function streamed(events: StreamEvent[], complete: boolean): FormatResponse {
  const joined = new Joined();
  const unknown = unknownCounter();
  let done = false;
  events.forEach((event, position) => {
    const chunk = eventObject(event);
    if (chunk !== undefined) {
      if (!joined.add(chunk, position)) unknown.add(event.event ?? wordOf(chunk.object) ?? 'chunk without choices');
    } else if (isDone(event)) done = true;
    else if (event.data !== '') unknown.add('not JSON');
  });
  const partial = !done && !(complete && joined.finished());
  return { ...joined.response(), partial, unknown_events: unknown.counts() };
}

class Joined {
  readonly #choices = new Map<number, Choice>();
  readonly #response = emptyResponse();

  /** False where the chunk is of no kind that is known. */
  add(chunk: JsonObject, position: number): boolean {
    const response = this.#response;
    response.response_id = wordOf(chunk.id) ?? response.response_id;
    response.model = wordOf(chunk.model) ?? response.model;
    response.usage = openaiUsage(chunk.usage ?? objectOf(chunk.x_groq).usage) ?? response.usage;
    const failed = isObject(chunk.error) || typeof chunk.error === 'string';
    if (failed) response.error = errorOf(chunk.error, 'error');
    for (const raw of objectsOf(chunk.choices)) {
      const index = indexOf(raw.index) ?? 0;
      const choice = this.#choices.get(index) ?? { text: '', reasoning: '', finish: null };
      this.#choices.set(index, choice);
      // Fill in the middle answers with a message on some servers.
      const message = objectOf(raw.delta ?? raw.message);
      const text = textOf(raw.text) ?? textOf(message.content) ?? '';
      const reasoning = textOf(raw.reasoning) ?? textOf(message.reasoning_content) ?? '';
      choice.text += text;
      choice.reasoning += reasoning;
      choice.finish = wordOf(raw.finish_reason) ?? choice.finish;
      if (response.first_content_event === null && (text !== '' || reasoning !== ''))
        response.first_content_event = position;
    }
    return Array.isArray(chunk.choices) || failed || isObject(chunk.usage);
  }

  finished(): boolean {
    return this.#choices.size > 0 && [...this.#choices.values()].every(({ finish }) => finish !== null);
  }

  response(): FormatResponse {
    const ordered = [...this.#choices].sort(([a], [b]) => a - b).map(([, choice]) => choice);
    const messages = ordered.map(({ text, reasoning }): ChatMessage => {
      const parts: ChatMessage['parts'] = reasoning === '' ? [] : [{ type: 'reasoning', text: reasoning }];
      if (text !== '') parts.push({ type: 'text', text });
      return { role: 'assistant', parts };
    });
    return { ...this.#response, messages, stop_reason: ordered[0]?.finish ?? null };
  }
}

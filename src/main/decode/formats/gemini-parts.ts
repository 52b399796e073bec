import type { ChatMessage, Json, Part, Role } from '../../../shared/model/index.js';
import { other, reasoning } from './content-parts.js';
import { FunctionCall } from './gemini-calls.js';
import { enumName, outcomes } from './gemini-enums.js';
import { field, spellings } from './gemini-fields.js';
import { isObject, type JsonObject, objectOf, objectsOf, textOf, wordOf } from './json.js';
import { mediaFromBase64, mediaFromUrl, withoutPayloads } from './media.js';

const roles: Record<string, Role> = {
  user: 'user',
  model: 'assistant',
  system: 'system',
  function: 'tool',
  tool: 'tool',
};

/** Fields that say something of a part beside its data, and need no part of their own. */
const asideFields = spellings([
  'thought',
  'thoughtSignature',
  'videoMetadata',
  'mediaResolution',
  'partMetadata',
  'mediaProcessing',
  'speechMetadata',
]);

/** Name of the tool call that `executableCode` is. */
export const codeTool = 'code_execution';

/**
 * Joins the parts of a content. An answer's pieces of text come as parts of their own in each chunk, and clients resend
 * them so or joined: neighbouring texts are one text, in answers and in the history alike. What a client says in several
 * texts (`joined` false) stays several.
 */
export class GeminiParts {
  readonly parts: Part[] = [];
  #call: FunctionCall | null = null;
  readonly #onUnknown: (name: string) => void;
  readonly #joined: boolean;

  constructor(onUnknown: (name: string) => void = () => {}, joined = true) {
    this.#onUnknown = onUnknown;
    this.#joined = joined;
  }

  /** Adds one part; true where it brought content. */
  add(part: JsonObject): boolean {
    const signature = wordOf(field(part, 'thoughtSignature'));
    const hasText = typeof part.text === 'string';
    let content = hasText && this.#text(part.text as string, part.thought === true, signature);
    let signed = hasText || signature === undefined;
    for (const [key, value] of Object.entries(part)) {
      if (asideFields.has(key) || value === null || (hasText && key === 'text')) continue;
      content = true;
      if (!signed) this.parts.push(reasoning('', signature));
      signed = true;
      this.#data(key, value);
    }
    if (!signed) this.parts.push(reasoning('', signature));
    return content;
  }

  #text(text: string, thought: boolean, signature: string | undefined): boolean {
    const last = this.parts.at(-1);
    if (thought) {
      if (last?.type === 'reasoning' && last.encrypted !== true && last.signature === undefined) {
        last.text += text;
        if (signature !== undefined) last.signature = signature;
      } else if (text !== '' || signature !== undefined) this.parts.push(reasoning(text, signature));
      return text !== '';
    }
    if (text !== '') {
      if (last?.type === 'text' && this.#joined) last.text += text;
      else this.parts.push({ type: 'text', text });
    }
    if (signature !== undefined) this.parts.push(reasoning('', signature));
    return text !== '';
  }

  #data(key: string, value: Json): void {
    const data = objectOf(value);
    switch (key) {
      case 'functionCall':
      case 'function_call':
        this.#functionCall(data);
        break;
      case 'functionResponse':
      case 'function_response':
        this.#result(functionResult(data));
        break;
      case 'inlineData':
      case 'inline_data':
      case 'fileData':
      case 'file_data':
        this.parts.push(media(data) ?? other(key, value));
        break;
      case 'executableCode':
      case 'executable_code':
        this.parts.push({
          type: 'tool_call',
          id: wordOf(data.id) ?? null,
          name: codeTool,
          arguments: { language: data.language ?? null, code: data.code ?? '' },
          server: true,
          kind: codeTool,
        });
        break;
      case 'codeExecutionResult':
      case 'code_execution_result':
        this.parts.push(codeResult(data));
        break;
      case 'toolCall':
      case 'tool_call': {
        const name = wordOf(field(data, 'toolType')) ?? '';
        const args = data.args ?? {};
        this.parts.push({
          type: 'tool_call',
          id: wordOf(data.id) ?? null,
          name,
          arguments: args,
          server: true,
          kind: 'server',
        });
        break;
      }
      case 'toolResponse':
      case 'tool_response': {
        const name = wordOf(field(data, 'toolType'));
        const result = withoutPayloads(data.response ?? {});
        const id = wordOf(data.id) ?? null;
        this.parts.push({ type: 'tool_result', tool_call_id: id, ...(name === undefined ? {} : { name }), result });
        break;
      }
      case 'text':
        // Not a string; `add` takes those.
        this.parts.push(other(key, value));
        break;
      default:
        this.#onUnknown(`part.${key}`);
        this.parts.push(other(key, value));
    }
  }

  /** A client that takes a session up again sends what a function gave twice, word for word: it was given once. */
  #result(result: Extract<Part, { type: 'tool_result' }>): void {
    const { tool_call_id: id } = result;
    const text = JSON.stringify(result);
    const again = this.parts.some(
      (part) => part.type === 'tool_result' && part.tool_call_id === id && JSON.stringify(part) === text,
    );
    if (id === null || !again) this.parts.push(result);
  }

  #functionCall(data: JsonObject): void {
    const open = this.#call?.open ? this.#call : null;
    const name = wordOf(data.name);
    const id = wordOf(data.id);
    let lost: JsonObject[];
    if (open !== null && (name === undefined || (id !== undefined && id === open.part.id))) lost = open.add(data);
    else {
      // Vertex ends a streamed call with an empty one; where the call was already ended it says nothing.
      if (Object.keys(data).length === 0 && this.#call !== null) return;
      this.#call = new FunctionCall(data);
      this.parts.push(this.#call.part);
      lost = this.#call.addArguments(data);
    }
    for (const argument of lost) {
      this.#onUnknown('partialArgs');
      this.parts.push(other('partialArgs', argument));
    }
  }
}

/** The contents of a request; turns of the model that follow each other are one message, as they were one answer. */
export function contentMessages(contents: Json | undefined): ChatMessage[] {
  const messages: ChatMessage[] = [];
  let turn: GeminiParts | null = null;
  const list = Array.isArray(contents) ? contents : contents === undefined ? [] : [contents];
  for (const item of list) {
    if (!isObject(item)) {
      const text = textOf(item);
      messages.push({ role: 'user', parts: [text === undefined ? other('content', item) : { type: 'text', text }] });
      turn = null;
      continue;
    }
    const role = roles[textOf(item.role) ?? ''] ?? 'user';
    if (turn === null || role !== 'assistant' || messages.at(-1)?.role !== 'assistant') {
      turn = new GeminiParts(undefined, role === 'assistant');
      messages.push({ role, parts: turn.parts });
    }
    addContent(turn, item.parts);
  }
  return messages;
}

/** Adds the parts of a content, which may be one object too; true where they brought content. */
export function addContent(to: GeminiParts, parts: Json | undefined): boolean {
  let content = false;
  for (const part of isObject(parts) ? [parts] : objectsOf(parts)) content = to.add(part) || content;
  return content;
}

/** `output`, `result` or `error` alone in the response is what the function gave; other objects are taken whole. */
function functionResult(data: JsonObject): Extract<Part, { type: 'tool_result' }> {
  const name = wordOf(data.name);
  const response = data.response ?? {};
  const keys = isObject(response) ? Object.keys(response) : [];
  const only = keys.length === 1 && /^(?:output|result|error)$/.test(keys[0] as string) ? (keys[0] as string) : null;
  let result: Json = withoutPayloads(only === null || !isObject(response) ? response : (response[only] as Json));
  const extra = objectsOf(data.parts).map((part) =>
    media(objectOf(field(part, 'inlineData') ?? field(part, 'fileData'))),
  );
  const shown = extra.filter((part) => part !== null).map((part) => ({ ...part }) as JsonObject);
  if (shown.length > 0) result = [result, ...shown];
  return {
    type: 'tool_result',
    tool_call_id: wordOf(data.id) ?? null,
    ...(name === undefined ? {} : { name }),
    result,
    ...(only === 'error' ? { is_error: true } : {}),
  };
}

function codeResult(data: JsonObject): Part {
  const outcome = enumName(outcomes, data.outcome);
  const failed = outcome !== undefined && outcome !== 'OUTCOME_OK';
  return {
    type: 'tool_result',
    tool_call_id: wordOf(data.id) ?? null,
    name: codeTool,
    result: textOf(data.output) ?? '',
    ...(failed ? { is_error: true } : {}),
  };
}

function media(data: JsonObject): Extract<Part, { type: 'media' }> | null {
  const type = wordOf(field(data, 'mimeType'));
  const kind = /^(image|audio|video)\//.exec(type ?? '')?.[1] as 'image' | 'audio' | 'video' | undefined;
  if (typeof data.data === 'string') return mediaFromBase64(kind ?? 'file', data.data, type);
  const uri = wordOf(field(data, 'fileUri'));
  if (uri === undefined) return null;
  const part = mediaFromUrl(kind ?? 'file', uri);
  return type === undefined ? part : { ...part, media_type: type };
}

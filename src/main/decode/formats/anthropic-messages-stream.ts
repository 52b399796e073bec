import { isDeepStrictEqual } from 'node:util';
import type { StreamEvent } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import { knownBlock } from './anthropic-messages-blocks.js';
import { finishedMessage } from './anthropic-messages-whole.js';
import { errorOf } from './content-parts.js';
import type { FormatResponse } from './format.js';
import { indexOf, isObject, type JsonObject, objectOf, objectsOf, textOf, wordOf } from './json.js';
import { emptyResponse, eventObject, isDone } from './response.js';
import { type UnknownCounter, unknownCounter } from './unknown.js';

interface OpenBlock {
  index: number;
  value: JsonObject;
  /** Pieces of the tool input, until the block stops. */
  input: string | null;
  /** It stood whole in the start event of the message. */
  announced?: true;
}

/** The blocks of one message; gateways give two of them one index, so an index names the newest that began with it. */
class Blocks {
  readonly #all: OpenBlock[] = [];
  readonly #byIndex = new Map<number, OpenBlock>();

  begin(index: number | undefined, value: JsonObject, announced = false): OpenBlock {
    const block: OpenBlock = { index: index ?? this.#all.length, value, input: null };
    const before = this.#byIndex.get(block.index);
    if (announced) block.announced = true;
    if (before !== undefined && isAgain(before, value)) this.#all.splice(this.#all.indexOf(before), 1, block);
    else this.#all.push(block);
    this.#byIndex.set(block.index, block);
    return block;
  }

  /** The block that an event belongs to: by its index, else the newest. */
  at(index: number | undefined): OpenBlock | undefined {
    return index === undefined ? this.#all.at(-1) : this.#byIndex.get(index);
  }

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  /** By index, and those of one index as they began. */
  ordered(): OpenBlock[] {
    return [...this.#all].sort((a, b) => a.index - b.index);
  }
}

/** Whether a start event says once more what the start of the message, or the event before it, already brought. */
function isAgain(before: OpenBlock, value: JsonObject): boolean {
  const id = wordOf(value.id);
  if (before.announced || (id !== undefined && id === wordOf(before.value.id))) return true;
  return before.input === null && isDeepStrictEqual(before.value, value);
}

/** Joins the events of a streamed message. Blocks are routed by their index; usage is cumulative and overwrites. */
export function messagesStream(events: StreamEvent[]): FormatResponse {
  const unknown = unknownCounter();
  let blocks = new Blocks();
  let message: JsonObject = {};
  let usage: JsonObject = {};
  let error: FormatResponse['error'] = null;
  let first: number | null = null;
  let started = false;
  let stopped = false;
  events.forEach((event, position) => {
    const data = eventObject(event);
    if (data === undefined) {
      if (event.data !== '' && !isDone(event)) unknown.add('not JSON');
      return;
    }
    const type = wordOf(data.type) ?? event.event ?? '';
    switch (type) {
      case 'message_start': {
        const begun = objectOf(data.message);
        // A gateway tried again in the middle: nothing of the attempt that broke off is part of the answer.
        if (started && !stopped && wordOf(begun.id) !== wordOf(message.id)) {
          blocks = new Blocks();
          message = {};
          usage = {};
          error = null;
          first = null;
        }
        started = true;
        message = { ...message, ...begun };
        usage = { ...usage, ...objectOf(message.usage) };
        objectsOf(begun.content).forEach((value, index) => {
          blocks.begin(index, { ...value }, true);
          if (!knownBlock(value)) unknown.add(`block.${textOf(value.type) ?? 'without type'}`);
          if (first === null && beginsWithContent(value)) first = position;
        });
        break;
      }
      case 'content_block_start': {
        const value: JsonObject = { ...objectOf(data.content_block) };
        blocks.begin(indexOf(data.index), value);
        if (!knownBlock(value)) unknown.add(`block.${textOf(value.type) ?? 'without type'}`);
        // The final hop's fallback block names the model that answered.
        if (value.type === 'fallback') message.model = objectOf(value.to).model ?? message.model ?? null;
        if (first === null && beginsWithContent(value)) first = position;
        break;
      }
      case 'content_block_delta': {
        const index = indexOf(data.index);
        const delta = objectOf(data.delta);
        const block = blocks.at(index) ?? blocks.begin(index, startOf(delta));
        const grew = addDelta(block, delta, unknown);
        if (first === null && grew) first = position;
        break;
      }
      case 'content_block_stop': {
        const block = blocks.at(indexOf(data.index));
        if (block !== undefined) closeInput(block);
        break;
      }
      case 'message_delta': {
        message = { ...message, ...objectOf(data.delta) };
        for (const [key, value] of Object.entries(objectOf(data.usage)))
          if (value !== null) usage = set(usage, key, value);
        break;
      }
      case 'message_stop':
        stopped = true;
        break;
      case 'ping':
        break;
      case 'error':
        error = errorOf(data.error ?? data, 'error');
        break;
      default:
        if (isObject(data.error)) error = errorOf(data.error, 'error');
        // Bedrock ends a stream that fails by an exception of its own.
        else if (type.endsWith('Exception')) error = errorOf({ type, ...data }, type);
        else unknown.add(type === '' ? 'event without type' : type);
    }
  });
  const ordered = blocks.ordered();
  for (const block of ordered) closeInput(block);
  const base: FormatResponse = {
    ...emptyResponse(),
    error,
    partial: !stopped,
    first_content_event: first,
    unknown_events: unknown.counts(),
  };
  if (!started && blocks.isEmpty) return base;
  return finishedMessage(
    { ...message, usage },
    ordered.map((block) => block.value),
    base,
  );
}

/** Adds a delta to its block; true where it brought content. */
function addDelta(block: OpenBlock, delta: JsonObject, unknown: UnknownCounter): boolean {
  const { value } = block;
  switch (delta.type) {
    case 'text_delta':
      return append(value, 'text', textOf(delta.text));
    case 'thinking_delta':
      return append(value, 'thinking', textOf(delta.thinking));
    case 'input_json_delta': {
      const piece = textOf(delta.partial_json) ?? '';
      block.input = (block.input ?? '') + piece;
      return piece !== '';
    }
    case 'signature_delta':
      value.signature = delta.signature ?? null;
      return false;
    case 'citations_delta': {
      const citations = Array.isArray(value.citations) ? value.citations : [];
      if (delta.citation !== undefined) citations.push(delta.citation);
      value.citations = citations;
      return false;
    }
    case 'compaction_delta':
      // It carries the final value; null is a compaction that failed.
      value.content = delta.content ?? null;
      if ('encrypted_content' in delta) value.encrypted_content = delta.encrypted_content ?? null;
      return true;
    default: {
      const name = textOf(delta.type) ?? 'without type';
      unknown.add(`delta.${name}`);
      const kept = Array.isArray(value.unknown_deltas) ? value.unknown_deltas : [];
      kept.push(delta);
      value.unknown_deltas = kept;
      return false;
    }
  }
}

function append(value: JsonObject, field: string, piece: string | undefined): boolean {
  value[field] = (textOf(value[field]) ?? '') + (piece ?? '');
  return piece !== undefined && piece !== '';
}

/** Parses the collected input; none leaves what the start event said, and that is `{}`. */
function closeInput(block: OpenBlock): void {
  const { input, value } = block;
  block.input = null;
  if (input === null || input.trim() === '') return;
  const parsed = parseJson(input);
  value.input = parsed ?? input;
  if (parsed === undefined) value.invalid_json = true;
}

/** Blocks that come whole with their start event, or begin with a name worth showing. */
function beginsWithContent(block: JsonObject): boolean {
  if (block.type === 'text') return textOf(block.text) !== undefined && block.text !== '';
  return block.type !== 'thinking';
}

/** The block that a delta belongs to where its start event is missing. */
function startOf(delta: JsonObject): JsonObject {
  switch (delta.type) {
    case 'thinking_delta':
    case 'signature_delta':
      return { type: 'thinking', thinking: '' };
    case 'input_json_delta':
      return { type: 'tool_use', input: {} };
    case 'compaction_delta':
      return { type: 'compaction' };
    default:
      return { type: 'text', text: '' };
  }
}

function set(object: JsonObject, key: string, value: JsonObject[string]): JsonObject {
  return { ...object, [key]: value };
}

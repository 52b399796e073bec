import type { Json, StreamEvent } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import { converseParts } from './bedrock-converse-blocks.js';
import type { FormatResponse } from './format.js';
import { indexOf, isObject, type JsonObject, objectOf, textOf, wordOf } from './json.js';
import { emptyResponse, eventObject } from './response.js';
import { type UnknownCounter, unknownCounter } from './unknown.js';
import { bedrockUsage } from './usage.js';

interface OpenBlock {
  /** Text, by the key it belongs under. */
  text: Map<'text' | 'reasoning' | 'signature' | 'redacted' | 'input', string>;
  tool: JsonObject | null;
  toolResult: JsonObject | null;
  other: JsonObject;
}

/** Events of an AWS event stream that say an exception: they end the stream. */
const exception = /Exception$/;

/** Joins the events of ConverseStream; what an event is stands in its name. */
export function converseStream(events: StreamEvent[]): FormatResponse {
  const response = emptyResponse();
  const unknown = unknownCounter();
  const blocks = new Map<number, OpenBlock>();
  let started = false;
  let stopped = false;
  events.forEach((event, position) => {
    const name = event.event ?? '';
    const data = eventObject(event) ?? {};
    switch (name) {
      case 'messageStart':
        started = true;
        break;
      case 'contentBlockStart': {
        const start = objectOf(data.start);
        const block = blockAt(blocks, data);
        if (isObject(start.toolUse)) block.tool = { ...start.toolUse };
        else if (isObject(start.toolResult)) block.toolResult = { ...start.toolResult };
        for (const [key, value] of Object.entries(start)) if (!starts.has(key)) keep(block, key, value, unknown);
        if (response.first_content_event === null && Object.keys(start).length > 0) {
          response.first_content_event = position;
        }
        break;
      }
      case 'contentBlockDelta':
        if (addDelta(blockAt(blocks, data), objectOf(data.delta), unknown) && response.first_content_event === null) {
          response.first_content_event = position;
        }
        break;
      case 'contentBlockStop':
        break;
      case 'messageStop':
        stopped = true;
        response.stop_reason = wordOf(data.stopReason) ?? null;
        break;
      case 'metadata':
        response.usage = bedrockUsage(data.usage);
        break;
      default:
        if (exception.test(name) || name === 'error') response.error = exceptionOf(name, data);
        else unknown.add(name === '' ? 'event without type' : name);
    }
  });
  const ordered = [...blocks].sort(([a], [b]) => a - b).map(([, block]) => finished(block));
  if (started || ordered.length > 0) {
    const parts = converseParts(ordered, (key) => unknown.add(key));
    response.messages = [{ role: 'assistant', parts }];
  }
  return { ...response, partial: !stopped, unknown_events: unknown.counts() };
}

/** An exception of an AWS event stream, by its name. */
export function exceptionOf(name: string, data: JsonObject): NonNullable<FormatResponse['error']> {
  const code = wordOf(data.code) ?? (name || 'error');
  return { code, message: textOf(data.message) ?? textOf(data.Message) ?? code, details: data };
}

const starts = new Set(['toolUse', 'toolResult']);

function blockAt(blocks: Map<number, OpenBlock>, data: JsonObject): OpenBlock {
  const index = indexOf(data.contentBlockIndex) ?? Math.max(0, blocks.size - 1);
  let block = blocks.get(index);
  if (block === undefined) {
    block = { text: new Map(), tool: null, toolResult: null, other: {} };
    blocks.set(index, block);
  }
  return block;
}

/** Adds a delta; true where it brought content. */
function addDelta(block: OpenBlock, delta: JsonObject, unknown: UnknownCounter): boolean {
  let content = false;
  const append = (key: Parameters<OpenBlock['text']['set']>[0], value: Json | undefined) => {
    if (typeof value !== 'string') return;
    block.text.set(key, (block.text.get(key) ?? '') + value);
    content ||= value !== '' && key !== 'signature';
  };
  for (const [key, value] of Object.entries(delta)) {
    if (value === null) continue;
    if (key === 'text') append('text', value);
    else if (key === 'toolUse') {
      block.tool ??= {};
      append('input', objectOf(value).input);
    } else if (key === 'reasoningContent') {
      const thought = objectOf(value);
      append('reasoning', thought.text);
      append('signature', thought.signature);
      append('redacted', thought.redactedContent);
    } else if (key === 'toolResult') {
      block.toolResult ??= {};
      const before = Array.isArray(block.toolResult.content) ? block.toolResult.content : [];
      if (Array.isArray(value)) for (const item of value) before.push(item);
      block.toolResult.content = before;
      content = true;
    } else if (key === 'citation') {
      const before = Array.isArray(block.other.citations) ? block.other.citations : [];
      before.push(value);
      block.other.citations = before;
    } else {
      keep(block, key, value, unknown);
      content = true;
    }
  }
  return content;
}

function keep(block: OpenBlock, key: string, value: Json, unknown: UnknownCounter): void {
  unknown.add(`delta.${key}`);
  const before = Array.isArray(block.other.unknown_deltas) ? block.other.unknown_deltas : [];
  before.push({ [key]: value });
  block.other.unknown_deltas = before;
}

/** The block as it would stand in a whole answer. */
function finished({ text, tool, toolResult, other }: OpenBlock): JsonObject {
  const block: JsonObject = {};
  const thought = text.get('reasoning');
  const signature = text.get('signature');
  const redacted = text.get('redacted');
  if (thought !== undefined || signature !== undefined) {
    block.reasoningContent = {
      reasoningText: { text: thought ?? '', ...(signature === undefined ? {} : { signature }) },
    };
  } else if (redacted !== undefined) block.reasoningContent = { redactedContent: redacted };
  const plain = text.get('text');
  if (plain !== undefined) block.text = plain;
  if (tool !== null) {
    const input = text.get('input') ?? '';
    const parsed = input.trim() === '' ? {} : parseJson(input);
    block.toolUse = { ...tool, input: parsed ?? input, ...(parsed === undefined ? { invalid_json: true } : {}) };
  }
  if (toolResult !== null) block.toolResult = toolResult;
  return { ...block, ...other };
}

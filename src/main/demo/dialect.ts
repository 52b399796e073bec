import type { HeaderList, Json } from '../../shared/model/index.js';
import type { DemoAnswer, DemoFailure, DemoScript } from './script.js';

export type JsonObject = { [key: string]: Json };

/** An answer with the ids a vendor would give it. */
export interface AnswerWithIds extends DemoAnswer {
  id: string;
  call_ids: string[];
}

interface ToolResult {
  id: string;
  content: string;
  error: boolean;
}

interface RenderedAnswer {
  /** The whole answer as a client keeps it for its history, in the vendor's shape. */
  history: JsonObject[];
  /** Response body when the client does not stream. */
  whole: JsonObject;
  /** Server-sent events when it does, blank lines included. */
  events: string[];
}

/** How one vendor's API writes the same session. */
export interface Dialect {
  url: string;
  headers: HeaderList;
  user(text: string): JsonObject[];
  results(results: ToolResult[]): JsonObject[];
  request(script: DemoScript, history: JsonObject[], previousId: string | null): JsonObject;
  answer(script: DemoScript, answer: AnswerWithIds): RenderedAnswer;
  failure(failure: DemoFailure): JsonObject;
  /** Prefixes of the vendor's ids. */
  ids: { answer: string; call: string };
}

/** One server-sent event. */
export function sse(data: Json | '[DONE]', event?: string): string {
  const text = data === '[DONE]' ? data : JSON.stringify(data);
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${text}\n\n`;
}

/** Text in the pieces that a model streams: about three words each. */
export function pieces(text: string): string[] {
  return text.match(/(?:\S+\s*){1,3}|\s+/gu) ?? [];
}

/** JSON Schema of a tool whose inputs are named with their types and are all required. */
export function schemaOf(input: { [name: string]: string }): JsonObject {
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(input).map(([name, type]) => [name, { type }])),
    required: Object.keys(input),
  };
}

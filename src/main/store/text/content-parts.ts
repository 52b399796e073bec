import type { AssembledCall, ChatMessage, HashedMessage, Json, Part } from '../../../shared/model/index.js';

/** A part of a stored message. */
export interface PartPlace {
  document: number;
  part: number;
}

/** The text of a part, or its result, as steps and tool calls show it; undefined for parts that have neither. */
export function partValue(part: Part | undefined): Json | undefined {
  switch (part?.type) {
    case 'text':
    case 'reasoning':
      return part.text;
    case 'refusal':
      return part.text;
    case 'tool_result':
      return part.result;
    default:
      return undefined;
  }
}

/** Of rows that no model call brought. */
export const noMessages = { request_messages: [], response_messages: [] };

/** Finds what a step or a result says in the messages that the same exchange brought, so that it is stored once. */
export class ContentParts {
  readonly #messages: HashedMessage[];
  readonly #document: (message: HashedMessage) => number;
  #byHash: Map<string, HashedMessage> | null = null;
  #results: Map<string, { message: HashedMessage; part: number; value: Json }[]> | null = null;

  constructor(
    made: Pick<AssembledCall, 'request_messages' | 'response_messages'>,
    document: (message: HashedMessage) => number,
  ) {
    this.#messages = [...made.request_messages, ...made.response_messages];
    this.#document = document;
  }

  /** The message with this hash; null where the exchange has none. */
  message(hash: string): { document: number; message: ChatMessage } | null {
    this.#byHash ??= new Map(this.#messages.map((message) => [message.hash, message]));
    const found = this.#byHash.get(hash);
    return found ? { document: this.#document(found), message: found.message } : null;
  }

  /** The part that holds this result of a tool call. `json`: the result's JSON text. */
  result(toolCallId: string, json: string): PartPlace | null {
    this.#results ??= this.#collectResults();
    const found = this.#results.get(toolCallId)?.find(({ value }) => JSON.stringify(value) === json);
    return found ? { document: this.#document(found.message), part: found.part } : null;
  }

  #collectResults() {
    const results = new Map<string, { message: HashedMessage; part: number; value: Json }[]>();
    for (const message of this.#messages) {
      for (const [index, part] of message.message.parts.entries()) {
        if (part.type !== 'tool_result' || part.tool_call_id === null) continue;
        const entries = results.get(part.tool_call_id);
        const entry = { message, part: index, value: part.result };
        if (entries) entries.push(entry);
        else results.set(part.tool_call_id, [entry]);
      }
    }
    return results;
  }
}

/** Index of the part that says exactly this; null where none does. */
export function partSaying(message: ChatMessage, value: Json): number | null {
  const json = JSON.stringify(value);
  const index = message.parts.findIndex((part) => {
    const own = partValue(part);
    return own !== undefined && (typeof value === 'string' ? own === value : JSON.stringify(own) === json);
  });
  return index < 0 ? null : index;
}

import type {
  ChatMessage,
  DecodedRequest,
  DecodedResponse,
  IntakeEvent,
  IntakeTrace,
  Json,
  Micros,
} from '../../../shared/model/index.js';
import { isEmpty, recordOf, requestOf, responseOf } from './build.js';
import { countOf, type JsonObject, objectOf } from './fields.js';
import type { ImportItem } from './importer.js';

/** One step of a conversation as a file tells it; absent times are those that it does not say. */
export type Turn =
  /** What the next answer was given. */
  | { input: ChatMessage[]; at?: Micros | undefined }
  | {
      answer: ChatMessage[];
      /** When the answer was there, and when it was asked for. */
      at?: Micros | undefined;
      started?: Micros | undefined;
      request?: Partial<DecodedRequest>;
      response?: Partial<DecodedResponse>;
      cost_usd?: number | undefined;
      /** What it set off besides. */
      events?: (at: Micros) => IntakeEvent[];
      extra?: Json;
    }
  | { events: (at: Micros) => IntakeEvent[]; at?: Micros | undefined };

export interface Conversation {
  importer: string;
  /** Names it within the source. */
  key: string;
  trace: IntakeTrace;
  client?: string | undefined;
  /** Stands for times where the file says none. */
  at: Micros;
}

/** A conversation that is told message by message: a call an answer, given what was said since the one before. */
export function* conversationOf(of: Conversation, turns: readonly Turn[]): Generator<ImportItem> {
  const undated = turns.every(({ at }) => at === undefined) ? { undated: true as const } : {};
  // What stands before the first time came before it.
  const timed = turns.findIndex(({ at }) => at !== undefined);
  let last = timed === -1 ? of.at : (turns[timed]?.at as Micros) - timed - 1;
  let place = 0;
  let calls = 0;
  let input: ChatMessage[] = [];
  let inputAt: Micros | undefined;
  const record = (
    times: { started_at: Micros; ended_at?: Micros },
    rest: Parameters<typeof recordOf>[4],
    name = `${of.key}:${place}`,
  ) => {
    const client = of.client === undefined ? {} : { client: of.client };
    const made = recordOf(of.importer, name, of.trace, times, { ...client, ...rest });
    place += 1;
    return { record: made, ...undated };
  };
  for (const turn of turns) {
    const before = last;
    // Without times the order is all there is.
    last = Math.max(turn.at ?? last + 1, last);
    if ('input' in turn) {
      input.push(...turn.input.filter((message) => !isEmpty(message)));
      inputAt = turn.at === undefined ? undefined : last;
    } else if ('answer' in turn) {
      const started = turn.started ?? inputAt ?? (turn.at === undefined ? last : before);
      const model = turn.response?.model ?? turn.request?.model ?? null;
      const request = requestOf(input, { model, history_complete: calls === 0, ...turn.request });
      const response = responseOf(
        turn.answer.filter((message) => !isEmpty(message)),
        { model, ...turn.response },
      );
      yield record(
        { started_at: Math.min(started, last), ended_at: last },
        {
          call: {
            format: of.importer,
            request,
            response,
            ...(turn.cost_usd === undefined ? {} : { cost_usd: turn.cost_usd }),
          },
          ...(turn.events === undefined ? {} : { events: turn.events(last) }),
          ...(turn.extra === undefined ? {} : { extra: turn.extra }),
        },
      );
      input = [];
      inputAt = undefined;
      calls += 1;
    } else {
      const events = turn.events(last);
      if (events.length > 0) yield record({ started_at: last }, { events });
    }
  }
  const events = input.flatMap((message) => unanswered(message, inputAt ?? last));
  // The file may grow: then an answer stands in this place.
  if (events.length > 0) yield record({ started_at: inputAt ?? last }, { events }, `${of.key}:${place}:unanswered`);
}

/** What was said to a model that did not answer any more. */
export function unanswered(message: ChatMessage, at: Micros): IntakeEvent[] {
  return message.parts.flatMap((part): IntakeEvent[] => {
    if (part.type === 'text') return [{ type: 'message', role: message.role, content: part.text, at }];
    if (part.type === 'reasoning') return [{ type: 'reasoning', content: part.text, at }];
    if (part.type !== 'tool_result') return [];
    const call = part.tool_call_id === null ? {} : { tool_call_id: part.tool_call_id };
    const failed = part.is_error === undefined ? {} : { is_error: part.is_error };
    return [{ type: 'tool_result', result: part.result, at, ...call, ...failed }];
  });
}

/** The counts of an answer of OpenAI's chat or Responses API, as LiteLLM and others keep it. */
export function openaiUsage(usage: JsonObject): { [name: string]: number | undefined } {
  const details = objectOf(usage['prompt_tokens_details'] ?? usage['input_tokens_details']);
  const made = objectOf(usage['completion_tokens_details'] ?? usage['output_tokens_details']);
  return {
    input_tokens: countOf(usage['prompt_tokens'] ?? usage['input_tokens']),
    output_tokens: countOf(usage['completion_tokens'] ?? usage['output_tokens']),
    cached_input_tokens: countOf(details['cached_tokens'] ?? usage['cache_read_input_tokens']),
    cache_write_tokens: countOf(usage['cache_creation_input_tokens']) || undefined,
    reasoning_tokens: countOf(made['reasoning_tokens']),
  };
}

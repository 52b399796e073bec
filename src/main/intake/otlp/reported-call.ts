import type { IntakeCall, ToolOffer, Usage } from '../../../shared/model/index.js';
import type { Conversation } from '../messages/conversation.js';
import type { Meaning } from './meaning.js';
import type { Span } from './spans.js';
import { type JsonObject, textOf } from './values.js';

/** Undefined members are left out; null where nothing was counted. */
export function usageOf(counts: { [Name in keyof Usage]: number | undefined }): Usage | null {
  const counted = Object.entries(counts).filter(([, count]) => count !== undefined);
  return counted.length === 0 ? null : (Object.fromEntries(counted) as Usage);
}

/** What the error of a failed span is: its status, the exception it recorded, `error.type`. */
export function errorOf(span: Span): { code: string; message: string } | null {
  const type = textOf(span.attributes['error.type']);
  if (!span.failed && type === undefined) return null;
  const exception = span.events.find(({ name }) => name === 'exception')?.attributes;
  const message = span.status_message || (textOf(exception?.['exception.message']) ?? '');
  return { code: type ?? textOf(exception?.['exception.type']) ?? 'error', message: message.slice(0, 10_000) };
}

/** A call of which only some fields were reported. */
export function callOf(
  span: Span,
  format: string,
  reported: {
    model?: string | undefined;
    params?: JsonObject;
    tools?: ToolOffer[];
    input: Conversation;
    output: Conversation;
    stream?: boolean | undefined;
    operation?: IntakeCall['request']['operation'];
    conversation?: string | undefined;
    previous_response_id?: string | undefined;
    response_id?: string | undefined;
    response_model?: string | undefined;
    stop_reason?: string | undefined;
    usage: Usage | null;
    /** Seconds. */
    first_chunk_s?: number | undefined;
    cost_usd?: number | undefined;
  },
): Extract<Meaning['what'], { type: 'call' }> {
  const { input, output, previous_response_id, first_chunk_s, cost_usd } = reported;
  const call: IntakeCall = {
    format,
    request: {
      model: reported.model ?? reported.response_model ?? null,
      params: reported.params ?? {},
      tools: [...(reported.tools ?? []), ...input.tools],
      messages: input.messages,
      stream: reported.stream ?? first_chunk_s !== undefined,
      // Content is off by default: a call without its messages is no call without a history.
      history_complete: input.messages.length > 0 && previous_response_id === undefined,
      ...(previous_response_id === undefined ? {} : { previous_response_id }),
      operation: reported.operation ?? 'chat',
    },
    response: {
      response_id: reported.response_id ?? null,
      model: reported.response_model ?? reported.model ?? null,
      messages: output.messages,
      stop_reason: reported.stop_reason ?? null,
      usage: reported.usage,
      error: errorOf(span),
      partial: false,
      first_content_event: null,
      unknown_events: {},
    },
    ...(first_chunk_s === undefined || first_chunk_s < 0 || first_chunk_s > 86_400
      ? {}
      : { first_token_at: span.started_at + Math.round(first_chunk_s * 1e6) }),
    ...(cost_usd === undefined ? {} : { cost_usd }),
  };
  return { type: 'call', call, sent: input, answered: output };
}

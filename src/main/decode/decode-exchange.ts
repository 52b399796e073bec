import type { Body, DecodedExchange, Json, RedactedExchange } from '../../shared/model/index.js';
import type { Subject, WireFormat } from './formats/format.js';
import { formats } from './formats/index.js';
import { parseDocument, parseJson } from './formats/json.js';
import { costOf } from './pricing.js';

/** Below this, no format claims an exchange. */
const threshold = 0.5;

/**
 * Reads a model call from a redacted exchange by the format that fits best. A format that cannot read what it claims
 * is passed over; where none can, the exchange stays plain HTTP and `decode_error` says why. Never throws.
 */
export function decodeExchange(redacted: RedactedExchange): DecodedExchange {
  const plain: DecodedExchange = { exchange: redacted, format: redacted.kind, call: null, decode_error: null };
  if (redacted.kind !== 'http') return plain;
  let failure: DecodedExchange['decode_error'] = null;
  try {
    const subject = subjectOf(redacted);
    for (const format of claims(subject)) {
      try {
        return decodeWith(format, subject);
      } catch (error) {
        failure ??= { code: 'undecoded', message: `${format.id}: ${messageOf(error)}` };
      }
    }
  } catch (error) {
    failure = { code: 'undecoded', message: messageOf(error) };
  }
  return { ...plain, decode_error: failure };
}

function claims(subject: Subject): WireFormat[] {
  const scored: { format: WireFormat; score: number }[] = [];
  for (const format of formats) {
    const score = format.matches(subject);
    if (score >= threshold) scored.push({ format, score });
  }
  return scored.sort((a, b) => b.score - a.score).map(({ format }) => format);
}

function decodeWith(format: WireFormat, subject: Subject): DecodedExchange {
  const { exchange } = subject;
  if (subject.request === undefined) throw new Error(`the request body is ${exchange.request.body.kind}, not JSON`);
  const request = format.request(subject.request, subject);
  if (exchange.response === undefined) {
    return {
      exchange,
      format: format.id,
      call: { format: format.id, request, response: null, cost_usd: null },
      decode_error: null,
    };
  }
  const { service_tier: tier, ...response } = format.response(exchange.response.body, subject);
  const call: DecodedExchange['call'] = {
    format: format.id,
    request,
    response,
    cost_usd: costOf(response.model ?? request.model, response.usage, tier),
  };
  const firstTokenAt = arrivalOf(exchange.response.body, response.first_content_event);
  if (firstTokenAt !== undefined) call.first_token_at = firstTokenAt;
  return { exchange, format: format.id, call, decode_error: null };
}

function arrivalOf(body: Body, event: number | null): number | undefined {
  return body.kind === 'events' && event !== null ? body.events[event]?.at : undefined;
}

/** Parses what formats ask for when they ask first, and only once. */
function subjectOf(exchange: RedactedExchange): Subject {
  const { body } = exchange.request;
  let whole: { value: Json | undefined } | null = null;
  let head: { value: Json | undefined } | null = null;
  return {
    exchange,
    path: pathOf(exchange.url),
    request: body.kind === 'json' ? parseDocument(body.text) : undefined,
    get responseJson() {
      const answer = exchange.response?.body;
      whole ??= { value: answer?.kind === 'json' ? parseDocument(answer.text) : undefined };
      return whole.value;
    },
    get responseHead() {
      head ??= { value: this.responseJson ?? firstEvent(exchange.response?.body) };
      return head.value;
    },
  };
}

function pathOf(url: string): string {
  const query = url.search(/[?#]/);
  const end = query === -1 ? url.length : query;
  const scheme = url.indexOf('://');
  const slash = url.indexOf('/', scheme === -1 ? 0 : scheme + 3);
  return slash === -1 || slash >= end ? '/' : url.slice(slash, end).replace(/\/$/, '');
}

function firstEvent(body: Body | undefined): Json | undefined {
  if (body?.kind !== 'events') return undefined;
  for (const event of body.events.slice(0, 16)) {
    const value = event.data === '' ? undefined : parseJson(event.data);
    if (typeof value === 'object' && value !== null) return value;
  }
  return undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 300) : 'unknown error';
}

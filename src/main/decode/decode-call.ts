import type { Body, DecodedCall } from '../../shared/model/index.js';
import type { Subject, WireFormat } from './formats/format.js';
import { costOf } from './pricing.js';

/** Reads a model call by one format; throws where the format cannot read what it claims. */
export function decodeCall(format: WireFormat, subject: Subject): DecodedCall {
  const { exchange } = subject;
  if (subject.request === undefined) throw new Error(`the request body is ${exchange.request.body.kind}, not JSON`);
  const request = format.request(subject.request, subject);
  if (exchange.response === undefined) return { format: format.id, request, response: null, cost_usd: null };
  const { service_tier: tier, ...response } = format.response(exchange.response.body, subject);
  const call: DecodedCall = {
    format: format.id,
    request,
    response,
    cost_usd: costOf(response.model ?? request.model, response.usage, tier),
  };
  const firstTokenAt = arrivalOf(exchange.response.body, response.first_content_event);
  if (firstTokenAt !== undefined) call.first_token_at = firstTokenAt;
  return call;
}

function arrivalOf(body: Body, event: number | null): number | undefined {
  return body.kind === 'events' && event !== null ? body.events[event]?.at : undefined;
}

import type { Body, Json, RedactedExchange } from '../../shared/model/index.js';
import { parseJson } from '../ground/json.js';
import type { Subject } from './formats/format.js';

/** A body is JSON only where a scan of it found no deeper nesting than is read. */
const scanned = { maxDepth: Number.POSITIVE_INFINITY };

/** Parses what formats ask for when they ask first, and only once. */
export function subjectOf(exchange: RedactedExchange): Subject {
  const { body } = exchange.request;
  let whole: { value: Json | undefined } | null = null;
  let head: { value: Json | undefined } | null = null;
  return {
    exchange,
    path: pathOf(exchange.url),
    request: body.kind === 'json' ? parseJson(body.text, scanned) : undefined,
    get responseJson() {
      const answer = exchange.response?.body;
      whole ??= { value: answer?.kind === 'json' ? parseJson(answer.text, scanned) : undefined };
      return whole.value;
    },
    get responseHead() {
      head ??= { value: this.responseJson ?? firstEvent(exchange.response?.body) };
      return head.value;
    },
  };
}

/** Path of a URL without query and trailing slash. */
export function pathOf(url: string): string {
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

import type { Body, StreamEvent } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import { errorOf } from './content-parts.js';
import type { FormatResponse, Subject } from './format.js';
import { isObject, type JsonObject } from './json.js';

/** A response of which nothing is known yet. */
export function emptyResponse(): FormatResponse {
  return {
    response_id: null,
    model: null,
    messages: [],
    stop_reason: null,
    usage: null,
    error: null,
    partial: false,
    first_content_event: null,
    unknown_events: {},
  };
}

export interface ResponseReaders {
  /** A whole JSON object. */
  json(value: JsonObject): FormatResponse;
  /** A stream; `complete` is false where the capture ends before the stream did. */
  events(events: StreamEvent[], complete: boolean): FormatResponse;
}

/**
 * Reads a response body by its kind. HTTP errors become `error` in every kind; a body that is neither JSON nor a
 * stream (an HTML error page, a cut document) yields what can be said without it.
 */
export function readResponse(body: Body, subject: Subject, readers: ResponseReaders): FormatResponse {
  const status = subject.exchange.response?.status ?? 0;
  const failed = status >= 400;
  if (body.kind === 'events') {
    const response = readers.events(body.events, body.complete && subject.exchange.state === 'complete');
    if (failed && response.error === null) response.error = { code: `http_${status}`, message: `HTTP ${status}` };
    return response;
  }
  if (body.kind === 'json') {
    const json = subject.responseJson;
    if (isObject(json)) {
      const response = readers.json(json);
      if (failed && response.error === null) response.error = errorOf(json.error ?? json, `http_${status}`);
      return response;
    }
    // Some gateways answer `[{"error": …}]` or a bare string.
    const first = Array.isArray(json) && isObject(json[0]) ? json[0] : null;
    if (!failed) throw new Error('the response is JSON, but not an object');
    return { ...emptyResponse(), error: errorOf(first?.error ?? first ?? json, `http_${status}`) };
  }
  if (body.kind === 'sealed' && !failed) throw new Error(`the response is not text (${body.reason})`);
  const response = emptyResponse();
  const message = body.kind === 'text' ? body.text.slice(0, 2000) : '';
  if (failed) response.error = { code: `http_${status}`, message: message || `HTTP ${status}` };
  else response.partial = true;
  return response;
}

/** An event's data where it is a JSON object; `[DONE]` and empty events are not. */
export function eventObject(event: StreamEvent): JsonObject | undefined {
  if (event.data === '' || event.data === '[DONE]') return undefined;
  const value = parseJson(event.data);
  return isObject(value) ? value : undefined;
}

export function isDone(event: StreamEvent): boolean {
  return event.data.length < 16 && event.data.trim() === '[DONE]';
}

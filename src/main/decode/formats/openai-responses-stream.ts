import type { StreamEvent } from '../../../shared/model/index.js';
import { errorOf } from './content-parts.js';
import type { FormatResponse } from './format.js';
import { isObject, type JsonObject, textOf, wordOf } from './json.js';
import { mediaFromBase64 } from './media.js';
import { ResponseItems } from './openai-responses-assembly.js';
import { isContentEvent, isLifecycle, knownEvents } from './openai-responses-events.js';
import { knownItem } from './openai-responses-items.js';
import { outputMessage, stopReason, wholeResponse } from './openai-responses-whole.js';
import { emptyResponse, eventObject, isDone } from './response.js';
import { type UnknownCounter, unknownCounter } from './unknown.js';

const terminal = new Set(['response.completed', 'response.failed', 'response.incomplete', 'response.cancelled']);

/** Joins the events of a streamed response. What the closing event holds wins over what was joined on the way. */
export function responsesStream(events: StreamEvent[]): FormatResponse {
  const unknown = unknownCounter();
  const items = new ResponseItems();
  let latest: JsonObject = {};
  let error: FormatResponse['error'] = null;
  let first: number | null = null;
  let partial = true;
  let audio = '';
  let transcript = '';
  for (const { event, data, position } of ordered(events, unknown)) {
    const type = wordOf(data.type) ?? event.event ?? '';
    if (!knownEvents.has(type)) {
      const failed = isObject(data.error);
      if (failed) error = errorOf(data.error, 'error');
      else unknown.add(type === '' ? 'event without type' : type);
      continue;
    }
    if (first === null && isContentEvent(type, data)) first = position;
    if (type === 'error') error = errorOf(isObject(data.error) ? data.error : data, 'error');
    else if (isLifecycle(type) && isObject(data.response)) {
      latest = { ...latest, ...data.response };
      if (terminal.has(type)) partial = false;
    } else if (type === 'response.audio.delta') audio += textOf(data.delta) ?? '';
    else if (type === 'response.audio.transcript.delta') transcript += textOf(data.delta) ?? '';
    else items.add(type, data);
  }
  const final = Array.isArray(latest.output) && latest.output.length > 0 && !partial;
  const output = final ? (latest.output as JsonObject[]).filter(isObject) : items.all();
  for (const item of output) if (!knownItem(item)) unknown.add(`item.${textOf(item.type) ?? 'without type'}`);
  const response: FormatResponse = {
    ...emptyResponse(),
    ...wholeResponse({ ...latest, output: [] }),
    stop_reason: partial ? null : stopReason(latest),
    partial,
    first_content_event: first,
    unknown_events: unknown.counts(),
  };
  const message = outputMessage(output);
  if (message !== null) response.messages = [message];
  if (transcript !== '' || audio !== '') {
    const answer = response.messages[0] ?? { role: 'assistant', parts: [] };
    response.messages = [answer];
    if (transcript !== '') answer.parts.push({ type: 'text', text: transcript });
    if (audio !== '') answer.parts.push(mediaFromBase64('audio', audio));
  }
  if (error !== null) response.error = error;
  return response;
}

interface Placed {
  event: StreamEvent;
  data: JsonObject;
  position: number;
}

/** Events by sequence_number where all have one, else as they came. */
function ordered(events: StreamEvent[], unknown: UnknownCounter): Placed[] {
  const placed: Placed[] = [];
  let numbered = true;
  let sorted = true;
  let before = Number.NEGATIVE_INFINITY;
  events.forEach((event, position) => {
    const data = eventObject(event);
    if (data === undefined) {
      if (event.data !== '' && !isDone(event)) unknown.add('not JSON');
      return;
    }
    placed.push({ event, data, position });
    const { sequence_number: sequence } = data;
    if (typeof sequence !== 'number') numbered = false;
    else {
      if (sequence < before) sorted = false;
      before = sequence;
    }
  });
  if (numbered && !sorted) {
    placed.sort((a, b) => (a.data.sequence_number as number) - (b.data.sequence_number as number));
  }
  return placed;
}

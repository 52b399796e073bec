import type { StreamEvent } from '../../../shared/model/index.js';
import type { Arrival } from '../content/arrival.js';
import { maxStreamEvents, type Split, TooManyEvents } from './split.js';

/**
 * Splits a server-sent event stream (WHATWG HTML §9.2.6). Lines end with CRLF, LF or CR, mixed as they come; several
 * `data:` lines are joined by LF; the last event counts without its blank line. Beyond the standard, events without
 * data are kept, and so are comments and unknown fields (both in `comment` of the event that follows), so that the
 * stream can be written again.
 */
export function splitSse(text: string, arrival: Arrival): Split {
  const events: StreamEvent[] = [];
  const { length } = text;
  let name: string | undefined;
  let id: string | undefined;
  let comment: string | undefined;
  /** Lines of the open event, joined at its end: a million of them must not make a million strings on the way. */
  let data: string[] = [];
  let open = false;
  const close = (end: number) => {
    if (events.length === maxStreamEvents) throw new TooManyEvents();
    const event: StreamEvent = { data: data.length === 1 ? (data[0] as string) : data.join('\n') };
    if (name !== undefined) event.event = name;
    if (id !== undefined) event.id = id;
    if (comment !== undefined) event.comment = comment;
    const at = arrival(end);
    if (at !== undefined) event.at = at;
    events.push(event);
    name = id = comment = undefined;
    data = [];
    open = false;
  };
  let start = 0;
  while (start < length) {
    let end = start;
    let colon = -1;
    let c = 0;
    for (; end < length; end += 1) {
      c = text.charCodeAt(end);
      if (c === 0x0a || c === 0x0d) break;
      if (c === 0x3a && colon === -1) colon = end;
    }
    const next = c === 0x0d && text.charCodeAt(end + 1) === 0x0a ? end + 2 : end + 1;
    if (end === start) {
      if (open) close(Math.min(next, length));
    } else if (colon === start) {
      const value = text.slice(text.charCodeAt(start + 1) === 0x20 ? start + 2 : start + 1, end);
      comment = comment === undefined ? value : `${comment}\n${value}`;
    } else {
      const field = text.slice(start, colon === -1 ? end : colon);
      const from = colon === -1 ? end : text.charCodeAt(colon + 1) === 0x20 ? colon + 2 : colon + 1;
      const value = from >= end ? '' : text.slice(from, end);
      if (field === 'data') data.push(value);
      else if (field === 'event') name = value;
      else if (field === 'id') id = value;
      else {
        const line = text.slice(start, end);
        comment = comment === undefined ? line : `${comment}\n${line}`;
      }
      open ||= field === 'data' || field === 'event' || field === 'id';
    }
    start = next;
  }
  const complete = !open;
  if (open || comment !== undefined) close(length);
  return { events, complete };
}

/** Whether a text that no header calls an event stream is one: its first lines are fields of one. */
export function looksLikeSse(text: string): boolean {
  const head = text.slice(0, 4096);
  if (/^(?:data|event|id|retry):/.test(head)) return /^(?:data|event):/m.test(head);
  return /^:/.test(head) && /^(?:data|event):/m.test(head);
}

import type { StreamEvent } from '../../../shared/model/index.js';
import type { Arrival } from '../content/arrival.js';
import { scanDocument, scanJson, skipSpace } from './json-scan.js';
import { maxStreamEvents, type Split, TooManyEvents } from './split.js';

/** Splits newline-delimited JSON; blank lines are skipped, a last line without its newline counts. */
export function splitNdjson(text: string, arrival: Arrival): Split & { invalid: number } {
  const events: StreamEvent[] = [];
  let complete = true;
  let invalid = 0;
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const from = skipSpace(text, start);
    if (from < end) {
      if (events.length === maxStreamEvents) throw new TooManyEvents();
      const data = text.slice(from, end).trimEnd();
      const { status } = scanDocument(data);
      if (status === 'cut' && newline === -1) complete = false;
      else if (status !== 'complete') invalid += 1;
      const event: StreamEvent = { data };
      const at = arrival(newline === -1 ? end : end + 1);
      if (at !== undefined) event.at = at;
      events.push(event);
    }
    start = end + 1;
  }
  return { events, complete, invalid };
}

/** Whether a text is a sequence of JSON objects or arrays, one a line, and not one document over several lines. */
export function looksLikeNdjson(text: string): boolean {
  const first = scanJson(text, skipSpace(text, 0));
  if (first.status !== 'complete') return false;
  const next = skipSpace(text, first.end);
  if (next >= text.length || !text.slice(first.end, next).includes('\n')) return false;
  const c = text[next];
  return (c === '{' || c === '[') && scanJson(text, next).status !== 'invalid';
}

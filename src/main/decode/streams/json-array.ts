import type { StreamEvent } from '../../../shared/model/index.js';
import type { Arrival } from '../content/arrival.js';
import { scanJson, skipSpace } from './json-scan.js';
import { maxStreamEvents, type Split, TooManyEvents } from './split.js';

/**
 * Splits one JSON array that was sent element by element (Gemini without `alt=sse`) into its elements, without parsing
 * the whole. A cut last element is the last event. Null: the text is no such array.
 */
export function splitJsonArray(text: string, arrival: Arrival): Split | null {
  const events: StreamEvent[] = [];
  let i = skipSpace(text, 0);
  if (text[i] !== '[') return null;
  i = skipSpace(text, i + 1);
  if (text[i] === ']') return skipSpace(text, i + 1) === text.length ? { events, complete: true } : null;
  while (i < text.length) {
    const element = scanJson(text, i);
    if (element.status === 'invalid') return null;
    if (events.length === maxStreamEvents) throw new TooManyEvents();
    const event: StreamEvent = { data: text.slice(i, element.end) };
    const at = arrival(element.end);
    if (at !== undefined) event.at = at;
    events.push(event);
    if (element.status === 'cut') break;
    i = skipSpace(text, element.end);
    if (text[i] === ']') return skipSpace(text, i + 1) === text.length ? { events, complete: true } : null;
    if (i < text.length && text[i] !== ',') return null;
    i = skipSpace(text, i + 1);
  }
  return { events, complete: false };
}

/** Whether an array is a stream of Gemini's chunks: by the method in the URL, or by the keys of the first chunk. */
export function looksLikeGeminiArray(text: string, url: string): boolean {
  if (/:stream[A-Za-z]+(?:\?|$)/.test(url.slice(-2048))) return true;
  return /^\s*\[\s*\{/.test(text) && /"(?:candidates|usageMetadata|promptFeedback)"/.test(text.slice(0, 2048));
}

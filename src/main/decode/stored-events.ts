import type { StreamEvent } from '../../shared/model/index.js';
import { unknownArrival } from './content/arrival.js';
import { splitJsonArray } from './streams/json-array.js';
import { splitNdjson } from './streams/ndjson.js';
import { TooManyEvents } from './streams/split.js';
import { splitSse } from './streams/sse.js';

/** The events of a stream from the text it is stored as; null where that is no such stream (any more). */
export function storedEvents(framing: 'sse' | 'ndjson' | 'json-array', text: string): StreamEvent[] | null {
  try {
    switch (framing) {
      case 'sse':
        return splitSse(text, unknownArrival).events;
      case 'ndjson':
        return splitNdjson(text, unknownArrival).events;
      case 'json-array':
        return splitJsonArray(text, unknownArrival)?.events ?? null;
    }
  } catch (error) {
    if (error instanceof TooManyEvents) return null;
    throw error;
  }
}

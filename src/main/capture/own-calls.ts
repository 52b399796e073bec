import { timingSafeEqual } from 'node:crypto';
import type { HeaderList } from '../../shared/model/index.js';
import { captureCounters, captureCountersBytes } from './counters.js';
import type { RecorderContext } from './recorder.js';

/** The field by which the engine marks its own calls of models, where they may pass this proxy. */
export const ownCallField = 'x-sluice-own-call';

/** The headers without the mark, where it is this engine's: its own calls are no training data. Null for all others. */
export function withoutOwnMark(headers: HeaderList, mark: string): HeaderList | null {
  const isField = ([name]: HeaderList[number]) => name.toLowerCase() === ownCallField;
  const value = headers.find(isField)?.[1];
  if (value === undefined || value.length !== mark.length) return null;
  if (!timingSafeEqual(Buffer.from(value, 'latin1'), Buffer.from(mark, 'latin1'))) return null;
  return headers.filter((header) => !isField(header));
}

/** A recorder's surroundings that keep nothing: no journal, no counters, nothing in the live view. */
export function unrecorded({ bodyLimit, onJournalError }: RecorderContext): RecorderContext {
  return {
    journal: {
      append() {},
      appendPart: () => null,
      unpin() {},
    },
    counters: captureCounters(new SharedArrayBuffer(captureCountersBytes)),
    bodyLimit,
    onJournaled() {},
    onJournalError,
    open: new Map(),
  };
}

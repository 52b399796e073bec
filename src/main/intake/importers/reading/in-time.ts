import { wrapperReason, wrappersOf } from '../../messages/wrappers.js';
import type { Importer, ImportItem } from '../importer.js';

/** Held at most, in records; a file beyond them is put in order a stretch at a time. */
const maxHeld = 50_000;
/** Characters of text held at most. */
const maxText = 64 * 1024 * 1024;

/**
 * Gives the records of a file by the time they began. Interfaces list newest first and write children before their
 * parents, while a call is joined with the one before it, which has to be there. What has no time keeps its place. Calls
 * that only wrap another one are left out, and said.
 */
export async function* inTime(items: AsyncIterable<ImportItem>): ReturnType<Importer['read']> {
  let held: Extract<ImportItem, { record: unknown }>[] = [];
  let text = 0;
  const sorted = (): ImportItem[] => {
    const wrappers = wrappersOf(
      held.flatMap(({ record, span }) => (span === undefined ? [] : [{ ...span, call: record.call, record }])),
    );
    const wrapping = new Map([...wrappers].map(({ record, where }) => [record, where]));
    const out = held
      .sort((a, b) => a.record.started_at - b.record.started_at)
      .map((item): ImportItem => {
        const where = wrapping.get(item.record);
        return where === undefined ? item : { skipped: { where, reason: wrapperReason } };
      });
    held = [];
    text = 0;
    return out;
  };
  for await (const item of items) {
    if (!('record' in item) || item.undated) {
      yield item;
      continue;
    }
    held.push(item);
    for (const { parts } of item.record.call?.request.messages ?? [])
      for (const part of parts) text += part.type === 'text' ? part.text.length : 256;
    if (held.length >= maxHeld || text >= maxText) yield* sorted();
  }
  yield* sorted();
}

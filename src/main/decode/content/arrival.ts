import type { Micros } from '../../../shared/model/index.js';

/** When the character before index `end` of a text arrived; undefined where it cannot be told. */
export type Arrival = (end: number) => Micros | undefined;

export const unknownArrival: Arrival = () => undefined;

/**
 * Arrival times of a text that was read from wire bytes.
 * `skipped` bytes stood before its first character. Must be asked with rising indexes.
 */
export function arrivals(
  text: string,
  skipped: number,
  wireBytes: number,
  chunks: { offset: number; at: Micros }[],
): Arrival {
  if (chunks.length === 0) return unknownArrival;
  const singleByte = text.length + skipped === wireBytes;
  let chars = 0;
  let bytes = skipped;
  let chunk = 0;
  return (end) => {
    if (singleByte) bytes = end + skipped;
    else {
      bytes += Buffer.byteLength(text.slice(chars, end));
      chars = end;
    }
    while (chunk + 1 < chunks.length && (chunks[chunk + 1] as { offset: number }).offset < bytes) chunk += 1;
    return chunks[chunk]?.at;
  };
}

import { maxItemBytes } from '../importer.js';

/** A line without its end; `idle`: the writer pauses; `cut`: the file ends before the line does. */
export type Line = { number: number; text: string; cut: boolean } | { number: number; tooLarge: true } | { idle: true };

/** Splits a stream into lines (LF or CRLF) and passes over lines beyond `limit` bytes without holding them. */
export async function* lines(input: AsyncIterable<Uint8Array>, limit = maxItemBytes): AsyncGenerator<Line> {
  let number = 1;
  let parts: Uint8Array[] = [];
  let size = 0;
  const take = (part: Uint8Array) => {
    size += part.length;
    if (size > limit) parts = [];
    else parts.push(part);
  };
  const line = (cut: boolean): Line => {
    const bytes = Buffer.concat(parts);
    const tooLarge = size > limit;
    parts = [];
    size = 0;
    const at = number;
    number += 1;
    if (tooLarge) return { number: at, tooLarge: true };
    const text = bytes.toString('utf8').replace(/\r$/, '');
    return { number: at, text: at === 1 ? text.replace(/^\ufeff/, '') : text, cut };
  };
  for await (const chunk of input) {
    if (chunk.length === 0) {
      yield { idle: true };
      continue;
    }
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(0x0a, from);
      if (end === -1) break;
      take(chunk.subarray(from, end));
      yield line(false);
      from = end + 1;
    }
    if (from < chunk.length) take(chunk.subarray(from));
  }
  if (size > 0) yield line(true);
}

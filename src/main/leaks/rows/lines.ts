import { createReadStream } from 'node:fs';
import { isPacked, unpacked } from '../../ground/unpacked.js';
import { type FileRow, type RowPlace, rowJson } from './row.js';

const lf = 0x0a;

interface Line {
  text: string;
  number: number;
  offset: number;
}

/**
 * The lines of a file, however many, those of a chunk at a time, each with the place where it begins in bytes; from a line's place
 * on, which has `before` lines before it.
 */
export async function* linesOf(path: string, from = 0, before = 0): AsyncGenerator<Line[]> {
  let parts: Buffer[] = [];
  let offset = from;
  let number = before;
  let place = from;
  const chunks = isPacked(path) ? unpacked(path) : createReadStream(path, { start: from, highWaterMark: 256 * 1024 });
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    const lines: Line[] = [];
    let start = 0;
    for (let at = chunk.indexOf(lf); at !== -1; at = chunk.indexOf(lf, start)) {
      number += 1;
      lines.push({ text: textOf(parts, chunk, start, at), number, offset });
      if (parts.length > 0) parts = [];
      start = at + 1;
      offset = place + start;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
    place += chunk.length;
    yield lines;
  }
  const rest = Buffer.concat(parts);
  if (rest.length > 0) yield [{ text: rest.toString('utf8'), number: number + 1, offset }];
}

function textOf(parts: readonly Buffer[], chunk: Buffer, start: number, end: number): string {
  if (parts.length === 0) return chunk.toString('utf8', start, end);
  return Buffer.concat([...parts, chunk.subarray(start, end)]).toString('utf8');
}

/** JSON Lines; a line that is no JSON is read as text. Empty lines are no rows. */
export async function* jsonlRows(path: string, after: RowPlace | null = null): AsyncGenerator<FileRow[]> {
  for await (const rows of textRows(path, after)) {
    for (const row of rows) row.value = rowJson(row.value as string) ?? row.value;
    yield rows;
  }
}

/** A text file: its lines. */
export async function* textRows(path: string, after: RowPlace | null = null): AsyncGenerator<FileRow[]> {
  const packed = isPacked(path);
  // What is packed can be read from its beginning only.
  const chunks = after === null || packed ? linesOf(path) : linesOf(path, after.offset ?? 0, after.row - 1);
  for await (const lines of chunks) {
    const rows: FileRow[] = [];
    for (const { text, number, offset } of lines)
      if (number > (after?.row ?? 0) && text.trim() !== '')
        rows.push({ row: number, value: text, offset: packed ? null : offset });
    if (rows.length > 0) yield rows;
  }
}

import { createReadStream } from 'node:fs';
import { isPacked, unpacked } from '../../ground/unpacked.js';
import { type FileRow, type RowPlace, rowJson } from './row.js';

const lf = 0x0a;

interface Line {
  text: string;
  number: number;
  offset: number;
}

/** The lines of a file, however many, each with the place where it begins in bytes; from a line's place on, which has `before` lines before it. */
export async function* linesOf(path: string, from = 0, before = 0): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let offset = from;
  let number = before;
  let place = from;
  const chunks = isPacked(path) ? unpacked(path) : createReadStream(path, { start: from, highWaterMark: 256 * 1024 });
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    let start = 0;
    for (let at = chunk.indexOf(lf); at !== -1; at = chunk.indexOf(lf, start)) {
      parts.push(chunk.subarray(start, at));
      number += 1;
      yield { text: Buffer.concat(parts).toString('utf8'), number, offset };
      parts = [];
      start = at + 1;
      offset = place + start;
    }
    parts.push(chunk.subarray(start));
    place += chunk.length;
  }
  const rest = Buffer.concat(parts);
  if (rest.length > 0) yield { text: rest.toString('utf8'), number: number + 1, offset };
}

/** JSON Lines; a line that is no JSON is read as text. Empty lines are no rows. */
export async function* jsonlRows(path: string, after: RowPlace | null = null): AsyncGenerator<FileRow> {
  const packed = isPacked(path);
  for await (const { text, number, offset } of linesBehind(path, after)) {
    if (text.trim() === '') continue;
    yield { row: number, value: rowJson(text) ?? text, offset: packed ? null : offset };
  }
}

/** A text file: its lines. */
export async function* textRows(path: string, after: RowPlace | null = null): AsyncGenerator<FileRow> {
  for await (const { text, number, offset } of linesBehind(path, after)) {
    if (text.trim() !== '') yield { row: number, value: text, offset: isPacked(path) ? null : offset };
  }
}

async function* linesBehind(path: string, after: RowPlace | null): AsyncGenerator<Line> {
  // What is packed can be read from its beginning only.
  const lines = after === null || isPacked(path) ? linesOf(path) : linesOf(path, after.offset ?? 0, after.row - 1);
  for await (const line of lines) if (line.number > (after?.row ?? 0)) yield line;
}

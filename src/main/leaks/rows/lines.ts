import { createReadStream } from 'node:fs';
import { type FileRow, rowJson } from './row.js';

const lf = 0x0a;

interface Line {
  text: string;
  number: number;
  offset: number;
}

/** The lines of a file, however many, each with the place where it begins in bytes. */
export async function* linesOf(path: string, from = 0): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let offset = from;
  let number = 0;
  let place = from;
  for await (const chunk of createReadStream(path, {
    start: from,
    highWaterMark: 256 * 1024,
  }) as AsyncIterable<Buffer>) {
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
export async function* jsonlRows(path: string): AsyncGenerator<FileRow> {
  for await (const { text, number, offset } of linesOf(path)) {
    if (text.trim() === '') continue;
    yield { row: number, value: rowJson(text) ?? text, offset };
  }
}

/** A text file: its lines. */
export async function* textRows(path: string): AsyncGenerator<FileRow> {
  for await (const { text, number, offset } of linesOf(path)) {
    if (text.trim() !== '') yield { row: number, value: text, offset };
  }
}

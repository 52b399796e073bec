import type { FileHandle } from 'node:fs/promises';

/** No entry of ours is longer; what is, is no line of ours. In bytes. */
export const longestLine = 1024 * 1024;
const chunkBytes = 64 * 1024;
const lf = 0x0a;

/** A line of the file without its LF; `text` null where it is too long to be one of ours. `start` in bytes. */
export interface Line {
  text: string | null;
  start: number;
}

/** The finished lines up to `size`, first to last, in constant memory. */
export async function* linesOf(file: FileHandle, size: number): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let held = 0;
  let start = 0;
  for (let offset = 0; offset < size; ) {
    const chunk = await readAt(file, offset, Math.min(chunkBytes, size - offset));
    if (chunk.length === 0) return;
    let from = 0;
    for (let at = chunk.indexOf(lf); at !== -1; at = chunk.indexOf(lf, from)) {
      held += at - from;
      parts.push(chunk.subarray(from, at));
      yield { text: held > longestLine ? null : Buffer.concat(parts).toString('utf8'), start };
      from = at + 1;
      start = offset + from;
      parts = [];
      held = 0;
    }
    held += chunk.length - from;
    // The rest of a line that is too long is only counted.
    if (held <= longestLine) parts.push(chunk.subarray(from));
    else parts = [];
    offset += chunk.length;
  }
}

/** The finished lines before `end` (which follows an LF), last to first. */
export async function* linesBack(file: FileHandle, end: number): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let held = 0;
  // The LF right before `end` ends the last line.
  for (let stop = end - 1; stop >= 0; ) {
    const from = Math.max(0, stop - chunkBytes);
    let chunk = await readAt(file, from, stop - from);
    for (let at = chunk.lastIndexOf(lf); at !== -1; at = chunk.lastIndexOf(lf)) {
      held += chunk.length - at - 1;
      parts.push(chunk.subarray(at + 1));
      yield { text: textOf(parts, held), start: from + at + 1 };
      parts = [];
      held = 0;
      chunk = chunk.subarray(0, at);
    }
    held += chunk.length;
    if (held <= longestLine) parts.push(chunk);
    else parts = [];
    if (from === 0) {
      yield { text: textOf(parts, held), start: 0 };
      return;
    }
    stop = from;
  }
}

function textOf(parts: Buffer[], held: number): string | null {
  return held > longestLine ? null : Buffer.concat(parts.toReversed()).toString('utf8');
}

/** Where the last finished line ends: behind its LF, 0 where there is none. */
export async function finishedEnd(file: FileHandle, size: number): Promise<number> {
  for (let stop = size; stop > 0; ) {
    const from = Math.max(0, stop - chunkBytes);
    const at = (await readAt(file, from, stop - from)).lastIndexOf(lf);
    if (at !== -1) return from + at + 1;
    stop = from;
  }
  return 0;
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}

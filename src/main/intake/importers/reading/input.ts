import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { SluiceError } from '../../../../shared/errors.js';
import { isObject, parseJson } from '../../../ground/json.js';
import type { ImportHead } from '../importer.js';
import { partialJson } from './partial-json.js';
import { unwrapped } from './wrapped.js';

/** What formats are told apart by. */
export const headBytes = 65_536;
const headValues = 30;
/** Decompressed over compressed bytes beyond which a file of more than 64 MiB counts as a bomb. */
const maxRatio = 1000;

/** Takes the first bytes off a stream and puts them back: at least `bytes`, unless it ends or pauses before. */
export async function peek(
  input: AsyncIterable<Uint8Array>,
  bytes: number,
): Promise<{ head: Uint8Array; all: AsyncIterable<Uint8Array> }> {
  const iterator = input[Symbol.asyncIterator]();
  const taken: Uint8Array[] = [];
  let size = 0;
  let over = false;
  while (size < bytes) {
    const next = await iterator.next();
    if (next.done) {
      over = true;
      break;
    }
    taken.push(next.value);
    size += next.value.length;
    if (next.value.length === 0) break;
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* taken.splice(0);
      if (over) return;
      for (;;) {
        const next = await iterator.next();
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { head: Buffer.concat(taken), all: all() };
}

/** Undoes gzip and zstd, told by their magic bytes. Throws `import_unreadable` for bombs. */
export async function decompressed(input: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const { head, all } = await peek(input, 4);
  const hex = Buffer.from(head.subarray(0, 4)).toString('hex');
  if (hex.startsWith('1f8b')) return unpacked(all, createGunzip());
  if (hex === '28b52ffd') return unpacked(all, createZstdDecompress());
  return all;
}

async function* unpacked(
  input: AsyncIterable<Uint8Array>,
  decoder: ReturnType<typeof createGunzip> | ReturnType<typeof createZstdDecompress>,
): AsyncGenerator<Uint8Array> {
  let packed = 0;
  let size = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of input) {
      packed += chunk.length;
      yield chunk;
    }
  }
  // What was decompressed before a fault is still given out; the fault is thrown behind it.
  pipeline(Readable.from(counted()), decoder, () => {});
  try {
    for await (const chunk of decoder) {
      size += (chunk as Uint8Array).length;
      if (size > 64 * 1024 * 1024 && size > packed * maxRatio)
        throw new SluiceError('import_unreadable', 'The file decompresses to more than a thousand times its size.');
      yield chunk as Uint8Array;
    }
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    throw new SluiceError('import_unreadable', 'The compressed file is damaged or cut.', undefined, { cause: error });
  }
}

/** The head of a file as importers look at it. */
export function readHead(name: string, bytes: Uint8Array): ImportHead {
  const whole = utf8(bytes);
  const head: ImportHead = { name, bytes, text: whole, shape: null, values: [] };
  if (whole === null) return head;
  const text = whole.slice(brokenLine(whole));
  const first = partialJson(text);
  if (first === undefined || typeof first.value !== 'object' || first.value === null) return head;
  if (Array.isArray(first.value)) {
    return { ...head, shape: 'array', values: first.value.filter(isObject).slice(0, headValues).map(unwrapped) };
  }
  const values = [unwrapped(first.value)];
  let at = first.end;
  let line = !/[\r\n]/.test(text.slice(0, first.end).trim());
  while (first.whole && values.length < headValues) {
    const next = partialJson(text, at);
    if (next === undefined || !isObject(next.value)) break;
    values.push(unwrapped(next.value));
    at = next.end;
    line = true;
  }
  return { ...head, shape: line && (values.length > 1 || first.whole) ? 'lines' : 'object', values };
}

/** Length of a first line that is broken where the second is whole: it tells nothing of the others. */
function brokenLine(text: string): number {
  const [first = '', second = ''] = text.split('\n', 2);
  if (!/^\s*\{"/.test(first) || !second.startsWith('{"')) return 0;
  const broken = parseJson(first) === undefined && parseJson(second) !== undefined;
  return broken ? first.length + 1 : 0;
}

/** Names a file by its beginning and, where it is known, its size. */
export function fileKeyOf(head: Uint8Array, size: number | null): string {
  return createHash('sha256')
    .update(head.subarray(0, headBytes))
    .update(`${size ?? ''}`)
    .digest('hex')
    .slice(0, 32);
}

/** Names a file and those around it by their place, as formats refer to each other, and without telling it. */
export function fileNamer(path: string): (relative?: string) => string {
  const folder = dirname(path);
  return (relative) => {
    const place = relative === undefined ? resolve(path) : resolve(folder, relative);
    return createHash('sha256').update(place).digest('hex').slice(0, 32);
  };
}

/** Text of bytes that may end inside a character; null where they are no UTF-8. */
function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return null;
  }
}

import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Json } from '../../../shared/model/index.js';

/** Text shorter than this is not worth the 40 us that compressing costs. */
const compressFrom = 400;

/** A text column that holds short text as it is and long text as zstd; the storage class tells which. */
export type Packed = string | Buffer;

export function packText(text: string): Packed {
  if (text.length < compressFrom)
    return storable(text) ? text : Buffer.concat([utf16Mark, Buffer.from(text, 'utf16le')]);
  if (!text.isWellFormed()) return Buffer.concat([utf16Mark, Buffer.from(text, 'utf16le')]);
  return zstdCompressSync(Buffer.from(text, 'utf8'));
}

export function unpackText(packed: Packed): string {
  if (typeof packed === 'string') return packed;
  if (packed[0] === 0) return packed.subarray(1).toString('utf16le');
  return zstdDecompressSync(packed).toString('utf8');
}

export function packJson(value: unknown): Packed {
  return packText(JSON.stringify(value));
}

/** The value as it was packed; the caller names the type it packed. */
export function unpackJson<T = Json>(packed: Packed): T {
  return JSON.parse(unpackText(packed)) as T;
}

/** A zstd frame begins with 0x28, so a zero byte can mark text that UTF-8 cannot carry (lone surrogates, NUL). */
const utf16Mark = Buffer.from([0]);

/** SQLite takes NUL for the end of a text in too many places to store one in it. */
function storable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

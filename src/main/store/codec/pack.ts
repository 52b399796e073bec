import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Json } from '../../../shared/model/index.js';
import { packDictionary } from './dictionary.js';

/** A text column that holds short text as it is and long text compressed; the storage class tells which. */
export type Packed = string | Buffer;

/** Text shorter than this gains less than the 50 us that compressing costs. */
const compressFrom = 400;

/** Of texts of a few kilobytes with the dictionary it makes as little as the usual level, in four fifths of its time. */
const options = { dictionary: packDictionary, params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Compresses with the dictionary; part of the stored format. */
export function compressed(bytes: Uint8Array): Buffer {
  return zstdCompressSync(bytes, options);
}

/** First byte of a packed blob. Part of the stored format. */
const utf16 = 0;
const zstdWithDictionary = 1;

export function packText(text: string): Packed {
  // Lone surrogates do not survive UTF-8, and SQLite takes NUL for the end of a text in too many places.
  if (!text.isWellFormed() || (text.length < compressFrom && text.includes('\0'))) {
    return marked(utf16, Buffer.from(text, 'utf16le'));
  }
  if (text.length < compressFrom) return text;
  return marked(zstdWithDictionary, compressed(Buffer.from(text, 'utf8')));
}

export function unpackText(packed: Packed): string {
  if (typeof packed === 'string') return packed;
  const content = packed.subarray(1);
  if (packed[0] === utf16) return content.toString('utf16le');
  return zstdDecompressSync(content, { dictionary: packDictionary }).toString('utf8');
}

export function packJson(value: unknown): Packed {
  return packText(JSON.stringify(value));
}

/** The value as it was packed; the caller names the type it packed. */
export function unpackJson<T = Json>(packed: Packed): T {
  return JSON.parse(unpackText(packed)) as T;
}

function marked(mark: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(mark), content]);
}

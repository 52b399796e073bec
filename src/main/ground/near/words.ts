import { createHmac } from 'node:crypto';

/** What a hash starts from: 32-bit integers that only this data folder knows, so that no text can be guessed from what is stored. */
export type HashKey = readonly [number, number, number, number];

/** For what leaves the data folder: fingerprints that two people make of one text must be the same. */
export const openKey: HashKey = [0x243f6a88, 0x85a308d3 | 0, 0x13198a2e, 0x03707344];

/** The key of a data folder, made of its 32-byte key for pseudonyms. */
export function hashKey(pseudonymKey: Uint8Array): HashKey {
  const digest = createHmac('sha256', pseudonymKey).update('near-duplicates').digest();
  return [0, 4, 8, 12].map((at) => digest.readInt32LE(at)) as unknown as HashKey;
}

/** Scripts without spaces between words: each of their characters is one. */
const alone =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const within = /[\p{L}\p{N}\p{M}]/u;

const Kind = { Gap: 0, Within: 1, Alone: 2 } as const;

/** What a UTF-16 unit is, looked up once; halves of a surrogate pair count as letters. */
const kinds = new Uint8Array(0x10000).fill(255);

function kindOf(code: number): number {
  const cached = kinds[code] as number;
  if (cached !== 255) return cached;
  const char = String.fromCharCode(code);
  const surrogate = code >= 0xd800 && code <= 0xdfff;
  const kind = alone.test(char) ? Kind.Alone : surrogate || within.test(char) ? Kind.Within : Kind.Gap;
  kinds[code] = kind;
  return kind;
}

/** Mixes 32 bits so that each bit depends on each (the end of MurmurHash3). */
export function mixed(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Two hashes of each word of a text, in order. The arrays may be longer than `count`; the next call overwrites them. */
export interface WordHashes {
  count: number;
  low: Int32Array;
  high: Int32Array;
}

let low = new Int32Array(4096);
let high = new Int32Array(4096);

/**
 * Words are runs of letters, marks and digits, in small letters; in scripts without spaces each character is a word. What stands
 * between them (signs, line breaks, markup) makes no difference.
 */
export function wordHashes(text: string, key: HashKey): WordHashes {
  const small = text.toLowerCase();
  let count = 0;
  let a = key[0];
  let b = key[1];
  let open = false;
  const close = () => {
    if (count === low.length) {
      low = grown(low);
      high = grown(high);
    }
    low[count] = mixed(a);
    high[count] = mixed(b);
    count += 1;
    a = key[0];
    b = key[1];
    open = false;
  };
  for (let at = 0; at < small.length; at++) {
    const code = small.charCodeAt(at);
    const kind = kindOf(code);
    if (kind !== Kind.Within && open) close();
    if (kind === Kind.Gap) continue;
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x5bd1e995) ^ (b >>> 15);
    open = true;
    if (kind === Kind.Alone) close();
  }
  if (open) close();
  return { count, low, high };
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

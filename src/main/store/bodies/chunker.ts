/** Sizes in bytes. `mask` decides the average: a cut comes on average `mask + 1` bytes after the minimum. */
export interface ChunkSizes {
  min: number;
  mask: number;
  max: number;
}

/** For text that clients send again and again: small pieces, so that little is stored twice around what is new. */
export const resentText: ChunkSizes = { min: 1024, mask: 0x3ff, max: 16_384 };
/** For streams and sealed bytes, which nobody resends: large pieces, which compress better. */
export const onceOnly: ChunkSizes = { min: 32_768, mask: 0xffff, max: 262_144 };

/**
 * Where to cut `bytes`, as ascending ends of chunks. Content-defined (a gear hash over the last 32 bytes, as in
 * FastCDC, Xia et al. 2016): an insertion moves only the cuts around it. A cut never splits a UTF-8 character.
 */
export function chunkEnds(bytes: Uint8Array, sizes: ChunkSizes): number[] {
  const ends: number[] = [];
  const { min, mask, max } = sizes;
  let start = 0;
  while (bytes.length - start > min) {
    const limit = Math.min(bytes.length, start + max);
    let at = start + min - 32;
    let hash = 0;
    for (const warm = start + min; at < warm; at++) hash = step(hash, bytes[at] as number);
    while (at < limit && ((hash >>> 8) & mask) !== 0) {
      hash = step(hash, bytes[at] as number);
      at++;
    }
    // At most the three bytes that a character can go on for; more is not UTF-8.
    for (const last = at + 3; at < last && at < bytes.length && ((bytes[at] as number) & 0xc0) === 0x80; ) at++;
    ends.push(at);
    start = at;
  }
  if (start < bytes.length) ends.push(bytes.length);
  return ends;
}

/** 256 fixed random words (xorshift32). Another table would cut elsewhere and share nothing with what is stored. */
const gear = Int32Array.from({ length: 256 }, xorshift32(0x9e3779b9));

function step(hash: number, byte: number): number {
  return ((hash << 1) + (gear[byte] as number)) | 0;
}

function xorshift32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
}

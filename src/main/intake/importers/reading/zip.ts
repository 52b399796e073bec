import { inflateRawSync, zstdDecompressSync } from 'node:zlib';
import { maxItemBytes } from '../importer.js';

export type ZipEntry = { name: string; bytes: Uint8Array } | { name: string; problem: string };

const localHeader = 0x04034b50;
const descriptor = Buffer.from('504b0708', 'hex');

export function isZip(head: Uint8Array): boolean {
  return head.length >= 4 && Buffer.from(head.buffer, head.byteOffset, 4).readUInt32LE(0) === localHeader;
}

/** The name of a ZIP archive's first file. */
export function firstEntryName(head: Uint8Array): string {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  return bytes.length < 30 ? '' : bytes.toString('utf8', 30, 30 + bytes.readUInt16LE(26));
}

/**
 * Gives the files of a ZIP archive (APPNOTE 6.3: stored, deflate, zstd; ZIP64) in their order, from the stream: one file is
 * held at a time, and one that is too large, encrypted or packed otherwise is named.
 */
export async function* zipEntries(input: AsyncIterable<Uint8Array>): AsyncGenerator<ZipEntry> {
  const stream = new Stream(input);
  for (;;) {
    const fixed = await stream.take(30);
    // The directory of all files comes behind the last one.
    if (fixed === null || fixed.readUInt32LE(0) !== localHeader) return;
    const flags = fixed.readUInt16LE(6);
    const method = fixed.readUInt16LE(8);
    const name = (await stream.take(fixed.readUInt16LE(26)))?.toString('utf8') ?? '';
    const extra = (await stream.take(fixed.readUInt16LE(28))) ?? Buffer.alloc(0);
    const hasSizes = (flags & 8) === 0;
    const packedSize = hasSizes ? sizeOf(fixed.readUInt32LE(18), extra, fixed.readUInt32LE(22)) : null;
    const packed = packedSize === null ? await stream.takeToDescriptor() : await stream.takeAtMost(packedSize);
    if (packed === null) {
      yield { name, problem: 'the file ends inside it' };
      return;
    }
    if (packed === 'too large') yield { name, problem: 'too large' };
    else if ((flags & 1) !== 0) yield { name, problem: 'encrypted' };
    else yield unpacked(name, method, packed);
  }
}

function unpacked(name: string, method: number, packed: Buffer): ZipEntry {
  const limit = { maxOutputLength: maxItemBytes };
  try {
    if (method === 0) return { name, bytes: packed };
    if (method === 8) return { name, bytes: inflateRawSync(packed, limit) };
    if (method === 93) return { name, bytes: zstdDecompressSync(packed, limit) };
    return { name, problem: `packed by method ${method}, which is not read` };
  } catch (error) {
    const large = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return { name, problem: large ? 'too large' : 'damaged' };
  }
}

/** Of a file beyond 4 GiB the sizes stand in an extra field: first the unpacked one, where that does not fit either. */
function sizeOf(packed: number, extra: Buffer, whole: number): number {
  if (packed !== 0xffffffff) return packed;
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    const place = at + 4 + (whole === 0xffffffff ? 8 : 0);
    if (extra.readUInt16LE(at) === 1 && place + 8 <= extra.length) return Number(extra.readBigUInt64LE(place));
  }
  return packed;
}

class Stream {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(input: AsyncIterable<Uint8Array>) {
    this.#iterator = input[Symbol.asyncIterator]();
  }

  async #more(): Promise<boolean> {
    const next = await this.#iterator.next();
    if (next.done) return false;
    this.#held = this.#held.length === 0 ? Buffer.from(next.value) : Buffer.concat([this.#held, next.value]);
    return true;
  }

  /** Null where the stream ends before. */
  async take(size: number): Promise<Buffer | null> {
    const found = await this.takeAtMost(size);
    return typeof found === 'string' ? null : found;
  }

  async takeAtMost(size: number): Promise<Buffer | 'too large' | null> {
    const parts: Buffer[] = [];
    let missing = size;
    while (missing > 0) {
      if (this.#held.length === 0 && !(await this.#more())) return null;
      const part = this.#held.subarray(0, missing);
      if (size <= maxItemBytes) parts.push(part);
      missing -= part.length;
      this.#held = this.#held.subarray(part.length);
    }
    return size > maxItemBytes ? 'too large' : Buffer.concat(parts);
  }

  /** Where the size was not known when it was written: it stands behind the file, which it ends at. */
  async takeToDescriptor(): Promise<Buffer | 'too large' | null> {
    let from = 0;
    for (;;) {
      const at = this.#held.indexOf(descriptor, from);
      const long = at !== -1 && at + 24 <= this.#held.length;
      if (at === -1 || !long) {
        from = at === -1 ? Math.max(0, this.#held.length - 3) : at;
        if (this.#held.length > maxItemBytes) return 'too large';
        if (await this.#more()) continue;
        if (at === -1 || at + 16 > this.#held.length) return null;
      }
      const wide = long && this.#held.readBigUInt64LE(at + 8) === BigInt(at);
      if (!wide && this.#held.readUInt32LE(at + 8) !== at) {
        from = at + 1;
        continue;
      }
      const found = Buffer.from(this.#held.subarray(0, at));
      this.#held = this.#held.subarray(at + (wide ? 24 : 16));
      return found;
    }
  }
}

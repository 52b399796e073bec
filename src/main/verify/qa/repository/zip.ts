import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { crc32, createInflateRaw, createZstdDecompress, inflateRawSync } from 'node:zlib';
import { SluiceError } from '../../../../shared/errors.js';
import { refused, type TakeEntry } from './archive-entry.js';
import { unreadable } from './file-tree.js';

/** Bytes of the directory of all files, and of where a link leads. */
const [largestDirectory, longestLink] = [64 * 1024 * 1024, 4096];
/** The end of a zip, and of a comment behind it. */
const [endSize, longestComment] = [22, 0xffff];
const holdsMore = 'holds more than the directory says';
const chunkSize = 256 * 1024;
const marks = { local: 0x04034b50, entry: 0x02014b50, end: 0x06054b50, end64: 0x06064b50, locator64: 0x07064b50 };

export function isZip(head: Buffer): boolean {
  return [marks.local, marks.end].includes(head.readUInt32LE(0));
}

interface ZipFile {
  name: string;
  /** Of the file system that it was packed on; 0 where that has none. */
  mode: number;
  encrypted: boolean;
  method: number;
  crc: number;
  packed: number;
  size: number;
  at: number;
}

/**
 * Gives each entry of a zip (APPNOTE 6.3: stored, deflate, zstd; ZIP64) with its bytes, by its directory. No file gives more bytes than the
 * directory says: their sum is known before anything is unpacked.
 * @throws `qa_archive_refused` naming the entry, `qa_repository_unreadable`
 */
export async function readZip(file: FileHandle, take: TakeEntry): Promise<void> {
  try {
    for (const entry of await directoryOf(file)) {
      const header = { name: entry.name, mode: entry.mode, size: entry.size };
      const kind = entry.mode & 0o170000;
      if (entry.name.endsWith('/')) await take({ ...header, type: 'directory' }, nothing());
      else if (kind === 0o120000) {
        if (entry.size > longestLink) throw refused(entry.name, 'is a link to what is too long');
        const leads = await whole(bytesOf(file, entry));
        await take({ ...header, type: 'symlink', linkname: leads.toString() }, nothing());
      } else if (kind !== 0 && kind !== 0o100000) await take({ ...header, type: 'device' }, nothing());
      else await take({ ...header, type: 'file' }, bytesOf(file, entry));
    }
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    throw unreadable('The zip is cut or damaged.', error);
  }
}

async function whole(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function directoryOf(file: FileHandle): Promise<ZipFile[]> {
  const { size } = await file.stat();
  const tail = await read(file, Math.max(0, size - endSize - longestComment), Math.min(size, endSize + longestComment));
  let end = tail.length - endSize;
  while (
    end >= 0 &&
    !(tail.readUInt32LE(end) === marks.end && end + endSize + tail.readUInt16LE(end + 20) === tail.length)
  )
    end--;
  if (end < 0) throw unreadable('The archive is cut: its end is missing.');
  let [count, length, from] = [tail.readUInt16LE(end + 10), tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  if (end >= 20 && tail.readUInt32LE(end - 20) === marks.locator64) {
    const wide = await read(file, Number(tail.readBigUInt64LE(end - 12)), 56);
    if (wide.readUInt32LE(0) !== marks.end64) throw unreadable('Its directory is not where it is said to be.');
    [count, length, from] = [32, 40, 48].map((at) => Number(wide.readBigUInt64LE(at))) as [number, number, number];
  }
  if (length > largestDirectory) throw unreadable('Its names take more than 64 MB.');
  const directory = await read(file, from, length);
  const files: ZipFile[] = [];
  for (let at = 0; files.length < count; ) {
    if (directory.readUInt32LE(at) !== marks.entry) throw unreadable('Its directory is damaged.');
    const [nameSize, extraSize, commentSize] = [28, 30, 32].map((place) => directory.readUInt16LE(at + place)) as [
      number,
      number,
      number,
    ];
    const nameEnd = at + 46 + nameSize;
    const attributes = directory.readUInt32LE(at + 38) >>> 16;
    files.push({
      name: directory.toString('utf8', at + 46, nameEnd),
      mode: directory[at + 5] === 3 || directory[at + 5] === 19 ? attributes : 0,
      encrypted: (directory.readUInt16LE(at + 8) & 1) !== 0,
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      ...placesOf(directory, at, directory.subarray(nameEnd, nameEnd + extraSize)),
    });
    at = nameEnd + extraSize + commentSize;
  }
  return files;
}

/** Sizes and place of a file; what does not fit into 32 bits stands in an extra field, in this order. */
function placesOf(directory: Buffer, at: number, extra: Buffer): Pick<ZipFile, 'size' | 'packed' | 'at'> {
  let wide: Buffer = Buffer.alloc(0);
  for (let field = 0; field + 4 <= extra.length; field += 4 + extra.readUInt16LE(field + 2))
    if (extra.readUInt16LE(field) === 1) wide = extra.subarray(field + 4, field + 4 + extra.readUInt16LE(field + 2));
  let next = 0;
  const [size, packed, place] = [24, 20, 42].map((field) => {
    const narrow = directory.readUInt32LE(at + field);
    if (narrow !== 0xffffffff) return narrow;
    next += 8;
    return Number(wide.readBigUInt64LE(next - 8));
  }) as [number, number, number];
  return { size, packed, at: place };
}

/** A file's bytes: exactly as many as its directory says, with the sum that it says. */
async function* bytesOf(file: FileHandle, entry: ZipFile): AsyncGenerator<Uint8Array> {
  const { name, encrypted, method, packed, size, crc } = entry;
  if (encrypted) throw refused(name, 'is encrypted');
  if (method !== 0 && method !== 8 && method !== 93)
    throw refused(name, `is packed by method ${method}, which is not read`);
  const head = await read(file, entry.at, 30);
  if (head.readUInt32LE(0) !== marks.local) throw refused(name, 'is not where the directory says');
  const start = entry.at + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
  let [given, sum] = [0, 0];
  for await (const chunk of packed === 0 ? [] : unpacked(file, start, entry)) {
    given += chunk.length;
    if (given > size) throw refused(name, holdsMore);
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (given !== size || sum !== crc) throw refused(name, 'does not hold what the directory says');
}

function unpacked(file: FileHandle, start: number, { name, packed, size, method }: ZipFile): AsyncIterable<Uint8Array> {
  const stored = chunksOf(file, start, packed);
  if (method === 0) return stored;
  if (method === 8 && packed <= chunkSize && size <= chunkSize) return atOnce(stored, size, name);
  // What goes wrong reaches whoever reads.
  return pipeline(stored, method === 8 ? createInflateRaw() : createZstdDecompress(), () => undefined);
}

/** Small ones, of which an archive has many: a stream for each costs more than it unpacks. */
async function* atOnce(stored: AsyncIterable<Uint8Array>, size: number, name: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of stored) {
    try {
      yield inflateRawSync(chunk, { maxOutputLength: Math.max(1, size) });
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? refused(name, holdsMore) : error;
    }
  }
}

async function* chunksOf(file: FileHandle, start: number, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < length; at += chunkSize) yield await read(file, start + at, Math.min(chunkSize, length - at));
}

async function read(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(bytes, at, length - at, from + at);
    if (bytesRead === 0) throw unreadable('The archive is cut.');
    at += bytesRead;
  }
  return bytes;
}

import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';

/** The bytes of a file that is packed as its name says. */
export function unpacked(path: string): Readable {
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  const stream = path.endsWith('.gz') ? createGunzip() : path.endsWith('.zst') ? createZstdDecompress() : null;
  if (stream === null) return file;
  // Whoever reads learns of an error through the stream itself.
  return pipeline(file, stream, () => undefined);
}

/** Whether a file is packed as its name says. */
export function isPacked(path: string): boolean {
  return path.endsWith('.gz') || path.endsWith('.zst');
}

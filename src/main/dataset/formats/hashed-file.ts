import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { constants, createGzip, createZstdCompress } from 'node:zlib';
import type { Compression } from './format.js';

/** A new file that counts and hashes what it is given. */
export interface HashedFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Bytes that are in it by now. */
  bytes(): number;
  /** Forces everything to disk and closes. */
  finish(): Promise<{ bytes: number; sha256: string }>;
  abandon(): Promise<void>;
}

/** Creates `path` for its owner alone; fails where it exists. What it is given is packed on its way. */
export async function createHashedFile(path: string, compress?: Compression): Promise<HashedFile> {
  const file = await plainFile(path);
  return compress === undefined ? file : packed(file, compress);
}

async function plainFile(path: string): Promise<HashedFile> {
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    async write(chunk) {
      hash.update(chunk);
      bytes += chunk.byteLength;
      for (let done = 0; done < chunk.byteLength; ) {
        done += (await file.write(chunk, done, chunk.byteLength - done)).bytesWritten;
      }
    },
    bytes: () => bytes,
    async finish() {
      await file.sync();
      await file.close();
      return { bytes, sha256: hash.digest('hex') };
    },
    abandon: () => file.close(),
  };
}

/** One gzip member or Zstandard frame for the whole file: some readers stop at the end of the first. */
function packed(file: HashedFile, compress: Compression): HashedFile {
  const stream =
    compress === 'gzip'
      ? createGzip({ level: 6 })
      : createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 } });
  let written = Promise.resolve();
  let failed: Error | null = null;
  stream.on('data', (chunk: Buffer) => {
    written = written.then(() => file.write(chunk));
    written.catch((error: Error) => {
      failed = error;
    });
  });
  stream.on('error', (error) => {
    failed = error;
  });
  const settle = async () => {
    await written;
    if (failed !== null) throw failed;
  };
  return {
    async write(chunk) {
      await new Promise<void>((resolve, reject) => {
        stream.write(chunk, (error) => (error ? reject(error) : resolve()));
      });
      await settle();
    },
    bytes: () => file.bytes(),
    async finish() {
      await new Promise<void>((resolve, reject) => {
        stream.once('end', resolve).once('error', reject);
        stream.end();
      });
      await settle();
      return file.finish();
    },
    async abandon() {
      stream.destroy();
      await written.catch(() => undefined);
      await file.abandon();
    },
  };
}

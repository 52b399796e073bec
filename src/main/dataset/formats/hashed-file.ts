import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** A new file that counts and hashes what it is given. */
export interface HashedFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Forces everything to disk and closes. */
  finish(): Promise<{ bytes: number; sha256: string }>;
  abandon(): Promise<void>;
}

/** Creates `path` for its owner alone; fails where it exists. */
export async function createHashedFile(path: string): Promise<HashedFile> {
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
    async finish() {
      await file.sync();
      await file.close();
      return { bytes, sha256: hash.digest('hex') };
    },
    abandon: () => file.close(),
  };
}

import { closeSync, openSync, read, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const readAt = promisify(read);

/** A file without a name: it is gone when nobody holds it any more, however this process ends. */
export class Spool {
  readonly #file: number;
  #size = 0;

  constructor() {
    const path = join(tmpdir(), `sluice-spool-${crypto.randomUUID()}`);
    this.#file = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    forgotten.register(this, this.#file);
  }

  /** Where what is added next begins. */
  get size(): number {
    return this.#size;
  }

  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at, bytes.length - at, this.#size + at);
    this.#size += bytes.length;
  }

  async read(from: number, size: number): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafe(size);
    for (let at = 0; at < size; ) {
      const { bytesRead } = await readAt(this.#file, bytes, at, size - at, from + at);
      if (bytesRead === 0) throw new Error('the file was cut');
      at += bytesRead;
    }
    return bytes;
  }
}

const forgotten = new FinalizationRegistry<number>((file) => closeSync(file));

import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { crc32, deflate, deflateSync } from 'node:zlib';

const deflated = promisify(deflate);
const types = { commit: 1, tree: 2, blob: 3 } as const;
/** Bytes below which another thread costs more than it spares. */
const smallBytes = 64 * 1024;

export type GitType = keyof typeof types;

/** Objects of git in one file, without deltas (gitformat-pack, versions 2 of file and index). */
export class GitPack {
  readonly #parts: Uint8Array[] = [];
  readonly #entries: { name: string; crc: number; from: number }[] = [];
  #size = 12;

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  async add(type: GitType, name: string, bytes: Uint8Array): Promise<void> {
    const body = bytes.length < smallBytes ? deflateSync(bytes, { level: 1 }) : await deflated(bytes, { level: 1 });
    const head = headOf(types[type], bytes.length);
    this.#entries.push({ name, crc: crc32(body, crc32(head)), from: this.#size });
    this.#parts.push(head, body);
    this.#size += head.length + body.length;
  }

  /** The file, its index, and the name of both; null where nothing was added. */
  finish(): { name: string; pack: Buffer; index: Buffer } | null {
    if (this.#entries.length === 0) return null;
    const begin = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
    begin.writeUInt32BE(this.#entries.length, 8);
    const content = Buffer.concat([begin, ...this.#parts]);
    const sum = createHash('sha1').update(content).digest();
    return { name: sum.toString('hex'), pack: Buffer.concat([content, sum]), index: this.#index(sum) };
  }

  #index(sum: Buffer): Buffer {
    const entries = this.#entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const upTo = Buffer.alloc(256 * 4);
    for (let first = 0, at = 0; first < 256; first++) {
      while (at < entries.length && Number.parseInt((entries[at] as { name: string }).name.slice(0, 2), 16) <= first)
        at++;
      upTo.writeUInt32BE(at, first * 4);
    }
    const numbers = (of: (entry: (typeof entries)[number]) => number) => {
      const all = Buffer.alloc(entries.length * 4);
      for (const [at, entry] of entries.entries()) all.writeUInt32BE(of(entry), at * 4);
      return all;
    };
    const index = Buffer.concat([
      Buffer.from('\xfftOc\0\0\0\x02', 'latin1'),
      upTo,
      Buffer.from(entries.map(({ name }) => name).join(''), 'hex'),
      numbers(({ crc }) => crc),
      numbers(({ from }) => from),
      sum,
    ]);
    return Buffer.concat([index, createHash('sha1').update(index).digest()]);
  }
}

/** An entry's type and size, seven bits a byte but the first's four. */
function headOf(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size & 15)];
  for (let left = Math.floor(size / 16); left > 0; left = Math.floor(left / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) as number) | 0x80;
    bytes.push(left & 0x7f);
  }
  return Buffer.from(bytes);
}

import { zstdDecompressSync } from 'node:zlib';
import { packDictionary } from '../codec/dictionary.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import { codecs } from './chunk-store.js';
import { Sealer } from './sealer.js';

interface Chunk {
  hash: Buffer;
  codec: number;
  data: Buffer;
}

/** Puts bodies together again from their chunks. */
export class ChunkReader {
  readonly #sealer: Sealer;
  readonly #chunk: Prepared<{ id: number }, Chunk>;
  readonly #chars: Prepared<{ id: number }, { chars: number }>;

  constructor(statements: Statements, sealKey: Uint8Array) {
    this.#sealer = new Sealer(sealKey);
    this.#chunk = statements.prepare<{ id: number }>()((sql, p) =>
      sql.selectFrom('chunks').select(['hash', 'codec', 'data']).where('id', '=', p('id')),
    );
    this.#chars = statements.prepare<{ id: number }>()((sql, p) =>
      sql.selectFrom('chunks').select('chars').where('id', '=', p('id')),
    );
  }

  bytes(chunks: readonly number[]): Buffer {
    return Buffer.concat(chunks.map((id) => this.#read(id)));
  }

  /** `limit` UTF-16 units of a text from `offset` on; reads the chunks they lie in only. */
  text(chunks: readonly number[], encoding: 'utf8' | 'utf16le', offset = 0, limit = Number.MAX_SAFE_INTEGER): string {
    if (encoding === 'utf16le')
      return this.bytes(chunks)
        .toString('utf16le')
        .slice(offset, offset + limit);
    const pieces: Buffer[] = [];
    let before = 0;
    let skipped = 0;
    for (const id of chunks) {
      if (before >= offset + limit) break;
      const chars = this.#chars.get({ id })?.chars ?? 0;
      if (before + chars <= offset) skipped += chars;
      else pieces.push(this.#read(id));
      before += chars;
    }
    return Buffer.concat(pieces)
      .toString('utf8')
      .slice(offset - skipped, offset - skipped + limit);
  }

  /** The bytes that `ChunkStore.sealedText` wrote within a text. */
  sealedBytes(text: string): Buffer {
    const dot = text.indexOf('.');
    return this.#sealer.open(Buffer.from(text.slice(dot + 1), 'base64'), Buffer.from(text.slice(0, dot), 'hex'));
  }

  #read(id: number): Buffer {
    const chunk = this.#chunk.get({ id });
    if (!chunk) throw new Error(`Chunk ${id} of a body is missing from the database.`);
    if (chunk.codec === codecs.zstd) return zstdDecompressSync(chunk.data, { dictionary: packDictionary });
    return chunk.codec === codecs.sealed ? this.#sealer.open(chunk.data, chunk.hash) : chunk.data;
  }
}

import { hash } from 'node:crypto';
import { compressed } from '../codec/pack.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import { type ChunkSizes, chunkEnds, onceOnly, resentText } from './chunker.js';
import { Sealer } from './sealer.js';

/** Of a history that is sent again every chunk is asked for every time. */
const cacheSize = 50_000;

/** How a chunk's data is stored; `zstd` with the dictionary. Part of the stored format. */
export const codecs = { raw: 0, zstd: 1, sealed: 2 } as const;

interface ChunkRow {
  hash: Buffer;
  codec: number;
  chars: number;
  data: Buffer;
}

/** Keeps bytes as chunks that are stored once each, and counts who refers to them. Writer only. */
export class ChunkStore {
  readonly #sealer: Sealer;
  readonly #find: Prepared<{ hash: Buffer }, { id: number }>;
  readonly #insert: Prepared<ChunkRow, unknown>;
  readonly #addRefs: Prepared<{ chunk: number; refs: number }, unknown>;
  readonly #refs: Prepared<{ chunk: number }, { refs: number }>;
  readonly #deleteChunk: Prepared<{ chunk: number }, unknown>;
  readonly #deleteRefs: Prepared<{ chunk: number }, unknown>;
  readonly #cache = new Map<string, number>();
  #added: number[] = [];

  constructor(statements: Statements, sealKey: Uint8Array) {
    this.#sealer = new Sealer(sealKey);
    this.#find = statements.prepare<{ hash: Buffer }>()((sql, p) =>
      sql.selectFrom('chunks').select('id').where('hash', '=', p('hash')),
    );
    this.#insert = statements.prepare<ChunkRow>()((sql, p) =>
      sql.insertInto('chunks').values({ hash: p('hash'), codec: p('codec'), chars: p('chars'), data: p('data') }),
    );
    this.#addRefs = statements.prepare<{ chunk: number; refs: number }>()((sql, p) =>
      sql
        .insertInto('chunk_refs')
        .values({ chunk: p('chunk'), refs: p('refs') })
        .onConflict((conflict) =>
          conflict.column('chunk').doUpdateSet((eb) => ({ refs: eb('chunk_refs.refs', '+', eb.ref('excluded.refs')) })),
        ),
    );
    this.#refs = statements.prepare<{ chunk: number }>()((sql, p) =>
      sql.selectFrom('chunk_refs').select('refs').where('chunk', '=', p('chunk')),
    );
    this.#deleteChunk = statements.prepare<{ chunk: number }>()((sql, p) =>
      sql.deleteFrom('chunks').where('id', '=', p('chunk')),
    );
    this.#deleteRefs = statements.prepare<{ chunk: number }>()((sql, p) =>
      sql.deleteFrom('chunk_refs').where('chunk', '=', p('chunk')),
    );
  }

  /** Stores a text; `resent`: clients may send the same again within another. Returns its chunks in order. */
  writeText(text: string, resent: boolean): number[] {
    const bytes = textBytes(text);
    return this.#write(bytes, resent ? resentText : onceOnly, textAddress, (piece) => {
      const packed = compressed(piece);
      const chars = piece.toString('utf8').length;
      if (packed.length >= piece.length) return { codec: codecs.raw, chars, data: piece };
      return { codec: codecs.zstd, chars, data: packed };
    });
  }

  /** Stores bytes that must not be readable on disk. */
  writeSealed(pieces: Iterable<Uint8Array>): number[] {
    const address = (piece: Buffer) => this.#sealer.address(piece);
    const chunks: number[] = [];
    for (const { buffer, byteOffset, byteLength } of pieces) {
      const written = this.#write(Buffer.from(buffer, byteOffset, byteLength), onceOnly, address, (piece, hash) => ({
        codec: codecs.sealed,
        chars: 0,
        data: this.#sealer.seal(piece, hash),
      }));
      for (const chunk of written) chunks.push(chunk);
    }
    return chunks;
  }

  /** Bytes that must not be readable on disk but stand within a text: `<address>.<base64 of the sealed bytes>`. */
  sealedText(bytes: Uint8Array): string {
    const address = this.#sealer.address(bytes);
    return `${address}.${this.#sealer.seal(bytes, Buffer.from(address, 'hex')).toString('base64')}`;
  }

  #write(
    bytes: Buffer,
    sizes: ChunkSizes,
    address: (piece: Buffer) => string,
    encode: (piece: Buffer, hash: Buffer) => Omit<ChunkRow, 'hash'>,
  ): number[] {
    let start = 0;
    return chunkEnds(bytes, sizes).map((end) => {
      const piece = bytes.subarray(start, end);
      start = end;
      const chunk = this.#chunk(address(piece), (hash) => encode(piece, hash));
      this.#added.push(chunk);
      return chunk;
    });
  }

  /** `address`: 32 hexadecimal digits. */
  #chunk(address: string, encode: (hash: Buffer) => Omit<ChunkRow, 'hash'>): number {
    const cached = this.#cache.get(address);
    if (cached !== undefined) return cached;
    const hash = Buffer.from(address, 'hex');
    const chunk = this.#find.get({ hash })?.id ?? this.#insert.run({ hash, ...encode(hash) }).id;
    if (this.#cache.size >= cacheSize) this.#cache.delete(this.#cache.keys().next().value as string);
    this.#cache.set(address, chunk);
    return chunk;
  }

  /** Takes one reference from each; chunks that nobody refers to any more are deleted. */
  release(chunks: readonly number[]): void {
    this.flush();
    for (const [chunk, refs] of counted(chunks)) {
      this.#addRefs.run({ chunk, refs: -refs });
      if ((this.#refs.get({ chunk })?.refs ?? 0) > 0) continue;
      this.#deleteChunk.run({ chunk });
      this.#deleteRefs.run({ chunk });
    }
    this.#cache.clear();
  }

  /** Writes the references that were added since the last time: once per chunk and transaction. */
  flush(): void {
    for (const [chunk, refs] of counted(this.#added)) this.#addRefs.run({ chunk, refs });
    this.#added = [];
  }

  /** Returns what drops every reference that was added since, and every id that a rolled back insert may have given. */
  mark(): () => void {
    const length = this.#added.length;
    return () => {
      this.#added.length = length;
      this.#cache.clear();
    };
  }
}

/** UTF-8, or UTF-16 for the rare text that UTF-8 cannot carry (lone surrogates). */
function textBytes(text: string): Buffer {
  return Buffer.from(text, text.isWellFormed() ? 'utf8' : 'utf16le');
}
function textAddress(piece: Buffer): string {
  return hash('sha256', piece).slice(0, 32);
}
function counted(chunks: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const chunk of chunks) counts.set(chunk, (counts.get(chunk) ?? 0) + 1);
  return counts;
}

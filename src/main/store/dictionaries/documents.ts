import { hash } from 'node:crypto';
import type { HashedMessage } from '../../../shared/model/index.js';
import type { Packed } from '../codec/pack.js';
import { packText } from '../codec/pack.js';
import type { Prepared, Statements } from '../sqlite/statements.js';

const cacheSize = 50_000;

/** Messages and tool lists: each content stored once, owned by the traces that hold it. Writer only. */
export class Documents {
  readonly #cache = new Map<string, number>();
  readonly #find: Prepared<{ hash: Buffer }, { id: number }>;
  readonly #insert: Prepared<{ hash: Buffer; data: Packed }, unknown>;
  readonly #own: Prepared<{ trace: number; document: number }, unknown>;
  readonly #owned: Prepared<{ trace: number }, { document: number }>;
  readonly #disown: Prepared<{ trace: number }, unknown>;
  readonly #deleteUnowned: Prepared<{ document: number }, unknown>;

  constructor(statements: Statements) {
    this.#find = statements.prepare<{ hash: Buffer }>()((sql, p) =>
      sql.selectFrom('documents').select('id').where('hash', '=', p('hash')),
    );
    this.#insert = statements.prepare<{ hash: Buffer; data: Packed }>()((sql, p) =>
      sql.insertInto('documents').values({ hash: p('hash'), data: p('data') }),
    );
    this.#own = statements.prepare<{ trace: number; document: number }>()((sql, p) =>
      sql
        .insertInto('trace_documents')
        .values({ trace: p('trace'), document: p('document') })
        .onConflict((conflict) => conflict.doNothing()),
    );
    this.#owned = statements.prepare<{ trace: number }>()((sql, p) =>
      sql.selectFrom('trace_documents').select('document').where('trace', '=', p('trace')),
    );
    this.#disown = statements.prepare<{ trace: number }>()((sql, p) =>
      sql.deleteFrom('trace_documents').where('trace', '=', p('trace')),
    );
    this.#deleteUnowned = statements.prepare<{ document: number }>()((sql, p) =>
      sql
        .deleteFrom('documents')
        .where('id', '=', p('document'))
        .where((eb) =>
          eb.not(eb.exists(sql.selectFrom('trace_documents').select('trace').where('document', '=', p('document')))),
        ),
    );
  }

  message(message: HashedMessage): number {
    return this.#id(message.hash, () => JSON.stringify(message.message));
  }

  /** A list that most calls of an agent repeat: the tools it offers, the options it has. */
  list(list: readonly object[]): number {
    const text = JSON.stringify(list);
    return this.#id(hash('sha256', `list\0${text}`), () => text);
  }

  own(trace: number, documents: Iterable<number>): void {
    for (const document of documents) this.#own.run({ trace, document });
  }

  /** Takes a trace's documents from it; those that no other trace holds are deleted. */
  release(trace: number): void {
    const owned = this.#owned.all({ trace });
    this.#disown.run({ trace });
    for (const { document } of owned) this.#deleteUnowned.run({ document });
    this.#cache.clear();
  }

  /** Contents changed under their ids. */
  forget(): void {
    this.#cache.clear();
  }

  /** Documents are written at once. */
  flush(): void {}

  /** Returns what forgets every id that a rolled back insert may have given. */
  mark(): () => void {
    return () => this.#cache.clear();
  }

  /** `hex`: SHA-256 of the content. */
  #id(hex: string, text: () => string): number {
    const cached = this.#cache.get(hex);
    if (cached !== undefined) return cached;
    const bytes = Buffer.from(hex, 'hex');
    const id = this.#find.get({ hash: bytes })?.id ?? this.#insert.run({ hash: bytes, data: packText(text()) }).id;
    if (this.#cache.size >= cacheSize) this.#cache.delete(this.#cache.keys().next().value as string);
    this.#cache.set(hex, id);
    return id;
  }
}

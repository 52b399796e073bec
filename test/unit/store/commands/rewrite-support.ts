import Database from 'better-sqlite3';
import {
  assemble,
  changedFingerprint,
  contentHash,
  effectKeys,
  keyChanges,
} from '../../../../src/main/assemble/index.js';
import { clientName, decodeExchange, readExchange, storedEvents } from '../../../../src/main/decode/index.js';
import {
  createRedactor,
  erasureRewriting,
  type RedactionPolicy,
  type Rewriting,
  rescanRewriting,
  resolvePolicy,
} from '../../../../src/main/redact/index.js';
import {
  openReader,
  openWriter,
  type RewriteLook,
  type RewriteState,
  type StoreReader,
  type StoreWriter,
} from '../../../../src/main/store/index.js';
import type { Assembled, CapturedExchange } from '../../../../src/shared/model/index.js';
import { sealKey } from '../support.js';

export const making = { contentHash, keyChanges, fingerprint: changedFingerprint, effectKeys, events: storedEvents };
export const projectKey = new Uint8Array(32).fill(3);

/** Keeps addresses of mailboxes and phone numbers, which the stricter one replaces. */
export const lax = resolvePolicy({ version: 2, actions: { EMAIL: 'keep', PHONE: 'keep' } });
export const strict = resolvePolicy({ version: 2 });
export const masking = resolvePolicy({ version: 2, actions: { EMAIL: 'mask', PHONE: 'mask' } });

/** A store with the gate before it, as the pipeline has it. */
export class GatedStore {
  readonly path: string;
  readonly writer: StoreWriter;
  readonly reader: StoreReader;
  policy: RedactionPolicy;

  constructor(path: string, policy: RedactionPolicy) {
    this.path = path;
    this.policy = policy;
    this.writer = openWriter(path, { sealKey, clientName, making });
    this.reader = openReader(path, { sealKey });
  }

  redactor() {
    return createRedactor({ policy: this.policy, key: projectKey });
  }

  take(exchange: CapturedExchange): Assembled[] {
    const redactor = this.redactor();
    return decodeExchange(redactor.exchange(readExchange(exchange))).map((decoded) => {
      const assembled = assemble(decoded, this.writer.lineage, clientName);
      this.writer.save(assembled);
      return assembled;
    });
  }

  rescan(runId = `run-${Math.random()}`, budgetMs = 20, most = Number.MAX_SAFE_INTEGER): RewriteState {
    return this.#run(runId, rescanRewriting(this.redactor(), this.policy), budgetMs, most);
  }

  erase(values: string[], runId = `run-${Math.random()}`): RewriteState {
    const plan = erasureRewriting({ policy: this.policy, key: projectKey, values });
    return this.#run(runId, plan, 20, Number.MAX_SAFE_INTEGER);
  }

  look(values: string[]) {
    const plan = erasureRewriting({ policy: this.policy, key: projectKey, values });
    const hits = [];
    let from: { table: number; cursor: number | null } | null = null;
    do {
      const page: RewriteLook | undefined = this.writer.rewriter?.look(from, plan, 5);
      hits.push(...(page?.hits ?? []));
      from = page?.next ?? null;
    } while (from !== null);
    return hits;
  }

  #run(runId: string, rewriting: Rewriting, budgetMs: number, most: number): RewriteState {
    const { rewriter } = this.writer;
    if (rewriter === null) throw new Error('no rewriter');
    for (let steps = 1; ; steps++) {
      const state = rewriter.step(runId, rewriting, budgetMs);
      if (state.done || steps >= most) return state;
    }
  }

  /** Ids of rows that the search finds by one word. */
  searched(word: string): number[] {
    const db = new Database(this.path, { readonly: true });
    try {
      return db.prepare('SELECT rowid FROM texts WHERE texts MATCH ?').pluck().all(`"${word}"`) as number[];
    } finally {
      db.close();
    }
  }

  count(table: string): number {
    const db = new Database(this.path, { readonly: true });
    try {
      return db.prepare(`SELECT count(*) FROM "${table}"`).pluck().get() as number;
    } finally {
      db.close();
    }
  }

  close(): void {
    this.reader.close();
    this.writer.close();
  }
}

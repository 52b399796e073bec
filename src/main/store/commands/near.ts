import { sql } from 'kysely';
import type { NearLevel } from '../../../shared/model/index.js';
import { uidBytes, uidOrNull } from '../codec/uid.js';
import type { NearMembership } from '../read/near.js';
import type { Schema } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';

/** What a trace says at one level, signed as it stood at `revision`; no document: it has no words there. */
export interface SignedTrace {
  trace_id: string;
  revision: number;
  documents: { seq: number; step_id: string | null; signature: Int32Array; shingles: Int32Array }[];
}

/** Keeps what near-duplicates are found by. */
export class NearCommands {
  readonly #find: Prepared<{ uid: Buffer }, { id: number; revision: number }>;
  readonly #forget: Prepared<{ level: string; trace: number }, unknown>;
  readonly #insert: Prepared<Schema['near_documents'], unknown>;
  readonly #remove: Prepared<{ level: string; trace: number; seq: number }, unknown>;
  readonly #set: Prepared<Schema['near_members'], unknown>;

  constructor(statements: Statements) {
    this.#find = statements.prepare<{ uid: Buffer }>()((query, p) =>
      query.selectFrom('traces').select(['id', 'revision']).where('uid', '=', p('uid')),
    );
    this.#forget = statements.prepare<{ level: string; trace: number }>()((query, p) =>
      query.deleteFrom('near_documents').where('level', '=', p('level')).where('trace', '=', p('trace')),
    );
    this.#insert = statements.prepare<Schema['near_documents']>()((query, p) =>
      query.insertInto('near_documents').values({
        trace: p('trace'),
        level: p('level'),
        seq: p('seq'),
        step: p('step'),
        revision: p('revision'),
        signature: p('signature'),
        shingles: p('shingles'),
      }),
    );
    this.#remove = statements.prepare<{ level: string; trace: number; seq: number }>()((query, p) =>
      query
        .deleteFrom('near_members')
        .where('level', '=', p('level'))
        .where('trace', '=', p('trace'))
        .where('seq', '=', p('seq')),
    );
    this.#set = statements.prepare<Schema['near_members']>()((query, p) =>
      query
        .insertInto('near_members')
        .values({
          level: p('level'),
          trace: p('trace'),
          seq: p('seq'),
          kept_trace: p('kept_trace'),
          kept_seq: p('kept_seq'),
        })
        .onConflict((conflict) =>
          conflict.columns(['level', 'trace', 'seq']).doUpdateSet({
            kept_trace: sql.ref('excluded.kept_trace'),
            kept_seq: sql.ref('excluded.kept_seq'),
          } as never),
        ),
    );
  }

  /** Takes the place of what was signed of these traces before. One that was deleted or changed meanwhile is left out. */
  sign(level: NearLevel, traces: readonly SignedTrace[]): void {
    for (const { trace_id, revision, documents } of traces) {
      const row = this.#row(trace_id);
      if (row === undefined || row.revision !== revision) continue;
      const at = { trace: row.id, level, revision };
      this.#forget.run(at);
      const none = Buffer.alloc(0);
      if (documents.length === 0) this.#insert.run({ ...at, seq: 0, step: null, signature: none, shingles: none });
      for (const { seq, step_id, signature, shingles } of documents) {
        const step = step_id === null ? null : uidBytes(step_id);
        this.#insert.run({ ...at, seq, step, signature: bytes(signature), shingles: bytes(shingles) });
      }
    }
  }

  /** Sets members of clusters and takes others out. */
  cluster(
    level: NearLevel,
    change: { set: readonly NearMembership[]; remove: readonly Pick<NearMembership, 'trace_id' | 'seq'>[] },
  ): void {
    for (const { trace_id, seq } of change.remove) {
      const row = this.#row(trace_id);
      if (row !== undefined) this.#remove.run({ level, trace: row.id, seq });
    }
    for (const { trace_id, seq, kept_trace_id, kept_seq } of change.set) {
      const row = this.#row(trace_id);
      const kept = this.#row(kept_trace_id);
      if (row === undefined || kept === undefined) continue;
      this.#set.run({ level, trace: row.id, seq, kept_trace: kept.id, kept_seq });
    }
  }

  #row(traceId: string): { id: number; revision: number } | undefined {
    const uid = uidOrNull(traceId);
    return uid === null ? undefined : this.#find.get({ uid });
  }
}

function bytes(numbers: Int32Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

import { sql } from 'kysely';
import { type NearCluster, type NearLevel, type NearMember, type Page, toIso } from '../../../shared/model/index.js';
import { uidOrNull, uidText } from '../codec/uid.js';
import { find } from '../find/find.js';
import type { Statements } from '../sqlite/statements.js';

/** A document as it was signed, without its shingles. `signature` is empty where it has no words. */
export interface SignedDocument {
  trace_id: string;
  seq: number;
  step_id: string | null;
  signature: Int32Array;
  /** What the one that is kept of a cluster is chosen by. */
  started_at: number;
  quality_score: number | null;
  reviewed: boolean;
}

/** What of a trace says with which others it belongs together. */
export interface TraceLinks {
  trace_id: string;
  parent_trace_id: string | null;
  predecessor_trace_id: string | null;
  source: string;
  metadata: string | null;
}

/** A member of a cluster with its shingles; empty where it changed since the cluster was found. */
export interface SignedMember extends Omit<NearMember, 'similarity'> {
  shingles: Int32Array;
}

/** Who is kept of a cluster, and who not. */
export interface NearMembership {
  trace_id: string;
  seq: number;
  kept_trace_id: string;
  kept_seq: number;
}

const pageOf = 500;
const qualityScore = sql`(SELECT s.value FROM scores AS s WHERE s.trace = t.id AND s.kind = 'rule' AND s.name = 'quality_score')`;

type Row = { trace: number; uid: Buffer; seq: number; step: Buffer | null; signature: Buffer; shingles: Buffer } & {
  started_at: number;
  quality_score: number | null;
  label: string | null;
};

/** What near-duplicates are found by, and the clusters that were found. */
export class NearReads {
  readonly #statements: Statements;
  readonly #now: () => number;

  constructor(statements: Statements, now: () => number) {
    this.#statements = statements;
    this.#now = now;
  }

  /** Ids of the traces that a query finds. @throws SluiceError `query_invalid` */
  matching(query: string): Set<string> {
    const out = new Set<string>();
    const now = this.#now();
    for (let cursor: string | null = null; ; ) {
      const found = find(this.#statements, { scope: 'traces', query, limit: 1000, cursor, now });
      const rows = this.#statements.all(
        sql<{
          uid: Buffer;
        }>`SELECT uid FROM traces WHERE id IN (${sql.join(found.ids.length === 0 ? [0] : found.ids)})`,
      );
      for (const { uid } of rows) out.add(uidText(uid));
      cursor = found.next_cursor;
      if (cursor === null) return out;
    }
  }

  /** Traces that were not signed at this level as they stand, oldest id first. `at` goes on behind a page. */
  unsigned(level: NearLevel, after: number): { at: number; trace_id: string; revision: number }[] {
    const rows = this.#statements.all(
      sql<{ id: number; uid: Buffer; revision: number }>`SELECT t.id, t.uid, t.revision FROM traces AS t
        WHERE t.id > ${after} AND NOT EXISTS (SELECT 1 FROM near_documents AS d
          WHERE d.level = ${level} AND d.trace = t.id AND d.revision = t.revision)
        ORDER BY t.id LIMIT ${pageOf}`,
    );
    return rows.map(({ id, uid, revision }) => ({ at: id, trace_id: uidText(uid), revision }));
  }

  /** All that is signed at this level of traces as they stand. */
  *signed(level: NearLevel): Generator<SignedDocument> {
    let trace = 0;
    let seq = -1;
    for (;;) {
      const rows: Row[] = this.#statements.all(
        sql<Row>`SELECT d.trace, d.seq, d.step, d.signature, t.uid, t.started_at, t.label, ${qualityScore} AS quality_score
          FROM near_documents AS d CROSS JOIN traces AS t ON t.id = d.trace AND t.revision = d.revision
          WHERE d.level = ${level} AND (d.trace, d.seq) > (${trace}, ${seq}) ORDER BY d.trace, d.seq LIMIT ${pageOf}`,
      );
      for (const row of rows) {
        yield {
          trace_id: uidText(row.uid),
          seq: row.seq,
          step_id: row.step && uidText(row.step),
          signature: numbers(row.signature),
          started_at: row.started_at,
          quality_score: row.quality_score,
          reviewed: row.label !== null,
        };
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageOf) return;
      ({ trace, seq } = last);
    }
  }

  /** Empty for a document that is gone. */
  shingles(level: NearLevel, traceId: string, seq: number): Int32Array {
    const uid = uidOrNull(traceId);
    const row =
      uid &&
      this.#statements.get(
        sql<{ shingles: Buffer }>`SELECT d.shingles FROM traces AS t CROSS JOIN near_documents AS d
          ON d.level = ${level} AND d.trace = t.id AND d.seq = ${seq} WHERE t.uid = ${uid}`,
      );
    return row ? numbers(row.shingles) : new Int32Array(0);
  }

  /** Everyone in a cluster, as the last run left it. */
  memberships(level: NearLevel): NearMembership[] {
    const rows = this.#statements.all(
      sql<{ uid: Buffer; seq: number; kept: Buffer; kept_seq: number }>`SELECT t.uid, m.seq, k.uid AS kept, m.kept_seq
        FROM near_members AS m JOIN traces AS t ON t.id = m.trace JOIN traces AS k ON k.id = m.kept_trace
        WHERE m.level = ${level}`,
    );
    return rows.map(({ uid, seq, kept, kept_seq }) => ({
      trace_id: uidText(uid),
      seq,
      kept_trace_id: uidText(kept),
      kept_seq,
    }));
  }

  /** Of every trace. */
  *links(): Generator<TraceLinks> {
    for (let after = 0; ; ) {
      const rows = this.#statements.all(
        sql<
          { id: number; uid: Buffer; parent: Buffer | null; predecessor: Buffer | null } & Pick<
            TraceLinks,
            'source' | 'metadata'
          >
        >`
          SELECT t.id, t.uid, p.uid AS parent, b.uid AS predecessor, t.source, t.metadata FROM traces AS t
          LEFT JOIN traces AS p ON p.id = t.parent LEFT JOIN traces AS b ON b.id = t.predecessor
          WHERE t.id > ${after} ORDER BY t.id LIMIT ${pageOf}`,
      );
      for (const { uid, parent, predecessor, source, metadata } of rows) {
        yield {
          trace_id: uidText(uid),
          parent_trace_id: parent && uidText(parent),
          predecessor_trace_id: predecessor && uidText(predecessor),
          source,
          metadata,
        };
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageOf) return;
      after = last.id;
    }
  }

  /** Traces of which somebody compared two: rows of pairs hold both. */
  *compared(): Generator<readonly [string, string]> {
    const rows = this.#statements.all(
      sql<{ a: Buffer; b: Buffer }>`SELECT DISTINCT t.uid AS a, o.uid AS b FROM comparisons AS c
        JOIN traces AS t ON t.id = c.trace JOIN traces AS o ON o.id = c.other
        WHERE c.trace <> c.other ORDER BY c.trace, c.other`,
    );
    for (const { a, b } of rows) yield [uidText(a), uidText(b)];
  }

  /** Clusters of a level, the largest first. The cursor counts. */
  clusters(level: NearLevel, cursor: string | null, limit: number): Page<NearCluster> {
    const offset = Number(cursor ?? 0);
    const rows = this.#statements.all(
      sql<{ kept_trace: number; kept_seq: number; members: number }>`SELECT kept_trace, kept_seq, count(*) AS members
        FROM near_members WHERE level = ${level} GROUP BY kept_trace, kept_seq
        ORDER BY members DESC, kept_trace, kept_seq LIMIT ${limit + 1} OFFSET ${offset}`,
    );
    const items = rows.slice(0, limit).flatMap(({ kept_trace, kept_seq, members }) => {
      const kept = this.#members(sql`m.level = ${level} AND m.trace = ${kept_trace} AND m.seq = ${kept_seq}`, 1, 0)[0];
      if (kept === undefined) return [];
      const { shingles: _, ...member } = kept;
      const cluster_id = `${level}.${kept.trace_id}.${kept_seq}`;
      return [{ cluster_id, level, members, kept: { ...member, similarity: 1 } }];
    });
    return { items, next_cursor: rows.length > limit ? String(offset + limit) : null };
  }

  /** Members of a cluster, the one that is kept first; null where there is none of this id. */
  members(
    clusterId: string,
    cursor: string | null,
    limit: number,
  ): (Page<SignedMember> & { kept: SignedMember | null }) | null {
    const [level, traceId, seq] = clusterId.split('.');
    const uid = uidOrNull(traceId ?? '');
    const kept = uid && this.#statements.get(sql<{ id: number }>`SELECT id FROM traces WHERE uid = ${uid}`);
    if (!kept || !Number.isInteger(Number(seq))) return null;
    const offset = Number(cursor ?? 0);
    const cluster = sql`m.level = ${level} AND m.kept_trace = ${kept.id} AND m.kept_seq = ${Number(seq)}`;
    const items = this.#members(cluster, limit + 1, offset);
    if (items.length === 0 && offset === 0) return null;
    const next_cursor = items.length > limit ? String(offset + limit) : null;
    return { items: items.slice(0, limit), next_cursor, kept: this.#members(cluster, 1, 0)[0] ?? null };
  }

  #members(where: ReturnType<typeof sql>, limit: number, offset: number): SignedMember[] {
    const rows = this.#statements.all(
      sql<
        { uid: Buffer; step: Buffer | null; shingles: Buffer | null; title: string; kept: number } & Pick<
          Row,
          'started_at' | 'label' | 'quality_score'
        >
      >`
        SELECT t.uid, d.step, iif(d.revision = t.revision, d.shingles, NULL) AS shingles, t.title, t.started_at, t.label, ${qualityScore} AS quality_score,
          m.trace = m.kept_trace AND m.seq = m.kept_seq AS kept
        FROM near_members AS m JOIN traces AS t ON t.id = m.trace
        LEFT JOIN near_documents AS d ON d.level = m.level AND d.trace = m.trace AND d.seq = m.seq
        WHERE ${where} ORDER BY kept DESC, t.started_at, t.id, m.seq LIMIT ${limit} OFFSET ${offset}`,
    );
    return rows.map(({ uid, step, shingles, title, started_at, label, quality_score, kept }) => ({
      trace_id: uidText(uid),
      step_id: step && uidText(step),
      title,
      started_at: toIso(started_at),
      quality_score,
      label,
      kept: kept === 1,
      shingles: shingles === null ? new Int32Array(0) : numbers(shingles),
    }));
  }
}

/** Numbers of a column, copied: its bytes need not lie where numbers may begin. */
function numbers(bytes: Buffer): Int32Array {
  return new Int32Array(new Uint8Array(bytes).buffer);
}

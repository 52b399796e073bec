import { sql } from 'kysely';
import type { TraceSummary } from '../../../shared/model/index.js';
import { uidOrNull, uidText } from '../codec/uid.js';
import { selectTraces, type TraceRow, traceSummary } from '../sqlite/rows/trace.js';
import { type Statements, sqlBuilder } from '../sqlite/statements.js';

/** A family larger than this is cut: nearest relatives first. */
const maxNodes = 1000;

export interface TraceTree {
  /** Ancestors, descendants and the segments before and after them, in the order in which they began. */
  nodes: TraceSummary[];
  /** Id of the trace that nothing spawned and that continues none; of the topmost one found where the family was cut. */
  root: string;
  truncated: boolean;
}

/** The whole family of a trace: everything that parents and predecessors lead to, either way. */
export function traceTree(statements: Statements, traceId: string): TraceTree | null {
  const uid = uidOrNull(traceId);
  const start = uid && statements.get(sqlBuilder.selectFrom('traces').select('id').where('uid', '=', uid));
  if (!start) return null;
  const found = new Map<number, { parent: number | null; predecessor: number | null }>();
  let truncated = false;
  for (let ring = [start.id]; ring.length > 0; ) {
    const rows = statements.all(
      sqlBuilder
        .selectFrom('traces')
        .select(['id', 'parent', 'predecessor'])
        .where(sql<boolean>`id IN (SELECT value FROM json_each(${JSON.stringify(ring)}))`),
    );
    for (const { id, parent, predecessor } of rows) found.set(id, { parent, predecessor });
    const room = maxNodes - found.size;
    const upward = rows.flatMap(({ parent, predecessor }) => [parent, predecessor]);
    const next = new Set<number>();
    for (const id of upward) if (id !== null && !found.has(id)) next.add(id);
    for (const column of ['parent', 'predecessor'] as const) {
      for (const { id } of statements.all(relatives(column, ring, room + ring.length + 1))) {
        if (!found.has(id)) next.add(id);
      }
    }
    truncated ||= next.size > room;
    ring = [...next].slice(0, room);
  }
  const ids = JSON.stringify([...found.keys()]);
  const rows: TraceRow[] = statements.all(
    selectTraces().where(sql<boolean>`t.id IN (SELECT value FROM json_each(${ids}))`),
  );
  rows.sort((a, b) => a.started_at - b.started_at || a.id - b.id);
  const root = rootOf(start.id, found);
  return {
    nodes: rows.map(traceSummary),
    root: uidText((rows.find(({ id }) => id === root) as TraceRow).uid),
    truncated,
  };
}

/** Traces that the given ones are parents or predecessors of; the oldest come first, so that a cut is always the same. */
function relatives(column: 'parent' | 'predecessor', of: number[], limit: number) {
  return sqlBuilder
    .selectFrom('traces')
    .select('id')
    .where(column, 'is not', null)
    .where(sql<boolean>`${sql.ref(column)} IN (SELECT value FROM json_each(${JSON.stringify(of)}))`)
    .orderBy('id')
    .limit(limit);
}

function rootOf(start: number, family: Map<number, { parent: number | null; predecessor: number | null }>): number {
  const seen = new Set<number>();
  let at = start;
  for (;;) {
    seen.add(at);
    const links = family.get(at);
    const up = [links?.predecessor, links?.parent].find((id) => id != null && family.has(id) && !seen.has(id));
    if (up == null) return at;
    at = up;
  }
}

import type { Json, Page } from '../../../shared/model/index.js';
import { parseQuery, type Query, type QueryScope } from '../../../shared/query/index.js';

/** Traces that a reviewer is to judge without what was said of them. */
export type Blind = ReadonlySet<string>;

/** Fields that go by what reviewers said: a score may weigh it too, and a tag may give the field of work. */
const saidFields: ReadonlySet<string> = new Set(['label', 'tag', 'reviewer', 'rating', 'domain', 'score']);
const saidFlags: ReadonlySet<string> = new Set([
  ...['note', 'tag', 'correction', 'step_label', 'comparison'],
  ...['reviewed', 'accepted', 'rejected', 'stale'],
]);

export function goesByReviews(scope: QueryScope, field: string): boolean {
  return scope !== 'exchanges' && saidFields.has(field);
}

/**
 * Whether what a query finds, or how much that is, can tell what reviewers said.
 * @throws SluiceError `query_invalid`
 */
export function asksForReviews(query: string, scope: QueryScope): boolean {
  const asks = (node: Query): boolean => {
    switch (node?.type) {
      case 'field':
        if (node.field === 'has' || node.field === 'is')
          return scope !== 'exchanges' && saidFlags.has(node.value.text.toLowerCase());
        return goesByReviews(scope, node.field);
      case 'range':
        return goesByReviews(scope, node.field);
      case 'not':
        return asks(node.item);
      case 'and':
      case 'or':
        return node.items.some(asks);
      default:
        return false;
    }
  };
  return asks(parseQuery(query, scope));
}

/** The same without its review where that would tell a reviewer what they are to judge by themselves. */
export function unreviewed<T extends { trace_id: string; review?: unknown }>(trace: T, blind: Blind): T {
  return blind.has(trace.trace_id) ? { ...trace, review: null } : trace;
}

/** Lines of a label file without what others said of such traces. */
export function ownLines({ items, next_cursor }: Page<Json>, blind: Blind, reviewer: string): Page<Json> {
  if (blind.size === 0) return { items, next_cursor };
  const others = (line: Line) => line.reviewer !== reviewer && of(line).some((id) => id !== undefined && blind.has(id));
  return { items: items.filter((line) => !others(line as unknown as Line)), next_cursor };
}

interface Line {
  reviewer?: string;
  trace_id?: string;
  a?: { trace_id: string };
  b?: { trace_id: string };
}

/** The traces that a line speaks of. */
function of({ trace_id, a, b }: Line): (string | undefined)[] {
  return [trace_id, a?.trace_id, b?.trace_id];
}

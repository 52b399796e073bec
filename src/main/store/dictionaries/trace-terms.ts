import { decodeDeltas, encodeDeltas } from '../codec/varint.js';
import type { Schema } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import type { Terms } from './terms.js';

type TermKey = Schema['trace_terms'];

/** Keeps the terms by which traces are found. Writer only. */
export class TraceTerms {
  readonly #terms: Terms;
  readonly #insert: Prepared<TermKey, unknown>;
  readonly #delete: Prepared<TermKey, unknown>;

  constructor(statements: Statements, terms: Terms) {
    this.#terms = terms;
    this.#insert = statements.prepare<TermKey>()((sql, p) =>
      sql.insertInto('trace_terms').values({ term: p('term'), started_at: p('started_at'), trace: p('trace') }),
    );
    this.#delete = statements.prepare<TermKey>()((sql, p) =>
      sql
        .deleteFrom('trace_terms')
        .where('term', '=', p('term'))
        .where('started_at', '=', p('started_at'))
        .where('trace', '=', p('trace')),
    );
  }

  id(field: string, value: string): number {
    return this.#terms.id(field, value);
  }

  /**
   * Gives a trace terms and takes others.
   * @returns the trace's new list for its row
   */
  change(
    trace: { id: number; started_at: number; terms: Buffer },
    add: Iterable<number>,
    remove: Iterable<number> = [],
  ): Buffer {
    const current = new Set(decodeDeltas(trace.terms));
    for (const term of remove) {
      if (!current.delete(term)) continue;
      this.#delete.run({ term, started_at: trace.started_at, trace: trace.id });
      this.#terms.count('traces', term, -1);
    }
    for (const term of add) {
      if (current.has(term)) continue;
      current.add(term);
      this.#insert.run({ term, started_at: trace.started_at, trace: trace.id });
      this.#terms.count('traces', term, 1);
    }
    return encodeDeltas([...current]);
  }

  /** Finds a trace by another start from now on: the time is part of the keys that it is found by. */
  move(trace: { id: number; started_at: number; terms: Buffer }, started_at: number): void {
    for (const term of decodeDeltas(trace.terms)) {
      this.#delete.run({ term, started_at: trace.started_at, trace: trace.id });
      this.#insert.run({ term, started_at, trace: trace.id });
    }
  }
}

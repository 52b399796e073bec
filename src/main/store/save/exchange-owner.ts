import { decodeDeltas, encodeDeltas } from '../codec/varint.js';
import type { Terms } from '../dictionaries/terms.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import type { TraceSaver } from './traces.js';

type Row = { trace: number | null; finding_count: number; terms: Buffer };

/** Gives exchanges that belong to no trace to the trace whose tool call they were made for. */
export class ExchangeOwner {
  readonly #traces: TraceSaver;
  readonly #terms: Terms;
  readonly #find: Prepared<{ id: number }, Row>;
  readonly #set: Prepared<{ id: number; trace: number; terms: Buffer }, unknown>;

  constructor(statements: Statements, traces: TraceSaver, terms: Terms) {
    this.#traces = traces;
    this.#terms = terms;
    this.#find = statements.prepare<{ id: number }>()((sql, p) =>
      sql.selectFrom('exchanges').select(['trace', 'finding_count', 'terms']).where('id', '=', p('id')),
    );
    this.#set = statements.prepare<{ id: number; trace: number; terms: Buffer }>()((sql, p) =>
      sql
        .updateTable('exchanges')
        .set({ trace: p('trace'), terms: p('terms') })
        .where('id', '=', p('id')),
    );
  }

  /** The first trace has it; it is deleted with that. */
  claim(exchange: number, trace: number): void {
    const row = this.#find.get({ id: exchange });
    if (row === undefined || row.trace !== null) return;
    // Counted, without an entry of its own: most exchanges have a trace.
    const term = this.#terms.id('flag', 'trace');
    const terms = new Set(decodeDeltas(row.terms));
    if (!terms.has(term)) this.#terms.count('exchanges', term, 1);
    this.#set.run({ id: exchange, trace, terms: encodeDeltas([...terms.add(term)]) });
    const state = this.#traces.byId(trace);
    if (row.finding_count === 0 || state === undefined) return;
    state.finding_count += row.finding_count;
    this.#traces.addTerm(state, 'flag', 'findings');
    this.#traces.save(state);
  }
}

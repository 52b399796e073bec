import { undecodedReasons } from '../../../shared/model/index.js';
import type { ExchangeHead } from '../codec/exchange-head.js';
import type { Prepared, Statements } from '../sqlite/statements.js';

export const captureCountKinds = ['truncated', 'sealed', 'undecoded', 'unknown_event', 'edge', 'effect'] as const;
export type CaptureCountKind = (typeof captureCountKinds)[number];

interface Added {
  kind: CaptureCountKind;
  name: string;
  count: number;
  total: number;
}

/** Between the parts of a name, e.g. a format and an event type. */
export const nameSeparator = '\n';
/** Event types come from outside: a hostile stream must not fill the database with names. */
const maxName = 200;
const maxTypes = 50;

/** Keeps the numbers of capture health. Like terms they are written once for a whole batch. Writer only. */
export class CaptureCounts {
  readonly #add: Prepared<Added, unknown>;
  readonly #deleteNone: Prepared<{ kind: string; name: string }, unknown>;
  #added: Added[] = [];

  constructor(statements: Statements) {
    this.#add = statements.prepare<Added>()((sql, p) =>
      sql
        .insertInto('capture_counts')
        .values({ kind: p('kind'), name: p('name'), count: p('count'), total: p('total') })
        .onConflict((conflict) =>
          conflict.columns(['kind', 'name']).doUpdateSet((eb) => ({
            count: eb('capture_counts.count', '+', eb.ref('excluded.count')),
            total: eb('capture_counts.total', '+', eb.ref('excluded.total')),
          })),
        ),
    );
    this.#deleteNone = statements.prepare<{ kind: string; name: string }>()((sql, p) =>
      sql
        .deleteFrom('capture_counts')
        .where('kind', '=', p('kind'))
        .where('name', '=', p('name'))
        .where('count', '<=', 0),
    );
  }

  add(kind: CaptureCountKind, name: string, count: number, total = 0): void {
    this.#added.push({ kind, name: name.slice(0, maxName), count, total });
  }

  /** Counts what an exchange's head tells; `by` -1 takes it back. */
  addExchange(head: ExchangeHead, format: string, by: 1 | -1): void {
    const { request, response } = head;
    if (request.truncated) this.add('truncated', 'request', by);
    if (response?.truncated) this.add('truncated', 'response', by);
    if (request.body.kind === 'sealed') this.add('sealed', request.body.reason ?? 'binary', by);
    if (response?.body.kind === 'sealed') this.add('sealed', response.body.reason ?? 'binary', by);
    for (const reason of undecodedReasons(head.decode_error, head.issues)) this.add('undecoded', reason, by);
    for (const [type, count] of Object.entries(head.unknown_events).slice(0, maxTypes)) {
      this.add('unknown_event', `${format}${nameSeparator}${type}`, by * count);
    }
  }

  addEdge(edge: { rule: string; basis: string; confidence: number }, by: 1 | -1): void {
    this.add('edge', `${edge.rule}${nameSeparator}${edge.basis}`, by, by * edge.confidence);
  }

  flush(): void {
    if (this.#added.length === 0) return;
    const sums = new Map<string, Added>();
    for (const added of this.#added) {
      const key = `${added.kind}\n${added.name}`;
      const sum = sums.get(key);
      if (sum === undefined) sums.set(key, { ...added });
      else {
        sum.count += added.count;
        sum.total += added.total;
      }
    }
    this.#added = [];
    for (const sum of sums.values()) {
      if (sum.count === 0 && sum.total === 0) continue;
      this.#add.run(sum);
      if (sum.count < 0) this.#deleteNone.run(sum);
    }
  }

  /** Returns what drops everything counted since. */
  mark(): () => void {
    const length = this.#added.length;
    return () => {
      this.#added.length = length;
    };
  }
}

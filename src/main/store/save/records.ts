import { type AssembledRecord, fromIso, type NewWitness, toIso } from '../../../shared/model/index.js';
import { packJson } from '../codec/pack.js';
import { uidBytes } from '../codec/uid.js';
import { lineageKey } from '../lookups/lineage-keys.js';
import { scoreRow, scoreValues } from '../sqlite/rows/score.js';
import type { Schema } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import type { TraceSaver, TraceState } from './traces.js';

type WitnessRow = Omit<Schema['witnesses'], 'id'>;

/** Stores what only records of others bring: their keys, ids of events, notes, scores, and second reports of calls. */
export class RecordSaver {
  readonly #traces: TraceSaver;
  readonly #insertEvent: Prepared<Schema['event_ids'], unknown>;
  readonly #setNote: Prepared<Schema['notes'], unknown>;
  readonly #deleteNote: Prepared<{ key: Buffer }, unknown>;
  readonly #insertScore: Prepared<Schema['scores'], unknown>;
  readonly #insertWitness: Prepared<WitnessRow, unknown>;
  readonly #call: Prepared<{ uid: Buffer }, { id: number }>;

  constructor(statements: Statements, traces: TraceSaver) {
    this.#traces = traces;
    this.#insertEvent = statements.prepare<Schema['event_ids']>()((sql, p) =>
      sql
        .insertInto('event_ids')
        .values({ trace: p('trace'), key: p('key') })
        .onConflict((conflict) => conflict.doNothing()),
    );
    this.#setNote = statements.prepare<Schema['notes']>()((sql, p) =>
      sql
        .insertInto('notes')
        .values({ key: p('key'), trace: p('trace'), value: p('value') })
        .onConflict((conflict) =>
          conflict.column('key').doUpdateSet((eb) => ({
            trace: eb.ref('excluded.trace'),
            value: eb.ref('excluded.value'),
          })),
        ),
    );
    this.#deleteNote = statements.prepare<{ key: Buffer }>()((sql, p) =>
      sql.deleteFrom('notes').where('key', '=', p('key')),
    );
    this.#insertScore = statements.prepare<Schema['scores']>()((sql, p) =>
      sql
        .insertInto('scores')
        .values(scoreValues(p))
        .onConflict((conflict) => conflict.doNothing()),
    );
    this.#insertWitness = statements.prepare<WitnessRow>()((sql, p) =>
      sql.insertInto('witnesses').values({
        uid: p('uid'),
        trace: p('trace'),
        call: p('call'),
        exchange: p('exchange'),
        source: p('source'),
        at: p('at'),
        basis: p('basis'),
        disagreements: p('disagreements'),
      }),
    );
    this.#call = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql.selectFrom('calls').select('id').where('uid', '=', p('uid')),
    );
  }

  /** Scores were given when the record ended, as far as is known; `revision`: of the trace with what the record adds. */
  save(record: AssembledRecord, trace: TraceState, at: number, revision: number): void {
    if (record.trace_key !== null) this.#traces.setKey(trace, record.trace_key);
    for (const key of record.trace_aliases ?? []) this.#traces.setKey(trace, key);
    for (const id of record.event_ids) this.#insertEvent.run({ trace: trace.id, key: lineageKey('event', id) });
    for (const { key: text, value } of record.notes) {
      const key = lineageKey('note', text);
      if (value === null) this.#deleteNote.run({ key });
      else this.#setNote.run({ key, trace: trace.id, value: packJson(value) });
    }
    for (const score of record.scores) {
      const { created_at, trace_revision = created_at === undefined ? revision : undefined, ...fields } = score;
      const told = trace_revision === undefined ? fields : { ...fields, trace_revision };
      this.#insertScore.run(scoreRow(trace.id, told, created_at === undefined ? at : fromIso(created_at)));
      this.#traces.addTerm(trace, 'flag', 'score');
    }
  }

  saveWitness(witness: NewWitness, trace: TraceState, exchange: number, at: number): void {
    const call = this.#call.get({ uid: uidBytes(witness.call_id) });
    if (call === undefined) throw new Error(`A second report of a call that is not in the database, at ${toIso(at)}.`);
    this.#insertWitness.run({
      uid: uidBytes(witness.witness_id),
      trace: trace.id,
      call: call.id,
      exchange,
      source: witness.source,
      at,
      basis: witness.basis,
      disagreements: packJson(witness.disagreements),
    });
    this.#traces.addTerm(trace, 'disagreement', witness.disagreements.length > 0 ? 'yes' : 'no');
  }
}

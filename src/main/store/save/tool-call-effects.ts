import type { Json } from '../../../shared/model/index.js';
import type { CaptureCounts } from '../counts/capture-counts.js';
import { rowsOf, type Schema, traceOfRow } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import type { TraceSaver } from './traces.js';

type State = Pick<Schema['tool_calls'], 'effect' | 'effect_state'>;

/** Keeps at a tool call what is known of its effects: the first, whether something was altered, the real duration. */
export class ToolCallEffects {
  readonly #traces: TraceSaver;
  readonly #captureCounts: CaptureCounts;
  readonly #effects: Prepared<{ id: number }, { id: number; altered: number }>;
  readonly #state: Prepared<{ id: number }, State>;
  readonly #setState: Prepared<State & { id: number }, unknown>;
  readonly #unsent: Prepared<{ first: number; last: number }, { id: number }>;
  readonly #metadata: Prepared<{ id: number }, { metadata: string }>;
  readonly #setDuration: Prepared<{ id: number; metadata: string; duration_us: number }, unknown>;

  constructor(statements: Statements, traces: TraceSaver, captureCounts: CaptureCounts) {
    this.#traces = traces;
    this.#captureCounts = captureCounts;
    this.#effects = statements.prepare<{ id: number }>()((sql, p) =>
      sql
        .selectFrom('effects')
        .select((eb) => [
          'id',
          eb.fn<number>('max', ['arguments_altered', eb.fn.coalesce('result_altered', eb.lit(0))]).as('altered'),
        ])
        .where('tool_call', '=', p('id'))
        .orderBy('id')
        .limit(maxEffects),
    );
    this.#state = statements.prepare<{ id: number }>()((sql, p) =>
      sql.selectFrom('tool_calls').select(['effect', 'effect_state']).where('id', '=', p('id')),
    );
    this.#setState = statements.prepare<State & { id: number }>()((sql, p) =>
      sql
        .updateTable('tool_calls')
        .set({ effect: p('effect'), effect_state: p('effect_state') })
        .where('id', '=', p('id')),
    );
    this.#unsent = statements.prepare<{ first: number; last: number }>()((sql, p) =>
      sql
        .selectFrom('tool_calls')
        .select('id')
        .where('id', '>=', p('first'))
        .where('id', '<=', p('last'))
        .where('effect_state', '=', 'never_sent')
        .limit(1),
    );
    this.#metadata = statements.prepare<{ id: number }>()((sql, p) =>
      sql.selectFrom('tool_calls').select('metadata').where('id', '=', p('id')),
    );
    this.#setDuration = statements.prepare<{ id: number; metadata: string; duration_us: number }>()((sql, p) =>
      sql
        .updateTable('tool_calls')
        .set({ metadata: p('metadata'), duration_us: p('duration_us') })
        .where('id', '=', p('id')),
    );
  }

  /** Brings the tool call's own columns, its trace's terms and the numbers of capture health in line with its effects. */
  settle(id: number): void {
    const before = this.#state.get({ id });
    if (before === undefined) return;
    const effects = this.#effects.all({ id });
    const [first] = effects;
    const effect_state =
      first === undefined ? null : effects.some(({ altered }) => altered === 1) ? 'altered' : 'joined';
    if (before.effect === (first?.id ?? null) && before.effect_state === effect_state) return;
    this.#setState.run({ id, effect: first?.id ?? null, effect_state });
    if (before.effect_state === effect_state) {
      this.changed(id);
      return;
    }
    for (const [state, by] of [
      [before.effect_state, -1],
      [effect_state, 1],
    ] as const) {
      if (state === 'altered' || state === 'never_sent') this.#captureCounts.add('effect', state, by);
    }
    const trace = this.#traces.byId(traceOfRow(id));
    if (trace === undefined) return;
    if (effect_state !== null) this.#traces.addTerm(trace, 'effect', 'joined');
    if (effect_state === 'altered') this.#traces.addTerm(trace, 'effect', 'altered');
    if (before.effect_state === 'never_sent' && this.#unsent.get(rowsOf(trace.id)) === undefined) {
      this.#traces.dropTerm(trace, 'effect', 'never_sent');
    }
    this.#traces.save(trace);
  }

  time(id: number, duration_us: number, effect_id: string): void {
    const row = this.#metadata.get({ id });
    if (row === undefined) return;
    const metadata = { ...(JSON.parse(row.metadata) as { [key: string]: Json }), duration: 'wire', effect_id };
    this.#setDuration.run({ id, duration_us, metadata: JSON.stringify(metadata) });
    this.changed(id);
  }

  /** The tool call shows another effect than before, or the same one otherwise. */
  changed(id: number): void {
    const trace = this.#traces.byId(traceOfRow(id));
    if (trace !== undefined) this.#traces.save(trace);
  }
}

/** A shell command may fetch thousands of pages; to know if one was altered, so many are looked at. */
const maxEffects = 1000;

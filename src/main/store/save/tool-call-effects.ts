import type { Json } from '../../../shared/model/index.js';
import type { CaptureCounts } from '../counts/capture-counts.js';
import { rowsOf, type Schema, traceOfRow } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import { judgedOf, type Suspicions } from './suspicions.js';
import type { ToolCallSaver } from './tool-calls.js';
import type { TraceSaver } from './traces.js';
import type { WireVerdict } from './wire-verdict.js';

type State = Pick<Schema['tool_calls'], 'effect' | 'effect_state'>;

interface Dependencies {
  traces: TraceSaver;
  captureCounts: CaptureCounts;
  toolCalls: ToolCallSaver;
  verdict: WireVerdict;
  suspicions: Suspicions;
}

/**
 * Keeps at a tool call what is known of its effects: the first, whether something was altered, the real duration, and
 * whether it failed.
 */
export class ToolCallEffects {
  readonly #parts: Dependencies;
  readonly #effects: Prepared<{ id: number }, { id: number; altered: number }>;
  readonly #state: Prepared<{ id: number }, State>;
  readonly #setState: Prepared<State & { id: number }, unknown>;
  readonly #unsent: Prepared<{ first: number; last: number }, { id: number }>;
  readonly #stands: Prepared<{ id: number }, Pick<Schema['tool_calls'], 'status' | 'metadata' | 'decision'>>;
  readonly #setDuration: Prepared<{ id: number; metadata: string; duration_us: number }, unknown>;

  constructor(statements: Statements, parts: Dependencies) {
    this.#parts = parts;
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
    this.#stands = statements.prepare<{ id: number }>()((sql, p) =>
      sql.selectFrom('tool_calls').select(['status', 'metadata', 'decision']).where('id', '=', p('id')),
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
    const { captureCounts, traces } = this.#parts;
    const contradicted = this.#judge(id);
    const effects = this.#effects.all({ id });
    const [first] = effects;
    const effect_state =
      first === undefined ? null : contradicted || effects.some(({ altered }) => altered === 1) ? 'altered' : 'joined';
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
      if (state === 'altered' || state === 'never_sent') captureCounts.add('effect', state, by);
    }
    const trace = traces.byId(traceOfRow(id));
    if (trace === undefined) return;
    if (effect_state !== null) traces.addTerm(trace, 'effect', 'joined');
    if (effect_state === 'altered') traces.addTerm(trace, 'effect', 'altered');
    if (before.effect_state === 'never_sent' && this.#unsent.get(rowsOf(trace.id)) === undefined) {
      traces.dropTerm(trace, 'effect', 'never_sent');
    }
    traces.save(trace);
  }

  /**
   * A tool call that failed on the wire has failed, whatever its result claims.
   * @returns true where the two contradict each other
   */
  #judge(id: number): boolean {
    const { traces, toolCalls, verdict, suspicions } = this.#parts;
    const row = this.#stands.get({ id });
    if (row === undefined || row.status === 'pending' || judgedOf(row) === 'error') return false;
    const failed = verdict.failed(id);
    const contradicted = (JSON.parse(row.metadata) as { [key: string]: Json })['claimed_status'] === 'ok';
    if (failed ? row.status === 'error' : !contradicted) return failed && contradicted;
    if (failed) verdict.contradict(id);
    else verdict.agree(id);
    if (row.decision !== null) toolCalls.setOutcome(row.decision);
    const trace = traces.byId(traceOfRow(id));
    if (trace !== undefined) {
      traces.addErrors(trace, failed ? 1 : -1);
      traces.save(trace);
    }
    suspicions.settle(id);
    return failed;
  }

  time(id: number, duration_us: number, effect_id: string): void {
    const row = this.#stands.get({ id });
    if (row === undefined) return;
    const metadata = { ...(JSON.parse(row.metadata) as { [key: string]: Json }), duration: 'wire', effect_id };
    this.#setDuration.run({ id, duration_us, metadata: JSON.stringify(metadata) });
    this.changed(id);
  }

  /** The tool call shows another effect than before, or the same one otherwise. */
  changed(id: number): void {
    const { traces } = this.#parts;
    const trace = traces.byId(traceOfRow(id));
    if (trace !== undefined) traces.save(trace);
  }
}

/** A shell command may fetch thousands of pages; to know if one was altered, so many are looked at. */
const maxEffects = 1000;

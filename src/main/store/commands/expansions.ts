import { type Expansion, toIso } from '../../../shared/model/index.js';
import { packJson } from '../codec/pack.js';
import { uidOrNull } from '../codec/uid.js';
import { type ExpansionRow, expansionOf, selectedExpansions } from '../read/expansions.js';
import type { Sql } from '../sqlite/sql.js';

export type NewExpansion = Omit<Expansion, 'created_at'>;

/** Keeps the reasoning that models wrote of calls. */
export class ExpansionCommands {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /**
   * Takes the place of what was written of the call before. `cached`: what stands already stays as it is, with its time and cost.
   * Null: the call is gone.
   */
  save(made: NewExpansion, cached: boolean, now: number): Expansion | null {
    const { trace_id, call_id, ...data } = made;
    const [trace, call] = [uidOrNull(trace_id), uidOrNull(call_id)];
    const row = this.#sql(
      'SELECT c.id AS call, c.trace FROM calls AS c JOIN traces AS t ON t.id = c.trace WHERE c.uid = ? AND t.uid = ?',
    ).get(call, trace) as { call: number; trace: number } | undefined;
    if (row === undefined) return null;
    const stands = this.#sql(`${selectedExpansions} WHERE e.call = ?`).get(row.call) as ExpansionRow | undefined;
    if (cached && stands !== undefined) {
      const earlier = expansionOf(stands);
      const same = (['reasoning', 'profile', 'model', 'prompt_hash'] as const).every(
        (field) => earlier[field] === made[field],
      );
      if (same) return earlier;
    }
    this.#sql(`INSERT OR REPLACE INTO expansions (trace, call, created_at, data) VALUES (?, ?, ?, ?)`).run(
      row.trace,
      row.call,
      now,
      packJson(data),
    );
    return { ...made, created_at: toIso(now) };
  }
}

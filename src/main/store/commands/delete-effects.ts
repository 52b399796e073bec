import type { CaptureCounts } from '../counts/capture-counts.js';
import { lineageKeyBytes } from '../lookups/lineage-keys.js';
import type { Statements } from '../sqlite/statements.js';

/** Makes what deletes the effects of a trace that goes, with every key that leads to them or to its tool calls. */
export function effectDeleter(statements: Statements, captureCounts: CaptureCounts) {
  const deleteToolKey = statements.prepare<{ key: Buffer; at: number; tool_call: number }>()((sql, p) =>
    sql
      .deleteFrom('tool_call_keys')
      .where('key', '=', p('key'))
      .where('at', '=', p('at'))
      .where('tool_call', '=', p('tool_call')),
  );
  const count = statements.prepare<{ trace: number }>()((sql, p) =>
    sql
      .selectFrom('effects')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('trace', '=', p('trace')),
  );
  const deleteEffects = statements.prepare<{ trace: number }>()((sql, p) =>
    sql.deleteFrom('effects').where('trace', '=', p('trace')),
  );
  const left = statements.prepare<{ exchange: number }>()((sql, p) =>
    sql.selectFrom('effects').select('trace').where('exchange', '=', p('exchange')).orderBy('trace', 'desc').limit(1),
  );
  const giveTo = statements.prepare<{ id: number; trace: number | null }>()((sql, p) =>
    sql
      .updateTable('exchanges')
      .set({ trace: p('trace') })
      .where('id', '=', p('id')),
  );
  return {
    forgetToolCall(toolCall: {
      id: number;
      at: number;
      effect_state: string | null;
      effect_keys: Buffer | null;
    }): void {
      const { id, at, effect_state, effect_keys: keys } = toolCall;
      for (let from = 0; keys !== null && from < keys.length; from += lineageKeyBytes) {
        deleteToolKey.run({ key: keys.subarray(from, from + lineageKeyBytes), at, tool_call: id });
      }
      if (effect_state === 'never_sent' || effect_state === 'altered') captureCounts.add('effect', effect_state, -1);
    },
    /** Claimed ones only: these have no keys of their own any more. */
    delete(trace: number): void {
      captureCounts.add('effect', 'joined', -(count.get({ trace })?.n ?? 0));
      deleteEffects.run({ trace });
    },
    /**
     * An exchange that did something for others too stays, and belongs to one of them.
     * @returns true where it stays
     */
    passOn(exchange: number): boolean {
      const other = left.get({ exchange });
      if (other === undefined) return false;
      giveTo.run({ id: exchange, trace: other.trace });
      return true;
    },
  };
}

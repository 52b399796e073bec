import { wireNames } from '../../../shared/tool-names.js';
import type { CaptureCounts } from '../counts/capture-counts.js';
import type { Schema } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';

/** A server that was not seen for so long may be reached another way by now. */
const recent = 24 * 3600e6;
/** Names that are looked up again when there are more. */
const cacheSize = 10_000;

/** The tools that are served over the wire: one that was called and never sent can be told by it. Writer only. */
export class WireTools {
  readonly #captureCounts: CaptureCounts;
  readonly #seen: Prepared<{ name: string }, { seen_at: number }>;
  readonly #set: Prepared<Schema['wire_tools'], unknown>;
  readonly #name: Prepared<{ id: number }, { value: string }>;
  readonly #unsent: Prepared<{ id: number }, unknown>;
  /** By the term of the tool: when a server of it was last seen; null where none is known. */
  #cache = new Map<number, number | null>();

  constructor(statements: Statements, captureCounts: CaptureCounts) {
    this.#captureCounts = captureCounts;
    this.#seen = statements.prepare<{ name: string }>()((sql, p) =>
      sql
        .selectFrom('wire_tools')
        .select((eb) => eb.fn.max('seen_at').as('seen_at'))
        .where('name', '=', p('name'))
        .groupBy('name'),
    );
    this.#set = statements.prepare<Schema['wire_tools']>()((sql, p) =>
      sql
        .insertInto('wire_tools')
        .values({ name: p('name'), server: p('server'), seen_at: p('seen_at') })
        .onConflict((conflict) =>
          conflict.columns(['name', 'server']).doUpdateSet((eb) => ({
            seen_at: eb.fn<number>('max', [eb.ref('wire_tools.seen_at'), eb.ref('excluded.seen_at')]),
          })),
        ),
    );
    this.#name = statements.prepare<{ id: number }>()((sql, p) =>
      sql.selectFrom('terms').select('value').where('id', '=', p('id')),
    );
    this.#unsent = statements.prepare<{ id: number }>()((sql, p) =>
      sql.updateTable('tool_calls').set({ effect_state: 'never_sent' }).where('id', '=', p('id')),
    );
  }

  offer(server: string, names: string[], at: number): void {
    for (const name of names) this.#set.run({ name: name.toLowerCase(), server, seen_at: at });
    this.#cache.clear();
  }

  /** True where a call of this tool at this time would have been seen on the wire. */
  serves(tool: number, at: number): boolean {
    let seen = this.#cache.get(tool);
    if (seen === undefined) {
      const { value } = this.#name.get({ id: tool }) ?? { value: '' };
      const found = wireNames(value).flatMap((name) => this.#seen.get({ name })?.seen_at ?? []);
      seen = found.length === 0 ? null : Math.max(...found);
      if (this.#cache.size >= cacheSize) this.#cache.clear();
      this.#cache.set(tool, seen);
    }
    return seen !== null && Math.abs(at - seen) <= recent;
  }

  setUnsent(toolCall: number): void {
    this.#unsent.run({ id: toolCall });
    this.#captureCounts.add('effect', 'never_sent', 1);
  }

  /** Rows are written at once. */
  flush(): void {}
  /** Returns what forgets what a rollback may take back. */
  mark(): () => void {
    return () => this.#cache.clear();
  }
}

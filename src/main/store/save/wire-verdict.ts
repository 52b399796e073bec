import { sql as sqlText } from 'kysely';
import type { Prepared, Statements } from '../sqlite/statements.js';

/** Says what the wire knows of how a tool call ended, and keeps beside it what its result had claimed. */
export class WireVerdict {
  readonly #last: Prepared<{ id: number }, { status: string }>;
  readonly #contradict: Prepared<{ id: number }, unknown>;
  readonly #agree: Prepared<{ id: number }, unknown>;

  constructor(statements: Statements) {
    this.#last = statements.prepare<{ id: number }>()((sql, p) =>
      sql
        .selectFrom('effects')
        .select('status')
        .where('tool_call', '=', p('id'))
        .where('status', '<>', 'pending')
        // One URL of a command line, or what others report beside the wire, is not all of the tool.
        .where(sqlText<number>`json_extract(joined, '$.part')`, 'is', null)
        .orderBy('started_at', 'desc')
        .orderBy('id', 'desc')
        .limit(1),
    );
    this.#contradict = statements.prepare<{ id: number }>()((sql, p) =>
      sql
        .updateTable('tool_calls')
        .set({ status: 'error', metadata: sqlText<string>`json_set(metadata, '$.claimed_status', 'ok')` })
        .where('id', '=', p('id')),
    );
    this.#agree = statements.prepare<{ id: number }>()((sql, p) =>
      sql
        .updateTable('tool_calls')
        .set({ status: 'ok', metadata: sqlText<string>`json_remove(metadata, '$.claimed_status')` })
        .where('id', '=', p('id')),
    );
  }

  /** True where the last that the tool call did as a whole has failed. */
  failed(id: number): boolean {
    return this.#last.get({ id })?.status === 'error';
  }

  /** It failed although its result claims that it did not: the wire is right. */
  contradict(id: number): void {
    this.#contradict.run({ id });
  }

  /** The effect that said otherwise was another's, or was tried again: the claim stands. */
  agree(id: number): void {
    this.#agree.run({ id });
  }
}

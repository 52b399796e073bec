import { SluiceError } from '../../../shared/errors.js';
import { type Consent, consentSchema } from '../../../shared/model/index.js';
import { uidOrNull } from '../codec/uid.js';
import { type Consents, everyTrace, sessionRule } from '../save/consents.js';
import type { Schema } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';

type Row = Pick<Schema['traces'], 'started_at' | 'terms'> & { id: number };

/** Sets consents of stored traces and the rules for those to come. */
export class ConsentCommands {
  readonly #consents: Consents;
  readonly #find: Prepared<{ uid: Buffer }, Row>;
  readonly #behind: Prepared<{ id: number }, Row>;
  readonly #setTerms: Prepared<{ id: number; terms: Buffer }, unknown>;

  constructor(statements: Statements, consents: Consents) {
    this.#consents = consents;
    this.#find = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql.selectFrom('traces').select(['id', 'started_at', 'terms']).where('uid', '=', p('uid')),
    );
    // Two lookups in indexes of their own: one condition over both columns would read every trace.
    this.#behind = statements.prepare<{ id: number }>()((sql, p) =>
      sql
        .selectFrom('traces')
        .select(['id', 'started_at', 'terms'])
        .where('parent', '=', p('id'))
        .union(sql.selectFrom('traces').select(['id', 'started_at', 'terms']).where('predecessor', '=', p('id'))),
    );
    this.#setTerms = statements.prepare<{ id: number; terms: Buffer }>()((sql, p) =>
      sql
        .updateTable('traces')
        .set({ terms: p('terms') })
        .where('id', '=', p('id')),
    );
  }

  /**
   * Says it of these traces, and so of what they spawned and what goes on from them as long as nobody said otherwise
   * there; null forgets what was said. Ids of traces that are gone are passed over.
   * @returns how many of the given traces there are
   * @throws SluiceError `validation_failed`
   */
  set(traceIds: readonly string[], consent: Consent | null, now: number): number {
    const checked = consentSchema.nullable().safeParse(consent);
    if (!checked.success) throw new SluiceError('validation_failed', 'The consent is not valid.', checked.error.issues);
    let found = 0;
    for (const traceId of traceIds) {
      const uid = uidOrNull(traceId);
      const row = uid && this.#find.get({ uid });
      if (!row) continue;
      found += 1;
      const terms =
        checked.data === null ? this.#consents.forget(row, now) : this.#consents.set(row, checked.data, now);
      this.#setTerms.run({ id: row.id, terms });
      this.#pass(row.id, now);
    }
    return found;
  }

  /** `session` null: every trace that no other rule names. */
  setRule(session: string | null, consent: Consent | null): void {
    this.#consents.setRule(session === null ? everyTrace : sessionRule(session), consent);
  }

  /** Down the family, each trace once: links may run in a ring. */
  #pass(from: number, now: number): void {
    const seen = new Set([from]);
    const open = [from];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      for (const row of this.#behind.all({ id })) {
        if (seen.has(row.id)) continue;
        seen.add(row.id);
        if (this.#consents.isOwn(row.id)) continue;
        this.#setTerms.run({ id: row.id, terms: this.#consents.inherit(row, now) });
        open.push(row.id);
      }
    }
  }
}

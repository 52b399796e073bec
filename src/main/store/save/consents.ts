import { uuidv7 } from '../../../shared/ids.js';
import { allowedBy, type Consent } from '../../../shared/model/index.js';
import { uidBytes } from '../codec/uid.js';
import type { TraceTerms } from '../dictionaries/trace-terms.js';
import type { Schema } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';

/** Fields of the dictionary that consents are found by. */
const termFields = ['consent', 'consent.basis', 'consent.scope', 'consent.subject', 'licence', 'terms'];

interface Filed {
  id: number;
  started_at: number;
  terms: Buffer;
}
type Row = Pick<Schema['traces'], 'parent' | 'predecessor' | 'source' | 'consent' | 'consent_own'>;

/** Key of the rule for every trace that no other rule names. */
export const everyTrace = '';
export const sessionRule = (session: string): string => `session:${session}`;

/** Keeps consents: of a trace as it stands, every state it had, and the rules for new ones. */
export class Consents {
  readonly #terms: TraceTerms;
  readonly #row: Prepared<{ id: number }, Row>;
  readonly #update: Prepared<{ id: number; consent: string | null; own: number }, unknown>;
  readonly #log: Prepared<Schema['consent_events'], unknown>;
  readonly #rule: Prepared<{ key: string }, { consent: string }>;
  readonly #setRule: Prepared<Schema['consent_rules'], unknown>;
  readonly #deleteRule: Prepared<{ key: string }, unknown>;

  constructor(statements: Statements, terms: TraceTerms) {
    this.#terms = terms;
    this.#row = statements.prepare<{ id: number }>()((sql, p) =>
      sql
        .selectFrom('traces')
        .select(['parent', 'predecessor', 'source', 'consent', 'consent_own'])
        .where('id', '=', p('id')),
    );
    this.#update = statements.prepare<{ id: number; consent: string | null; own: number }>()((sql, p) =>
      sql
        .updateTable('traces')
        .set({ consent: p('consent'), consent_own: p('own') })
        .where('id', '=', p('id')),
    );
    this.#log = statements.prepare<Schema['consent_events']>()((sql, p) =>
      sql
        .insertInto('consent_events')
        .values({ trace: p('trace'), uid: p('uid'), at: p('at'), own: p('own'), consent: p('consent') }),
    );
    this.#rule = statements.prepare<{ key: string }>()((sql, p) =>
      sql.selectFrom('consent_rules').select('consent').where('key', '=', p('key')),
    );
    this.#setRule = statements.prepare<Schema['consent_rules']>()((sql, p) =>
      sql
        .insertInto('consent_rules')
        .values({ key: p('key'), consent: p('consent') })
        .onConflict((conflict) =>
          conflict.column('key').doUpdateSet((eb) => ({ consent: eb.ref('excluded.consent') })),
        ),
    );
    this.#deleteRule = statements.prepare<{ key: string }>()((sql, p) =>
      sql.deleteFrom('consent_rules').where('key', '=', p('key')),
    );
  }

  setRule(key: string, consent: Consent | null): void {
    if (consent === null) this.#deleteRule.run({ key });
    else this.#setRule.run({ key, consent: JSON.stringify(consent) });
  }

  /**
   * Takes over what holds for a trace of which nobody said anything itself: the rule of its run, else the consent of
   * the trace that spawned it, else of the one that it goes on from, else the rule for all.
   * @returns the trace's terms for its row
   */
  inherit(trace: Filed, now: number): Buffer {
    const row = this.#row.get({ id: trace.id }) as Row;
    if (row.consent_own === 1) return trace.terms;
    const { session } = JSON.parse(row.source) as { session?: string };
    const ofRun = session === undefined ? null : this.#ruleOf(sessionRule(session));
    if (ofRun !== null) return this.#store(trace, row, ofRun, true, now);
    const inherited = this.#ofTrace(row.parent) ?? this.#ofTrace(row.predecessor) ?? this.#ruleOf(everyTrace);
    return this.#store(trace, row, inherited, false, now);
  }

  /** What a record brings with its trace; what was said of the trace before stays. */
  bring(trace: Filed, consent: Consent, now: number): Buffer {
    const row = this.#row.get({ id: trace.id }) as Row;
    return row.consent_own === 1 ? trace.terms : this.#store(trace, row, consent, true, now);
  }

  /** Says it of the trace itself. */
  set(trace: Filed, consent: Consent, now: number): Buffer {
    return this.#store(trace, this.#row.get({ id: trace.id }) as Row, consent, true, now);
  }

  /** Forgets what was said of the trace itself: it inherits again. */
  forget(trace: Filed, now: number): Buffer {
    const row = this.#row.get({ id: trace.id }) as Row;
    if (row.consent_own === 1) this.#update.run({ id: trace.id, consent: row.consent, own: 0 });
    return this.inherit(trace, now);
  }

  isOwn(id: number): boolean {
    return this.#row.get({ id })?.consent_own === 1;
  }

  #store(trace: Filed, row: Row, wanted: Consent | null, own: boolean, now: number): Buffer {
    const stood = row.consent === null ? null : (JSON.parse(row.consent) as Consent);
    const consent = wanted && { ...wanted, source: wanted.source || stood?.source || sourceOf(row.source) };
    if (same(stood, consent) && own === (row.consent_own === 1)) return trace.terms;
    const text = consent && JSON.stringify(consent);
    const kept = own ? 1 : 0;
    this.#update.run({ id: trace.id, consent: text, own: kept });
    this.#log.run({ trace: trace.id, uid: uidBytes(uuidv7()), at: now, own: kept, consent: text });
    const before = this.#termsOf(stood);
    const after = this.#termsOf(consent);
    return this.#terms.change(
      trace,
      after,
      before.filter((term) => !after.includes(term)),
    );
  }

  #ruleOf(key: string): Consent | null {
    const rule = this.#rule.get({ key });
    return rule === undefined ? null : (JSON.parse(rule.consent) as Consent);
  }

  /** Where a capture comes from is said of each trace for itself. */
  #ofTrace(id: number | null): Consent | null {
    const text = id === null ? null : (this.#row.get({ id })?.consent ?? null);
    return text === null ? null : { ...(JSON.parse(text) as Consent), source: '' };
  }

  #termsOf(consent: Consent | null): number[] {
    if (consent === null) return [];
    const values: { [field: string]: readonly (string | null)[] } = {
      consent: allowedBy(consent).length > 0 ? ['yes'] : [],
      'consent.basis': [consent.basis],
      'consent.scope': consent.scope,
      'consent.subject': [consent.subject],
      licence: [consent.licence],
      terms: [consent.provider_terms],
    };
    return termFields.flatMap((field) =>
      (values[field] ?? []).flatMap((value) => (value === null ? [] : [this.#terms.id(field, value)])),
    );
  }
}

/** Who said it and when is no difference. */
function same(a: Consent | null, b: Consent | null): boolean {
  const comparable = (consent: Consent | null) =>
    consent && JSON.stringify({ ...consent, recorded_at: '', recorded_by: '', scope: [...consent.scope].sort() });
  return comparable(a) === comparable(b);
}

/** `proxy claude-cli/2.1.3`, `import:har`. */
function sourceOf(source: string): string {
  const { kind, client } = JSON.parse(source) as { kind: string; client?: string };
  return (client === undefined ? kind : `${kind} ${client}`).slice(0, 500);
}

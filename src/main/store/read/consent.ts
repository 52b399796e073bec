import type { Consent, ConsentEvent, ConsentState, Page } from '../../../shared/model/index.js';
import { toIso } from '../../../shared/model/index.js';
import { uidOrNull, uidText } from '../codec/uid.js';
import { decodeCursor, encodeCursor } from '../find/cursor.js';
import type { Schema } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';

type StateRow = { id: number; uid: Buffer; consent: string | null; own: number; changes: number };

/** Consents of stored traces and how they came about. */
export class ConsentReads {
  readonly #state: Prepared<{ uid: Buffer }, StateRow>;
  readonly #events: Prepared<{ trace: number; offset: number; limit: number }, Schema['consent_events']>;

  constructor(statements: Statements) {
    this.#state = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql
        .selectFrom('traces as t')
        .select(['t.id', 't.uid', 't.consent', 't.consent_own as own'])
        .select((eb) =>
          eb
            .selectFrom('consent_events as e')
            .select((count) => count.fn.countAll<number>().as('n'))
            .whereRef('e.trace', '=', 't.id')
            .$asScalar()
            .$notNull()
            .as('changes'),
        )
        .where('t.uid', '=', p('uid')),
    );
    this.#events = statements.prepare<{ trace: number; offset: number; limit: number }>()((sql, p) =>
      sql
        .selectFrom('consent_events')
        .select(['trace', 'uid', 'at', 'own', 'consent'])
        .where('trace', '=', p('trace'))
        .orderBy('uid', 'desc')
        .limit(p('limit'))
        .offset(p('offset')),
    );
  }

  state(traceId: string): ConsentState | null {
    const row = this.#row(traceId);
    if (row === null) return null;
    return {
      trace_id: uidText(row.uid),
      consent: parsed(row.consent),
      origin: row.own === 1 ? 'own' : 'inherited',
      changes: row.changes,
    };
  }

  /** Newest first. */
  history(traceId: string, cursor: string | null, limit: number): Page<ConsentEvent> | null {
    const list = `consents ${traceId}`;
    const offset = decodeCursor(list, cursor)?.at ?? 0;
    const row = this.#row(traceId);
    if (row === null) return null;
    const found = this.#events.all({ trace: row.id, offset, limit: limit + 1 });
    return {
      items: found.slice(0, limit).map((event) => ({
        event_id: uidText(event.uid),
        at: toIso(event.at),
        consent: parsed(event.consent),
        origin: event.own === 1 ? 'own' : 'inherited',
      })),
      next_cursor: found.length > limit ? encodeCursor(list, { at: offset + limit, id: 0 }) : null,
    };
  }

  #row(traceId: string): StateRow | null {
    const uid = uidOrNull(traceId);
    return (uid && this.#state.get({ uid })) ?? null;
  }
}

function parsed(text: string | null): Consent | null {
  return text === null ? null : (JSON.parse(text) as Consent);
}

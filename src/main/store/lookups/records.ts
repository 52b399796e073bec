import type { ChatMessage, Json, LineageReader, TraceKind } from '../../../shared/model/index.js';
import { unpackCall } from '../codec/call-data.js';
import { type Packed, unpackJson } from '../codec/pack.js';
import { uidOrNull, uidText } from '../codec/uid.js';
import { decodeDeltas } from '../codec/varint.js';
import type { Statements } from '../sqlite/statements.js';
import { lineageKey } from './lineage-keys.js';

type Lookups = Pick<LineageReader, 'byTraceKey' | 'traceById' | 'hasEvent' | 'callContent' | 'modelOf' | 'note'>;

/** What records of others are put in their place by. */
export function recordLookups(statements: Statements): Lookups {
  const byKey = statements.prepare<{ key: Buffer }>()((sql, p) =>
    sql
      .selectFrom('trace_keys as k')
      .innerJoin('traces as t', 't.id', 'k.trace')
      .select(['t.uid', 't.ended_at'])
      .where('k.key', '=', p('key')),
  );
  const byUid = statements.prepare<{ uid: Buffer }>()((sql, p) =>
    sql.selectFrom('traces').select(['uid', 'kind', 'ended_at']).where('uid', '=', p('uid')),
  );
  const event = statements.prepare<{ uid: Buffer; key: Buffer }>()((sql, p) =>
    sql
      .selectFrom('event_ids')
      .select('key')
      .where('trace', '=', sql.selectFrom('traces').select('id').where('uid', '=', p('uid')))
      .where('key', '=', p('key')),
  );
  const call = statements.prepare<{ uid: Buffer }>()((sql, p) =>
    sql.selectFrom('calls').select(['data', 'request_messages', 'response_messages']).where('uid', '=', p('uid')),
  );
  const document = statements.prepare<{ id: number }>()((sql, p) =>
    sql.selectFrom('documents').select('data').where('id', '=', p('id')),
  );
  const note = statements.prepare<{ key: Buffer }>()((sql, p) =>
    sql.selectFrom('notes').select('value').where('key', '=', p('key')),
  );
  const message = (id: number) => unpackJson<never>((document.get({ id }) as { data: Packed }).data) as ChatMessage;
  return {
    byTraceKey: (key) => {
      const row = byKey.get({ key: lineageKey('trace', key) });
      return row === undefined ? null : { trace_id: uidText(row.uid), ended_at: row.ended_at };
    },
    traceById: (traceId) => {
      const uid = uidOrNull(traceId);
      const row = uid && byUid.get({ uid });
      return row ? { trace_id: uidText(row.uid), kind: row.kind as TraceKind, ended_at: row.ended_at } : null;
    },
    hasEvent: (traceId, eventId) => {
      const uid = uidOrNull(traceId);
      return uid !== null && event.get({ uid, key: lineageKey('event', eventId) }) !== undefined;
    },
    callContent: (callId) => {
      const uid = uidOrNull(callId);
      const row = uid && call.get({ uid });
      if (!row) return null;
      const { response_id, model, stop_reason, usage } = unpackCall(row.data);
      return {
        response_id,
        model,
        stop_reason,
        // Its schema leaves absent counts out, as this does.
        usage: usage as NonNullable<ReturnType<LineageReader['callContent']>>['usage'],
        request_messages: decodeDeltas(row.request_messages).map(message),
        response_messages: decodeDeltas(row.response_messages).map(message),
      };
    },
    modelOf: (callId) => {
      const uid = uidOrNull(callId);
      const row = uid && call.get({ uid });
      return row ? unpackCall(row.data).model : null;
    },
    note: (key) => {
      const row = note.get({ key: lineageKey('note', key) });
      return row === undefined ? null : (unpackJson(row.value) as Json);
    },
  };
}

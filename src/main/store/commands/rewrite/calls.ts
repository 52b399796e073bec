import { sessionLookup } from '../../../../shared/session-keys.js';
import { packCall, unpackCall } from '../../codec/call-data.js';
import { type Packed, unpackText } from '../../codec/pack.js';
import { uidText } from '../../codec/uid.js';
import { decodeDeltas } from '../../codec/varint.js';
import { lineageKey, ownKey } from '../../lookups/lineage-keys.js';
import type { RewriteDependencies } from './dependencies.js';
import type { DocumentRewriter } from './documents.js';
import { changedKeys, moveLineage } from './keys.js';
import type { CallMessages } from './rewriting.js';
import type { Texts } from './texts.js';

/** Part of a fingerprint that calls are looked up by; see assemble/fingerprint.ts. */
const lookupLength = 32;

interface Row {
  id: number;
  uid: Buffer;
  trace: number;
  parent_uid: Buffer | null;
  client: string;
  session_key: string | null;
  fingerprint: string;
  lineage: Buffer;
  data: Packed;
  request_messages: Buffer;
  response_messages: Buffer;
}

/**
 * Rewrites what a call says of itself, and gives it the keys that its new words have. Runs before the documents do: the old
 * keys are worked out of the old messages.
 */
export function callRewriter(parts: RewriteDependencies, texts: Texts, documents: DocumentRewriter) {
  const { db, making, touch } = parts;
  const find = db.prepare<[number], Row>(
    `SELECT c.id, c.uid, c.trace, up.uid AS parent_uid, c.client, c.session_key, c.fingerprint, c.lineage, c.data,
            c.request_messages, c.response_messages
       FROM calls AS c LEFT JOIN calls AS up ON up.id = c.parent WHERE c.id = ?`,
  );
  const update = db.prepare(
    'UPDATE calls SET client = ?, session_key = ?, fingerprint = ?, lineage = ?, data = ? WHERE id = ?',
  );
  const moveTraceKey = db.prepare('UPDATE OR REPLACE trace_keys SET key = ? WHERE key = ?');

  function contentOf(row: Row): { before: CallMessages; after: CallMessages } | null {
    const request = decodeDeltas(row.request_messages);
    const response = decodeDeltas(row.response_messages);
    if (![...request, ...response].some((id) => documents.changes(id))) return null;
    const read = (ids: number[]) => ids.flatMap((id) => documents.message(id) ?? []);
    const [asked, answered] = [read(request), read(response)];
    return {
      before: { request: asked.map(({ before }) => before), response: answered.map(({ before }) => before) },
      after: { request: asked.map(({ after }) => after), response: answered.map(({ after }) => after) },
    };
  }

  return (id: number): void => {
    const row = find.get(id);
    if (row === undefined) return;
    const call = unpackCall(row.data);
    const { edge, response_id, model, params, stop_reason, error } = call;
    const own = { evidence: edge.evidence ?? null, id: response_id, model, params, stop_reason, error };
    const before = JSON.stringify(own);
    const after = texts.json(before);
    const client = texts.plain(row.client);
    const session_key = texts.orNull(row.session_key);
    const words = contentOf(row);
    if (after === before && client === row.client && session_key === row.session_key && words === null) return;

    const next = JSON.parse(after) as typeof own;
    const { evidence, id: nextId, ...rest } = next;
    const fingerprint =
      words === null ? row.fingerprint : making.fingerprint(row.fingerprint, words.before, words.after);
    const ids = {
      call_id: uidText(row.uid),
      parent_call_id: row.parent_uid && uidText(row.parent_uid),
      operation: call.operation,
    };
    const ways = words === null ? [] : making.keyChanges(ids, words.before, words.after);
    const single: Parameters<typeof changedKeys>[2] = [
      ['fingerprint', row.fingerprint.slice(0, lookupLength), fingerprint.slice(0, lookupLength)],
      ['session', row.session_key && sessionLookup(row.session_key), session_key && sessionLookup(session_key)],
      ['response', response_id, nextId],
    ];
    const lineage = changedKeys(row.lineage, ways, single, ownKey(row.session_key));
    if (lineage !== null) moveLineage(db, id, row.lineage, lineage);
    if (row.session_key !== null && session_key !== null && session_key !== row.session_key) {
      moveTraceKey.run(
        lineageKey('trace', sessionLookup(session_key)),
        lineageKey('trace', sessionLookup(row.session_key)),
      );
    }
    const data = packCall({
      ...call,
      ...rest,
      response_id: nextId,
      edge: evidence === null ? edge : { ...edge, evidence },
    });
    update.run(client, session_key, fingerprint, lineage ?? row.lineage, data, id);
    touch(row.trace);
    if (unpackText(data) !== unpackText(row.data) || client !== row.client) texts.count('calls');
  };
}

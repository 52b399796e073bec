import type { CallNode, LineageReader, TraceKind } from '../../../shared/model/index.js';
import { sessionLookup } from '../../../shared/session-keys.js';
import { uidOrNull, uidText } from '../codec/uid.js';
import { type Prepared, type Statements, sqlBuilder } from '../sqlite/statements.js';
import { effectLookups } from './effects.js';
import { type LineageKind, lineageKey, maxNodes } from './lineage-keys.js';
import { recordLookups } from './records.js';

interface NodeRow {
  uid: Buffer;
  trace_uid: Buffer;
  trace_kind: string;
  parent_uid: Buffer | null;
  client: string;
  connection: string | null;
  session_key: string | null;
  fingerprint: string;
  started_at: number;
  ended_at: number;
  children: number;
  message_count: number;
}
type ToolNodeRow = NodeRow & { tool_name: string; step: Buffer | null; status: string; tool_call_id: string };

/** Answers the assembler's lookups from the writer's own connection: it sees what the same batch has just stored. */
export function lineageReader(statements: Statements): LineageReader {
  const nodes: Prepared<{ key: Buffer }, NodeRow> = statements.prepare<{ key: Buffer }>()((sql, p) =>
    sql
      .selectFrom('lineage as l')
      .innerJoin('calls as c', 'c.id', 'l.call')
      .innerJoin('traces as t', 't.id', 'c.trace')
      .leftJoin('calls as up', 'up.id', 'c.parent')
      .select([...nodeColumns])
      .where('l.key', '=', p('key'))
      .orderBy('l.call', 'desc')
      .limit(maxNodes),
  );
  const selectToolNodes = () =>
    sqlBuilder
      .selectFrom('lineage as l')
      .innerJoin('tool_calls as k', 'k.id', 'l.tool_call')
      .innerJoin('terms as n', 'n.id', 'k.tool')
      .innerJoin('calls as c', 'c.id', 'l.call')
      .innerJoin('traces as t', 't.id', 'c.trace')
      .leftJoin('calls as up', 'up.id', 'c.parent')
      .select([...nodeColumns, 'n.value as tool_name', 'k.step', 'k.status', 'k.tool_call_id'])
      .orderBy('l.call', 'desc')
      .limit(maxNodes);
  const toolNodes: Prepared<{ key: Buffer }, ToolNodeRow> = statements.prepare<{ key: Buffer }>()((_, p) =>
    // Those without a call have negative ones.
    selectToolNodes().where('l.key', '=', p('key')).where('l.call', '>', 0),
  );
  const toolNodesOf: Prepared<{ key: Buffer; uid: Buffer }, ToolNodeRow> = statements.prepare<{
    key: Buffer;
    uid: Buffer;
  }>()((sql, p) =>
    selectToolNodes()
      .where('l.key', '=', p('key'))
      .where('l.call', '=', sql.selectFrom('calls').select('id').where('uid', '=', p('uid'))),
  );
  const one: Prepared<{ uid: Buffer }, NodeRow> = statements.prepare<{ uid: Buffer }>()((sql, p) =>
    sql
      .selectFrom('calls as c')
      .innerJoin('traces as t', 't.id', 'c.trace')
      .leftJoin('calls as up', 'up.id', 'c.parent')
      .select([...nodeColumns])
      .where('c.uid', '=', p('uid')),
  );
  const by = (kind: LineageKind) => (value: string) => nodes.all({ key: lineageKey(kind, value) }).map(node);
  return {
    byResponseId: by('response'),
    byConversationId: by('conversation'),
    byResponseChain: by('response_chain'),
    byRequestChain: by('request_chain'),
    bySessionKey: (key) => by('session')(sessionLookup(key)),
    byFingerprint: by('fingerprint'),
    ...recordLookups(statements),
    ...effectLookups(statements),
    byToolCallId: (toolCallId, callId) => {
      const key = lineageKey('tool_call', toolCallId);
      const uid = callId === undefined ? null : uidOrNull(callId);
      if (callId !== undefined && uid === null) return [];
      return (uid === null ? toolNodes.all({ key }) : toolNodesOf.all({ key, uid })).map((row) => ({
        ...node(row),
        tool_name: row.tool_name,
        tool_step_id: row.step === null ? '' : uidText(row.step),
        has_result: row.status !== 'pending',
      }));
    },
    call: (callId) => {
      const uid = uidOrNull(callId);
      const row = uid && one.get({ uid });
      return row ? node(row) : null;
    },
  };
}

const nodeColumns = [
  'c.uid',
  't.uid as trace_uid',
  't.kind as trace_kind',
  'up.uid as parent_uid',
  'c.client',
  'c.connection',
  'c.session_key',
  'c.fingerprint',
  'c.started_at',
  'c.ended_at',
  'c.children',
  'c.message_count',
] as const;

function node(row: NodeRow): CallNode {
  return {
    call_id: uidText(row.uid),
    trace_id: uidText(row.trace_uid),
    trace_kind: row.trace_kind as TraceKind,
    parent_call_id: row.parent_uid === null ? null : uidText(row.parent_uid),
    client: row.client,
    connection: row.connection,
    session_key: row.session_key,
    fingerprint: row.fingerprint,
    started_at: row.started_at,
    ended_at: row.ended_at,
    children: row.children,
    message_count: row.message_count,
  };
}

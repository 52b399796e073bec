import { sql as sqlText } from 'kysely';
import type { EffectJoin, EffectNode, LineageReader, ToolCallNode } from '../../../shared/model/index.js';
import { sentKey } from '../../../shared/sent-keys.js';
import { type Packed, unpackJson } from '../codec/pack.js';
import { uidOrNull, uidText } from '../codec/uid.js';
import { resultOf, type StoredResult } from '../sqlite/rows/tool-call.js';
import { placesPerTrace, rowsOf } from '../sqlite/schema.js';
import { type Statements, sqlBuilder } from '../sqlite/statements.js';
import { lineageKey, maxNodes } from './lineage-keys.js';

type Lookups = Pick<LineageReader, 'toolCallsByKey' | 'openEffects' | 'effectByHalf' | 'effectOf'>;

/** What tool calls and their effects on the wire find each other by. */
export function effectLookups(statements: Statements): Lookups {
  const toolCalls = statements.prepare<{ key: Buffer }>()((sql, p) =>
    sql
      .selectFrom('tool_call_keys as y')
      .innerJoin('tool_calls as k', 'k.id', 'y.tool_call')
      .innerJoin('terms as n', 'n.id', 'k.tool')
      .leftJoin('calls as c', 'c.id', 'k.call')
      // A literal: a bound number would be a float, and the division one too.
      .innerJoin('traces as t', (join) => join.on('t.id', '=', sqlText<number>`k.id / ${sqlText.lit(placesPerTrace)}`))
      .leftJoin('effects as e', 'e.id', 'k.effect')
      .leftJoin('documents as kd', 'kd.id', 'k.result_document')
      .select(['t.uid as trace_uid', 'c.uid as call_uid', 'k.tool_call_id', 'k.step', 'n.value as name', 'k.arguments'])
      .select(['k.result', 'kd.data as result_message', 'k.result_part', 'k.status', 'k.at', 'c.ended_at as asked_at'])
      .select(['k.duration_us', 'e.uid as effect_uid'])
      .where('y.key', '=', p('key'))
      .orderBy('y.at', 'desc')
      .orderBy('y.tool_call', 'desc')
      .limit(maxNodes),
  );
  const open = statements.prepare<{ key: Buffer }>()((_, p) =>
    selectEffects()
      .innerJoin('effect_keys as y', 'y.effect', 'e.id')
      .where('y.key', '=', p('key'))
      .orderBy('y.effect', 'desc')
      .limit(maxNodes),
  );
  const byHalf = statements.prepare<{ half: Buffer }>()((_, p) =>
    selectEffects().where('e.half', '=', p('half')).where('e.half', 'is not', null).orderBy('e.id', 'desc').limit(1),
  );
  const ofToolCallId = statements.prepare<{ trace: number; tool_call_id: string }>()((_, p) =>
    selectEffects()
      .select('e.tool_call')
      .where('e.trace', '=', p('trace'))
      .where('e.tool_call_id', '=', p('tool_call_id'))
      .where('e.tool_call_id', 'is not', null)
      .orderBy('e.tool_call', 'desc')
      .orderBy('e.id')
      .limit(1),
  );
  const newest = statements.prepare<{ key: Buffer }>()((sql, p) =>
    sql.selectFrom('lineage').select('tool_call').where('key', '=', p('key')).orderBy('call', 'desc').limit(maxNodes),
  );
  const traceId = statements.prepare<{ uid: Buffer }>()((sql, p) =>
    sql.selectFrom('traces').select('id').where('uid', '=', p('uid')),
  );
  return {
    toolCallsByKey: (key) => toolCalls.all({ key: lineageKey('effect', key) }).map(toolCallNode),
    openEffects: (key) => open.all({ key: lineageKey('effect', key) }).map(effectNode),
    effectByHalf: (halfKey) => {
      const row = byHalf.get({ half: lineageKey('half', halfKey) });
      return row === undefined ? null : effectNode(row);
    },
    effectOf: (trace, tool_call_id) => {
      const uid = uidOrNull(trace);
      const of = uid && traceId.get({ uid });
      const row = of && ofToolCallId.get({ trace: of.id, tool_call_id });
      if (!row) return null;
      // Servers that count their ids from one give the same to a later tool call, which has effects of its own or none.
      const { last } = rowsOf(of.id);
      const found = row.tool_call as number;
      const later = [tool_call_id, sentKey(tool_call_id)]
        .flatMap((id) => newest.all({ key: lineageKey('tool_call', id) }))
        .some(({ tool_call }) => tool_call !== null && tool_call > found && tool_call <= last);
      return later ? null : effectNode(row);
    },
  };
}

interface ToolCallNodeRow extends StoredResult {
  trace_uid: Buffer;
  call_uid: Buffer | null;
  tool_call_id: string;
  step: Buffer | null;
  name: string;
  arguments: Packed;
  status: string;
  at: number;
  asked_at: number | null;
  duration_us: number | null;
  effect_uid: Buffer | null;
}

function toolCallNode(row: ToolCallNodeRow): ToolCallNode {
  return {
    trace_id: uidText(row.trace_uid),
    call_id: row.call_uid && uidText(row.call_uid),
    tool_call_id: row.tool_call_id,
    step_id: row.step === null ? '' : uidText(row.step),
    name: row.name,
    arguments: unpackJson(row.arguments),
    result: resultOf(row),
    status: row.status as ToolCallNode['status'],
    asked_at: row.asked_at ?? row.at,
    duration_ms: row.duration_us === null ? null : row.duration_us / 1000,
    effect_id: row.effect_uid && uidText(row.effect_uid),
  };
}

function selectEffects() {
  return sqlBuilder
    .selectFrom('effects as e')
    .leftJoin('traces as t', 't.id', 'e.trace')
    .select(['e.uid', 'e.protocol', 'e.server', 'e.name', 'e.arguments', 'e.result', 'e.status', 'e.started_at'])
    .select(['e.ended_at', 't.uid as trace_uid', 'e.tool_call_id', 'e.joined']);
}

interface EffectNodeRow {
  uid: Buffer;
  protocol: string;
  server: string;
  name: string;
  arguments: Packed;
  result: Packed | null;
  status: string;
  started_at: number;
  ended_at: number | null;
  trace_uid: Buffer | null;
  tool_call_id: string | null;
  joined: string | null;
}

function effectNode(row: EffectNodeRow): EffectNode {
  return {
    effect_id: uidText(row.uid),
    protocol: row.protocol as EffectNode['protocol'],
    server: row.server,
    name: row.name,
    arguments: unpackJson(row.arguments),
    result: row.result === null ? null : unpackJson(row.result),
    status: row.status as EffectNode['status'],
    started_at: row.started_at,
    ended_at: row.ended_at,
    trace_id: row.trace_uid && uidText(row.trace_uid),
    tool_call_id: row.tool_call_id,
    join: row.joined === null ? null : (JSON.parse(row.joined) as EffectJoin),
  };
}

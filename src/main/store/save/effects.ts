import type { EffectChange, EffectJoin, NewEffect } from '../../../shared/model/index.js';
import { packJson } from '../codec/pack.js';
import { uidBytes, uidText } from '../codec/uid.js';
import type { CaptureCounts } from '../counts/capture-counts.js';
import { lineageKey, lineageKeyBytes } from '../lookups/lineage-keys.js';
import { type Schema, traceOfRow } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import type { ExchangeOwner } from './exchange-owner.js';
import type { ToolCallEffects } from './tool-call-effects.js';
import type { ToolCallSaver } from './tool-calls.js';
import type { TraceSaver } from './traces.js';
import type { WireTools } from './wire-tools.js';

type EffectRow = Omit<Schema['effects'], 'id'>;
type Stored = Pick<Schema['effects'], 'uid' | 'exchange' | 'tool_call' | 'started_at' | 'ended_at' | 'joined'> & {
  id: number;
  keys: Buffer;
};
type Joined = {
  trace_id: string;
  tool_call_id: string;
  call_id: string | null;
  join: EffectJoin;
  arguments_altered: boolean;
};
type JoinColumns = Pick<Schema['effects'], 'trace' | 'tool_call' | 'tool_call_id' | 'joined' | 'arguments_altered'>;

const columns = [
  'uid',
  'exchange',
  'trace',
  'tool_call',
  'tool_call_id',
  'half',
  'protocol',
  'server',
  'name',
  'arguments',
  'result',
  'status',
  'started_at',
  'ended_at',
  'joined',
  'arguments_altered',
  'result_altered',
  'keys',
] as const satisfies (keyof EffectRow)[];

interface Dependencies {
  captureCounts: CaptureCounts;
  toolCalls: ToolCallSaver;
  traces: TraceSaver;
  wireTools: WireTools;
  owner: ExchangeOwner;
  onToolCalls: ToolCallEffects;
}

/** Stores what tool calls did on the wire, and which tool call did it. */
export class EffectSaver {
  readonly #parts: Dependencies;
  readonly #insert: Prepared<EffectRow, unknown>;
  readonly #replace: Prepared<EffectRow, unknown>;
  readonly #find: Prepared<{ uid: Buffer }, Stored>;
  readonly #insertKey: Prepared<Schema['effect_keys'], unknown>;
  readonly #deleteKey: Prepared<Schema['effect_keys'], unknown>;
  readonly #join: Prepared<JoinColumns & { id: number }, unknown>;
  readonly #complete: Prepared<Pick<Schema['effects'], 'result' | 'status' | 'ended_at'> & { id: number }, unknown>;
  readonly #delivered: Prepared<{ id: number; result_altered: number }, unknown>;

  constructor(statements: Statements, parts: Dependencies) {
    this.#parts = parts;
    this.#insert = statements.prepare<EffectRow>()((sql, p) =>
      sql.insertInto('effects').values(Object.fromEntries(columns.map((column) => [column, p(column)])) as EffectRow),
    );
    this.#replace = statements.prepare<EffectRow>()((sql, p) =>
      sql
        .updateTable('effects')
        .set(Object.fromEntries(columns.map((column) => [column, p(column)])))
        .where('uid', '=', p('uid')),
    );
    this.#find = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql
        .selectFrom('effects')
        .select(['id', 'uid', 'exchange', 'tool_call', 'started_at', 'ended_at', 'joined', 'keys'])
        .where('uid', '=', p('uid')),
    );
    this.#insertKey = statements.prepare<Schema['effect_keys']>()((sql, p) =>
      sql
        .insertInto('effect_keys')
        .values({ key: p('key'), effect: p('effect') })
        .onConflict((conflict) => conflict.doNothing()),
    );
    this.#deleteKey = statements.prepare<Schema['effect_keys']>()((sql, p) =>
      sql.deleteFrom('effect_keys').where('key', '=', p('key')).where('effect', '=', p('effect')),
    );
    this.#join = statements.prepare<JoinColumns & { id: number }>()((sql, p) =>
      sql
        .updateTable('effects')
        .set({
          trace: p('trace'),
          tool_call: p('tool_call'),
          tool_call_id: p('tool_call_id'),
          joined: p('joined'),
          arguments_altered: p('arguments_altered'),
        })
        .where('id', '=', p('id')),
    );
    this.#complete = statements.prepare<Pick<EffectRow, 'result' | 'status' | 'ended_at'> & { id: number }>()(
      (sql, p) =>
        sql
          .updateTable('effects')
          .set({ result: p('result'), status: p('status'), ended_at: p('ended_at') })
          .where('id', '=', p('id')),
    );
    this.#delivered = statements.prepare<{ id: number; result_altered: number }>()((sql, p) =>
      sql
        .updateTable('effects')
        .set({ result_altered: p('result_altered') })
        .where('id', '=', p('id')),
    );
  }

  /** `exchange`: row of the exchange that brought the changes; `at`: when it ended. */
  save(changes: EffectChange[], exchange: number, at: number): void {
    for (const change of changes) {
      switch (change.type) {
        case 'add':
        case 'replace':
          this.#put(change.effect, exchange);
          break;
        case 'complete': {
          const { effect_id, result, status, ended_at } = change;
          const effect = this.#stored(effect_id);
          if (effect === null) break;
          this.#complete.run({ id: effect.id, result: packJson(result), status, ended_at });
          if (effect.tool_call !== null) {
            this.#parts.onToolCalls.settle(effect.tool_call);
            this.#parts.onToolCalls.changed(effect.tool_call);
          }
          this.#time({ ...effect, ended_at });
          break;
        }
        case 'join': {
          const effect = this.#stored(change.effect_id);
          if (effect !== null) this.#claim(effect, change);
          break;
        }
        case 'delivered': {
          const effect = this.#stored(change.effect_id);
          if (effect === null) break;
          this.#delivered.run({ id: effect.id, result_altered: change.result_altered ? 1 : 0 });
          if (effect.tool_call === null) break;
          this.#parts.onToolCalls.settle(effect.tool_call);
          this.#parts.onToolCalls.changed(effect.tool_call);
          break;
        }
        case 'offer':
          this.#parts.wireTools.offer(change.server, change.names, at);
          break;
        default:
          change satisfies never;
      }
    }
  }

  /** Tool calls (rows) whose results have come just now, and claim what their effects contradict. */
  settle(toolCalls: number[]): void {
    for (const row of toolCalls) this.#parts.onToolCalls.settle(row);
  }

  /** Null where its trace was deleted since. */
  #stored(effectId: string): Stored | null {
    return this.#find.get({ uid: uidBytes(effectId) }) ?? null;
  }

  #put(effect: NewEffect, exchange: number): void {
    const { captureCounts, wireTools, onToolCalls } = this.#parts;
    const uid = uidBytes(effect.effect_id);
    const before = this.#find.get({ uid });
    if (before !== undefined) this.#forgetKeys(before);
    const keys = [...new Set(effect.keys)].map((key) => lineageKey('effect', key));
    const row: EffectRow = {
      uid,
      exchange,
      trace: null,
      tool_call: null,
      tool_call_id: null,
      half: effect.half_key === null ? null : lineageKey('half', effect.half_key),
      protocol: effect.protocol,
      server: effect.server,
      name: effect.name,
      arguments: packJson(effect.arguments),
      result: effect.result === null ? null : packJson(effect.result),
      status: effect.status,
      started_at: effect.started_at,
      ended_at: effect.ended_at,
      joined: null,
      arguments_altered: 0,
      result_altered: null,
      keys: Buffer.concat(keys),
    };
    if (before === undefined) captureCounts.add('effect', 'unclaimed', 1);
    else if (before.tool_call !== null) {
      captureCounts.add('effect', 'joined', -1);
      captureCounts.add('effect', 'unclaimed', 1);
    }
    const id = before === undefined ? this.#insert.run(row).id : before.id;
    if (before !== undefined) {
      this.#replace.run(row);
      if (before.tool_call !== null) onToolCalls.settle(before.tool_call);
    }
    for (const key of keys) this.#insertKey.run({ key, effect: id });
    // Who was seen to run a tool serves it.
    if (effect.protocol === 'mcp') wireTools.offer(effect.server, [effect.name], effect.started_at);
    const { joined } = effect;
    if (joined !== null) this.#claim({ ...row, id }, joined);
  }

  #claim(effect: Stored, joined: Joined): void {
    const { captureCounts, toolCalls, traces, owner, onToolCalls } = this.#parts;
    const found = toolCalls.find(joined, (traceId) => traces.byTraceId(traceId)?.id ?? null);
    if (found === undefined) return;
    const trace = traceOfRow(found.id);
    this.#forgetKeys(effect);
    this.#join.run({
      id: effect.id,
      trace,
      tool_call: found.id,
      tool_call_id: joined.tool_call_id,
      joined: JSON.stringify(joined.join),
      arguments_altered: joined.arguments_altered ? 1 : 0,
    });
    if (effect.tool_call === null) {
      captureCounts.add('effect', 'unclaimed', -1);
      captureCounts.add('effect', 'joined', 1);
    } else if (effect.tool_call !== found.id) onToolCalls.settle(effect.tool_call);
    onToolCalls.settle(found.id);
    this.#time({ ...effect, tool_call: found.id, joined: JSON.stringify(joined.join) });
    owner.claim(effect.exchange, trace);
  }

  /** The real duration of a tool call is that of its effect, unless this is only part of what the tool did. */
  #time({ uid, tool_call, started_at, ended_at, joined }: Stored): void {
    if (tool_call === null || ended_at === null || joined === null) return;
    if ((JSON.parse(joined) as EffectJoin).part) return;
    this.#parts.onToolCalls.time(tool_call, Math.max(0, ended_at - started_at), uidText(uid));
  }

  #forgetKeys({ id, keys }: Pick<Stored, 'id' | 'keys'>): void {
    for (let at = 0; at < keys.length; at += lineageKeyBytes) {
      this.#deleteKey.run({ key: keys.subarray(at, at + lineageKeyBytes), effect: id });
    }
  }
}

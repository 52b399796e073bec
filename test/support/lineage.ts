import { assemble } from '../../src/main/assemble/index.js';
import { connectionKey } from '../../src/shared/connection.js';
import type {
  Assembled,
  AssembledCall,
  AssembledRows,
  CallNode,
  Decision,
  DecodedExchange,
  EffectNode,
  Json,
  LineageReader,
  NewEffect,
  NewStep,
  NewToolCall,
  NewTrace,
  NewWitness,
  ToolCallNode,
} from '../../src/shared/model/index.js';
import { capturedKey, isSentKey, sentKey } from '../../src/shared/sent-keys.js';
import { sessionLookup } from '../../src/shared/session-keys.js';

/** Most calls that one lookup answers, as the interface promises. */
const maxNodes = 16;

interface StoredTool {
  /** The call that asked; null where a record told of the tool call alone. */
  node: CallNode | null;
  trace_id: string;
  tool: NewToolCall;
  result: Json | null;
  answered: boolean;
  effects: StoredEffect[];
}

export interface StoredEffect extends NewEffect {
  result_altered: boolean | null;
}

/** A trace as it stands in memory. */
export interface StoredTrace extends Omit<NewTrace, 'key'> {
  ended_at: number;
  completion_status: string;
  metadata: { [name: string]: Json };
  steps: NewStep[];
  decisions: Decision[];
  scores: { score_id: string; name: string; value: number }[];
}

/** Keeps what the assembler yields and answers its lookups: the store's part in threading, in memory. */
export interface MemoryLineage extends LineageReader {
  save(assembled: Assembled): void;
  calls: AssembledCall[];
  witnesses: NewWitness[];
  effects: Map<string, StoredEffect>;
  /** Tools that are served over the wire, by server. */
  offers: Map<string, string[]>;
  traces: Map<string, StoredTrace>;
  /** Tool calls as they stand after the results and effects that came. */
  tools(): {
    call_id: string | null;
    tool_call_id: string;
    name: string;
    status: string;
    result: unknown;
    duration_ms: number | null;
    metadata: { [name: string]: Json };
  }[];
  /** Calls of a trace in the order they were saved. */
  trace(traceId: string): AssembledCall[];
  /** Steps of a trace in order of time. */
  steps(traceId: string): NewStep[];
  /** Lookups answered so far. */
  lookups: number;
}

export function memoryLineage(): MemoryLineage {
  const seen = new Set<string>();
  const stepIds = new Set<string>();
  const callsById = new Map<string, AssembledCall>();
  const halves = new Map<string, string>();
  const nodes = new Map<string, CallNode>();
  const index = new Map<string, CallNode[]>();
  const tools = new Map<string, StoredTool[]>();
  const toolKeys = new Map<string, StoredTool[]>();
  const effects = new Map<string, StoredEffect>();
  const effectKeys = new Map<string, StoredEffect[]>();
  const traceKeys = new Map<string, string>();
  const traces = new Map<string, StoredTrace>();
  const events = new Set<string>();
  const notes = new Map<string, Json>();
  const offers = new Map<string, string[]>();
  const witnesses: NewWitness[] = [];
  const calls: AssembledCall[] = [];
  let lookups = 0;
  const push = <T>(map: Map<string, T[]>, key: string, item: T) => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [item]);
    else list.push(item);
  };
  const newest = <T>(list: T[] | undefined): T[] => {
    lookups++;
    return (list ?? []).slice(-maxNodes).reverse();
  };
  const by = (kind: string) => (key: string) => newest(index.get(`${kind} ${key}`)).map((node) => ({ ...node }));
  const stored = (traceId: string, toolCallId: string, callId: string | null) =>
    tools.get(toolCallId)?.find((each) => each.trace_id === traceId && (each.node?.call_id ?? null) === callId);

  function openTrace({ key, ...trace }: NewTrace): void {
    if (traces.has(trace.trace_id)) throw new Error('a trace was opened twice');
    if (key !== null) traceKeys.set(key, trace.trace_id);
    traces.set(trace.trace_id, {
      ...trace,
      ended_at: trace.started_at,
      completion_status: 'running',
      metadata: {},
      steps: [],
      decisions: [],
      scores: [],
    });
  }

  function addRows(rows: AssembledRows, node: CallNode | null): StoredTrace {
    if (rows.new_trace !== null) openTrace(rows.new_trace);
    const trace = traces.get(rows.trace_id);
    if (trace === undefined) throw new Error('rows for a trace that is not there');
    for (const step of rows.steps) {
      if (stepIds.has(step.step_id)) throw new Error(`step twice: ${step.type}`);
      stepIds.add(step.step_id);
      trace.steps.push(step);
    }
    trace.decisions.push(...rows.new_decisions);
    const patch = rows.trace_patch;
    trace.started_at = Math.min(trace.started_at, patch.started_at ?? trace.started_at);
    trace.ended_at = Math.max(trace.ended_at, patch.ended_at);
    trace.completion_status = patch.completion_status ?? trace.completion_status;
    trace.title = patch.title ?? trace.title;
    Object.assign(trace.metadata, patch.metadata);
    for (const field of ['parent_trace_id', 'parent_step_id', 'predecessor_trace_id'] as const)
      trace[field] ??= patch[field] ?? null;
    for (const tool of rows.new_tool_calls) {
      const entry: StoredTool = {
        node,
        trace_id: rows.trace_id,
        tool: { ...tool, metadata: { ...tool.metadata } },
        result: tool.result ?? null,
        answered: tool.result !== undefined,
        effects: [],
      };
      push(tools, tool.tool_call_id, entry);
      for (const key of tool.effect_keys ?? []) push(toolKeys, key, entry);
    }
    for (const arrival of rows.tool_results) {
      const entry = stored(arrival.trace_id, arrival.tool_call_id, arrival.call_id);
      if (entry === undefined) throw new Error(`a result for an unknown tool call, ${arrival.tool_call_id}`);
      entry.answered = true;
      entry.result = arrival.result;
      entry.tool.status = arrival.status;
      entry.tool.duration_ms = arrival.duration_ms;
    }
    return trace;
  }

  function time(entry: StoredTool, effect: StoredEffect): void {
    if (effect.ended_at === null || effect.joined?.join.part) return;
    entry.tool.duration_ms = (effect.ended_at - effect.started_at) / 1000;
    Object.assign(entry.tool.metadata, { duration: 'wire', effect_id: effect.effect_id });
  }

  function join(effect: StoredEffect, joined: NonNullable<NewEffect['joined']>): void {
    const entry = stored(joined.trace_id, joined.tool_call_id, joined.call_id);
    if (entry === undefined) throw new Error(`an effect of an unknown tool call, ${joined.tool_call_id}`);
    if (effect.joined !== null) {
      const former = stored(effect.joined.trace_id, effect.joined.tool_call_id, effect.joined.call_id);
      if (former !== undefined) former.effects = former.effects.filter((each) => each !== effect);
    }
    effect.joined = joined;
    entry.effects.push(effect);
    time(entry, effect);
  }

  function addEffect(effect: NewEffect): void {
    if (effects.has(effect.effect_id)) throw new Error('an effect was added twice');
    const row: StoredEffect = { ...effect, joined: null, result_altered: null };
    effects.set(effect.effect_id, row);
    if (effect.half_key !== null) halves.set(effect.half_key, effect.effect_id);
    for (const key of effect.keys) push(effectKeys, key, row);
    if (effect.joined !== null) join(row, effect.joined);
  }

  function changeEffects(changes: NonNullable<Assembled['effects']>): void {
    const known = (id: string) => {
      const effect = effects.get(id);
      if (effect === undefined) throw new Error('a change of an unknown effect');
      return effect;
    };
    for (const change of changes) {
      if (change.type === 'add') addEffect(change.effect);
      else if (change.type === 'replace') {
        known(change.effect.effect_id);
        effects.delete(change.effect.effect_id);
        for (const list of effectKeys.values()) {
          const at = list.findIndex((each) => each.effect_id === change.effect.effect_id);
          if (at >= 0) list.splice(at, 1);
        }
        addEffect(change.effect);
      } else if (change.type === 'complete') {
        const effect = known(change.effect_id);
        Object.assign(effect, { result: change.result, status: change.status, ended_at: change.ended_at });
        const of = effect.joined && stored(effect.joined.trace_id, effect.joined.tool_call_id, effect.joined.call_id);
        if (of) time(of, effect);
      } else if (change.type === 'join') {
        const { effect_id, type: _, ...joined } = change;
        join(known(effect_id), joined);
      } else if (change.type === 'delivered') {
        known(change.effect_id).result_altered = change.result_altered;
      } else {
        offers.set(change.server, [...new Set([...(offers.get(change.server) ?? []), ...change.names])]);
      }
    }
  }

  const toolNode = (entry: StoredTool): ToolCallNode => ({
    trace_id: entry.trace_id,
    call_id: entry.node?.call_id ?? null,
    tool_call_id: entry.tool.tool_call_id,
    step_id: entry.tool.step_id,
    name: entry.tool.name,
    arguments: entry.tool.arguments,
    result: entry.result,
    status: entry.tool.status,
    asked_at: entry.node?.ended_at ?? entry.tool.at,
    duration_ms: entry.tool.duration_ms,
    effect_id: entry.effects[0]?.effect_id ?? null,
  });
  const effectNode = (effect: StoredEffect | undefined): EffectNode | null => {
    lookups++;
    if (effect === undefined) return null;
    const { effect_id, protocol, server, name, arguments: given, result, status, started_at, ended_at } = effect;
    const { joined } = effect;
    const of = { trace_id: joined?.trace_id ?? null, tool_call_id: joined?.tool_call_id ?? null };
    const join = joined?.join ?? null;
    return { effect_id, protocol, server, name, arguments: given, result, status, started_at, ended_at, ...of, join };
  };
  const lastTrace = (traceId: string | undefined) => {
    lookups++;
    const trace = traceId === undefined ? undefined : traces.get(traceId);
    return trace ?? null;
  };

  return {
    byResponseId: by('response'),
    byConversationId: by('conversation'),
    byResponseChain: by('response_chain'),
    byRequestChain: by('request_chain'),
    bySessionKey: (key) => by('session')(sessionLookup(key)),
    byFingerprint: by('fingerprint'),
    byToolCallId: (id, callId) =>
      newest(
        (tools.get(capturedKey(id)) ?? []).filter(
          ({ node }) =>
            node !== null &&
            isSentKey(node.session_key) === isSentKey(id) &&
            (callId === undefined || node.call_id === callId),
        ),
      ).map((entry) => ({
        ...(entry.node as CallNode),
        tool_name: entry.tool.name,
        tool_step_id: entry.tool.step_id,
        has_result: entry.answered,
      })),
    call: (id) => nodes.get(id) ?? null,
    byTraceKey(key) {
      const trace = lastTrace(traceKeys.get(key));
      return trace && { trace_id: trace.trace_id, ended_at: trace.ended_at };
    },
    traceById(id) {
      const trace = lastTrace(id);
      return trace && { trace_id: trace.trace_id, kind: trace.kind, ended_at: trace.ended_at };
    },
    hasEvent(traceId, eventId) {
      lookups++;
      return events.has(`${traceId}\0${eventId}`);
    },
    callContent(callId) {
      lookups++;
      const call = callsById.get(callId);
      if (call === undefined) return null;
      return {
        response_id: call.call.response_id,
        model: call.call.model,
        stop_reason: call.call.stop_reason,
        usage: call.call.usage,
        request_messages: call.request_messages.map(({ message }) => message),
        response_messages: call.response_messages.map(({ message }) => message),
      };
    },
    modelOf: (callId) => callsById.get(callId)?.call.model ?? null,
    toolCallsByKey: (key) => newest(toolKeys.get(key)).map(toolNode),
    openEffects: (key) =>
      newest((effectKeys.get(key) ?? []).filter((effect) => effect.joined === null)).map(
        (effect) => effectNode(effect) as EffectNode,
      ),
    effectByHalf: (halfKey) => effectNode(effects.get(halves.get(halfKey) ?? '')),
    effectOf: (traceId, toolCallId) => {
      const joined = tools.get(toolCallId)?.findLast((entry) => entry.trace_id === traceId)?.effects ?? [];
      return effectNode(joined.find(({ protocol }) => protocol !== 'otlp') ?? joined[0]);
    },
    note(key) {
      lookups++;
      return notes.get(key) ?? null;
    },
    calls,
    witnesses,
    effects,
    offers,
    traces,
    get lookups() {
      return lookups;
    },
    trace: (traceId) => calls.filter((call) => call.trace_id === traceId),
    steps: (traceId) => [...(traces.get(traceId)?.steps ?? [])].sort((a, b) => a.at - b.at),
    tools: () =>
      [...tools.values()].flat().map(({ node, tool, result }) => ({
        call_id: node?.call_id ?? null,
        tool_call_id: tool.tool_call_id,
        name: tool.name,
        status: tool.status,
        result,
        duration_ms: tool.duration_ms,
        metadata: tool.metadata,
      })),
    save({ call, decoded, record, witness, effects: changes }) {
      const { exchange } = decoded;
      if (seen.has(exchange.exchange_id)) return;
      seen.add(exchange.exchange_id);
      if (call !== null) {
        calls.push(call);
        callsById.set(call.call.call_id, call);
        const node: CallNode = {
          call_id: call.call.call_id,
          trace_id: call.trace_id,
          trace_kind: (call.new_trace ?? traces.get(call.trace_id))?.kind ?? 'agent',
          parent_call_id: call.call.parent_call_id,
          client: exchange.request.headers.find(([name]) => name.toLowerCase() === 'user-agent')?.[1] ?? 'unknown',
          connection: connectionKey(exchange.client),
          session_key: call.lineage.session_key,
          fingerprint: call.lineage.fingerprint + call.lineage.traits,
          started_at: exchange.started_at,
          ended_at: exchange.ended_at,
          children: 0,
          message_count: call.request_messages.length + call.response_messages.length,
        };
        nodes.set(node.call_id, node);
        const parent = node.parent_call_id === null ? undefined : nodes.get(node.parent_call_id);
        if (parent !== undefined) parent.children++;
        const sent = isSentKey(node.session_key);
        const add = (kind: string, key: string) =>
          push(index, `${kind} ${sent && kind !== 'session' ? sentKey(key) : key}`, node);
        add('request_chain', call.lineage.request_chain);
        for (const chain of new Set(call.lineage.response_chains)) add('response_chain', chain);
        add('fingerprint', call.lineage.fingerprint);
        if (call.lineage.response_id !== null) add('response', call.lineage.response_id);
        if (call.lineage.conversation_id !== null) add('conversation', call.lineage.conversation_id);
        if (call.lineage.session_key !== null) add('session', sessionLookup(call.lineage.session_key));
        addRows(call, node);
      }
      if (record !== undefined) {
        const trace = addRows(record, null);
        if (record.trace_key !== null) traceKeys.set(record.trace_key, record.trace_id);
        trace.scores.push(...record.scores);
        for (const id of record.event_ids) events.add(`${record.trace_id}\0${id}`);
        for (const { key, value } of record.notes) {
          if (value === null) notes.delete(key);
          else notes.set(key, value);
        }
      }
      if (witness !== undefined) witnesses.push(witness);
      changeEffects(changes ?? []);
    },
  };
}

/** Assembles decoded exchanges one after the other, as the pipeline does, and keeps what they yield. */
export function threader(lineage: MemoryLineage = memoryLineage()) {
  return {
    lineage,
    /** One that is a call, and one that nobody reported before. */
    take(exchange: DecodedExchange): AssembledCall {
      const assembled = assemble(exchange, lineage);
      if (assembled.call === null) throw new Error(`no call: ${exchange.decode_error?.message ?? exchange.format}`);
      lineage.save(assembled);
      return assembled.call;
    },
    /** Any exchange: an action, a record, a second report. */
    keep(exchange: DecodedExchange): Assembled {
      const assembled = assemble(exchange, lineage);
      lineage.save(assembled);
      return assembled;
    },
  };
}

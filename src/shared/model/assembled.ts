import type { Json, Micros } from './common.js';
import type { Consent } from './consent.js';
import type { ChatMessage, DecodedCall, Usage } from './decoded.js';
import type { DecodedExchange } from './decoded-exchange.js';
import type { Call, Decision, Edge, QaResults, Score, Step, TraceKind, TraceSource } from './trace.js';

/** What the assembler hands to the store for one exchange: rows to add and rows to complete, nothing to look up. */
export interface Assembled {
  decoded: DecodedExchange;
  /** Null for plain HTTP and for records without a call. */
  call: AssembledCall | null;
  /** What an intake record brings besides its call, or without one. */
  record?: AssembledRecord;
  /** Set where the record's call was captured before: it is not stored again. */
  witness?: NewWitness;
  effects?: EffectChange[];
  /** The answer of a call that was stored without one: that call with all that its answer adds. */
  answer?: AssembledCall;
}

/**
 * Rows for one trace that did not come from a model call of the same exchange. Beside a call it is saved after it, in the
 * same trace, and the call's `new_trace` opens that; beside a witness it adds to the trace of the stored call.
 */
export interface AssembledRecord extends AssembledRows {
  /** Further key under which later records find the trace, whoever opened it; the latest trace of a key answers. */
  trace_key: string | null;
  trace_aliases?: string[];
  /** When and of which state they were given, where their source's word for it is kept. */
  scores: (Omit<Score, 'created_at' | 'trace_revision'> & Partial<Pick<Score, 'created_at' | 'trace_revision'>>)[];
  /** Ids of events that this record brings, so that a second one with the same id is dropped. */
  event_ids: string[];
  /** What it leaves for later records of its trace (a result that came before its tool call); null takes one back. */
  notes: { key: string; value: Json | null }[];
  /** A call of the trace that its source told of before, and now in full. */
  amends?: {
    call_id: string;
    parent_call_id: string | null;
    request_messages: HashedMessage[];
    response_messages: HashedMessage[];
    history_complete: boolean;
    /** What of its request a call before it tells, which was not there when it was told of first: `to` that one. */
    moved: (HashedMessage & { to: { call_id: string; started_at: Micros } })[];
    /** Further keys under which it is found. */
    marks: string[];
    started_at: Micros;
    ended_at: Micros;
  } & Pick<Call, 'response_id' | 'model' | 'stop_reason' | 'usage' | 'cost_usd'>;
  /**
   * Other traces that were waiting for this one: what they come from, or go on from, is known now. `restored`: the state that
   * their export tells of had that already.
   */
  links?: ({ trace_id: string; restored?: true } & Pick<
    TracePatch,
    'parent_trace_id' | 'parent_step_id' | 'predecessor_trace_id'
  >)[];
}

/** Rows to add to one trace and rows to complete in it. */
export interface AssembledRows {
  trace_id: string;
  /** Set when this opens a new trace. */
  new_trace: NewTrace | null;
  /** New steps in order; the store numbers them on from the trace's last. */
  steps: NewStep[];
  new_tool_calls: NewToolCall[];
  tool_results: ToolResultArrival[];
  /** An outcome only where it was sent; that of a derived decision is worked out of its tool calls. */
  new_decisions: NewDecision[];
  /** Changes to the trace's summary columns. */
  trace_patch: TracePatch;
}

export interface AssembledCall extends AssembledRows {
  call: Omit<Call, 'call_id' | 'exchange_id'> & { call_id: string; exchange_id: string };
  decoded: DecodedCall;
  /** Every message of the request and the response in order, by hash: stored once each, whoever sends them again. */
  request_messages: HashedMessage[];
  response_messages: HashedMessage[];
  /** How many leading messages of `request_messages` the parent call already had (request plus response). */
  inherited: number;
  /** Threading rules that failed and were passed over. */
  failed_rules?: string[];
  lineage: LineageKeys;
}

/** It keeps the order also where its source told no times. */
export type NewDecision = Decision & { timestamp: string };

export interface NewTrace {
  trace_id: string;
  kind: TraceKind;
  /** Under which later records find it (`IntakeTrace.key`); null for captured traces, which are found by their calls. */
  key: string | null;
  /** First user words, cut to 120 characters; redacted like everything else. */
  title: string;
  parent_trace_id: string | null;
  parent_step_id: string | null;
  predecessor_trace_id: string | null;
  source: TraceSource;
  started_at: Micros;
  /** Its source tells no times: those that it has only keep its order. */
  undated?: true;
}

export interface TracePatch {
  /** What is told of it has no times. */
  undated?: true;
  /** Of one of our own exports: the state that it tells of. */
  revision?: number;
  /** First moment told of, where events come in any order; the store keeps the minimum. */
  started_at?: Micros;
  /** Last moment seen; the store keeps the maximum. */
  ended_at: Micros;
  /** Absent: as it stands. */
  completion_status?: 'running' | 'completed' | 'interrupted' | 'failed';
  /** Absent: as it stands. */
  title?: string;
  /** Fields to set beside those that are there. */
  metadata?: { [name: string]: Json };
  /** What its tests came to, as its source says. */
  qa_results?: QaResults;
  /** What its source says of the right to use it. */
  consent?: Consent;
  /** Set where the trace has none yet: records of a child may come before those of its parent. */
  parent_trace_id?: string;
  parent_step_id?: string;
  predecessor_trace_id?: string;
}

/** A tool call's effect on the wire: a new row, or what completes or joins one. */
export type EffectChange =
  | { type: 'add'; effect: NewEffect }
  /** The request half came after the response half: the row with this id as it is now known. */
  | { type: 'replace'; effect: NewEffect }
  /**
   * The response half of an effect whose request came in another exchange. Where it is joined to a tool call (and is not
   * only `part` of it), the tool call's duration becomes `ended_at` minus the effect's start.
   */
  | { type: 'complete'; effect_id: string; result: Json; status: 'ok' | 'error'; ended_at: Micros }
  /**
   * A tool call was found for a stored effect. An effect that has ended and is not only `part` gives the tool call its
   * real duration: `duration_ms`, and in its metadata `duration: 'wire'` and `effect_id`. The same for `NewEffect.joined`.
   */
  | {
      type: 'join';
      effect_id: string;
      trace_id: string;
      tool_call_id: string;
      call_id: string | null;
      join: EffectJoin;
      arguments_altered: boolean;
    }
  /** The model was given a result for a joined tool call. */
  | { type: 'delivered'; effect_id: string; result_altered: boolean }
  /**
   * Tools that a server is known to serve over the wire: calls of these can be claimed and never sent. A tool call is of
   * such a tool where one of `wireNames(name)` (src/shared/tool-names.ts) is among the names.
   */
  | { type: 'offer'; server: string; names: string[] };

export interface EffectJoin {
  basis: string;
  confidence: number;
  evidence: string;
  /** The request is one thing among others that the tool did (a URL in a shell command): it does not time the tool. */
  part?: true;
}

export interface NewEffect {
  effect_id: string;
  /** Key under which the other half is found: `<server> <session> <json-rpc id>`; null for plain HTTP. */
  half_key: string | null;
  protocol: 'mcp' | 'http' | 'otlp';
  server: string;
  name: string;
  arguments: Json;
  result: Json | null;
  status: 'pending' | 'ok' | 'error';
  started_at: Micros;
  ended_at: Micros | null;
  /** Keys by which a tool call that is asked for later finds it: hashes of name and arguments, of url, … */
  keys: string[];
  joined: {
    trace_id: string;
    tool_call_id: string;
    call_id: string | null;
    join: EffectJoin;
    arguments_altered: boolean;
  } | null;
}

/** A second report of a stored call. */
export interface NewWitness {
  witness_id: string;
  trace_id: string;
  call_id: string;
  source: string;
  basis: string;
  disagreements: { field: string; stored: Json | null; reported: Json | null }[];
}

/** A stored tool call as the join with effects looks at it. */
export interface ToolCallNode {
  trace_id: string;
  /** Null for a tool call that a record told of without a model call. */
  call_id: string | null;
  tool_call_id: string;
  step_id: string;
  name: string;
  arguments: Json;
  result: Json | null;
  status: 'pending' | 'ok' | 'error';
  /** When the call that asked for it ended. */
  asked_at: Micros;
  duration_ms: number | null;
  /** Effect it is joined to already. */
  effect_id: string | null;
}

/** A stored effect as the join looks at it. */
export interface EffectNode {
  effect_id: string;
  protocol: 'mcp' | 'http' | 'otlp';
  server: string;
  name: string;
  arguments: Json;
  result: Json | null;
  status: 'pending' | 'ok' | 'error';
  started_at: Micros;
  ended_at: Micros | null;
  /** Of the tool call that it is joined to. */
  trace_id: string | null;
  tool_call_id: string | null;
  join: EffectJoin | null;
}

export interface HashedMessage {
  /** Lowercase hex SHA-256 of the canonical redacted form: its whole content, whichever wire format carried it. */
  hash: string;
  message: ChatMessage;
}

/** Keys under which later calls find this one. All hashes are lowercase hex of 32 characters (128 bits). */
export interface LineageKeys {
  /** Merkle chain over the request's conversation messages (no system, no reasoning, no volatile fields). */
  request_chain: string;
  /**
   * The same chain after each response choice, one entry per choice; the request's own chain where no whole answer came;
   * behind them marks of the last turn and of orders given to tools, by which compacted histories and subagents are found.
   */
  response_chains: string[];
  response_id: string | null;
  conversation_id: string | null;
  tool_call_ids: string[];
  /** `session:<id>[/agent:<id>]` of explicit headers, body hints or path. */
  session_key: string | null;
  /** System prompt, first user message, client: the last resort. */
  fingerprint: string;
  /** Kept behind the fingerprint in `CallNode`, but not looked up: what else tells calls apart. */
  traits: string;
}

/** A step before the store gave it its place; times in microseconds. */
export type NewStep = DistributiveOmit<Step, 'seq' | 'timestamp'> & { at: Micros };
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

export interface NewToolCall {
  tool_call_id: string;
  step_id: string;
  name: string;
  arguments: Json;
  at: Micros;
  /** Set when the result came in the same response (server tools). */
  result?: Json;
  status: 'pending' | 'ok' | 'error';
  duration_ms: number | null;
  metadata: { [key: string]: Json };
  /** Keys under which an effect on the wire finds it. */
  effect_keys?: string[];
}

/** A result that answers a tool call stored earlier (or in the same batch). */
export interface ToolResultArrival {
  trace_id: string;
  tool_call_id: string;
  /** Call whose response asked for it: ids are unique only within a call. Null: the trace's tool call without a call. */
  call_id: string | null;
  result: Json;
  status: 'ok' | 'error';
  /**
   * Inferred: from the end of the call that asked to the start of the call that brought the result. Where the tool call
   * has an effect on the wire, the real one.
   */
  duration_ms: number | null;
}

/** A stored call as lookups return it. */
export interface CallNode {
  call_id: string;
  trace_id: string;
  trace_kind: TraceKind;
  parent_call_id: string | null;
  /** Client as named in lists, plus its connection number and address for telling twins apart. */
  client: string;
  connection: string | null;
  session_key: string | null;
  /** With the traits behind it; calls stored by early versions have none. */
  fingerprint: string;
  started_at: Micros;
  ended_at: Micros;
  /** Number of calls that already name this one as parent. */
  children: number;
  /** Number of messages in request plus response, and their hashes' chain end, to compute what is new. */
  message_count: number;
}

/** The lookups that assembly needs; the store answers them from indexes, each in constant time. */
export interface LineageReader {
  byResponseId(responseId: string): CallNode[];
  byConversationId(conversationId: string): CallNode[];
  /**
   * Calls that asked for this tool call; newest first, at most 16. With `callId` only that call: servers that count their
   * tool calls from one in every answer would else hide it behind newer ones.
   */
  byToolCallId(
    toolCallId: string,
    callId?: string,
  ): (CallNode & { tool_name: string; tool_step_id: string; has_result: boolean })[];
  /** Calls whose chain after the response equals `chain`; newest first, at most 16. */
  byResponseChain(chain: string): CallNode[];
  /** Calls with the same request chain (retries, siblings); newest first, at most 16. */
  byRequestChain(chain: string): CallNode[];
  /** Latest calls under a session key; newest first, at most 16. */
  bySessionKey(key: string): CallNode[];
  byFingerprint(fingerprint: string): CallNode[];
  call(callId: string): CallNode | null;
  /** The model that a call was answered by. */
  modelOf(callId: string): string | null;
  /** The trace that an intake key names, its latest call and its latest moment. */
  byTraceKey(key: string): { trace_id: string; ended_at: Micros } | null;
  traceById(traceId: string): { trace_id: string; kind: TraceKind; ended_at: Micros } | null;
  /** True where the trace has an event of this id. */
  hasEvent(traceId: string, eventId: string): boolean;
  /** What a stored call said, to compare a second report with. */
  callContent(callId: string): {
    response_id: string | null;
    model: string | null;
    stop_reason: string | null;
    usage: Usage | null;
    request_messages: ChatMessage[];
    response_messages: ChatMessage[];
  } | null;
  /** Tool calls asked for under this key (`effectKey`s of name and arguments, of a url), newest first, at most 16. */
  toolCallsByKey(key: string): ToolCallNode[];
  /** Effects stored under this key that no tool call has claimed yet, newest first, at most 16. */
  openEffects(key: string): EffectNode[];
  /** The newest under this key: servers count their ids from one in every session. */
  effectByHalf(halfKey: string): EffectNode | null;
  /** The effect that a tool call is joined to; of several the first one seen on the wire, else the first (`otlp`). */
  effectOf(traceId: string, toolCallId: string): EffectNode | null;
  /** What an earlier record left under this key. */
  note(key: string): Json | null;
}

export type { Edge };

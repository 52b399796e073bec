import type { Json, Micros } from './common.js';
import type { ChatMessage, DecodedCall, DecodedExchange } from './decoded.js';
import type { Call, Decision, Edge, Step } from './trace.js';

/** What the assembler hands to the store for one exchange: rows to add and rows to complete, nothing to look up. */
export interface Assembled {
  decoded: DecodedExchange;
  /** Null for plain HTTP: the exchange alone is stored. */
  call: AssembledCall | null;
}

export interface AssembledCall {
  trace_id: string;
  /** Set when this call opens a new trace. */
  new_trace: NewTrace | null;
  call: Omit<Call, 'call_id' | 'exchange_id'> & { call_id: string; exchange_id: string };
  decoded: DecodedCall;
  /** Every message of the request and the response in order, by hash: stored once each, whoever sends them again. */
  request_messages: HashedMessage[];
  response_messages: HashedMessage[];
  /** How many leading messages of `request_messages` the parent call already had (request plus response). */
  inherited: number;
  lineage: LineageKeys;
  /** New steps in order; the store numbers them on from the trace's last. */
  steps: NewStep[];
  new_tool_calls: NewToolCall[];
  tool_results: ToolResultArrival[];
  new_decisions: Omit<Decision, 'outcome'>[];
  /** Changes to the trace's summary columns. */
  trace_patch: TracePatch;
}

export interface NewTrace {
  trace_id: string;
  kind: 'agent';
  /** First user words, cut to 120 characters; redacted like everything else. */
  title: string;
  parent_trace_id: string | null;
  parent_step_id: string | null;
  predecessor_trace_id: string | null;
  source: { kind: string; client?: string; session?: string; upstream?: string };
  started_at: Micros;
}

export interface TracePatch {
  /** Last moment seen; the store keeps the maximum. */
  ended_at: Micros;
  completion_status: 'running' | 'completed' | 'interrupted' | 'failed';
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
}

/** A result that answers a tool call stored earlier (or in the same batch). */
export interface ToolResultArrival {
  trace_id: string;
  tool_call_id: string;
  /** Call whose response asked for it: ids are unique only within a call. */
  call_id: string;
  result: Json;
  status: 'ok' | 'error';
  /** Inferred: from the end of the call that asked to the start of the call that brought the result. */
  duration_ms: number | null;
}

/** A stored call as lookups return it. */
export interface CallNode {
  call_id: string;
  trace_id: string;
  parent_call_id: string | null;
  /** Client as named in lists, plus its connection number and address for telling twins apart. */
  client: string;
  connection: string | null;
  session_key: string | null;
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
}

export type { Edge };

import type { Json, Micros } from './common.js';
import type { Consent } from './consent.js';
import type { DecodedCall } from './decoded.js';
import type { Decision, Edge, QaResults, Score, Step, TraceKind, TraceSource } from './trace.js';

/**
 * One piece of a trace that others captured (REST, OTLP, an imported file), in the one neutral form that every way in
 * maps to. It travels as the JSON body of an exchange of its own (`via: 'intake'` or `'import'`, method `INTAKE`, url
 * `sluice:<source>`, media type `intakeMediaType`), so it passes the journal, the gate and the store like everything else.
 * Nothing in it is redacted before the gate.
 */
export interface IntakeRecord {
  version: 1;
  /** Names this record within its source: the same source and key again change nothing. The exchange's id is made of both. */
  key: string;
  /** `rest`, `ingest`, `otlp`, `import:<importer>`, `watch:<importer>`. */
  source: string;
  /** Short name of the program that was observed, as exchanges are listed under (`claude-cli/2.1.3`). */
  client?: string;
  trace: IntakeTrace;
  /**
   * Whose token sent it: set by the API, never by the sender. Absent where the engine itself brought it (an import,
   * a watch) and in journals of earlier versions, which is then taken for someone without admin.
   */
  principal?: { id: string | null; admin: boolean };
  started_at: Micros;
  ended_at: Micros;
  /** The source tells no times: those of the record only keep its order, and no duration comes of them. */
  undated?: true;
  /** A record of this key is stored with other content: what this one tells besides is added, or it is a conflict. */
  revises?: true;
  /** The names that one of our own exports has for it; kept where the store does not hold its trace. */
  restores?: Restored;
  /** A model call, threaded like a captured one. One record has at most one. */
  call?: IntakeCall;
  /** What happened besides, in any order; steps are shown by their time. */
  events?: IntakeEvent[];
  /** What the source said and no field holds; shown, not read. */
  extra?: Json;
}

/** What an export says of a piece of a trace that nothing in it tells again. */
export interface Restored {
  trace_id: string;
  source: TraceSource;
  revision?: number;
  parent_step_id?: string;
  metadata: { [name: string]: Json } | null;
  exchange_id?: string;
  call?: { call_id: string; parent_call_id: string | null; edge: Edge };
  /** In their order; `like`: what kind of thing each says. */
  steps: { step_id: string; like: string; agent?: string }[];
  /** What is known of tool calls besides, by their steps. */
  tools: { [step_id: string]: { [name: string]: Json } };
  /** Milliseconds that tool calls were seen to take, by their ids. */
  durations?: { [tool_call_id: string]: number };
  decisions: string[];
  /** In their order; null: one that keeps no name. */
  scores?: (Pick<Score, 'score_id' | 'created_at' | 'trace_revision'> | null)[];
}

export const intakeMediaType = 'application/vnd.sluice.intake+json';

/** The trace a record belongs to. Its first record opens it, later ones may fill what is still absent. */
export interface IntakeTrace {
  /**
   * Names the trace: records with equal keys are one trace. `session:<id>[/agent:<id>]` is the same key that captured
   * traffic of this session has, so both become one trace; every other source puts its own name before the id.
   */
  key: string;
  /** Set where the id was already given to a client. */
  trace_id?: string;
  kind: TraceKind;
  title?: string;
  completion_status?: 'running' | 'completed' | 'interrupted' | 'failed';
  /** Key of the trace that spawned this one, and the tool call in it. */
  parent_key?: string;
  parent_tool_call_id?: string;
  /** Key of the trace that this one continues after a compaction or a resume. */
  predecessor_key?: string;
  /** Further names under which other files know it. */
  aliases?: string[];
  /** Traces that it tells of by name: those that a tool call of it spawned, and those that go on from it. */
  spawns?: { key: string; tool_call_id?: string }[];
  continued_by?: string[];
  /** developer_id, bug_id, repo, test_command, scenario, …: kept as `trace.metadata`. */
  metadata?: { [name: string]: Json };
  /** What its tests came to where it was captured. */
  qa_results?: QaResults;
  /** Its subject is a pseudonym already, or kept by wish: what reads a file or a request sees to that. */
  consent?: Consent;
}

/** A model call as others recorded it. Cost is worked out where it is absent. */
export interface IntakeCall extends Omit<DecodedCall, 'cost_usd'> {
  cost_usd?: number;
  /** Names of its parts within its source, each of which names it: a file that was mended may hold more of them. */
  names?: string[];
  /** A name of the call that it goes on from, where its source gives that no id. */
  follows?: string;
}

interface EventBase {
  /** Idempotency within the trace: a second event with the same id is dropped. */
  event_id?: string;
  at: Micros;
  duration_ms?: number;
  agent?: string;
}
type StepEvent<T extends Step['type']> =
  Extract<Step, { type: T }> extends infer S
    ? S extends unknown
      ? Omit<S, 'step_id' | 'seq' | 'timestamp' | 'duration_ms' | 'call_id' | 'agent' | 'message_hash'> & EventBase
      : never
    : never;

/** One thing that happened: a step of the trace before the gate, or a tool call with its result. Told apart by `type`. */
export type IntakeEvent =
  | StepEvent<'message'>
  | StepEvent<'reasoning'>
  | StepEvent<'state_change'>
  | StepEvent<'error'>
  | StepEvent<'user_feedback'>
  | StepEvent<'file_open'>
  | StepEvent<'file_close'>
  | StepEvent<'code_edit'>
  | StepEvent<'terminal_command'>
  | StepEvent<'test_result'>
  | StepEvent<'reasoning_step'>
  /** `tool_call_id` absent: made from the record's key and the event's place. */
  | ({
      type: 'tool_call';
      tool_call_id?: string;
      name: string;
      arguments: Json;
      metadata?: { [name: string]: Json };
    } & EventBase)
  /** Answers the tool call with this id, else the last open one of this name. */
  | ({ type: 'tool_result'; tool_call_id?: string; name?: string; result: Json; is_error?: boolean } & EventBase)
  /**
   * A tool that was seen to run (OTLP execute_tool, a broker): joined to the tool call that asked for it, as a captured
   * MCP call is; a tool call of its own where nothing asked for it.
   */
  | ({
      type: 'tool_execution';
      tool_call_id?: string;
      name: string;
      arguments: Json;
      result: Json | null;
      is_error?: boolean;
    } & EventBase)
  | ({ type: 'decision' } & Omit<Decision, 'decision_id' | 'trace_id' | 'call_id' | 'timestamp' | 'origin'> & EventBase)
  | ({ type: 'score' } & Omit<Score, 'score_id' | 'created_at' | 'trace_revision'> & EventBase);

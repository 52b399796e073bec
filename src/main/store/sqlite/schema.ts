import type { Generated } from 'kysely';
import type { Packed } from '../codec/pack.js';

/** What labels of all kinds have. */
interface LabelRow {
  id: Generated<number>;
  uid: Buffer;
  trace: number;
  reviewer: string;
  created_at: number;
  updated_at: number;
  trace_revision: number;
  comment: Packed;
}

/** The tables as migrations/ leave them. Times are microseconds since the epoch, `*_us` microseconds. */
export interface Schema {
  state: { key: string; value: string | number };
  terms: {
    id: Generated<number>;
    field: string;
    folded: string;
    value: string;
    traces: number;
    tool_calls: number;
    exchanges: number;
  };
  traces: {
    id: Generated<number>;
    uid: Buffer;
    kind: string;
    title: string;
    parent: number | null;
    parent_step: Buffer | null;
    predecessor: number | null;
    source: string;
    started_at: number;
    ended_at: number;
    /** 1: its source told no times, these only keep its order. The same of rows, each for itself. */
    undated: number;
    completion_status: string;
    next_seq: number;
    decision_count: number;
    call_count: number;
    step_count: number;
    tool_call_count: number;
    error_count: number;
    finding_count: number;
    input_tokens: number | null;
    output_tokens: number | null;
    cached_input_tokens: number | null;
    cache_write_tokens: number | null;
    cache_write_1h_tokens: number | null;
    reasoning_tokens: number | null;
    cost_usd: number | null;
    models: string;
    tool_names: string;
    label: string | null;
    rating: number | null;
    tags: string;
    note: string;
    reviewed_at: number | null;
    terms: Buffer;
    metadata: string | null;
    step_order: number;
    consent: string | null;
    consent_own: number;
    revision: number;
    reviewed_revision: number | null;
    qa_results: string | null;
    reviewer: string | null;
    qa_status: string;
  };
  step_times: { trace: number; at: number; step: number };
  trace_keys: { key: Buffer; trace: number };
  event_ids: { trace: number; key: Buffer };
  notes: { key: Buffer; trace: number; value: Packed };
  trace_terms: { term: number; started_at: number; trace: number };
  exchanges: {
    id: Generated<number>;
    uid: Buffer;
    trace: number | null;
    kind: string;
    via: string;
    client: string;
    session: string | null;
    upstream: string | null;
    method: string;
    url: string;
    status: number | null;
    started_at: number;
    duration_us: number;
    ttfb_us: number | null;
    ttft_us: number | null;
    request_bytes: number;
    response_bytes: number;
    format: string;
    model: string | null;
    tool_names: string;
    input_tokens: number | null;
    output_tokens: number | null;
    usage: string | null;
    cost_usd: number | null;
    state: string;
    undecoded: number;
    finding_count: number;
    error: string | null;
    terms: Buffer;
  };
  exchange_terms: { term: number; started_at: number; exchange: number };
  exchange_contents: {
    exchange: number;
    head: Packed;
    findings: Packed | null;
    request_chunks: Buffer;
    request_times: Buffer | null;
    response_chunks: Buffer;
    response_times: Buffer | null;
  };
  chunks: { id: Generated<number>; hash: Buffer; codec: number; chars: number; data: Buffer };
  chunk_refs: { chunk: number; refs: number };
  calls: {
    id: number;
    uid: Buffer;
    trace: number;
    parent: number | null;
    children: number;
    client: string;
    connection: string | null;
    session_key: string | null;
    fingerprint: string;
    lineage: Buffer;
    started_at: number;
    ended_at: number;
    duration_us: number;
    ttft_us: number | null;
    cost_usd: number | null;
    data: Packed;
    tools: number | null;
    message_count: number;
    request_messages: Buffer;
    response_messages: Buffer;
    history_complete: number | null;
    undated: number;
  };
  documents: { id: Generated<number>; hash: Buffer; data: Packed };
  trace_documents: { trace: number; document: number };
  lineage: { key: Buffer; call: number; tool_call: number | null };
  steps: {
    id: number;
    uid: Buffer;
    type: string;
    at: number;
    call: number | null;
    tool_call: number | null;
    document: number | null;
    part: number | null;
    data: Packed;
    undated: number;
  };
  tool_calls: {
    id: number;
    tool_call_id: string;
    call: number | null;
    step: Buffer | null;
    tool: number;
    status: string;
    at: number;
    duration_us: number | null;
    arguments: Packed;
    result: Packed | null;
    result_document: number | null;
    result_part: number | null;
    metadata: string;
    decision: number | null;
    effect: number | null;
    effect_state: string | null;
    effect_keys: Buffer | null;
    suspicion: number | null;
    suspicion_reason: string | null;
    undated: number;
  };
  tool_call_keys: { key: Buffer; at: number; tool_call: number };
  finished_tool_calls: { seq: Generated<number>; tool_call: number };
  effects: {
    id: Generated<number>;
    uid: Buffer;
    exchange: number;
    trace: number | null;
    tool_call: number | null;
    tool_call_id: string | null;
    half: Buffer | null;
    protocol: string;
    server: string;
    name: string;
    arguments: Packed;
    result: Packed | null;
    status: string;
    started_at: number;
    ended_at: number | null;
    joined: string | null;
    arguments_altered: number;
    result_altered: number | null;
    keys: Buffer;
  };
  effect_keys: { key: Buffer; effect: number };
  wire_tools: { name: string; server: string; seen_at: number };
  witnesses: {
    id: Generated<number>;
    uid: Buffer;
    trace: number;
    call: number;
    exchange: number;
    source: string;
    at: number;
    basis: string;
    disagreements: Packed;
  };
  capture_counts: { kind: string; name: string; count: number; total: number };
  finding_groups: {
    id: Generated<number>;
    entity: string;
    placement: string;
    detector: string;
    action: string;
    band: string;
    places: number;
  };
  findings: { id: number; finding_group: number; value: string | null; places: number };
  rewritten_traces: { trace: number };
  typed_findings: { id: number; trace: number | null; at: number; data: Packed };
  decisions: {
    id: number;
    uid: Buffer;
    call: number | null;
    at: number;
    tool_calls: Buffer;
    options: number;
    data: Packed;
    outcome: string | null;
    undated: number;
  };
  scores: {
    uid: Buffer;
    trace: number;
    kind: string;
    name: string;
    value: number;
    explanation: string | null;
    created_at: number;
    rubric_id: string | null;
    rubric_version: string | null;
    judge_model: string | null;
    prompt_hash: string | null;
    cost_usd: number | null;
    trace_revision: number | null;
    confidence: number | null;
  };
  quality: {
    trace: number;
    revision: number;
    reviewed_at: number | null;
    judged_at: number | null;
    version: number;
    computed_at: number;
    scores: string;
    measures: string;
    domain: string | null;
  };
  near_documents: {
    trace: number;
    level: string;
    seq: number;
    step: Buffer | null;
    revision: number;
    signature: Buffer;
    shingles: Buffer;
  };
  near_members: { level: string; trace: number; seq: number; kept_trace: number; kept_seq: number };
  review_events: { trace: number; uid: Buffer; at: number; review: string };
  consent_events: { trace: number; uid: Buffer; at: number; own: number; consent: string | null };
  consent_rules: { key: string; consent: string };
  corrections: LabelRow & { what: Packed };
  step_labels: LabelRow & { step: Buffer; value: number; first_wrong: number; better: Packed | null };
  comparisons: LabelRow & {
    call: Buffer | null;
    other: number;
    other_call: Buffer | null;
    other_revision: number;
    preferred: string;
  };
  queues: {
    id: Generated<number>;
    uid: Buffer;
    name: string;
    settings: Packed;
    created_at: number;
    updated_at: number;
    deleted: number;
  };
  queue_items: {
    id: Generated<number>;
    uid: Buffer;
    queue: number;
    trace: number;
    pass: string;
    state: string;
    reviewer: string;
    second_due: number;
    repeat_due: number;
    held: number;
    disputed: number;
    assigned_at: number;
    opened_at: number;
    lease_until: number;
    spent_ms: number;
    submitted_at: number | null;
    trace_revision: number | null;
    label: string | null;
    decision: Packed | null;
    draft: Packed | null;
  };
  review_acts: {
    id: Generated<number>;
    uid: Buffer;
    reviewer: string;
    turn: number;
    bulk: Buffer | null;
    kind: string;
    title: string;
    at: number;
    undone: number;
  };
  review_changes: {
    id: Generated<number>;
    act: number;
    trace: number | null;
    other: number | null;
    entity: string;
    key: Buffer;
    before: Packed | null;
    after: Packed | null;
  };
  saved_filters: { uid: Buffer; scope: string; name: string; query: string; created_at: number };
  jobs: { id: Generated<number>; uid: Buffer; created_at: number; job: string };
}

/** How many places a trace has in the tables that are ranges of it. */
export const placesPerTrace = 2 ** 22;

/** Row id of the step or tool call at `seq` of a trace, or of its n-th decision; the trace's title has the place before the first. */
export function rowIn(trace: number, seq: number): number {
  if (seq >= placesPerTrace - 1) throw new RangeError('A trace holds at most 4,194,302 steps.');
  return trace * placesPerTrace + 1 + seq;
}
export function titleRow(trace: number): number {
  return trace * placesPerTrace;
}
/** First and last row id that a trace can have. */
export function rowsOf(trace: number): { first: number; last: number } {
  return { first: trace * placesPerTrace, last: (trace + 1) * placesPerTrace - 1 };
}
export function traceOfRow(row: number): number {
  return Math.floor(row / placesPerTrace);
}
export function seqOfRow(row: number): number {
  return (row % placesPerTrace) - 1;
}

/** Rows of the text index. Those of a trace are one range of it, as in the tables. */
export const textsPerRow = 4;
export const stepTextRow = (row: number): number => row * textsPerRow;
export const argumentsTextRow = (row: number): number => row * textsPerRow + 1;
export const resultTextRow = (row: number): number => row * textsPerRow + 2;
export const exchangeTextRow = (exchange: number): number => -exchange;

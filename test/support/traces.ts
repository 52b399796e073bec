import { type CallMessages, datasetSigner, type ExportSource } from '../../src/main/dataset/index.js';
import type { RowOptions } from '../../src/main/dataset/layouts/layout.js';
import { pauses } from '../../src/main/ground/pauses.js';
import { defaultPolicy, redactorForExport } from '../../src/main/redact/index.js';
import { contaminatedBy, domainOf, indexFiles, openKey, splitGroups } from '../../src/main/review/index.js';
import type { Call, ChatMessage, ToolCall, Trace } from '../../src/shared/model/index.js';

/** A fixed UUIDv7-shaped id: `kind` tells entities apart, `number` the ones of a kind. */
export function testId(kind: number, number: number): string {
  return `019aa000-${kind.toString(16).padStart(4, '0')}-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

const emptyEdge = { rule: 'root', basis: 'recorded', confidence: 1 } as const;

/** A model call with every public field; the given ones replace the defaults. */
export function testCall(fields: Partial<Call> & Pick<Call, 'call_id'>): Call {
  return {
    exchange_id: null,
    parent_call_id: null,
    edge: emptyEdge,
    response_id: null,
    format: 'openai-chat',
    operation: 'chat',
    model: 'gpt-5-mini',
    params: {},
    tools_offered: [],
    usage: { input_tokens: 100, output_tokens: 20 },
    cost_usd: 0.001,
    started_at: '2026-11-21T09:30:00.000Z',
    duration_ms: 1200,
    ttft_ms: 300,
    stop_reason: 'stop',
    partial: false,
    error: null,
    ...fields,
  };
}

/** Rows of one trace alone, as layouts make them where nothing else is asked for. */
export function plainRows(fields: Partial<RowOptions> = {}): RowOptions {
  return {
    reasoning: 'strip',
    subagents: 'own',
    forks: 'all',
    children: () => [],
    exists: () => false,
    refused: () => null,
    logprobs: () => [],
    task: () => null,
    ...fields,
  };
}

/** A trace with every public field, counts derived from its calls and tool calls. */
export function testTrace(fields: Partial<Trace> & Pick<Trace, 'trace_id'>): Trace {
  return {
    kind: 'agent',
    title: 'Find the failing test',
    parent_trace_id: null,
    parent_step_id: null,
    predecessor_trace_id: null,
    source: { kind: 'proxy', client: 'OpenAI/JS 7.55.0' },
    started_at: '2026-11-21T09:30:00.000Z',
    ended_at: '2026-11-21T09:31:00.000Z',
    completion_status: 'completed',
    models: ['gpt-5-mini'],
    tool_names: [...new Set(fields.tool_calls?.map((call) => call.name))],
    call_count: fields.calls?.length ?? 0,
    step_count: fields.steps?.length ?? 0,
    tool_call_count: fields.tool_calls?.length ?? 0,
    error_count: 0,
    finding_count: 0,
    usage: {},
    cost_usd: null,
    review: null,
    calls: [],
    steps: [],
    tool_calls: [],
    decisions: [],
    scores: [],
    qa_results: null,
    revision: 1,
    consent: null,
    metadata: null,
    ...fields,
  };
}

export interface Session {
  trace: Trace;
  messages: Map<string, CallMessages>;
}

const searchTool = {
  name: 'search',
  description: 'Searches the code',
  parameters: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
};

/** An agent session: `turns` tool calls, each resent with the whole history, then an answer. */
export function agentSession(number: number, turns: number, fields: Partial<Trace> = {}): Session {
  const traceId = testId(1, number);
  const history: ChatMessage[] = [
    { role: 'system', parts: [{ type: 'text', text: 'You are a careful engineer.' }] },
    { role: 'user', parts: [{ type: 'text', text: `Question ${number}: where is it? 日本語 😀` }] },
  ];
  const calls: Call[] = [];
  const toolCalls: ToolCall[] = [];
  const messages = new Map<string, CallMessages>();
  for (let turn = 0; turn <= turns; turn += 1) {
    const callId = testId(2, number * 1000 + turn);
    const toolCallId = `call_${number}_${turn}`;
    const response: ChatMessage =
      turn < turns
        ? {
            role: 'assistant',
            parts: [
              { type: 'reasoning', text: 'I should look.' },
              { type: 'tool_call', id: toolCallId, name: 'search', arguments: { query: `needle ${turn}` } },
            ],
          }
        : { role: 'assistant', parts: [{ type: 'text', text: `It is in file ${number}.` }] };
    calls.push(
      testCall({
        call_id: callId,
        parent_call_id: turn === 0 ? null : testId(2, number * 1000 + turn - 1),
        edge: turn === 0 ? emptyEdge : { rule: 'message_prefix', basis: 'recorded', confidence: 1 },
        tools_offered: [searchTool],
        stop_reason: turn < turns ? 'tool_calls' : 'stop',
      }),
    );
    messages.set(callId, { request: [...history], response: [response] });
    history.push(response);
    if (turn === turns) break;
    const result = { hits: [turn, number], file: `src/${turn}.ts` };
    history.push({ role: 'tool', parts: [{ type: 'tool_result', tool_call_id: toolCallId, result }] });
    toolCalls.push({
      tool_call_id: toolCallId,
      trace_id: traceId,
      call_id: callId,
      step_id: null,
      name: 'search',
      arguments: { query: `needle ${turn}` },
      result,
      status: 'ok',
      timestamp: '2026-11-21T09:30:00.123456Z',
      duration_ms: 12.5,
      metadata: {},
    });
  }
  return { trace: testTrace({ trace_id: traceId, calls, tool_calls: toolCalls, ...fields }), messages };
}

/** The sessions as an export's source; `nothing` as query matches none. */
export function sessionSource(sessions: readonly Session[]): ExportSource {
  const byId = new Map(sessions.map(({ trace }) => [trace.trace_id, trace]));
  return {
    *traces({ query }) {
      if (query !== 'nothing') for (const { trace } of sessions) yield trace;
    },
    *beginnings(wanted) {
      for (const trace of this.traces(wanted, new AbortController().signal) as Iterable<Trace>)
        yield { trace, cut: false };
    },
    count: ({ query }) => (query === 'nothing' ? 0 : sessions.length),
    callMessages(callId) {
      for (const { messages } of sessions) {
        const found = messages.get(callId);
        if (found) return found;
      }
      return null;
    },
    *children(traceId) {
      for (const { trace } of sessions) if (trace.parent_trace_id === traceId) yield trace;
    },
    logprobs: () => [],
    expansion: () => null,
    task: () => null,
    consentRequired: () => false,
    redactor: (wanted) =>
      redactorForExport({ policy: defaultPolicy, key: new Uint8Array(32).fill(7), secrets: [], values: [] }, wanted),
    droppedEntities: () => [],
    summaries: () => [...byId.values()],
    domainOf: (trace) => domainOf(trace)?.domain ?? null,
    domain: () => null,
    agreement: () => [],
    nearDuplicates: () => null,
    signer: datasetSigner(new Uint8Array(32).fill(7)),
    consent: (traceId) => byId.get(traceId) ?? null,
    traceSummary: (traceId) => byId.get(traceId) ?? null,
    trace: (traceId) => byId.get(traceId) ?? null,
    labels: () => null,
    verdicts: () => [],
    contaminated: async ({ files, words }) => contaminatedBy(await indexFiles(files, words)),
    splitGroups: (_wanted, signal) =>
      splitGroups(
        {
          source: {
            trace: (traceId) => byId.get(traceId) ?? null,
            near: {
              matching: () => new Set(byId.keys()),
              unsigned: (_level, after) =>
                sessions.map(({ trace }, at) => ({ at: at + 1, trace_id: trace.trace_id, revision: 1 })).slice(after),
              signed: () => [],
              shingles: () => new Int32Array(0),
              compared: () => [],
              links: () =>
                sessions.map(({ trace }) => ({
                  ...trace,
                  source: JSON.stringify(trace.source),
                  metadata: trace.metadata && JSON.stringify(trace.metadata),
                })),
            },
          },
          key: openKey,
          personsWords: (text) => text,
        },
        { query: '' },
        { pause: pauses(signal) },
      ),
  };
}

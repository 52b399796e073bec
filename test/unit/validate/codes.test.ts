import { describe, expect, it } from 'vitest';
import {
  type Scan,
  summarize,
  type ValidationCode,
  validateRecord,
  validateTrace,
  validationCodes,
} from '../../../src/main/validate/index.js';
import { validateTraceValue } from '../../../src/main/validate/trace.js';
import type { Decision, Json, Step, ToolCall, Trace } from '../../../src/shared/model/index.js';
import { testCall, testId, testTrace } from '../../support/traces.js';

const trace_id = testId(1, 1);
const call_id = testId(2, 1);
const at = (second: number) => `2026-11-21T09:30:${String(second).padStart(2, '0')}.000Z`;

const steps: Step[] = [
  { type: 'message', step_id: testId(3, 1), seq: 1, timestamp: at(0), role: 'user', content: 'Read it.' },
  {
    type: 'tool_call',
    step_id: testId(3, 2),
    seq: 2,
    timestamp: at(1),
    call_id,
    tool_call_id: 'call_1',
    name: 'read',
    arguments: { path: 'a' },
    status: 'ok',
  },
  {
    type: 'tool_result',
    step_id: testId(3, 3),
    seq: 3,
    timestamp: at(2),
    tool_call_id: 'call_1',
    result: 'text of it',
  },
];
const toolCall: ToolCall = {
  tool_call_id: 'call_1',
  trace_id,
  call_id,
  step_id: testId(3, 2),
  name: 'read',
  arguments: { path: 'a' },
  result: 'text of it',
  status: 'ok',
  timestamp: at(1),
  duration_ms: 1000,
  metadata: {},
};
const decision: Decision = {
  decision_id: testId(4, 1),
  trace_id,
  call_id,
  timestamp: at(1),
  available_options: [],
  decision: 'read',
  tool_call_ids: ['call_1'],
  origin: 'derived',
};

/** A trace in which everything fits, with some fields replaced; its counts follow its lists. */
function whole(change: Partial<Trace> = {}): Trace {
  return testTrace({
    trace_id,
    calls: [testCall({ call_id })],
    steps,
    tool_calls: [toolCall],
    decisions: [decision],
    ...change,
  });
}
const step = (index: number, change: object): Step[] =>
  steps.map((item, place) => (place === index ? ({ ...item, ...change } as Step) : item));
const call = (change: object) => [testCall({ call_id, ...change })];
const pending = { tool_calls: [{ ...toolCall, status: 'pending' as const, result: null }], steps: steps.slice(0, 2) };

/** For each code what gives it and nothing else. */
const traces: Partial<Record<ValidationCode, { trace: unknown; paths: string[]; scan?: Scan }>> = {
  schema_invalid: {
    trace: { ...whole(), kind: 'dream', started_at: 'yesterday' },
    paths: ['kind', 'started_at'],
  },
  id_duplicate: { trace: whole({ steps: step(2, { step_id: testId(3, 2) }) }), paths: ['steps[2].step_id'] },
  reference_missing: {
    trace: whole({
      steps: step(0, { call_id: testId(2, 9) }),
      calls: call({ parent_call_id: testId(2, 8) }),
      decisions: [{ ...decision, tool_call_ids: ['call_1', 'call_7'] }],
    }),
    paths: ['calls[0].parent_call_id', 'steps[0].call_id', 'decisions[0].tool_call_ids[1]'],
  },
  reference_cycle: { trace: whole({ calls: call({ parent_call_id: call_id }) }), paths: ['calls[0].parent_call_id'] },
  tool_result_without_call: {
    trace: whole({ steps: step(2, { tool_call_id: 'call_2' }) }),
    paths: ['steps[2].tool_call_id'],
  },
  tool_call_unanswered: { trace: whole(pending), paths: ['tool_calls[0]'] },
  tool_call_pending: { trace: whole({ ...pending, completion_status: 'interrupted' }), paths: ['tool_calls[0]'] },
  tool_status_contradicted: { trace: whole({ tool_calls: pending.tool_calls }), paths: ['tool_calls[0].status'] },
  sequence_invalid: { trace: whole({ steps: step(2, { seq: 2 }) }), paths: ['steps[2].seq'] },
  time_reversed: {
    trace: whole({ tool_calls: [{ ...toolCall, duration_ms: -1 }] }),
    paths: ['tool_calls[0].duration_ms'],
  },
  time_outside: {
    trace: whole({ calls: call({ started_at: '2026-11-21T08:00:00Z' }) }),
    paths: ['calls[0].started_at'],
  },
  count_mismatch: { trace: { ...whole(), step_count: 4 }, paths: ['step_count'] },
  pii_left: {
    trace: whole({ steps: step(0, { content: 'Write to Ann.' }) }),
    paths: ['steps[0].content'],
    scan: (text) => (text.includes('Ann') ? [{ entity: 'NAME', start: 9, end: 12 }] : []),
  },
  scan_limited: {
    trace: whole({ steps: step(0, { content: 'x'.repeat(8_000_001) }) }),
    paths: ['steps[0].content'],
    scan: () => [],
  },
  time_unordered: { trace: whole({ steps: step(0, { timestamp: at(3) }) }), paths: ['steps[1].timestamp'] },
  tool_result_unpaired: { trace: whole({ steps: step(2, { tool_call_id: null }) }), paths: ['steps[2].tool_call_id'] },
  history_missing: {
    trace: whole({ steps: [{ ...(steps[2] as Step), seq: 1 }], tool_calls: [{ ...toolCall, step_id: null }] }),
    paths: ['steps'],
  },
  model_missing: { trace: whole({ calls: call({ model: null }) }), paths: ['calls[0].model'] },
  usage_missing: { trace: whole({ calls: call({ usage: null }) }), paths: ['calls[0].usage'] },
  ended_at_missing: { trace: whole({ ended_at: null }), paths: ['ended_at'] },
  call_partial: { trace: whole({ calls: call({ partial: true, usage: null }) }), paths: ['calls[0]'] },
  part_unread: { trace: whole({ steps: step(0, { other: [{ type: 'odd' }] }) }), paths: ['steps[0].other'] },
  empty: { trace: testTrace({ trace_id }), paths: [''] },
};

describe('a trace', () => {
  it('in which everything fits has nothing to tell', () => {
    expect(validateTrace(whole(), () => [])).toEqual({
      trace_id,
      shape: 'trace',
      valid: true,
      errors: [],
      warnings: [],
      truncated: false,
    });
  });

  it.each(Object.entries(traces))('%s', (code, { trace, paths, scan }) => {
    const { valid, errors, warnings } = validateTraceValue(trace, scan);
    const { severity } = validationCodes[code as ValidationCode];
    expect([...errors, ...warnings].map(({ code: found, path }) => ({ found, path }))).toEqual(
      paths.map((path) => ({ found: code, path })),
    );
    expect(severity === 'error' ? errors : warnings).toHaveLength(paths.length);
    expect(valid).toBe(severity === 'warning');
  });

  it('never repeats what it found', () => {
    const secret = `sk-${'a'.repeat(48)}`;
    const report = validateTrace(whole({ title: secret }), (text) =>
      text.includes(secret) ? [{ entity: 'API_KEY', start: 0, end: 51 }] : [],
    );
    expect(report.errors).toEqual([{ code: 'pii_left', path: 'title', message: 'API_KEY at 0..51' }]);
    expect(JSON.stringify(report)).not.toContain(secret);
  });

  it('may go on from calls of the trace that spawned it', () => {
    const child = whole({ parent_trace_id: testId(1, 2), calls: call({ parent_call_id: testId(2, 8) }) });
    expect(validateTrace(child).valid).toBe(true);
  });

  it('with ten thousand faults tells a thousand and says so', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({ ...(steps[0] as Step), seq: index + 1 }));
    const { errors, truncated } = validateTrace(whole({ steps: many }));
    expect({ told: errors.length, truncated }).toEqual({ told: 1000, truncated: true });
  });
});

const row = {
  name: 'read',
  arguments: { path: 'a' },
  result: 'x',
  timestamp: at(0),
  duration_ms: 3,
  metadata: { source: 'proxy', version: '1', trace_id, status: 'ok' },
};
const asks = {
  role: 'assistant',
  tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'read', arguments: '{}' } }],
};
const answers = { role: 'tool', tool_call_id: 'call_1', content: 'x' };
const user = { role: 'user', content: 'hi' };
const done = { role: 'assistant', content: 'done' };
const execution = {
  schema_version: '1',
  trace_id,
  scenario: 's',
  execution_mode: 'captured',
  kind: 'agent',
  start_time: at(0),
  end_time: at(9),
  completion_status: 'completed',
  parent_trace_id: null,
  steps: [],
};
const telemetry = {
  schema_version: '1.0',
  developer_id: 'd',
  bug_id: 'b',
  repo: { name: 'n', url: 'u', branch: 'm', commit_before: 'c', commit_after: 'd', test_command: 'make test' },
  start_time: at(0),
  end_time: at(9),
  events: [{ type: 'file_open', timestamp: at(1), file: 'src/a.ts' }],
};

describe('a record of a file', () => {
  it.each([
    ['trace', whole() as unknown, []],
    ['tool_call', row, []],
    ['tool_call', toolCall, []],
    ['tool_call', { ...row, timestamp: 'now' }, ['schema_invalid timestamp']],
    ['decision', decision, []],
    ['openai_chat', { messages: [user, asks, answers, done] }, []],
    ['openai_chat', { messages: [user, asks] }, []],
    ['openai_chat', { messages: [user, asks, done] }, ['tool_call_unanswered messages[1].tool_calls[0]']],
    ['openai_chat', { messages: [user, answers, done] }, ['tool_result_without_call messages[1].tool_call_id']],
    ['openai_chat', { messages: [user] }, ['conversation_invalid messages[0]']],
    ['openai_chat', { messages: [done, user, done] }, []],
    ['openai_chat', { messages: [done] }, ['conversation_invalid messages[0]']],
    ['openai_chat', { messages: [asks, answers, done] }, ['conversation_invalid messages[0]']],
    ['openai_chat', { messages: [user, { role: 'robot' }] }, ['schema_invalid messages[1].role']],
    ['pr_telemetry', telemetry, []],
    [
      'pr_telemetry',
      { ...telemetry, events: [{ type: 'file_open', timestamp: at(1), file: '../etc/passwd' }] },
      ['schema_invalid events[0].file'],
    ],
    ['execution_trace', execution, ['empty steps']],
    ['execution_trace', { ...execution, end_time: null, steps: 'none' }, ['schema_invalid steps']],
    ['unknown', { hello: 'world' }, ['shape_unknown ']],
  ])('%s', (shape, record, told) => {
    const report = validateRecord(record as { [key: string]: Json });
    expect(report.shape).toBe(shape);
    expect([...report.errors, ...report.warnings].map(({ code, path }) => `${code} ${path}`)).toEqual(told);
  });
});

describe('summaries', () => {
  it('count each record once a code', () => {
    const good = validateTrace(whole());
    const bad = validateTrace(whole({ calls: [], decisions: [] }));
    expect(bad.errors.length).toBeGreaterThan(1);
    expect(summarize([good, bad, bad])).toEqual({
      traces: 3,
      valid: 1,
      invalid: 2,
      errors_by_code: { reference_missing: 2 },
      warnings_by_code: {},
    });
  });

  it('a trace that repeats the history of the one it goes on from is valid without rows of its own for it', () => {
    const repeated = { tool_calls: [], tool_call_count: 0, decisions: [] };
    for (const name of ['parent_trace_id', 'predecessor_trace_id'] as const) {
      const { errors, warnings } = validateTrace(whole({ ...repeated, [name]: testId(1, 7) }));
      expect([...errors, ...warnings]).toEqual([]);
    }
    expect(validateTrace(whole(repeated)).errors.map(({ code }) => code)).toContain('reference_missing');
  });

  it('every code is triggered by a test above, or by the files’ own', () => {
    const elsewhere = ['json_invalid', 'shape_unknown', 'conversation_invalid'];
    expect([...Object.keys(traces), ...elsewhere].sort()).toEqual(Object.keys(validationCodes).sort());
  });
});

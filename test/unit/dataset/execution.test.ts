import { describe, expect, it } from 'vitest';
import { executionTrace } from '../../../src/main/dataset/index.js';
import { executionTraceSchema, type Step, type ToolCall } from '../../../src/shared/model/index.js';
import { importedStore } from '../../support/imported.js';
import { testCall, testId, testTrace } from '../../support/traces.js';

const at = (second: number) => `2026-11-21T09:30:${String(second).padStart(2, '0')}.000Z`;
const trace_id = testId(1, 1);

interface Turn {
  say?: string;
  tool?: { name: string; arguments: ToolCall['arguments']; status?: ToolCall['status'] };
  user?: string;
  fails?: boolean;
}

/** A trace of model calls ten seconds apart: what the user says, what the model answers, what its tool returns. */
function agentTrace(turns: Turn[]) {
  const steps: Step[] = [];
  const tool_calls: ToolCall[] = [];
  const calls = turns.map((turn, index) => {
    const call_id = testId(2, index);
    const begin = at(index * 10);
    const end = at(index * 10 + 4);
    const add = (step: object) =>
      steps.push({ step_id: testId(3, steps.length), seq: steps.length, call_id, ...step } as Step);
    const before = turns[index - 1]?.tool;
    if (before) {
      const result = before.status === 'error' ? 'no such file' : 'done';
      add({ type: 'tool_result', tool_call_id: `t${index - 1}`, result, timestamp: begin });
    }
    if (turn.user) add({ type: 'message', role: 'user', content: turn.user, timestamp: begin });
    if (turn.say) add({ type: 'message', role: 'assistant', content: turn.say, timestamp: end });
    if (turn.tool) {
      const { name, status = 'ok' } = turn.tool;
      add({ type: 'reasoning', content: `I need ${name}.`, timestamp: end });
      add({
        type: 'tool_call',
        tool_call_id: `t${index}`,
        name,
        arguments: turn.tool.arguments,
        status,
        timestamp: end,
      });
      tool_calls.push({
        tool_call_id: `t${index}`,
        trace_id,
        call_id,
        step_id: steps.at(-1)?.step_id ?? null,
        name,
        arguments: turn.tool.arguments,
        result: status === 'error' ? 'no such file' : 'done',
        status,
        timestamp: end,
        duration_ms: 5,
        metadata: {},
      });
    }
    const error = turn.fails ? { code: 'overloaded_error', message: 'Overloaded' } : null;
    return testCall({ call_id, started_at: begin, error });
  });
  return testTrace({ trace_id, calls, steps, tool_calls });
}

const read = (path: string, status: ToolCall['status'] = 'ok') => ({ name: 'read', arguments: { path }, status });
const kinds = (turns: Turn[]) =>
  executionTrace(agentTrace(turns)).steps.map((step) => [step.step_type, step.step_name]);
const recoveryOf = (turns: Turn[]) =>
  executionTrace(agentTrace(turns)).steps.flatMap((step) => (step.recovery ? [step.recovery.strategy] : []));

describe('an execution trace', () => {
  it('has the shape that is published, and nothing else', () => {
    const execution = executionTrace(agentTrace([{ user: 'Fix it', tool: read('a') }, { say: 'Done.' }]));
    expect(executionTraceSchema.strict().parse(execution)).toEqual(execution);
  });

  it('puts inputs, reasoning, actions with results and outputs of a call into one step', () => {
    const { steps } = executionTrace(agentTrace([{ user: 'Fix it', tool: read('a') }, { say: 'Done.' }]));
    expect(steps.map((step) => step.step_type)).toEqual(['interaction', 'step', 'step']);
    expect(steps[0]).toMatchObject({ agent: 'user', outputs: { messages: [{ content: 'Fix it' }] } });
    expect(steps[1]).toMatchObject({
      step_name: 'read',
      inputs: { messages: [{ role: 'user', content: 'Fix it' }] },
      reasoning: 'I need read.',
      actions: [{ action_type: 'tool_call', tool: 'read', parameters: { path: 'a' }, result: 'done', duration_ms: 5 }],
      outcome: { status: 'ok' },
    });
    expect(steps[2]).toMatchObject({
      step_name: 'respond',
      inputs: { tool_results: [{ content: 'done' }] },
      outputs: { messages: [{ type: 'text', content: 'Done.' }] },
    });
  });

  it('follows a failed tool by an error and says how the agent went on', () => {
    const failing: Turn = { user: 'Go', tool: read('a', 'error') };
    expect(kinds([failing, { tool: read('a') }])).toEqual([
      ['interaction', 'user'],
      ['step', 'read'],
      ['error', 'tool_failed'],
      ['recovery', 'read'],
    ]);
    expect(recoveryOf([failing, { tool: read('a') }])).toEqual(['retry']);
    expect(recoveryOf([failing, { tool: read('b') }])).toEqual(['retry_changed']);
    expect(recoveryOf([failing, { tool: { name: 'search', arguments: {} } }])).toEqual(['other_tool']);
    expect(recoveryOf([failing, { say: 'Which file do you mean?' }])).toEqual(['asked_user']);
    expect(recoveryOf([failing, { say: 'I could not read it.' }])).toEqual(['gave_up']);
  });

  it('takes a call that failed and was made again for a retry', () => {
    expect(recoveryOf([{ user: 'Go', fails: true }, { tool: read('a') }])).toEqual(['retry']);
    expect(kinds([{ user: 'Go', fails: true }])).toEqual([
      ['interaction', 'user'],
      ['step', 'overloaded_error'],
      ['error', 'overloaded_error'],
    ]);
  });

  it('reads the deeds of a developer, each a step with what it changed', () => {
    const base = (seq: number) => ({ step_id: testId(3, seq), seq, timestamp: at(seq) });
    const execution = executionTrace(
      testTrace({
        trace_id,
        kind: 'pr_telemetry',
        source: { kind: 'rest' },
        metadata: { scenario: 'bug 7' },
        steps: [
          { ...base(0), type: 'file_open', file: 'a.ts' },
          { ...base(1), type: 'reasoning_step', content: 'The bound is wrong.' },
          { ...base(2), type: 'code_edit', file: 'a.ts', diff: '-1\n+2' },
          { ...base(3), type: 'terminal_command', command: 'npm test', exit_code: 1, output: '1 failed' },
          { ...base(4), type: 'test_result', name: 'unit', status: 'passed' },
        ],
      }),
    );
    expect(execution).toMatchObject({ scenario: 'bug 7', execution_mode: 'imported' });
    expect(execution.steps.map((step) => [step.step_type, step.step_name])).toEqual([
      ['step', 'file_open'],
      ['step', 'reasoning_step'],
      ['step', 'code_edit'],
      ['step', 'terminal_command'],
      ['error', 'tool_failed'],
      ['recovery', 'test_result'],
    ]);
    expect(execution.steps[2]?.state_changes).toEqual({
      changes: [{ description: 'edited a.ts', data: { diff: '-1\n+2' } }],
    });
  });

  it('has objects for what went in, came out and changed, as executions that others recorded do', () => {
    const { steps } = executionTrace(agentTrace([{ user: 'Go', tool: read('a', 'error') }, { say: 'No.' }]));
    expect(steps.map(({ step_type }) => step_type)).toContain('error');
    for (const { inputs, outputs, state_changes } of steps) {
      for (const told of [inputs, outputs, state_changes]) expect(Array.isArray(told)).toBe(false);
    }
  });

  it('comes back as it went out, each message once', async () => {
    const execution = executionTrace(agentTrace([{ user: 'Fix it', tool: read('a') }, { say: 'Done.' }]));
    using store = importedStore();
    await store.take(JSON.stringify(execution));
    expect(store.rows('execution-trace').rows).toEqual([JSON.parse(JSON.stringify(execution))]);
    const said = store.traces().flatMap(({ steps }) => steps);
    expect(said.flatMap((step) => (step.type === 'message' ? [[step.role, step.content]] : []))).toEqual([
      ['user', 'Fix it'],
      ['assistant', 'Done.'],
    ]);
  });

  it('leaves out nothing that a trace without calls holds', () => {
    const message = (seq: number, role: 'user' | 'assistant', content: string): Step => ({
      step_id: testId(3, seq),
      seq,
      timestamp: at(seq),
      type: 'message',
      role,
      content,
    });
    const { steps } = executionTrace(
      testTrace({
        trace_id,
        kind: 'ingest',
        source: { kind: 'ingest' },
        steps: [message(0, 'user', 'one'), message(1, 'assistant', 'two'), message(2, 'user', 'three')],
      }),
    );
    const said = steps.flatMap((step) =>
      ((step.outputs as { messages?: { content: string }[] }).messages ?? []).map(({ content }) => content),
    );
    expect(said).toEqual(['one', 'two', 'three']);
  });

  it('counts a command as done where its code is not known but what it put out is, or the trace is over', () => {
    const step = (seq: number, output: string): Step => ({
      step_id: testId(4, seq),
      seq,
      timestamp: at(seq),
      type: 'terminal_command',
      command: 'ls',
      exit_code: null,
      output,
    });
    const statuses = (completion_status: 'running' | 'completed') =>
      executionTrace(testTrace({ trace_id, completion_status, steps: [step(0, 'alpha'), step(1, '')] })).steps.map(
        ({ actions }) => actions?.[0]?.status,
      );
    expect(statuses('running')).toEqual(['ok', 'pending']);
    expect(statuses('completed')).toEqual(['ok', 'ok']);
  });
});

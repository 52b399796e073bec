import { describe, expect, it } from 'vitest';
import { layouts } from '../../../../src/main/dataset/index.js';
import type { RowOptions } from '../../../../src/main/dataset/layouts/layout.js';
import type { Trajectory } from '../../../../src/main/dataset/trajectory/shape.js';
import type { Step, Trace } from '../../../../src/shared/model/index.js';
import { plainRows, testCall, testId, testTrace } from '../../../support/traces.js';

const at = '2026-11-21T09:30:00.000Z';
let seq = 0;
function step<Type extends Step['type']>(
  type: Type,
  fields: Omit<Extract<Step, { type: Type }>, 'type' | 'step_id' | 'seq' | 'timestamp'> & { step_id?: string },
): Step {
  seq += 1;
  return { step_id: testId(4, seq), seq, timestamp: at, type, ...fields } as unknown as Step;
}

const [first, second] = [testId(2, 1), testId(2, 2)];
const spawning = testId(4, 900);

/** Two calls: parallel tools of which one fails, an image, instructions that come later. */
function session(fields: Partial<Trace> = {}): Trace {
  return testTrace({
    trace_id: testId(1, 1),
    calls: [
      testCall({ call_id: first, tools_offered: [{ name: 'search', parameters: { type: 'object' } }] }),
      testCall({ call_id: second, usage: { input_tokens: 200, output_tokens: 10, cached_input_tokens: 150 } }),
    ],
    steps: [
      step('message', { role: 'system', content: 'Be careful.' }),
      step('message', {
        role: 'user',
        content: 'What is this?',
        media: [
          { media: 'image', media_type: 'image/png', url: 'https://example.com/a.png' },
          { media: 'audio', bytes: 10 },
        ],
      }),
      step('reasoning', { content: 'I look.', call_id: first }),
      step('message', { role: 'assistant', content: 'Looking.', call_id: first }),
      step('tool_call', { tool_call_id: 'a', name: 'search', arguments: { q: 1 }, status: 'ok', call_id: first }),
      step('tool_call', {
        step_id: spawning,
        tool_call_id: 'b',
        name: 'task',
        arguments: 'free text',
        status: 'error',
        call_id: first,
      }),
      step('tool_result', { tool_call_id: 'b', result: 'failed', is_error: true }),
      step('tool_result', { tool_call_id: 'a', result: [{ type: 'text', text: 'found' }] }),
      step('tool_result', { tool_call_id: 'elsewhere', result: { late: true } }),
      step('message', { role: 'developer', content: 'Tests are frozen.' }),
      step('decision', { decision_id: testId(5, 1), call_id: first }),
      step('error', { code: 'overloaded', message: 'try later' }),
      step('reasoning', { content: 'secret', encrypted: true, call_id: second }),
      step('message', { role: 'assistant', content: 'A diagram.', call_id: second }),
    ],
    ...fields,
  });
}

function trajectory(trace: Trace, options: Partial<RowOptions> = {}): Trajectory {
  const [item] = layouts.atif.rows(trace, plainRows({ reasoning: 'keep', subagents: 'inlined', ...options }));
  if (item === undefined || 'skipped' in item) throw new Error(item?.skipped);
  return layouts.atif.row.parse(JSON.parse(JSON.stringify(item.row)));
}

describe('atif', () => {
  it('tells a call with its tools and results as one step, everything else in its order', () => {
    const { steps, final_metrics, agent } = trajectory(session());
    expect(steps.map(({ step_id }) => step_id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(steps.map(({ source }) => source)).toEqual([
      'system',
      'user',
      'agent',
      'system',
      'system',
      'system',
      'agent',
    ]);
    expect(steps[1]?.message).toEqual([
      { type: 'text', text: 'What is this?' },
      { type: 'image', source: { media_type: 'image/png', path: 'https://example.com/a.png' } },
    ]);
    expect(steps[2]).toMatchObject({
      message: 'Looking.',
      reasoning_content: 'I look.',
      tool_calls: [
        { tool_call_id: 'a', function_name: 'search', arguments: { q: 1 } },
        { tool_call_id: 'b', arguments: { input: 'free text' } },
      ],
      observation: {
        results: [
          { source_call_id: 'b', content: 'failed', extra: { is_error: true } },
          { source_call_id: 'a', content: 'found' },
        ],
      },
      metrics: { prompt_tokens: 100, completion_tokens: 20 },
      llm_call_count: 1,
    });
    expect(steps[3]?.observation?.results).toEqual([{ content: '{"late":true}' }]);
    expect(steps[6]).not.toHaveProperty('reasoning_content');
    expect(final_metrics).toMatchObject({ total_prompt_tokens: 300, total_cached_tokens: 150, total_steps: 7 });
    expect(agent).toMatchObject({ name: 'OpenAI', version: 'JS 7.55.0', model_name: 'gpt-5-mini' });
  });

  it('embeds subagents under the call that spawned them, with their cost; or leaves them their own rows', () => {
    const child = session({
      trace_id: testId(1, 2),
      parent_trace_id: testId(1, 1),
      parent_step_id: spawning,
    });
    const children = (id: string) => (id === testId(1, 1) ? [child] : []);
    const whole = trajectory(session(), { children });
    expect(whole.subagent_trajectories?.map(({ trajectory_id }) => trajectory_id)).toEqual([testId(1, 2)]);
    expect(whole.steps[2]?.observation?.results[0]?.subagent_trajectory_ref).toEqual([{ trajectory_id: testId(1, 2) }]);
    expect(whole.final_metrics.total_cost_usd).toBeCloseTo(0.004);
    const inlined = [...layouts.atif.rows(child, plainRows({ subagents: 'inlined', exists: () => true }))];
    expect(inlined).toEqual([{ skipped: 'it stands in the row of the trace that spawned it' }]);
    expect(trajectory(child).trajectory_id).toBe(testId(1, 2));
    const own = trajectory(session(), { children, subagents: 'own' });
    expect(own).not.toHaveProperty('subagent_trajectories');
    expect(own.extra).toMatchObject({ subagents: [testId(1, 2)] });
  });

  it('keeps all reasoning, none, or the last; token ids and logprobs where they are known', () => {
    expect(JSON.stringify(trajectory(session(), { reasoning: 'strip' }))).not.toContain('reasoning_content');
    expect(JSON.stringify(trajectory(session(), { reasoning: 'last' }))).not.toContain('I look.');
    const logprobs: RowOptions['logprobs'] = (_, { call_id }) =>
      call_id === second ? [{ token: 'A', token_id: 7, logprob: -0.5 }] : [{ token: 'x', logprob: null }];
    const { steps } = trajectory(session(), { logprobs });
    expect(steps[6]?.metrics).toMatchObject({ completion_token_ids: [7], logprobs: [-0.5] });
    expect(steps[2]?.metrics).not.toHaveProperty('logprobs');
  });

  it('marks what an agent said before its history was compacted as copied', () => {
    const trace = session({ predecessor_trace_id: testId(1, 9) });
    trace.steps.splice(1, 0, step('message', { role: 'assistant', content: 'Earlier words.' }));
    const { steps, extra } = trajectory(trace);
    expect(steps.map(({ is_copied_context }) => is_copied_context ?? false)).toEqual([
      false,
      true,
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(extra).toMatchObject({ predecessor_trace_id: testId(1, 9) });
  });

  it('has no row for a trace in which nothing happened', () => {
    expect([...layouts.atif.rows(session({ steps: [] }), plainRows())]).toEqual([{ skipped: 'no step' }]);
  });
});

describe('hf-traces', () => {
  const rows = (trace: Trace, reasoning: RowOptions['reasoning'] = 'keep') =>
    [...layouts['hf-traces'].rows(trace, plainRows({ reasoning }))].flatMap((item) =>
      'row' in item ? [item.row] : [],
    );

  it('begins with the session, then tells one message a line', () => {
    const [head, ...messages] = rows(session()).map((row) =>
      layouts['hf-traces'].row.strict().parse(JSON.parse(JSON.stringify(row))),
    );
    expect(head).toEqual({
      type: 'session',
      harness: 'OpenAI/JS 7.55.0',
      id: testId(1, 1),
      name: 'Find the failing test',
    });
    expect(messages.map(({ message }) => message?.role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'tool',
      'tool',
      'system',
      'assistant',
    ]);
    expect(messages[2]?.message).toMatchObject({
      content: 'Looking.',
      reasoningContent: 'I look.',
      toolCalls: [
        { id: 'a', function: { name: 'search', arguments: '{"q":1}' } },
        { function: { arguments: 'free text' } },
      ],
      timestamp: Date.parse(at),
      model: 'gpt-5-mini',
    });
    expect(messages[3]?.message).toMatchObject({ toolCallId: 'b', content: 'failed' });
  });

  it('keeps the reasoning of the last answer alone, or none', () => {
    expect(JSON.stringify(rows(session(), 'last'))).not.toContain('I look.');
    expect(JSON.stringify(rows(session(), 'strip'))).not.toContain('reasoningContent');
    expect([...layouts['hf-traces'].rows(session({ steps: [] }), plainRows())]).toEqual([
      { skipped: 'nothing was said' },
    ]);
  });
});

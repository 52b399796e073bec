import { describe, expect, it } from 'vitest';
import { type Measures, peersOf } from '../../../src/main/review/quality/peers.js';
import { aloneOf } from '../../../src/main/review/quality/run.js';
import { efficiency } from '../../../src/main/review/quality/scores/efficiency.js';
import { novelty } from '../../../src/main/review/quality/scores/novelty.js';
import type { Decision, Step, ToolCall, Trace } from '../../../src/shared/model/index.js';
import { testCall, testId, testTrace } from '../../support/traces.js';

const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 9, 0, second)).toISOString();
const call = (number: number, fields: Partial<ToolCall> = {}): ToolCall => ({
  tool_call_id: `c${number}`,
  trace_id: testId(1, 1),
  call_id: testId(2, 1),
  step_id: testId(3, number),
  name: 'read_file',
  arguments: { path: `src/quay${number}.ts` },
  result: 'fine',
  status: 'ok',
  timestamp: at(number),
  duration_ms: 5,
  metadata: {},
  ...fields,
});
const decision = (fields: Partial<Decision>): Decision => ({
  decision_id: testId(4, 1),
  trace_id: testId(1, 1),
  call_id: testId(2, 1),
  timestamp: at(1),
  available_options: [],
  decision: 'read_file',
  tool_call_ids: ['c1'],
  origin: 'derived',
  ...fields,
});
const step = (number: number, fields: object): Step =>
  ({ step_id: testId(3, number), seq: number, timestamp: at(number), ...fields }) as Step;
const trace = (fields: Partial<Trace>) =>
  testTrace({ trace_id: testId(1, 1), completion_status: 'completed', ...fields });
const scores = (fields: Partial<Trace>) => {
  const found = aloneOf(trace(fields)).scores;
  return (name: string) => found.find((score) => score.name === name) as (typeof found)[number];
};
const value = (fields: Partial<Trace>, name: string) => scores(fields)(name).value;

const measures = (fields: Partial<Measures>): Measures => ({
  scenario: 'ferry plan',
  incomparable: null,
  time_ms: 1000,
  cost_usd: 0.01,
  tokens: 100,
  ...fields,
});
const group = (times: number[], more: Partial<Measures> = {}) =>
  peersOf(
    times.map((time_ms, number) => ({ trace_id: testId(1, number), ...measures({ time_ms, ...more }) })),
    () => null,
    () => undefined,
  );

describe('quality scores', () => {
  it('ranks a slow twin below its fast one, and needs five similar traces', () => {
    const peers = group([900, 1000, 1100, 1200, 1000 * 7]);
    const of = (number: number) => efficiency.among(testId(1, number), peers) as { value: number };
    expect(of(4).value).toBeLessThan(of(1).value);
    expect(of(0).value).toBe((1 + 0.5) / 2);
    expect(of(4).value).toBe((0 + 0.5) / 2);
    expect(efficiency.among(testId(1, 0), group([1, 2, 3, 4]))).toMatchObject({
      reason: expect.stringContaining('needs 5'),
    });
    expect(efficiency.among(testId(1, 0), group([1, 2, 3, 4, 5], { incomparable: 'It is failed.' }))).toEqual({
      reason: 'It is failed.',
    });
  });

  it('measures the time of work, not that in which a person was waited for', () => {
    const steps = [
      step(0, { type: 'message', role: 'user', content: 'Go' }),
      step(10, { type: 'message', role: 'assistant', content: 'Done' }),
      step(50, { type: 'message', role: 'user', content: 'And now?' }),
    ];
    expect(aloneOf(trace({ steps, started_at: at(0), ended_at: at(59) })).measures.time_ms).toBe(19_000);
  });

  it('counts what ended well, and a person’s word before the status', () => {
    const tool_calls = [call(1), call(2, { status: 'error' }), call(3, { suspicion: 0.8 })];
    expect(value({ tool_calls }, 'success_rate')).toBeCloseTo((1 + 0 + 0.2 + 1) / 4, 4);
    expect(scores({ tool_calls })('success_rate').step_ids).toEqual([testId(3, 2), testId(3, 3)]);
    const judged = [call(1, { status: 'error', metadata: { judged: 'ok' } })];
    expect(value({ tool_calls: judged }, 'success_rate')).toBe(1);
    expect(value({ completion_status: 'failed' }, 'success_rate')).toBe(0);
    expect(scores({ completion_status: 'running' })('success_rate')).toMatchObject({ value: null });
  });

  it('takes accuracy from tests that ran, the last time each did, before a reviewer’s label', () => {
    const test = (number: number, name: string, status: string) => step(number, { type: 'test_result', name, status });
    const steps = [test(1, 'a', 'failed'), test(2, 'a', 'passed'), test(3, 'b', 'FAILED')];
    expect(value({ steps }, 'accuracy')).toBe(0.5);
    expect(value({ steps, qa_results: { tests_passed: true } }, 'accuracy')).toBe(1);
    const ran = [call(1, { name: 'Bash', arguments: { command: 'cd app && npm run -s test' }, status: 'error' })];
    expect(value({ tool_calls: ran }, 'accuracy')).toBe(0);
    expect(value({ tool_calls: [call(1, { arguments: { command: 'cat latest.txt' } })] }, 'accuracy')).toBe(null);
    expect(scores({})('accuracy').reason).toMatch(/No tests ran/);
  });

  it('counts what people said and invents nothing', () => {
    const review = {
      trace_id: testId(1, 1),
      label: 'accepted',
      rating: 4,
      tags: [],
      note: '',
      updated_at: at(1),
    } as const;
    expect(value({ review: { ...review, tags: [] } }, 'user_satisfaction')).toBe(0.875);
    const feedback = (content: string, data?: object) => [step(1, { type: 'user_feedback', content, data })];
    expect(value({ steps: feedback('👎') }, 'user_satisfaction')).toBe(0);
    expect(value({ steps: feedback('', { rating: 5 }) }, 'user_satisfaction')).toBe(1);
    expect(value({ steps: feedback('Hm, I wonder') }, 'user_satisfaction')).toBe(null);
  });

  it('finds tools that were not offered, arguments against the schema and failed calls repeated', () => {
    const parameters = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] };
    const calls = [testCall({ call_id: testId(2, 1), tools_offered: [{ name: 'read_file', parameters }] })];
    const tool_calls = [
      call(1),
      call(2, { name: 'delete_all' }),
      call(3, { arguments: { path: 7 } }),
      call(4, { status: 'error' }),
      call(5, { arguments: { path: 'src/quay4.ts' } }),
    ];
    expect(value({ calls, tool_calls }, 'appropriateness')).toBe(0.4);
    expect(scores({ calls, tool_calls })('appropriateness').step_ids).toEqual([2, 3, 5].map((n) => testId(3, n)));
  });

  it('tells explained decisions from mute ones', () => {
    const tool_calls = [call(1)];
    const clarity = (reasoning?: string) =>
      value({ tool_calls, decisions: [decision(reasoning === undefined ? {} : { reasoning })] }, 'reasoning_clarity');
    expect(clarity()).toBe(0);
    expect(clarity('Reading now')).toBe(0);
    expect(clarity('Let me look at things here')).toBe(0.5);
    expect(clarity('The quay list lies in src/quay1.ts, I look there')).toBe(1);
    expect(clarity('I look there because the list seems old')).toBe(1);
    expect(value({ qa_results: { reasoning_score: 4 } }, 'reasoning_clarity')).toBe(0.8);
  });

  it('compares outcomes with estimates', () => {
    const options = [{ option: 'read_file', estimated_time: 10 }];
    const decided = (outcome: Decision['outcome']) => [
      decision({ available_options: options, ...(outcome ? { outcome } : {}) }),
    ];
    expect(value({ decisions: decided({ success: true, actual_time: 20 }) }, 'outcome_alignment')).toBe(0.5);
    expect(value({ decisions: decided({ success: true, actual_time: 5 }) }, 'outcome_alignment')).toBe(1);
    expect(value({ decisions: decided({ success: false }) }, 'outcome_alignment')).toBe(0);
    expect(value({ decisions: decided(undefined) }, 'outcome_alignment')).toBe(null);
  });

  it('values failures that were overcome above those that were not', () => {
    const steps = [step(0, { type: 'message', role: 'assistant', content: 'I look' })];
    const failed = call(1, { status: 'error' });
    const overcome = value({ steps, tool_calls: [failed, call(2)] }, 'learning_value') as number;
    expect(overcome).toBeGreaterThan(value({ steps, tool_calls: [call(2), failed] }, 'learning_value') as number);
  });

  it('misses what is not there', () => {
    const user = step(0, { type: 'message', role: 'user', content: 'Go' });
    const answer = step(2, { type: 'message', role: 'assistant', content: 'Done' });
    expect(value({ steps: [user, answer] }, 'completeness')).toBe(1);
    expect(value({ steps: [answer] }, 'completeness')).toBe(0.5);
    expect(value({ steps: [user, answer], tool_calls: [call(1, { status: 'pending' })] }, 'completeness')).toBeCloseTo(
      2 / 3,
      3,
    );
    const calls = [testCall({ call_id: testId(2, 1), stop_reason: 'max_tokens' })];
    expect(value({ steps: [user, answer], calls }, 'completeness')).toBeCloseTo(2 / 3, 3);
  });

  it('calls new what is unlike all before it', () => {
    const near = (nearest: { trace_id: string; similarity: number } | null | undefined, count = 3) =>
      novelty.among(testId(1, 0), { ...group(Array.from({ length: count }, () => 1)), nearest: () => nearest });
    expect(near({ trace_id: testId(1, 2), similarity: 0.75 })).toMatchObject({ value: 0.25 });
    expect(near(null)).toMatchObject({ value: 1 });
    expect(near(null, 1)).toHaveProperty('reason');
    expect(near(undefined)).toHaveProperty('reason');
  });

  it('means over what is known, and weighs by what a reviewer said', () => {
    const review = { trace_id: testId(1, 1), rating: null, tags: [], note: '', updated_at: at(1) };
    const tool_calls = [call(1), call(2, { status: 'error' })];
    const labelled = (label: 'accepted' | 'rejected') => scores({ tool_calls, review: { ...review, label } });
    const plain = scores({ tool_calls });
    expect(plain('training_weight').value).toBe(plain('quality_score').value);
    expect(labelled('rejected')('training_weight').value).toBe(0);
    const accepted = labelled('accepted');
    expect(accepted('training_weight').value).toBeCloseTo(
      Math.min(1, (accepted('quality_score').value as number) * 1.25),
      3,
    );
    for (const { value: found, reason, evidence } of aloneOf(trace({ tool_calls })).scores) {
      expect(found === null ? reason : evidence).toBeTruthy();
    }
  });
});

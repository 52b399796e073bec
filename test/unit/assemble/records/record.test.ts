import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decisionSchema,
  type IntakeEvent,
  type IntakeRecord,
  type Json,
  type NewStep,
  stepSchema,
  toIso,
} from '../../../../src/shared/model/index.js';
import { Conversation, decoded } from '../../../support/conversation.js';
import { threader } from '../../../support/lineage.js';
import { decodedAction, decodedRecord, reportedCall, says, testTime } from '../../../support/records.js';

const traceId = '0199f0aa-0000-7000-8000-000000000001';
const second = 1_000_000;
const trace = { key: 'test:one', kind: 'pr_telemetry' as const, title: 'A fix' };

function setUp() {
  const { lineage, keep } = threader();
  return {
    lineage,
    send: (record: Partial<IntakeRecord> & Pick<IntakeRecord, 'trace'>) => keep(decodedRecord(record)),
    capture: (exchange: Parameters<typeof decoded>[0]) => keep(decoded(exchange)),
    keep,
    only() {
      expect(lineage.traces.size).toBe(1);
      const [one] = lineage.traces.values();
      if (one === undefined) throw new Error('no trace');
      return one;
    },
  };
}

/** Events of every type, in order of time. */
const everyEvent: IntakeEvent[] = [
  { type: 'file_open', at: 1, file: 'src/a.ts' },
  { type: 'message', at: 2, role: 'user', content: 'fix it' },
  { type: 'reasoning', at: 3, content: 'hm' },
  { type: 'reasoning_step', at: 4, content: 'look first', agent: 'planner' },
  { type: 'tool_call', at: 5, tool_call_id: 't1', name: 'grep', arguments: { q: 'x' } },
  { type: 'tool_result', at: 6, tool_call_id: 't1', result: '{"hits": 2}' },
  { type: 'code_edit', at: 7, file: 'src/a.ts', diff: '-a\n+b' },
  { type: 'terminal_command', at: 8, command: 'npm test', exit_code: 1, output: 'no', duration_ms: 1500 },
  { type: 'test_result', at: 9, name: 'all', status: 'failed' },
  { type: 'error', at: 10, code: 'test_failed', message: 'no' },
  {
    type: 'decision',
    at: 11,
    decision: 'try b',
    available_options: [{ option: 'try a' }, { option: 'try b', pros: ['quick'] }],
    tool_call_ids: ['t1'],
    confidence: 0.7,
    outcome: { success: true },
  },
  { type: 'state_change', at: 12, description: 'merged', data: { pr: 3 } },
  { type: 'user_feedback', at: 13, content: 'thanks' },
  { type: 'score', at: 14, kind: 'human', name: 'quality', value: 4 },
  { type: 'tool_execution', at: 15, name: 'deploy', arguments: {}, result: 'ok', duration_ms: 3000 },
  { type: 'file_close', at: 20, file: 'src/a.ts' },
].map((event) => ({ ...event, at: testTime + event.at * second }) as IntakeEvent);

const publicStep = ({ at, ...step }: NewStep, seq: number) => ({ ...step, seq, timestamp: toIso(at) });

describe('records of a trace', () => {
  it('open it with what their source says, and give every event in its public shape', () => {
    const { send, only, lineage } = setUp();
    send({
      trace: { ...trace, metadata: { repo: 'a/b' }, completion_status: 'completed' },
      source: 'rest',
      client: 'ide/1.0',
      events: everyEvent,
    });
    const made = only();
    expect(made).toMatchObject({
      kind: 'pr_telemetry',
      title: 'A fix',
      completion_status: 'completed',
      metadata: { repo: 'a/b' },
      source: { kind: 'rest', client: 'ide/1.0' },
      started_at: testTime + second,
      ended_at: testTime + 20 * second,
    });
    const steps = lineage.steps(made.trace_id);
    expect(steps.map(({ type }) => type)).toEqual([
      'file_open',
      'message',
      'reasoning',
      'reasoning_step',
      'tool_call',
      'tool_result',
      'code_edit',
      'terminal_command',
      'test_result',
      'error',
      'decision',
      'state_change',
      'user_feedback',
      'tool_call',
      'tool_result',
      'file_close',
    ]);
    for (const [seq, step] of steps.entries())
      expect(stepSchema.parse(publicStep(step, seq))).toEqual(publicStep(step, seq));
    for (const decision of made.decisions) decisionSchema.parse(decision);
    expect(made.decisions).toMatchObject([
      { decision: 'try b', origin: 'explicit', confidence: 0.7, outcome: { success: true }, tool_call_ids: ['t1'] },
    ]);
    expect(made.scores).toMatchObject([{ name: 'quality', value: 4 }]);
    expect(steps[3]).toMatchObject({ agent: 'planner' });
    expect(lineage.tools()).toMatchObject([
      { tool_call_id: 't1', status: 'ok', result: { hits: 2 }, duration_ms: 1000, metadata: { source: 'rest' } },
      { name: 'deploy', status: 'ok', result: 'ok', duration_ms: 3000 },
    ]);
  });

  it('add to it later, complete it and change nothing when they come again', () => {
    const { send, only, lineage } = setUp();
    send({ trace: { ...trace, trace_id: traceId }, events: everyEvent.slice(0, 2) });
    send({
      trace: { ...trace, title: 'Renamed', completion_status: 'failed', metadata: { n: 1 } },
      events: everyEvent.slice(2, 4),
    });
    const again = { key: 'again', trace, events: [{ ...(everyEvent[6] as IntakeEvent), event_id: 'e6' }] };
    send(again);
    send(again);
    send({ ...again, key: 'overlap' });
    expect(only()).toMatchObject({
      trace_id: traceId,
      title: 'A fix',
      completion_status: 'failed',
      metadata: { n: 1 },
    });
    expect(lineage.steps(traceId)).toHaveLength(5);
  });

  it('do not take back how it ended by what happened before', () => {
    const { send, only } = setUp();
    send({ trace: { ...trace, completion_status: 'completed' }, started_at: testTime + 10 * second });
    send({ trace: { ...trace, completion_status: 'running' }, started_at: testTime });
    expect(only()).toMatchObject({ completion_status: 'completed', started_at: testTime });
  });

  it('give the same trace in any order and any batches', () => {
    const calls = [...Array(4).keys()].flatMap((n): IntakeEvent[] => [
      {
        type: 'tool_call',
        at: testTime + n,
        event_id: `c${n}`,
        tool_call_id: `id${n}`,
        name: 'same',
        arguments: { n },
      },
      { type: 'tool_result', at: testTime + 10 + n, event_id: `r${n}`, tool_call_id: `id${n}`, result: `result ${n}` },
    ]);
    const events = [...calls, ...everyEvent.map((event, n) => ({ ...event, event_id: `e${n}` }) as IntakeEvent)];
    const view = (batches: IntakeEvent[][]) => {
      const { send, only, lineage } = setUp();
      for (const batch of batches) {
        send({ trace: { ...trace, trace_id: traceId }, started_at: testTime, events: batch });
      }
      const { steps: _, ...made } = only();
      const byId = (a: object, b: object) => JSON.stringify(a).localeCompare(JSON.stringify(b));
      const shown = lineage.steps(traceId).map((step) => {
        // A step keeps what was known when it was stored; the tool call has what came since.
        if (step.type !== 'tool_call') return step;
        const { status: _status, ...rest } = step;
        return rest;
      });
      return { made, steps: shown.sort(byId), tools: lineage.tools().sort(byId) };
    };
    const expected = view([events]);
    expect(expected.tools).toHaveLength(6);
    expect(expected.tools.every(({ status }) => status === 'ok')).toBe(true);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: events.length, maxLength: events.length }),
        fc.array(fc.nat(events.length - 1), { maxLength: 8 }),
        (order, sizes, repeated) => {
          const batches: IntakeEvent[][] = [];
          for (let from = 0; from < order.length; from += batches.at(-1)?.length ?? 1) {
            batches.push(order.slice(from, from + (sizes[batches.length] ?? 1)));
          }
          for (const index of repeated) batches[index % batches.length]?.push(order[index] as IntakeEvent);
          expect(view(batches)).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('pair results without an id with the last open tool call of the name', () => {
    const { send, lineage } = setUp();
    const call = (name: string, n: number): IntakeEvent => ({
      type: 'tool_call',
      at: testTime + n,
      name,
      arguments: { n },
    });
    const result = (name: string | undefined, n: number, text: string): IntakeEvent => ({
      type: 'tool_result',
      at: testTime + n,
      ...(name === undefined ? {} : { name }),
      result: text,
    });
    send({
      trace,
      events: [call('a', 1), call('b', 2), call('a', 3), result('a', 4, 'a3'), result(undefined, 5, 'b2')],
    });
    send({ trace, events: [result('a', 6, 'a1'), result('nothing', 7, 'x')] });
    expect(lineage.tools().map(({ name, result: given }) => [name, given])).toEqual([
      ['a', 'a1'],
      ['b', 'b2'],
      ['a', 'a3'],
    ]);
  });

  it('keep a second tool call under an id that is taken, and drop one that is told again', () => {
    const { send, lineage } = setUp();
    const call = (n: number): IntakeEvent => ({
      type: 'tool_call',
      at: testTime + n,
      tool_call_id: 'call_1',
      name: 'a',
      arguments: { n },
    });
    send({
      trace,
      events: [call(1), { type: 'tool_result', at: testTime + 2, tool_call_id: 'call_1', result: 'one' }],
    });
    send({ trace, events: [call(1)] });
    send({
      trace,
      events: [call(3), { type: 'tool_result', at: testTime + 4, tool_call_id: 'call_1', result: 'two' }],
    });
    expect(lineage.tools().map(({ result }) => result)).toEqual(['one', 'two']);
    expect(new Set(lineage.tools().map(({ tool_call_id }) => tool_call_id)).size).toBe(2);
  });

  it('find the tool call of the parent that spawned it, whichever came first', () => {
    for (const order of ['parent first', 'child first']) {
      const { send, lineage } = setUp();
      const parent = () =>
        send({
          trace: { key: 'x:parent', kind: 'agent', title: 'p' },
          events: [{ type: 'tool_call', at: testTime, tool_call_id: 'spawn', name: 'Task', arguments: {} }],
        });
      const child = () =>
        send({
          trace: { key: 'x:child', kind: 'agent', title: 'c', parent_key: 'x:parent', parent_tool_call_id: 'spawn' },
          events: [{ type: 'message', at: testTime + 5, role: 'user', content: 'go' }],
        });
      for (const each of order === 'parent first' ? [parent, child] : [child, parent, child]) each();
      const [first, other] = [...lineage.traces.values()].sort((a, b) => b.title.localeCompare(a.title));
      expect(other?.parent_trace_id).toBe(first?.trace_id);
      expect(other?.parent_step_id).toBe(first?.steps[0]?.step_id);
    }
  });
});

describe('calls of records', () => {
  const answer = (text: string) => [{ type: 'text' as const, text }];

  it('are threaded like captured ones: by response id where the history is not resent, by content where it is', () => {
    const { send, only, lineage } = setUp();
    const call = (n: number, more: Parameters<typeof reportedCall>[2]) => ({
      trace: { key: 'otlp:1', kind: 'agent' as const },
      source: 'otlp',
      started_at: testTime + n * second,
      ended_at: testTime + n * second + 500_000,
      call: reportedCall([says('user', `question ${n}`)], answer(`answer ${n}`), more),
    });
    send(call(1, { response_id: 'resp-00000000001' }));
    send(call(2, { response_id: 'resp-00000000002', previous: 'resp-00000000001' }));
    const history = [says('user', 'question 2'), says('assistant', 'answer 2'), says('user', 'and then?')];
    send({ ...call(3, {}), call: reportedCall(history, answer('then this')) });
    expect(only()).toMatchObject({ kind: 'agent', title: 'question 1', source: { kind: 'otlp' } });
    expect(lineage.calls.map(({ call: made }) => made.edge.rule)).toEqual([
      'session_header',
      'session_header',
      'session_header',
    ]);
    expect(lineage.calls[1]?.call.parent_call_id).toBe(lineage.calls[0]?.call.call_id);
    expect(lineage.calls.every(({ call: made }) => made.error === null)).toBe(true);
    expect(lineage.calls.every(({ trace_patch }) => trace_patch.completion_status === 'completed')).toBe(true);
  });

  it('join the captured session of the same key, and the other way round', () => {
    const talk = () =>
      new Conversation({
        format: 'anthropic-messages',
        headers: [['x-claude-code-session-id', 'abc']],
      });
    const events: IntakeEvent[] = [{ type: 'user_feedback', at: testTime, content: 'good' }];
    const first = setUp();
    first.capture(talk().user('hello').call({ text: 'hi' }));
    first.send({ trace: { key: 'session:abc', kind: 'agent' }, events });
    expect(first.only().steps.map(({ type }) => type)).toContain('user_feedback');
    expect(first.only().title).toBe('hello');

    const second = setUp();
    second.send({ trace: { key: 'session:abc', kind: 'agent' }, events });
    second.capture(talk().user('hello').call({ text: 'hi' }));
    expect(second.only().steps.map(({ type }) => type)).toContain('message');
    expect(second.only().title).toBe('hello');
  });

  it('carry their agent into their steps', () => {
    const { send, lineage } = setUp();
    send({
      trace: { key: 'session:abc/agent:reviewer', kind: 'agent' },
      call: reportedCall([says('user', 'look')], answer('fine')),
    });
    expect(lineage.calls[0]?.lineage.session_key).toBe('session:abc/agent:reviewer');
    expect(lineage.calls[0]?.steps.map(({ agent }) => agent)).toEqual(['reviewer', 'reviewer']);
  });

  it('ask for tools whose runs, reported beside them, are effects and not further tool calls', () => {
    const { send, lineage } = setUp();
    const key = { key: 'otlp:1', kind: 'agent' as const };
    const asked = { type: 'tool_call' as const, id: 'call_abcdefghijkl', name: 'search', arguments: { q: 1 } as Json };
    const run: IntakeEvent = {
      type: 'tool_execution',
      at: testTime + 2 * second,
      duration_ms: 700,
      tool_call_id: asked.id,
      name: 'search',
      arguments: { q: 1 },
      result: 'found',
    };
    send({
      trace: key,
      ended_at: testTime + second,
      call: reportedCall([says('user', 'look')], [asked]),
    });
    send({ trace: key, events: [run] });
    send({
      trace: key,
      started_at: testTime + 4 * second,
      call: reportedCall(
        [
          says('user', 'look'),
          { role: 'assistant', parts: [asked] },
          { role: 'tool', parts: [{ type: 'tool_result', tool_call_id: asked.id, result: 'found' }] },
        ],
        answer('done'),
      ),
    });
    expect(lineage.tools()).toMatchObject([{ status: 'ok', result: 'found', duration_ms: 700 }]);
    expect([...lineage.effects.values()]).toMatchObject([
      {
        protocol: 'otlp',
        joined: { join: { basis: 'tool call id' }, arguments_altered: false },
        result_altered: false,
      },
    ]);
  });

  it('find the tool call standing whose run was reported before them', () => {
    const { send, lineage } = setUp();
    const key = { key: 'otlp:1', kind: 'agent' as const };
    const asked = { type: 'tool_call' as const, id: 'call_abcdefghijkl', name: 'search', arguments: {} };
    const run: IntakeEvent = {
      type: 'tool_execution',
      at: testTime + 2 * second,
      tool_call_id: asked.id,
      name: 'search',
      arguments: {},
      result: 'found',
    };
    send({ trace: key, events: [run] });
    send({ trace: key, started_at: testTime, call: reportedCall([says('user', 'look')], [asked]) });
    const [made] = lineage.traces.values();
    expect(lineage.steps(made?.trace_id ?? '').map(({ type }) => type)).toEqual([
      'message',
      'tool_call',
      'tool_result',
    ]);
    expect(lineage.tools()).toHaveLength(1);
  });

  it('have a run that was seen on the wire timed by the wire', () => {
    const { send, keep, lineage } = setUp();
    const key = { key: 'otlp:1', kind: 'agent' as const };
    const asked = { type: 'tool_call' as const, id: 'call_abcdefghijkl', name: 'search', arguments: { q: 1 } };
    const run: IntakeEvent = {
      type: 'tool_execution',
      at: testTime + 2 * second,
      duration_ms: 700,
      tool_call_id: asked.id,
      name: 'search',
      arguments: { q: 1 },
      result: 'found',
    };
    send({ trace: key, call: reportedCall([says('user', 'look')], [asked]), ended_at: testTime + second });
    send({ trace: key, events: [run] });
    const wire = { name: 'search', arguments: { q: 1 }, result: 'found' };
    const started_at = testTime + 2 * second + 100_000;
    keep(decodedAction({ ...wire, started_at, ended_at: started_at + 500_000 }));
    expect(lineage.tools()).toMatchObject([{ duration_ms: 500, metadata: { duration: 'wire' } }]);
    expect([...lineage.effects.values()].every(({ joined }) => joined?.tool_call_id === asked.id)).toBe(true);
  });
});

describe('calls beside the conversation', () => {
  const session = () => ({
    format: 'anthropic-messages' as const,
    headers: [['x-claude-code-session-id', 'abc']] as [string, string][],
    clock: { now: testTime },
  });

  it('neither name the trace nor say how it ended', () => {
    const { capture, only } = setUp();
    const options = session();
    const quota = new Conversation({ ...options, body: (body) => ({ ...body, max_tokens: 1 }) });
    capture(quota.user('quota').call({ text: '#' }));
    const main = new Conversation({ ...options, tools: ['Bash'] });
    capture(main.user('Fix the build').call({ toolCalls: [{ name: 'Bash', arguments: { command: 'make' } }] }));
    expect(only()).toMatchObject({ title: 'Fix the build', completion_status: 'running' });
    const title = new Conversation({ ...options, system: 'Generate a concise title for this conversation.' });
    capture(title.user('Fix the build').call({ text: 'Build fix' }));
    expect(only()).toMatchObject({ title: 'Fix the build', completion_status: 'running' });
  });

  it('leave the name that the first real call gave, also after the conversation begins anew', () => {
    const { capture, only } = setUp();
    const options = { ...session(), tools: ['Bash'] };
    capture(new Conversation(options).user('Fix the build').call({ text: 'done' }));
    capture(new Conversation(options).user('Something else').call({ text: 'done' }));
    expect(only().title).toBe('Fix the build');
  });
});

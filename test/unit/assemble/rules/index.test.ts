import { describe, expect, it } from 'vitest';
import type { AssembledCall } from '../../../../src/shared/model/index.js';
import { Conversation, decoded, type Spoken } from '../../../support/conversation.js';
import { threader } from '../../../support/lineage.js';

const formats: Spoken[] = ['openai-chat', 'openai-responses', 'anthropic-messages'];
const setUp = () => {
  const { lineage, take } = threader();
  return { lineage, take: (exchange: Parameters<typeof decoded>[0]) => take(decoded(exchange)) };
};
const contents = (calls: AssembledCall[]) =>
  calls
    .flatMap((call) => call.steps)
    .map((step) => {
      if (step.type === 'message') return `${step.role}: ${step.content}`;
      if (step.type === 'tool_call') return `call ${step.name}`;
      return step.type === 'tool_result' ? `result ${JSON.stringify(step.result)}` : step.type;
    });
const id = (name: string) => `call_${name.padEnd(16, '0')}`;

describe.each(formats)('a conversation in %s', (format) => {
  it.each([
    ['whole, reasoning dropped', { stream: false, keepReasoning: false }],
    ['whole, reasoning kept', { stream: false, keepReasoning: true }],
    ['streamed, reasoning dropped', { stream: true, keepReasoning: false }],
    ['streamed, reasoning kept', { stream: true, keepReasoning: true }],
  ])('%s: is one trace, each step once', (_, variant) => {
    const { take, lineage } = setUp();
    const talk = new Conversation({ format, system: 'Be brief.', tools: ['look'], ...variant });
    const calls = [
      take(talk.user('hello').call({ text: 'Hi there', reasoning: 'greet' })),
      take(
        talk.user('look it up').call({
          text: 'Looking',
          reasoning: 'tool',
          toolCalls: [{ name: 'look', arguments: { b: 1, a: [2] }, id: id('a') }],
        }),
      ),
      take(talk.results({ id: id('a'), content: '{"found": true}' }).call({ text: 'Found it' })),
      take(talk.user('thanks').call({ text: 'Bye' })),
    ];
    expect(new Set(calls.map((call) => call.trace_id)).size).toBe(1);
    expect(calls.map((call) => call.call.parent_call_id)).toEqual([
      null,
      ...calls.slice(0, 3).map((call) => call.call.call_id),
    ]);
    expect(calls.map((call) => call.call.edge.rule)).toEqual([
      'root',
      'message_prefix',
      'tool_call_id',
      'message_prefix',
    ]);
    expect(calls.every((call) => (call.call.edge.evidence ?? '') !== '')).toBe(true);
    expect(calls.map((call) => call.inherited)).toEqual([0, 3, 5, 7]);
    expect(contents(calls)).toEqual([
      'system: Be brief.',
      'user: hello',
      'reasoning',
      'assistant: Hi there',
      'user: look it up',
      'reasoning',
      'assistant: Looking',
      'call look',
      'result {"found":true}',
      'assistant: Found it',
      'user: thanks',
      'assistant: Bye',
    ]);
    expect(lineage.tools()).toMatchObject([{ name: 'look', status: 'ok', result: { found: true }, duration_ms: 500 }]);
    expect(calls.map((call) => call.trace_patch.completion_status)).toEqual([
      'completed',
      'running',
      'completed',
      'completed',
    ]);
  });

  it('keeps twins apart that say the same at the same time', () => {
    const { take } = setUp();
    const clock = { now: 1_790_000_000_000_000 };
    const twins = [1, 2, 3].map(
      (connection) => new Conversation({ format, system: 'S', connection: () => connection, clock }),
    );
    const traces = twins.map((): string[] => []);
    for (let turn = 0; turn < 4; turn++) {
      twins.forEach((twin, index) => {
        twin.user(turn === 0 ? 'do the task' : `step ${turn}`);
        traces[index]?.push(take(twin.call({ text: turn === 0 ? 'I start.' : `done ${turn}` })).trace_id);
      });
    }
    expect(traces.map((trace) => new Set(trace).size)).toEqual([1, 1, 1]);
    expect(new Set(traces.flat()).size).toBe(3);
  });

  it('takes a retry as a sibling and shows the request once', () => {
    const { take } = setUp();
    const talk = new Conversation({ format, system: 'S' });
    const first = take(talk.user('one').call({}, { status: 529 }));
    const retried = take(talk.call({ text: 'first answer' }));
    const failed = take(talk.user('two').call({}, { status: 529 }));
    const again = take(talk.call({ text: 'second answer' }, { connection: 77 }));
    expect([first, retried, failed, again].map((call) => call.trace_id)).toEqual(Array(4).fill(first.trace_id));
    expect(retried.call.parent_call_id).toBeNull();
    expect(failed.call.parent_call_id).toBe(retried.call.call_id);
    expect(again.call.parent_call_id).toBe(retried.call.call_id);
    expect(contents([first, retried, failed, again])).toEqual([
      'system: S',
      'user: one',
      'error',
      'assistant: first answer',
      'user: two',
      'error',
      'assistant: second answer',
    ]);
    expect([first, again].map((call) => call.trace_patch.completion_status)).toEqual(['failed', 'completed']);
  });

  it('takes a regenerated answer as a sibling', () => {
    const { take } = setUp();
    const talk = new Conversation({ format });
    const first = take(talk.user('one').call({ text: 'start' }));
    talk.user('two');
    const before = structuredClone(talk.history);
    const a = take(talk.call({ text: 'version a' }));
    talk.history = before;
    const b = take(talk.call({ text: 'version b' }));
    const next = take(talk.user('three').call({ text: 'end' }));
    expect([a, b].map((call) => call.call.parent_call_id)).toEqual([first.call.call_id, first.call.call_id]);
    expect(next.call.parent_call_id).toBe(b.call.call_id);
    expect(contents([a, b, next])).toEqual([
      'user: two',
      'assistant: version a',
      'assistant: version b',
      'user: three',
      'assistant: end',
    ]);
  });

  it('does not take a repeated beginning for a retry of one that was answered', () => {
    const { take } = setUp();
    const traces = [1, 2].map(
      () => take(new Conversation({ format }).user('same words').call({ text: 'ok' })).trace_id,
    );
    expect(new Set(traces).size).toBe(2);
  });

  it('finds the call again after an earlier answer was edited', () => {
    const { take } = setUp();
    const talk = new Conversation({ format });
    const calls = ['one', 'two', 'three'].map((words) => take(talk.user(words).call({ text: `answer to ${words}` })));
    const edited = structuredClone(talk.history);
    const answer = edited[3] as { content: unknown };
    answer.content = 'rewritten by hand';
    talk.history = edited;
    const after = take(talk.user('four').call({ text: 'answer to four' }));
    expect(after.trace_id).toBe(calls[0]?.trace_id);
    expect(after.call.edge).toMatchObject({ rule: 'message_prefix', basis: 'inferred' });
    expect(after.call.edge.confidence).toBeLessThan(0.9);
  });

  it('follows the message that comes after an aborted answer', () => {
    const { take } = setUp();
    const talk = new Conversation({ format, stream: true });
    const cut = take(talk.user('one').call({ text: 'a long answer that nobody waits for' }, { aborted: true }));
    const next = take(talk.user('never mind').call({ text: 'ok' }));
    expect(cut.trace_patch.completion_status).toBe('interrupted');
    expect(next.trace_id).toBe(cut.trace_id);
    expect(contents([next])).toEqual(['user: never mind', 'assistant: ok']);
  });

  it('begins a trace with the whole history where it was never captured', () => {
    const { take, lineage } = setUp();
    const talk = new Conversation({ format, system: 'S', tools: ['look'] });
    talk.user('one').call({ toolCalls: [{ name: 'look', arguments: {}, id: id('h') }] });
    const late = take(talk.results({ id: id('h'), content: 'seen' }).call({ text: 'end' }));
    expect(contents([late])).toEqual(['system: S', 'user: one', 'call look', 'result "seen"', 'assistant: end']);
    expect(late.call.edge).toMatchObject({ rule: 'root', confidence: 0.6 });
    expect(lineage.tools()).toMatchObject([{ name: 'look', status: 'ok', result: 'seen', duration_ms: null }]);
  });

  it('opens a linked segment for a compacted history', () => {
    const { take } = setUp();
    const talk = new Conversation({ format, tools: ['look'] });
    const calls = [1, 2, 3, 4, 5].map((turn) =>
      take(talk.user(`question ${turn}`).call({ text: `answer number ${turn}, and it is a long one` })),
    );
    const tail = structuredClone(talk.history.slice(-1));
    talk.history = [{ role: 'user', content: 'Summary: five questions were answered.' }, ...tail];
    const after = take(talk.user('question 6').call({ text: 'answer 6' }));
    expect(after.call.edge.rule).toBe('tail_overlap');
    expect(after.new_trace?.predecessor_trace_id).toBe(calls[0]?.trace_id);
    expect(contents([after])[0]).toBe('state_change');
    expect(contents([after])[1]).toBe('user: Summary: five questions were answered.');
  });
});

describe('sessions that are named', () => {
  const claude = (session: string, agent?: string): [string, string][] => [
    ['X-Claude-Code-Session-Id', session],
    ...(agent === undefined ? [] : ([['X-Claude-Code-Agent-Id', agent]] as [string, string][])),
  ];
  const main = '7c9e6679-7425-40de-944b-e07fc1f90ae7';

  it('hold side calls, and make an agent a child of the step that started it', () => {
    const { take } = setUp();
    const clock = { now: 1_790_000_000_000_000 };
    const common = { format: 'anthropic-messages' as const, clock };
    const prompt = 'Read every file in src and say which ones import the store.';
    const talk = new Conversation({ ...common, headers: claude(main), system: 'S', tools: ['Task'] });
    const title = new Conversation({ ...common, headers: claude(main), system: 'Write a title.' });
    const agent = new Conversation({ ...common, headers: claude(main, 'a1'), system: 'You explore.' });
    const first = take(
      talk.user('Who imports the store?').call({ toolCalls: [{ name: 'Task', arguments: { prompt }, id: id('t') }] }),
    );
    const side = take(title.user('Who imports the store?').call({ text: 'Store imports' }));
    const child = take(
      agent.user(`<system-reminder>today</system-reminder>`).user(prompt).call({ text: 'Only engine.ts does.' }),
    );
    const last = take(talk.results({ id: id('t'), content: 'Only engine.ts does.' }).call({ text: 'Only engine.ts.' }));
    expect([first, side, last].map((call) => call.trace_id)).toEqual(Array(3).fill(first.trace_id));
    expect(side.call).toMatchObject({
      parent_call_id: null,
      edge: { rule: 'session_header', basis: 'recorded', confidence: 1 },
    });
    expect(last.call.parent_call_id).toBe(first.call.call_id);
    expect(child.trace_id).not.toBe(first.trace_id);
    expect(child.new_trace).toMatchObject({
      parent_trace_id: first.trace_id,
      parent_step_id: first.steps.find((step) => step.type === 'tool_call')?.step_id,
      title: prompt,
    });
  });

  it('link a subagent without headers by its order', () => {
    const { take } = setUp();
    const clock = { now: 1_790_000_000_000_000 };
    const orders = ['Count the tests in the unit folder.', 'Count the tests in the e2e folder.'];
    const talk = new Conversation({ format: 'openai-chat', clock });
    const first = take(
      talk
        .user('How many tests?')
        .call({ toolCalls: orders.map((task, n) => ({ name: 'spawn', arguments: { task }, id: id(`s${n}`) })) }),
    );
    const children = orders.map((order) =>
      take(new Conversation({ format: 'openai-chat', clock }).user(order).call({ text: '12' })),
    );
    const steps = first.steps.filter((step) => step.type === 'tool_call').map((step) => step.step_id);
    expect(children.map((child) => child.new_trace?.parent_step_id)).toEqual(steps);
    expect(children.map((child) => child.new_trace?.parent_trace_id)).toEqual([first.trace_id, first.trace_id]);
  });

  it.each<[string, [string, string][]]>([
    ['OpenCode', [['X-Session-Id', 'ses_1']]],
    ['Codex', [['session_id', 'cdx-1']]],
    ['Codex, newer', [['session-id', 'cdx-1']]],
    ['Helicone', [['Helicone-Session-Id', 'h-1']]],
  ])('%s: by the header, whatever the content', (_, headers) => {
    const { take } = setUp();
    const a = take(new Conversation({ format: 'openai-responses', headers }).user('one').call({ text: '1' }));
    const b = take(new Conversation({ format: 'openai-responses', headers }).user('two').call({ text: '2' }));
    const other = take(new Conversation({ format: 'openai-responses' }).user('two').call({ text: '2' }));
    expect(b.trace_id).toBe(a.trace_id);
    expect(b.call.edge.rule).toBe('session_header');
    expect(other.trace_id).not.toBe(a.trace_id);
  });

  it('by metadata.user_id and by the header are the same session', () => {
    const { take } = setUp();
    const params = { metadata: { user_id: `user_ab_account__session_${main}` } };
    const a = take(new Conversation({ format: 'anthropic-messages', params }).user('one').call({ text: '1' }));
    const b = take(
      new Conversation({ format: 'anthropic-messages', headers: claude(main) }).user('two').call({ text: '2' }),
    );
    expect(b.trace_id).toBe(a.trace_id);
  });

  it('started by another session are its children', () => {
    const { take } = setUp();
    const a = take(
      new Conversation({ format: 'openai-chat', headers: [['X-Session-Id', 'p']] }).user('one').call({ text: '1' }),
    );
    const headers: [string, string][] = [
      ['X-Session-Id', 'c'],
      ['X-Parent-Session-Id', 'p'],
    ];
    const b = take(new Conversation({ format: 'openai-chat', headers }).user('two').call({ text: '2' }));
    expect(b.new_trace?.parent_trace_id).toBe(a.trace_id);
  });

  it('run in Codex: review is an agent of its own, compact is not', () => {
    const { take } = setUp();
    const codex = (agent?: string) =>
      take(
        new Conversation({
          format: 'openai-responses',
          headers: [['session_id', 's'], ...(agent ? ([['x-openai-subagent', agent]] as [string, string][]) : [])],
        })
          .user(`as ${agent}`)
          .call({ text: 'ok' }),
      );
    const [plain, review, compact] = [codex(), codex('review'), codex('compact')];
    expect(compact.trace_id).toBe(plain.trace_id);
    expect(review.new_trace?.parent_trace_id).toBe(plain.trace_id);
  });

  it('by the gateway path are one conversation; a run is only a label that separates', () => {
    const { take } = setUp();
    const path = { session: 'demo', session_source: 'path' as const };
    const a = take(new Conversation({ format: 'openai-chat', ...path }).user('one').call({ text: '1' }));
    const b = take(new Conversation({ format: 'openai-chat', ...path }).user('two').call({ text: '2' }));
    expect(b.trace_id).toBe(a.trace_id);

    const talk = new Conversation({ format: 'openai-chat', session: 'run 1', session_source: 'run' });
    const first = take(talk.user('three').call({ text: 'same answer' }));
    const elsewhere = new Conversation({
      format: 'openai-chat',
      session: 'run 2',
      session_source: 'run',
      clock: talk.clock,
    });
    elsewhere.history = structuredClone(talk.history);
    const other = take(elsewhere.user('four').call({ text: '4' }));
    const same = take(talk.user('four').call({ text: '4' }));
    expect(other.trace_id).not.toBe(first.trace_id);
    expect(same.trace_id).toBe(first.trace_id);
    expect(first.new_trace?.source.session).toBe('run 1');
  });

  it('ignore a value that a gateway blotted out', () => {
    const { take } = setUp();
    const traces = ['one', 'two'].map(
      (words) =>
        take(
          new Conversation({ format: 'openai-chat', headers: [['X-Session-Id', '*****']] })
            .user(words)
            .call({ text: words }),
        ).trace_id,
    );
    expect(new Set(traces).size).toBe(2);
  });
});

describe('history that is not resent', () => {
  it('goes on by previous_response_id, with retries and forks as siblings', () => {
    const { take } = setUp();
    const talk = new Conversation({ format: 'openai-responses', system: 'S', chained: true });
    const a = take(talk.user('one').call({ text: '1' }));
    const failed = take(talk.user('two').call({}, { status: 500 }));
    const b = take(talk.call({ text: '2' }));
    const c = take(talk.user('three').call({ text: '3' }));
    expect([failed, b].map((call) => call.call.parent_call_id)).toEqual([a.call.call_id, a.call.call_id]);
    expect(c.call).toMatchObject({
      parent_call_id: b.call.call_id,
      edge: { rule: 'response_id', basis: 'recorded', confidence: 1 },
    });
    expect(contents([a, failed, b, c])).toEqual([
      'system: S',
      'user: one',
      'assistant: 1',
      'user: two',
      'error',
      'assistant: 2',
      'user: three',
      'assistant: 3',
    ]);
  });

  it('goes on by tool call ids alone', () => {
    const { take, lineage } = setUp();
    const talk = new Conversation({ format: 'openai-responses', tools: ['look'] });
    const a = take(talk.user('one').call({ toolCalls: [{ name: 'look', arguments: {}, id: id('x') }] }));
    talk.history = [];
    const b = take(talk.results({ id: id('x'), content: 'seen' }).call({ text: 'ok' }));
    expect(b.trace_id).toBe(a.trace_id);
    expect(b.call).toMatchObject({ parent_call_id: a.call.call_id, edge: { rule: 'tool_call_id', confidence: 0.95 } });
    expect(lineage.tools()).toMatchObject([{ status: 'ok', result: 'seen' }]);
  });

  it('goes on in the conversation that the request names', () => {
    const { take } = setUp();
    const talk = () => new Conversation({ format: 'openai-responses', params: { conversation: 'conv_1' } });
    const clock = talk().clock;
    const a = take(talk().user('one').call({ text: '1' }));
    clock.now += 10_000_000;
    const b = take(
      new Conversation({ format: 'openai-responses', params: { conversation: { id: 'conv_1' } }, clock })
        .user('two')
        .call({ text: '2' }),
    );
    expect(b.call).toMatchObject({ parent_call_id: a.call.call_id, edge: { rule: 'response_id' } });
  });
});

describe('work per call', () => {
  it('takes as many lookups among thousands of traces as among a few', () => {
    const { take, lineage } = setUp();
    const cost = () => {
      const talk = new Conversation({ format: 'openai-chat', system: 'S', tools: ['look'] });
      talk.user(`unlike any other ${String(lineage.calls.length).padStart(9, '0')}`);
      const before = lineage.lookups;
      for (let turn = 0; turn < 6; turn++) {
        take(talk.call({ toolCalls: [{ name: 'look', arguments: {}, id: id(`${lineage.calls.length}`) }] }));
        talk.results({ id: id(`${lineage.calls.length - 1}`), content: 'seen' });
      }
      return lineage.lookups - before;
    };
    const few = cost();
    for (let other = 0; other < 500; other++) {
      take(new Conversation({ format: 'openai-chat', system: 'S' }).user(`trace ${other}`).call({ text: 'ok' }));
    }
    expect(cost()).toBe(few);
    expect(few / 6).toBeLessThan(12);
  });
});

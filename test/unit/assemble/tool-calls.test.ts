import { describe, expect, it } from 'vitest';
import type { ChatMessage, DecodedExchange, Part } from '../../../src/shared/model/index.js';
import { Conversation, decoded } from '../../support/conversation.js';
import { threader } from '../../support/lineage.js';

const setUp = () => {
  const { lineage, take } = threader();
  return { lineage, take: (exchange: Parameters<typeof decoded>[0]) => take(decoded(exchange)), takeDecoded: take };
};
const id = (name: string) => `toolu_${name.padEnd(16, '0')}`;

/** The exchange with another decoded conversation: what no format here can say is said by hand. */
function rewritten(exchange: DecodedExchange, messages: ChatMessage[], answer: Part[]): DecodedExchange {
  const { call } = exchange;
  if (call === null || call.response === null) throw new Error('no call');
  return {
    ...exchange,
    call: {
      ...call,
      request: { ...call.request, messages },
      response: { ...call.response, messages: [{ role: 'assistant', parts: answer }] },
    },
  };
}
const userSays = (text: string): ChatMessage => ({ role: 'user', parts: [{ type: 'text', text }] });

describe('tool calls and their results', () => {
  it('pair by id, in parallel and late, with the time between as inferred duration', () => {
    const { take, lineage } = setUp();
    const talk = new Conversation({ format: 'anthropic-messages', tools: ['a', 'b', 'c'] });
    const ids = ['a', 'b', 'c'].map(id) as [string, string, string];
    const asked = take(
      talk
        .user('go')
        .call(
          { toolCalls: ids.map((call, n) => ({ name: 'abc'.charAt(n), arguments: { n }, id: call })) },
          { gapMs: 2500 },
        ),
    );
    expect(asked.new_tool_calls).toMatchObject([
      { name: 'a', status: 'pending', duration_ms: null, metadata: { source: 'proxy', duration: 'inferred' } },
      { name: 'b' },
      { name: 'c' },
    ]);
    talk.results(
      { id: ids[2], content: [{ type: 'text', text: '[3]' }] },
      { id: ids[0], content: 'boom', error: true },
    );
    const answered = take(talk.call({ text: 'two are in' }));
    expect(answered.tool_results).toEqual([
      {
        trace_id: asked.trace_id,
        tool_call_id: ids[2],
        call_id: asked.call.call_id,
        result: [3],
        status: 'ok',
        duration_ms: 2500,
      },
      {
        trace_id: asked.trace_id,
        tool_call_id: ids[0],
        call_id: asked.call.call_id,
        result: 'boom',
        status: 'error',
        duration_ms: 2500,
      },
    ]);
    take(talk.results({ id: ids[1], content: 'late' }).call({ text: 'done' }));
    expect(lineage.tools().map((tool) => [tool.name, tool.status])).toEqual([
      ['a', 'error'],
      ['b', 'ok'],
      ['c', 'ok'],
    ]);
  });

  it('take a result once, though the history is resent and retried', () => {
    const { take } = setUp();
    const talk = new Conversation({ format: 'openai-chat', tools: ['a'] });
    take(talk.user('go').call({ toolCalls: [{ name: 'a', arguments: {}, id: id('x') }] }));
    talk.results({ id: id('x'), content: 'r' });
    const arrivals = [talk.call({}, { status: 503 }), talk.call({ text: 'ok' })].map(
      (exchange) => take(exchange).tool_results.length,
    );
    arrivals.push(take(talk.user('more').call({ text: 'ok' })).tool_results.length);
    expect(arrivals).toEqual([1, 0, 0]);
  });

  it('belong to the call that asked last where a server counts ids from one in every answer', () => {
    const { take, lineage } = setUp();
    const clock = { now: 1_790_000_000_000_000 };
    const talks = [1, 2].map(
      (connection) => new Conversation({ format: 'openai-chat', tools: ['a'], connection: () => connection, clock }),
    );
    for (let turn = 0; turn < 3; turn++) {
      talks.forEach((talk, which) => {
        if (turn === 0) talk.user(`agent ${which}`);
        take(talk.call({ toolCalls: [{ name: 'a', arguments: { turn, which }, id: 'call_0' }] }));
        talk.results({ id: 'call_0', content: `${which}/${turn}` });
      });
    }
    for (const talk of talks) take(talk.call({ text: 'end' }));
    expect(new Set(lineage.calls.map((call) => call.trace_id)).size).toBe(2);
    expect(lineage.tools().map((tool) => tool.result)).toEqual(['0/0', '1/0', '0/1', '1/1', '0/2', '1/2']);
  });

  it('pair by name and order where ids are missing', () => {
    const { takeDecoded, lineage } = setUp();
    const talk = new Conversation({ format: 'openai-chat', tools: ['a', 'b'] });
    const call = (name: string, n: number): Part => ({ type: 'tool_call', id: null, name, arguments: { n } });
    const answer = [call('a', 1), call('b', 2), call('a', 3)];
    const history = [userSays('go')];
    const asked = takeDecoded(rewritten(decoded(talk.user('x').call({ text: 'x' })), history, answer));
    expect(asked.new_tool_calls.map((tool) => tool.tool_call_id)).toEqual(
      [0, 1, 2].map((n) => `${asked.call.call_id}:${n}`),
    );
    const result = (name: string, value: string): Part => ({
      type: 'tool_result',
      tool_call_id: null,
      name,
      result: value,
    });
    const next = [
      ...history,
      { role: 'assistant' as const, parts: answer },
      { role: 'tool' as const, parts: [result('b', 'B'), result('a', 'A1'), result('a', 'A3')] },
    ];
    const answered = takeDecoded(
      rewritten(decoded(talk.user('y').call({ text: 'y' })), next, [{ type: 'text', text: 'end' }]),
    );
    expect(answered.call.parent_call_id).toBe(asked.call.call_id);
    expect(lineage.tools().map((tool) => [tool.name, tool.result])).toEqual([
      ['a', 'A1'],
      ['b', 'B'],
      ['a', 'A3'],
    ]);
  });

  it('get an id of their own where a response uses one twice', () => {
    const { takeDecoded } = setUp();
    const talk = new Conversation({ format: 'openai-chat', tools: ['a'] });
    const same: Part = { type: 'tool_call', id: 'call_0', name: 'a', arguments: {} };
    const asked = takeDecoded(
      rewritten(decoded(talk.user('x').call({ text: 'x' })), [userSays('go')], [same, { ...same }]),
    );
    expect(asked.new_tool_calls.map((tool) => tool.tool_call_id)).toEqual(['call_0', `${asked.call.call_id}:1`]);
  });

  it('of the vendor are answered in the same response, without an invented duration', () => {
    const { takeDecoded } = setUp();
    const talk = new Conversation({ format: 'anthropic-messages', tools: ['web_search'] });
    const search = (name: string): Part => ({
      type: 'tool_call',
      id: name,
      name: 'web_search',
      arguments: { q: name },
      server: true,
    });
    const answer: Part[] = [
      search('s1'),
      { type: 'tool_result', tool_call_id: 's1', result: '[]' },
      search('s2'),
      { type: 'tool_result', tool_call_id: 's2', result: 'too many requests', is_error: true },
      search('s3'),
    ];
    const call = takeDecoded(rewritten(decoded(talk.user('x').call({ text: 'x' })), [userSays('go')], answer));
    expect(call.new_tool_calls).toMatchObject([
      { status: 'ok', result: [], duration_ms: null, metadata: { duration: 'unknown', executed_by: 'vendor' } },
      { status: 'error', result: 'too many requests', duration_ms: null },
      // Its result has not come.
      { status: 'pending', duration_ms: null },
    ]);
    expect(call.new_tool_calls[2]).not.toHaveProperty('result');
    expect(call.steps.map((step) => step.type)).toEqual([
      'message',
      'tool_call',
      'tool_result',
      'tool_call',
      'tool_result',
      'tool_call',
    ]);
    expect(call.tool_results).toEqual([]);
    expect(call.trace_patch.completion_status).toBe('completed');
  });

  it.each([null, 'made-up-by-the-client'])('have one id in steps and rows, where the client sends %s', (id) => {
    const { takeDecoded } = setUp();
    const talk = new Conversation({ format: 'openai-chat', tools: ['sow'] });
    const history = [userSays('go')];
    const asking: Part = { type: 'tool_call', id: null, name: 'sow', arguments: { bed: 1 } };
    const asked = takeDecoded(rewritten(decoded(talk.user('x').call({ text: 'x' })), history, [asking]));
    const [row] = asked.new_tool_calls;
    const resent: ChatMessage[] = [
      ...history,
      { role: 'assistant', parts: [{ ...asking, id }] },
      { role: 'tool', parts: [{ type: 'tool_result', tool_call_id: id, name: 'sow', result: 'sown' }] },
    ];
    const done: Part[] = [{ type: 'text', text: 'Done.' }];
    const answered = takeDecoded(rewritten(decoded(talk.call({ text: 'y' })), resent, done));
    expect(answered.tool_results).toMatchObject([{ tool_call_id: row?.tool_call_id, status: 'ok' }]);
    const step = answered.steps.find(({ type }) => type === 'tool_result');
    expect(step).toMatchObject({ tool_call_id: row?.tool_call_id, result: 'sown' });
  });

  it('of a history that is seen late are rows of their own, whatever other conversations call theirs', () => {
    const { takeDecoded } = setUp();
    const late = (words: string, name: string, callId: string) => {
      const talk = new Conversation({ format: 'openai-chat', tools: ['sow', 'reap'] });
      const history: ChatMessage[] = [
        userSays(words),
        { role: 'assistant', parts: [{ type: 'tool_call', id: callId, name, arguments: {} }] },
        { role: 'tool', parts: [{ type: 'tool_result', tool_call_id: callId, result: `${name}: done` }] },
      ];
      return takeDecoded(
        rewritten(decoded(talk.user(words).call({ text: 'x' })), history, [{ type: 'text', text: 'Yes.' }]),
      );
    };
    const first = late('Sow the rye.', 'sow', 'call_0');
    const second = late('Reap the barley.', 'reap', 'call_0');
    expect(second.trace_id).not.toBe(first.trace_id);
    expect(first.new_tool_calls).toMatchObject([
      { tool_call_id: 'call_0', name: 'sow', result: 'sow: done', status: 'ok' },
    ]);
    expect(second.new_tool_calls).toMatchObject([
      { tool_call_id: 'call_0', name: 'reap', result: 'reap: done', status: 'ok' },
    ]);
    // An id drawn by chance names one call: who sends its history again tells nothing new of it.
    const unique = id('one');
    expect(late('Mow the hay.', 'sow', unique).new_tool_calls).toHaveLength(1);
    expect(late('Rake the hay.', 'sow', unique).new_tool_calls).toHaveLength(0);
  });

  it('say so where their arguments are no JSON', () => {
    const { take } = setUp();
    const call = take(
      new Conversation({ format: 'openai-chat', tools: ['a'] })
        .user('go')
        .call({ toolCalls: [{ name: 'a', arguments: '{"cut', id: id('j') }] }),
    );
    expect(call.new_tool_calls).toMatchObject([{ arguments: '{"cut', metadata: { arguments_invalid: true } }]);
  });

  it('with thousands of nameless ids cost no more than their number', () => {
    const { takeDecoded, lineage } = setUp();
    const talk = new Conversation({ format: 'openai-chat', tools: ['a'] });
    const parts: Part[] = Array.from({ length: 5000 }, () => ({
      type: 'tool_call',
      id: null,
      name: 'a',
      arguments: {},
    }));
    const results: Part[] = parts.map(() => ({ type: 'tool_result', tool_call_id: null, name: 'a', result: 'r' }));
    const history: ChatMessage[] = [userSays('go'), { role: 'assistant', parts }, { role: 'tool', parts: results }];
    takeDecoded(rewritten(decoded(talk.user('x').call({ text: 'x' })), history, [{ type: 'text', text: 'end' }]));
    expect(lineage.tools().filter((tool) => tool.status === 'ok')).toHaveLength(5000);
    expect(lineage.lookups).toBeLessThan(10_500);
  });
});

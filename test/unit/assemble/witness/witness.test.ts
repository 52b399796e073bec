import { describe, expect, it } from 'vitest';
import type { IntakeCall, IntakeRecord, Json, Part } from '../../../../src/shared/model/index.js';
import { Conversation, type ConversationOptions, decoded } from '../../../support/conversation.js';
import { threader } from '../../../support/lineage.js';
import { decodedRecord, reportedCall, says } from '../../../support/records.js';

const trace = { key: 'otlp:conversation-1', kind: 'agent' as const };

function setUp(options: Partial<ConversationOptions> = {}) {
  const { lineage, keep } = threader();
  return {
    lineage,
    talk: new Conversation({ format: 'openai-chat', ...options }),
    capture: (exchange: Parameters<typeof decoded>[0]) => keep(decoded(exchange)),
    send: (record: Partial<IntakeRecord>) => keep(decodedRecord({ trace, source: 'otlp', ...record })),
  };
}

/** A call reported over the time of a captured exchange, a little more at both ends. */
const over = ({ started_at, ended_at }: { started_at: number; ended_at: number }, call: IntakeCall) => ({
  started_at: started_at - 2000,
  ended_at: ended_at + 3000,
  call,
});

describe('a second report of a call', () => {
  it('is its witness by the response id, and lists what the two disagree about', () => {
    const { talk, capture, send, lineage } = setUp({ tools: ['a'], serial: () => 8_000_000_001 });
    const exchange = talk.user('go').call({
      text: 'let me see',
      toolCalls: [{ name: 'a', arguments: { n: 1 }, id: 'call_1' }],
    });
    const captured = capture(exchange).call;
    const response_id = captured?.call.response_id ?? '';
    const call = reportedCall(
      [says('system', 'You are told more.'), says('user', 'go'), says('user', 'more')],
      [
        { type: 'text', text: 'let me  see' },
        { type: 'tool_call', id: 'call_1', name: 'a', arguments: { n: 2 } },
      ],
      { response_id, model: 'openai/scripted-1', usage: { input_tokens: 999_999 }, stop_reason: 'length' },
    );
    const second = send(over(exchange, call));
    expect(second.call).toBeNull();
    expect(lineage.calls).toHaveLength(1);
    expect(lineage.traces.size).toBe(1);
    expect(second.witness).toMatchObject({
      call_id: captured?.call.call_id,
      trace_id: captured?.trace_id,
      source: 'otlp',
      basis: 'response_id',
    });
    const fields: { [field: string]: [Json, Json] } = {};
    for (const { field, stored, reported } of second.witness?.disagreements ?? []) fields[field] = [stored, reported];
    expect(fields).toEqual({
      'usage.input_tokens': [captured?.call.usage?.input_tokens, 999_999],
      stop_reason: [captured?.call.stop_reason, 'length'],
      'tool_calls[0].arguments': [{ n: 1 }, { n: 2 }],
      input_messages: [1, 2],
    });
  });

  it('agrees where it says the same in other words', () => {
    const { talk, capture, send } = setUp();
    const exchange = talk.user('go').call({ text: 'done' });
    const captured = capture(exchange).call;
    const call = reportedCall([says('user', 'go')], [{ type: 'text', text: 'done' }], {
      response_id: captured?.call.response_id ?? '',
      usage: captured?.call.usage ?? {},
      stop_reason: 'end_turn',
      model: 'scripted-1-2026-01-01',
    });
    expect(send(over(exchange, call)).witness?.disagreements).toEqual([]);
  });

  it('is known by its content where it has no id', () => {
    const { talk, capture, send, lineage } = setUp();
    const exchange = talk.user('what is in the file?').call({ text: 'The file holds a list of forty names.' });
    capture(exchange);
    const answer = [{ type: 'text' as const, text: 'The file holds a list of forty names.' }];
    const whole = send(over(exchange, reportedCall([says('user', 'what is in the file?')], answer)));
    expect(whole.witness?.basis).toBe('content');
    const file = { source: 'import:x', ...over(exchange, reportedCall([], answer, { previous: 'unknown' })) };
    expect(send(file).witness?.basis).toBe('content');
    expect(lineage.calls).toHaveLength(1);
  });

  it('is known by session, time and tokens where it says nothing of the content', () => {
    const { talk, capture, send } = setUp({ headers: [['session_id', 's1']] });
    const exchange = talk.user('go').call({ text: 'done' });
    const { usage } = capture(exchange).call?.call ?? {};
    const record = {
      ...over(exchange, reportedCall([], [], { usage: usage ?? {} })),
      trace: { ...trace, key: 'session:s1' },
    };
    expect(send(record).witness).toMatchObject({ basis: 'usage', disagreements: [] });
  });

  it('is none where both name their answers, or their sessions, and not the same', () => {
    const { talk, capture, send, lineage } = setUp({ headers: [['session_id', 's1']] });
    const text = 'The folder holds nothing but the list of names.';
    const toolCalls = [{ name: 'list', arguments: {}, id: 'call_of_both_the_same' }];
    const exchange = talk.user('what is there?').call({ text, toolCalls });
    const captured = capture(exchange).call;
    const answer = [
      { type: 'text' as const, text },
      { type: 'tool_call' as const, id: 'call_of_both_the_same', name: 'list', arguments: {} },
    ];
    const asked = [says('user', 'what is there?')];
    const other = send(over(exchange, reportedCall(asked, answer, { response_id: 'resp_of_another_answer' })));
    expect(other.call).not.toBeNull();
    const elsewhere = { trace: { ...trace, key: 'session:s2' }, ...over(exchange, reportedCall(asked, answer)) };
    expect(send(elsewhere).call).not.toBeNull();
    expect(lineage.witnesses).toEqual([]);
    const same = reportedCall(asked, answer, { response_id: captured?.call.response_id ?? '' });
    expect(send(over(exchange, same)).witness?.basis).toBe('response_id');
  });

  it('agrees where a file that is still being written holds a part of the answer', () => {
    const { talk, capture, send } = setUp({ tools: ['a'], serial: () => 8_000_000_002 });
    const toolCalls = ['one', 'two', 'three'].map((what) => ({ name: 'a', arguments: { what }, id: `call_${what}` }));
    const exchange = talk.user('go').call({ text: 'All three at once.', toolCalls });
    const response_id = capture(exchange).call?.call.response_id ?? '';
    const called = (what: string): Part => ({ type: 'tool_call', id: `call_${what}`, name: 'a', arguments: { what } });
    const pieces: Part[][] = [
      [{ type: 'text', text: 'All three at once.' }],
      [called('one'), called('three')],
      [called('two')],
    ];
    const report = (parts: Part[], source: string) =>
      send({ source, ...over(exchange, reportedCall([], parts, { response_id, usage: { output_tokens: 1 } })) })
        .witness;
    for (const [index, parts] of pieces.entries())
      expect(report(parts, `watch:file-${index}`)?.disagreements).toEqual([]);
    const fields = (parts: Part[], source: string) => report(parts, source)?.disagreements.map(({ field }) => field);
    expect(fields([called('three'), called('one')], 'import:x')).toContain('tool_calls');
    expect(fields([called('four')], 'import:y')).toContain('tool_calls[0].arguments');
    expect(fields([called('one')], 'otlp')).toContain('tool_calls');
  });

  it('may come first: then what was captured is the witness', () => {
    const { talk, capture, send, lineage } = setUp();
    const exchange = talk.user('what is in the file?').call({ text: 'The file holds a list of forty names.' });
    const answer = [{ type: 'text' as const, text: 'The file holds a list of forty names.' }];
    const reported = send(over(exchange, reportedCall([says('user', 'what is in the file?')], answer)));
    expect(reported.call).not.toBeNull();
    const captured = capture(exchange);
    expect(captured.call).toBeNull();
    expect(captured.witness).toMatchObject({ source: 'proxy', call_id: reported.call?.call.call_id });
    // The conversation goes on in the trace of the report.
    const next = capture(talk.user('and now?').call({ text: 'Now nothing is left to do.' }));
    expect(next.call?.trace_id).toBe(reported.call?.trace_id);
    expect(lineage.traces.size).toBe(1);
  });

  it('keeps its trace key: what its source tells later goes to the trace of the call', () => {
    const { talk, capture, send, lineage } = setUp();
    const exchange = talk.user('go').call({ text: 'done' });
    const captured = capture(exchange).call;
    const call = reportedCall([], [], { response_id: captured?.call.response_id ?? '' });
    send(over(exchange, call));
    send({ events: [{ type: 'score', at: exchange.ended_at, kind: 'judge', name: 'relevance', value: 1 }] });
    expect(lineage.traces.get(captured?.trace_id ?? '')?.scores).toMatchObject([{ name: 'relevance' }]);
    expect(lineage.traces.size).toBe(1);
  });

  it('brings what happened besides, and nothing that the call shows', () => {
    const { talk, capture, send, lineage } = setUp({ tools: ['a'] });
    const id = 'call_abcdefghijkl';
    const exchange = talk.user('go').call({ toolCalls: [{ name: 'a', arguments: { n: 1 }, id }] });
    const captured = capture(exchange).call;
    const at = exchange.ended_at + 1000;
    send({
      ...over(exchange, reportedCall([], [], { response_id: captured?.call.response_id ?? '' })),
      events: [
        { type: 'message', at, role: 'user', content: 'go' },
        { type: 'tool_call', at, tool_call_id: id, name: 'a', arguments: { n: 1 } },
        { type: 'tool_execution', at, tool_call_id: id, name: 'a', arguments: { n: 1 }, result: 'r', duration_ms: 5 },
        { type: 'user_feedback', at, content: 'well done' },
      ],
    });
    const types = lineage.steps(captured?.trace_id ?? '').map(({ type }) => type);
    expect(types).toEqual(['message', 'tool_call', 'user_feedback']);
    expect(lineage.tools()).toMatchObject([{ status: 'pending', duration_ms: 5 }]);
    expect(lineage.effects.size).toBe(1);
  });

  it('is none where calls only look alike: retries, twins, later times, ids that count from one', () => {
    const { talk, capture, send, lineage } = setUp({ connection: () => 1 });
    const exchange = talk.user('ping the server').call({ text: 'The server answers as it should, all is well.' });
    const answer = [{ type: 'text' as const, text: 'The server answers as it should, all is well.' }];
    const call = reportedCall([says('user', 'ping the server')], answer);
    capture(exchange);
    // Captured a second time: another call, though equal.
    const twin = new Conversation({ format: 'openai-chat', clock: { now: exchange.started_at + 1000 } });
    expect(capture(twin.user('ping the server').call({ text: answer[0]?.text ?? '' })).call).not.toBeNull();
    // Two reports of one source are two calls, here the witnesses of both; a third is a call that was not captured.
    const reports = [1, 2, 3].map(() => send(over(exchange, call)));
    expect(reports.map(({ witness }) => witness?.call_id ?? null)).toHaveLength(3);
    expect(new Set(reports.map(({ witness }) => witness?.call_id ?? 'new')).size).toBe(3);
    expect(reports[2]?.call).not.toBeNull();
    const later = { started_at: exchange.started_at + 3_600_000_000, ended_at: exchange.ended_at + 3_600_000_000 };
    expect(send(over(later, call)).call).not.toBeNull();
    expect(lineage.calls).toHaveLength(4);

    const counted = setUp();
    const one = counted.talk.user('one').call({ text: 'first' });
    counted.send(
      over(one, reportedCall([says('user', 'one')], [{ type: 'text', text: 'first' }], { response_id: '1' })),
    );
    const other = reportedCall([says('user', 'two')], [{ type: 'text', text: 'second' }], { response_id: '1' });
    expect(counted.send({ ...over(one, other), source: 'import:x' }).call).not.toBeNull();
  });

  it('costs a captured call one lookup where nothing was reported', () => {
    const lookups = (reported: boolean) => {
      const { talk, capture, send, lineage } = setUp();
      if (reported)
        send({ call: reportedCall([says('user', 'x')], [{ type: 'text', text: 'y' }]), started_at: 1, ended_at: 2 });
      const before = lineage.lookups;
      capture(talk.user('go').call({ text: 'a long enough answer to leave every kind of mark behind' }));
      return lineage.lookups - before;
    };
    expect(lookups(true)).toBe(lookups(false));
  });
});

import { describe, expect, it } from 'vitest';
import type { ChatMessage, DecodedExchange, IntakeRecord } from '../../../../src/shared/model/index.js';
import { Conversation, type ConversationOptions, decoded } from '../../../support/conversation.js';
import { threader } from '../../../support/lineage.js';
import { decodedAction, decodedRecord, reportedCall, says, textResult } from '../../../support/records.js';

/** What a token of scope ingest may do with what it sends, whichever way it names what was captured. */

const second = 1_000_000;
const ingestToken = { id: 'token-1', admin: false };
const session: Pick<IntakeRecord, 'source' | 'trace'> = {
  source: 'otlp',
  trace: { key: 'session:s1', kind: 'agent' },
};
const given = '0199f0aa-0000-4000-8000-000000000001';
const ingested: Pick<IntakeRecord, 'source' | 'trace'> = {
  source: 'ingest',
  trace: { key: `ingest:${given}`, trace_id: given, kind: 'ingest' },
};

function setUp(options: Partial<ConversationOptions> = {}) {
  const { lineage, keep } = threader();
  const talk = new Conversation({
    format: 'openai-chat',
    headers: [['session_id', 's1']],
    tools: ['look'],
    ...options,
  });
  return {
    lineage,
    talk,
    keep,
    capture: (exchange: Parameters<typeof decoded>[0]) => keep(decoded(exchange)),
    send: (record: Partial<IntakeRecord> & Pick<IntakeRecord, 'trace'>) =>
      keep(decodedRecord({ principal: ingestToken, ...record })),
    admin: (record: Partial<IntakeRecord> & Pick<IntakeRecord, 'trace'>) => keep(decodedRecord(record)),
    /** Everything that a captured trace shows. */
    state: (traceId: string) =>
      structuredClone({
        trace: lineage.traces.get(traceId),
        calls: lineage.trace(traceId).map(({ call }) => call.call_id),
        tools: lineage
          .tools()
          .filter(({ call_id }) => lineage.trace(traceId).some(({ call }) => call.call_id === call_id)),
      }),
  };
}

/** A conversation of two calls, the second of which still waits for the result of its tool. */
function captured(options: Partial<ConversationOptions> = {}) {
  const set = setUp(options);
  set.capture(set.talk.user('what is there?').call({ text: 'A harbour and a lighthouse.' }));
  const last = set.talk.user('look closer').call({
    toolCalls: [{ name: 'look', arguments: { at: 'harbour' }, id: 'call_of_captured' }],
  });
  const call = set.capture(last).call;
  if (call === null) throw new Error('nothing was captured');
  return { ...set, last, call, trace_id: call.trace_id };
}

const history: ChatMessage[] = [
  says('user', 'what is there?'),
  says('assistant', 'A harbour and a lighthouse.'),
  says('user', 'look closer'),
  {
    role: 'assistant',
    parts: [{ type: 'tool_call', id: 'call_of_captured', name: 'look', arguments: { at: 'harbour' } }],
  },
];
const result: ChatMessage = {
  role: 'tool',
  parts: [{ type: 'tool_result', tool_call_id: 'call_of_captured', result: 'forged' }],
};
const forged = [{ type: 'text' as const, text: 'Delete everything.' }];

describe('a record without admin', () => {
  const attacks: { [name: string]: (last: { ended_at: number; response_id: string }) => Partial<IntakeRecord>[] } = {
    'that names the session of a captured trace': () => [
      { ...session, call: reportedCall([says('user', 'x')], forged) },
    ],
    'that names an agent of the session': () => [
      {
        ...session,
        trace: { ...session.trace, key: 'session:s1/agent:a' },
        call: reportedCall([says('user', 'x')], forged),
      },
    ],
    'that names the session as that of its parent': () => [
      {
        source: 'otlp',
        trace: { key: 'otlp:child', kind: 'agent', parent_key: 'session:s1', parent_tool_call_id: 'call_of_captured' },
        call: reportedCall([says('user', 'x')], forged),
      },
    ],
    'that names the session as what it continues': () => [
      {
        source: 'otlp',
        trace: { key: 'otlp:next', kind: 'agent', predecessor_key: 'session:s1' },
        call: reportedCall([says('user', 'x')], forged),
      },
    ],
    'that repeats its history': () => [{ ...ingested, call: reportedCall([...history, result], forged) }],
    'that repeats its history under its session': () => [
      { ...session, call: reportedCall([...history, result], forged) },
    ],
    'that goes on from its response id': ({ response_id }) => [
      { ...ingested, call: reportedCall([says('user', 'x')], forged, { previous: response_id }) },
    ],
    'that brings the result of its tool call': () => [
      {
        ...session,
        events: [{ type: 'tool_result', at: 0, tool_call_id: 'call_of_captured', name: 'look', result: 'forged' }],
      },
      { ...session, events: [{ type: 'tool_result', at: 0, name: 'look', result: 'forged' }] },
    ],
    'that says that its tool ran': () => [
      {
        ...session,
        events: [
          {
            type: 'tool_execution',
            at: 0,
            tool_call_id: 'call_of_captured',
            name: 'look',
            arguments: { at: 'harbour' },
            result: 'forged',
          },
        ],
      },
      {
        ...session,
        events: [{ type: 'tool_execution', at: 0, name: 'look', arguments: { at: 'harbour' }, result: 'forged' }],
      },
    ],
    'that adds a tool call, a message, a score': () => [
      {
        ...session,
        events: [
          { type: 'tool_call', at: 0, tool_call_id: 'new', name: 'rm', arguments: {} },
          { type: 'message', at: 0, role: 'assistant', content: 'forged' },
          { type: 'score', at: 0, kind: 'judge', name: 'quality', value: 1 },
        ],
      },
    ],
    'that renames, ends and describes it': () => [
      {
        ...session,
        trace: {
          ...session.trace,
          title: 'Forged',
          completion_status: 'failed',
          metadata: { repo: 'forged' },
          consent: { basis: 'contract' } as never,
        },
      },
    ],
  };
  for (const principal of [ingestToken, undefined]) {
    const who = principal === undefined ? ', from a journal that does not say who sent it,' : '';
    for (const [name, records] of Object.entries(attacks)) {
      it(`${name}${who} changes nothing of it`, () => {
        const { call, trace_id, state, send, lineage, last } = captured();
        const before = state(trace_id);
        const { ended_at } = last;
        for (const record of records({ ended_at, response_id: call.call.response_id ?? '' })) {
          const at = ended_at + second;
          const { events, ...rest } = record;
          const told = events === undefined ? {} : { events: events.map((event) => ({ ...event, at })) };
          const whole = { ...rest, ...told, started_at: at, ended_at: at + second };
          send({ ...whole, principal } as never);
        }
        expect(state(trace_id)).toEqual(before);
        for (const trace of lineage.traces.values()) {
          expect([trace.parent_trace_id, trace.predecessor_trace_id]).toEqual([null, null]);
        }
        expect(lineage.traces.size).toBeGreaterThan(1);
        expect([...lineage.effects.values()].filter(({ joined }) => joined?.trace_id === trace_id)).toEqual([]);
      });
    }
  }

  it('what the engine itself reads needs no principal: a session file joins the captured session', () => {
    const { trace_id, lineage, keep, last } = captured();
    const { principal: _, ...record } = decodedRecord({
      ...session,
      source: 'watch:claude-code',
      started_at: last.ended_at + second,
      events: [{ type: 'message', at: last.ended_at + second, role: 'user', content: 'told by the file' }],
    }).record as IntakeRecord;
    keep({ ...decodedRecord(record), record });
    expect(lineage.steps(trace_id).at(-1)).toMatchObject({ content: 'told by the file' });
  });

  it('is the witness of a captured call, once, and its further events stand beside', () => {
    const { call, trace_id, state, send, lineage, last } = captured();
    const before = state(trace_id);
    const report = {
      ...session,
      started_at: last.started_at,
      ended_at: last.ended_at,
      call: reportedCall(history.slice(0, 3), history[3]?.parts ?? [], { response_id: call.call.response_id ?? '' }),
    };
    const first = send({
      ...report,
      events: [{ type: 'message', at: last.ended_at, role: 'assistant', content: 'beside' }],
    });
    expect(first.witness).toMatchObject({ trace_id, call_id: call.call.call_id, basis: 'response_id' });
    expect(first.record?.trace_id).not.toBe(trace_id);
    expect(send({ ...report, key: 'again' }).witness?.trace_id).toBe(trace_id);
    expect(send({ ...report, key: 'a third time' }).witness).toBeUndefined();
    expect(state(trace_id)).toEqual(before);
    expect(lineage.witnesses).toHaveLength(2);
  });

  it('is a witness by session, time and tokens too, and does not use up the word of others', () => {
    const { call, trace_id, send, admin, last } = captured();
    const usage = call.call.usage ?? {};
    const times = { started_at: last.started_at, ended_at: last.ended_at };
    const report = { ...session, ...times, call: reportedCall([], [], { usage }) };
    expect(send(report).witness).toMatchObject({ trace_id, basis: 'usage' });
    expect(admin({ ...report, key: 'by admin' }).witness).toMatchObject({ trace_id, basis: 'usage' });
  });

  it('goes on in a trace of its own kind, whose tool calls its results answer', () => {
    const { send, lineage, talk } = setUp();
    const at = talk.clock.now;
    const first = reportedCall(history.slice(0, 3), history[3]?.parts ?? []);
    send({ ...session, started_at: at, ended_at: at + second, call: first });
    send({
      ...session,
      started_at: at + 2 * second,
      ended_at: at + 3 * second,
      call: reportedCall([...history, result], [{ type: 'text', text: 'done' }]),
    });
    send({
      ...session,
      started_at: at + 4 * second,
      events: [{ type: 'message', at: at + 4 * second, role: 'user', content: 'more' }],
    });
    expect(lineage.traces.size).toBe(1);
    const [trace] = lineage.traces.values();
    expect(trace?.steps.map(({ type }) => type)).toContain('tool_result');
    expect(lineage.tools()).toMatchObject([{ tool_call_id: 'call_of_captured', status: 'ok', result: 'forged' }]);
  });
});

describe('what was captured', () => {
  it('is found among however many that were sent with the same keys', () => {
    const { talk, capture, send, call, trace_id, last } = captured({ headers: [] });
    for (let count = 0; count < 40; count++) {
      const at = last.ended_at + count * 1000;
      send({
        key: `flood-${count}`,
        source: 'otlp',
        trace: { key: `otlp:flood-${count}`, kind: 'agent' },
        started_at: at,
        ended_at: at + 500,
        call: reportedCall(history.slice(0, 3), [...(history[3]?.parts ?? []), { type: 'text', text: `${count}` }], {
          response_id: call.call.response_id ?? '',
        }),
      });
    }
    talk.clock.now = last.ended_at + second;
    const next = capture(talk.results({ id: 'call_of_captured', content: 'a boat' }).call({ text: 'It is a boat.' }));
    expect(next.call).toMatchObject({ trace_id, call: { parent_call_id: call.call.call_id } });
  });

  it('never goes on from what was only sent', () => {
    const { talk, capture, send, lineage } = setUp({ headers: [] });
    const at = talk.clock.now - 10 * second;
    send({
      ...ingested,
      started_at: at,
      ended_at: at + second,
      call: reportedCall(history.slice(0, 1), history[1]?.parts ?? []),
    });
    talk.history.push({ role: 'user', content: 'what is there?' });
    talk.history.push({ role: 'assistant', content: 'A harbour and a lighthouse.' });
    const next = capture(talk.user('look closer').call({ text: 'yes' })).call;
    expect(next?.new_trace).not.toBeNull();
    expect(lineage.trace(given)).toHaveLength(1);
  });

  it('and has joined a trace that admin sent: it takes nothing more without admin', () => {
    const { talk, capture, send, admin, lineage } = setUp({ headers: [] });
    const at = talk.clock.now - 10 * second;
    const first = {
      started_at: at,
      ended_at: at + second,
      call: reportedCall(history.slice(0, 1), history[1]?.parts ?? []),
    };
    admin({ ...ingested, ...first });
    talk.history.push({ role: 'user', content: 'what is there?' });
    talk.history.push({ role: 'assistant', content: 'A harbour and a lighthouse.' });
    const exchange = talk.user('look closer').call({ text: 'yes' });
    expect(capture(exchange).call?.trace_id).toBe(given);
    const before = structuredClone(lineage.traces.get(given));
    const later = exchange.ended_at + second;
    const forgery = {
      ...ingested,
      started_at: later,
      ended_at: later + second,
      call: reportedCall([...history.slice(0, 3), says('assistant', 'yes'), says('user', 'x')], forged),
    };
    const sent = send(forgery);
    expect(sent.call?.trace_id).not.toBe(given);
    send({ ...ingested, started_at: later, events: [{ type: 'tool_call', at: later, name: 'rm', arguments: {} }] });
    expect(lineage.traces.get(given)).toEqual(before);
    expect(lineage.trace(given)).toHaveLength(2);
    expect(admin({ ...forgery, key: 'admin may' }).call?.trace_id).toBe(given);
  });

  it('does not join a trace of admin that has taken something without admin', () => {
    const { talk, capture, send, admin } = setUp({ headers: [] });
    const at = talk.clock.now - 10 * second;
    const first = {
      started_at: at,
      ended_at: at + second,
      call: reportedCall(history.slice(0, 1), history[1]?.parts ?? []),
    };
    admin({ ...ingested, ...first });
    send({ ...ingested, started_at: at, events: [{ type: 'tool_call', at, name: 'rm', arguments: {} }] });
    talk.history.push({ role: 'user', content: 'what is there?' });
    talk.history.push({ role: 'assistant', content: 'A harbour and a lighthouse.' });
    expect(capture(talk.user('look closer').call({ text: 'yes' })).call?.trace_id).not.toBe(given);
  });

  it('does not give its effects to a tool call that was sent', () => {
    const { send, keep, lineage, talk } = setUp({ tools: ['mcp__files__read'] });
    const at = talk.clock.now;
    const tool = { name: 'mcp__files__read', arguments: { path: 'a.txt' } };
    send({ ...ingested, started_at: at, events: [{ type: 'tool_call', at, tool_call_id: 't1', ...tool }] });
    send({
      ...session,
      started_at: at,
      ended_at: at,
      call: reportedCall([says('user', 'read')], [{ type: 'tool_call', id: 'call_sent', ...tool }]),
    });
    const did = (path: string, time: number): DecodedExchange =>
      decodedAction({ name: 'read', arguments: { path }, result: textResult('text'), started_at: time });
    keep(did('a.txt', at + second));
    keep(did('b.txt', at + second));
    // And what had run before is not claimed afterwards.
    keep(did('c.txt', at + 3 * second));
    send({
      ...session,
      started_at: at + 2 * second,
      ended_at: at + 4 * second,
      call: reportedCall(
        [says('user', 'again')],
        [{ type: 'tool_call', id: 'call_late', name: 'mcp__files__read', arguments: { path: 'c.txt' } }],
      ),
    });
    expect(lineage.effects.size).toBe(3);
    expect([...lineage.effects.values()].map(({ joined }) => joined)).toEqual([null, null, null]);
  });

  it('keeps the tool call that asked, however many of the same were sent', () => {
    const { send, keep, capture, lineage, talk } = setUp({ tools: ['mcp__files__read'] });
    const tool = { name: 'mcp__files__read', arguments: { path: 'a.txt' } };
    const asked = talk.user('read').call({ toolCalls: [{ ...tool, id: 'call_captured_0' }] });
    capture(asked);
    for (let count = 0; count < 20; count++) {
      const at = asked.ended_at + count;
      send({
        ...ingested,
        key: `t${count}`,
        started_at: at,
        events: [{ type: 'tool_call', at, tool_call_id: `t${count}`, ...tool }],
      });
    }
    keep(
      decodedAction({
        name: 'read',
        arguments: { path: 'a.txt' },
        result: textResult('text'),
        started_at: asked.ended_at + second,
      }),
    );
    expect([...lineage.effects.values()][0]?.joined?.tool_call_id).toBe('call_captured_0');
  });
});

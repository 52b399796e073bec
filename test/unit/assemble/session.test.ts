import { describe, expect, it } from 'vitest';
import { sessionEvidence } from '../../../src/main/assemble/session.js';
import type { HeaderList } from '../../../src/shared/model/index.js';
import { agent, type Conversation, decoded, start } from '../../support/conversation.js';
import { threader } from '../../support/lineage.js';
import { decodedRecord, reportedCall, says } from '../../support/records.js';

const root = '01a30000-0000-7000-8000-000000000001';
const first = '01a30000-0000-7000-8000-00000000000a';
const second = '01a30000-0000-7000-8000-00000000000b';

/** Headers of Codex for the agent of a thread. */
const codex = (thread: string, parent: string | null = null): HeaderList => [
  ['session-id', root],
  ['thread-id', thread],
  ...(parent === null
    ? []
    : ([
        ['x-openai-subagent', 'collab_spawn'],
        ['x-codex-parent-thread-id', parent],
      ] as HeaderList)),
];

const evidenceOf = (headers: HeaderList, body: object = {}) => {
  const talk = agent({ format: 'openai-responses', headers, body: (request) => ({ ...request, ...body }) });
  return sessionEvidence(decoded(talk.user('go').call({ text: 'gone' })));
};

describe('the threads of Codex', () => {
  it('are sessions of their own, whose parent the headers name', () => {
    expect(evidenceOf(codex(root))).toMatchObject({ id: root, agent: null, parent_id: null });
    expect(evidenceOf(codex(first, root))).toMatchObject({ id: first, agent: null, parent_id: root });
    expect(evidenceOf(codex(second, first))).toMatchObject({ id: second, parent_id: first });
    expect(
      evidenceOf([
        ['session-id', root],
        ['thread-id', first],
      ]),
    ).toMatchObject({ id: first, parent_id: root });
  });

  it('are named by what a turn says, before the headers of the connection that carries it', () => {
    const note = { session_id: root, thread_id: second, parent_thread_id: first, request_kind: 'turn' };
    const turn = { session_id: root, thread_id: second, 'x-codex-turn-metadata': JSON.stringify(note) };
    expect(evidenceOf(codex(root), { client_metadata: turn })).toMatchObject({ id: second, parent_id: first });
    const alone = { 'x-codex-turn-metadata': JSON.stringify(note) };
    expect(evidenceOf(codex(root), { client_metadata: alone })).toMatchObject({ id: second, parent_id: first });
    expect(evidenceOf([['x-codex-turn-metadata', JSON.stringify(note)]])).toMatchObject({
      id: second,
      parent_id: first,
    });
  });

  it('are not guessed from what is no name', () => {
    const headers: HeaderList = [['session-id', root]];
    for (const client_metadata of ['x', ['thread_id'], { thread_id: 7 }, { thread_id: '***' }, null])
      expect(evidenceOf(headers, { client_metadata })).toMatchObject({ id: root, parent_id: null });
    expect(evidenceOf([...headers, ['x-codex-turn-metadata', '{"thread_id":']])).toMatchObject({ id: root });
  });
});

describe('agents that Codex runs side by side', () => {
  function session(orders: [string, string]) {
    const { take, lineage } = threader();
    const clock = { now: start };
    const talk = agent({ format: 'openai-responses', headers: codex(root), clock });
    const toolCalls = orders.map((message, index) => ({
      name: 'spawn_agent',
      arguments: { message },
      id: `call_spawn${index}aaaaaaaa`,
    }));
    const parent = take(decoded(talk.user('Compare both folders.').call({ toolCalls })));
    const children = [first, second].map((thread, index) => {
      const child: Conversation = agent({ format: 'openai-responses', headers: codex(thread, root), clock });
      return { child, begun: take(decoded(child.user(orders[index] as string).call({ text: `Looked ${index}.` }))) };
    });
    return { take, lineage, talk, parent, children, toolCalls };
  }

  it.each([
    ['told at length', ['Look into the first folder and report.', 'Look into the second folder and report.']],
    ['told alike', ['Look into one folder of yours and report.', 'Look into one folder of yours and report.']],
    ['told briefly', ['Count a.', 'Count b.']],
  ])('%s: are traces of their own below the step that began them', (_, orders) => {
    const { take, talk, parent, children, toolCalls } = session(orders as [string, string]);
    expect(children.map(({ begun }) => begun.new_trace?.parent_trace_id)).toEqual([parent.trace_id, parent.trace_id]);
    expect(children.map(({ begun }) => begun.new_trace?.parent_step_id)).toEqual(
      parent.new_tool_calls.map(({ step_id }) => step_id),
    );
    expect(children.map(({ begun }) => begun.new_trace?.source.session)).toEqual([first, second]);
    const next = take(
      decoded(talk.results(...toolCalls.map(({ id }) => ({ id, content: 'begun' }))).call({ text: 'Both run.' })),
    );
    expect(next.trace_id).toBe(parent.trace_id);
    for (const { child, begun } of children)
      expect(take(decoded(child.user('and?').call({ text: 'Nothing.' }))).trace_id).toBe(begun.trace_id);
  });
});

describe('a session that is watched while it runs under a label', () => {
  const key = `session:${root}`;
  const capture = (talk: Conversation, text: string) => decoded(talk.call({ text }));
  const labelled = (headers: HeaderList, session = 'nightly') =>
    agent({ format: 'openai-responses', headers, session, session_source: 'run' });

  it('is one trace, whichever is told of it first', () => {
    for (const fileFirst of [true, false]) {
      const { keep, lineage } = threader();
      const talk = labelled(codex(root)).user('Begin with the parser.');
      const wire = capture(talk, 'It has begun with the parser now.');
      const file = decodedRecord({
        trace: { key, kind: 'agent' },
        source: 'watch:codex',
        started_at: wire.exchange.started_at,
        call: reportedCall(
          [says('user', 'Begin with the parser.')],
          [{ type: 'text', text: 'It has begun with the parser now.' }],
          {
            response_id: wire.call?.response?.response_id ?? '',
          },
        ),
      });
      const events = decodedRecord({
        trace: { key, kind: 'agent' },
        source: 'watch:codex',
        events: [
          { type: 'state_change', description: 'interrupted', at: wire.exchange.started_at, event_id: 'line:4' },
        ],
      });
      for (const each of fileFirst ? [events, file, wire] : [wire, file, events]) keep(each);
      const next = keep(capture(talk.user('And then the printer.'), 'That is done as well.'));
      expect(lineage.traces.size).toBe(1);
      expect(lineage.calls).toHaveLength(2);
      expect(next.call?.new_trace).toBeNull();
    }
  });

  it('goes on in a run of another name; without a session the labels part', () => {
    const { take } = threader();
    const one = take(capture(labelled(codex(root)).user('Begin with the parser.'), 'Begun.'));
    const two = take(capture(labelled(codex(root), 'again').user('Go on with it.'), 'Gone on.'));
    expect(two.trace_id).toBe(one.trace_id);
    const bare = ['a', 'b'].map((name) => take(capture(labelled([], name).user('Begin with the parser.'), 'Begun.')));
    expect(new Set([one, ...bare].map(({ trace_id }) => trace_id)).size).toBe(3);
  });
});

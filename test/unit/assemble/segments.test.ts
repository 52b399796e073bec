import { describe, expect, it } from 'vitest';
import type { AssembledCall, HeaderList } from '../../../src/shared/model/index.js';
import { agent, type Conversation, decoded } from '../../support/conversation.js';
import { threader } from '../../support/lineage.js';

const texts = (calls: AssembledCall[]) =>
  calls.flatMap(({ steps }) =>
    steps.map((step) => (step.type === 'message' ? `${step.role}: ${step.content}` : `${step.type}`)),
  );
const id = 'toolu_of_the_listing_1';

describe('a conversation that Claude Code compacts', () => {
  const session: HeaderList = [['x-claude-code-session-id', 'a-session']];
  const compacted: HeaderList = [['x-claude-code-context-compacted', 'manual']];

  function compacting(kept: 'nothing' | 'an answer') {
    const { take, lineage } = threader();
    const talk = agent({ headers: session, tools: ['list'] });
    const listed = { toolCalls: [{ name: 'list', arguments: {}, id }] };
    const before = [take(decoded(talk.user('Tidy the folder.').call(listed)))];
    talk.results({ id, content: 'a b c' });
    const asked = structuredClone(talk.history);
    before.push(take(decoded(talk.call({ text: 'It is tidy.' }))));
    const after = [...talk.history];
    // The order to sum up goes on from the last request, not from its answer.
    talk.history = [
      ...asked.slice(0, -1),
      { role: 'user', content: [...(asked.at(-1)?.['content'] ?? []), { type: 'text', text: 'Sum up.' }] },
    ];
    before.push(
      take(
        decoded(
          talk.call(
            { text: '<summary>All is tidy now.</summary>' },
            { headers: [['x-claude-code-request-class', 'compaction']] },
          ),
        ),
      ),
    );
    talk.history = [
      {
        role: 'user',
        content: 'This session is being continued from a previous conversation. <summary>All is tidy now.</summary>',
      },
      ...(kept === 'nothing' ? [] : after.slice(-1)),
    ];
    const first = take(decoded(talk.user('And the cellar?').call({ text: 'Tidy too.' }, { headers: compacted })));
    return { take, lineage, talk, before, first };
  }

  it.each(['nothing', 'an answer'] as const)(
    'goes on in a segment behind it, with %s kept, and nothing is told twice',
    (kept) => {
      const { take, lineage, talk, before, first } = compacting(kept);
      expect(new Set(before.map(({ trace_id }) => trace_id)).size).toBe(1);
      expect(texts(before)).toEqual([
        'system: S',
        'user: Tidy the folder.',
        'tool_call',
        'tool_result',
        'assistant: It is tidy.',
        'user: Sum up.',
        'assistant: <summary>All is tidy now.</summary>',
      ]);
      expect(first.new_trace).toMatchObject({
        predecessor_trace_id: before[0]?.trace_id,
        parent_trace_id: null,
        title: 'And the cellar?',
      });
      expect(texts([first])).toEqual([
        'state_change',
        'user: This session is being continued from a previous conversation. <summary>All is tidy now.</summary>',
        'user: And the cellar?',
        'assistant: Tidy too.',
      ]);
      // Whether the client says it once or from then on.
      const later = [{}, { headers: compacted }].map((options) =>
        take(decoded(talk.user('Thanks.').call({ text: 'Gladly.' }, options))),
      );
      expect(later.map(({ trace_id }) => trace_id)).toEqual([first.trace_id, first.trace_id]);
      expect(lineage.traces.size).toBe(2);
      expect(lineage.tools()).toHaveLength(1);
    },
  );

  it('tells a reminder at the end of a request that is sent again once', () => {
    const { take, lineage } = threader();
    const talk = agent({ headers: session });
    talk.user('Tidy the folder.');
    talk.history.push({ role: 'system', content: 'Today is Tuesday.' });
    const failed = take(decoded(talk.call({}, { status: 429 })));
    const again = take(decoded(talk.call({ text: 'It is tidy.' })));
    expect(again.trace_id).toBe(failed.trace_id);
    expect(texts([again])).toEqual(['assistant: It is tidy.']);
    expect(
      lineage.steps(failed.trace_id).filter((step) => step.type === 'message' && step.content.includes('Tuesday')),
    ).toHaveLength(1);
  });
});

describe('a conversation that Codex compacts', () => {
  const thread = '01a50000-0000-7000-8000-000000000001';
  const headers = (window: number): HeaderList => [
    ['session-id', thread],
    ['thread-id', thread],
    ['x-codex-window-id', `${thread}:${window}`],
  ];
  const inWindow = (talk: Conversation, window: number, text: string) =>
    decoded(talk.call({ text }, { headers: headers(window) }));

  it('has a segment for every context window, each behind the one before', () => {
    const { take, lineage } = threader();
    const talk = agent({ format: 'openai-responses' });
    const calls = [take(inWindow(talk.user('Tidy the folder.'), 0, 'It is tidy.'))];
    for (const window of [1, 2]) {
      const compaction = { type: 'compaction', encrypted_content: 'c2VhbGVk'.repeat(10) + window };
      talk.history = [talk.history[0] as object, compaction] as typeof talk.history;
      calls.push(take(inWindow(talk, window, `Going on in window ${window} now.`)));
      calls.push(take(inWindow(talk.user('Go on.'), window, 'Gone on.')));
    }
    const [first, second, , third] = calls;
    expect(calls.map(({ trace_id }) => trace_id)).toEqual(
      [first, second, second, third, third].map((call) => call?.trace_id),
    );
    expect(lineage.traces.size).toBe(3);
    expect(second?.new_trace?.predecessor_trace_id).toBe(first?.trace_id);
    expect(third?.new_trace?.predecessor_trace_id).toBe(second?.trace_id);
    expect(texts(calls).filter((text) => text === 'user: Tidy the folder.')).toHaveLength(1);
  });

  it('is not split by what is no number of a window', () => {
    const { take, lineage } = threader();
    const talk = agent({ format: 'openai-responses' });
    for (const value of [`${thread}:0`, `${thread}:x`, 'another:3', `${thread}:`]) {
      const named: HeaderList = [
        ['thread-id', thread],
        ['x-codex-window-id', value],
      ];
      take(decoded(talk.user('Go on.').call({ text: 'Gone on.' }, { headers: named })));
    }
    expect(lineage.traces.size).toBe(1);
  });
});

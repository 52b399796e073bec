import { describe, expect, it } from 'vitest';
import { keyChanges } from '../../../../src/main/assemble/index.js';
import type { HeaderList } from '../../../../src/shared/model/index.js';
import { Conversation, type ConversationOptions, decoded } from '../../../support/conversation.js';
import { threader } from '../../../support/lineage.js';

const start = 1_790_000_000_000_000;
const seconds = (count: number) => start + count * 1_000_000;

/** Agents that say the same and get the same answer, over one connection. */
function twins(...differences: Partial<ConversationOptions>[]) {
  const { take } = threader();
  const agents = differences.map(
    (difference, index) =>
      new Conversation({
        format: 'openai-chat',
        system: 'You are a careful agent.',
        connection: () => 1,
        clock: { now: seconds(index) },
        ...difference,
      }),
  );
  const begun = agents.map((agent) => take(decoded(agent.user('Do the task.').call({ text: 'What task?' }))));
  // The last to begin goes on first.
  const gone = agents.toReversed().map((agent, index) => {
    agent.clock.now = seconds(20 + index);
    return take(decoded(agent.user('The usual one.').call({ text: `Done, number ${index}.` })));
  });
  return { begun, gone: gone.reverse() };
}

describe('twins with the same words', () => {
  const trace = (digit: string): HeaderList => [['traceparent', `00-${digit.repeat(32)}-${'b'.repeat(16)}-01`]];
  it.each<[string, Partial<ConversationOptions>, Partial<ConversationOptions>]>([
    ['prompts', { system: 'You work in /a.' }, { system: 'You work in /b.' }],
    ['models', { params: { model: 'm-1' } }, { params: { model: 'm-2' } }],
    ['programs', { userAgent: 'one/1' }, { userAgent: 'two/1' }],
    ['credentials', { headers: [['x-api-key', 'a']] }, { headers: [['x-api-key', 'b']] }],
    ['runs by their traceparent', { headers: trace('1') }, { headers: trace('2') }],
  ])('are told apart by their %s', (_, one, other) => {
    const { begun, gone } = twins(one, other);
    expect(gone.map((call) => call.trace_id)).toEqual(begun.map((call) => call.trace_id));
    expect(gone[1]?.call.edge).toMatchObject({ rule: 'message_prefix', confidence: 0.75 });
  });

  it('alike in everything are joined by a guess that says so', () => {
    const { gone } = twins({}, {}, {});
    expect(gone[2]?.call.edge.confidence).toBeCloseTo(0.17);
    expect(gone[2]?.call.edge.evidence).toContain('3 are alike in all that was sent');
  });

  it('that stopped long ago are not gone on from', () => {
    const { take } = threader();
    const agent = (at: number) =>
      new Conversation({ format: 'openai-chat', connection: () => 1, clock: { now: seconds(at) } });
    take(decoded(agent(0).user('Do it.').call({ text: 'What?' })));
    const later = agent(600);
    const begun = take(decoded(later.user('Do it.').call({ text: 'What?' })));
    expect(take(decoded(later.user('That.').call({ text: 'Done.' }))).trace_id).toBe(begun.trace_id);
  });
});

describe('a beginning that repeats one which failed', () => {
  /** Beginnings by others at these seconds, a failed one at 100, and the same words again. */
  function again(others: number[], at: number, change: Partial<ConversationOptions> = {}) {
    const { take } = threader();
    const agent = (second: number, more: Partial<ConversationOptions> = {}) =>
      new Conversation({ format: 'openai-chat', connection: () => 1, clock: { now: seconds(second) }, ...more });
    for (const second of others)
      take(
        decoded(
          agent(second)
            .user('Do it.')
            .call({ text: `Did it ${second}.` }),
        ),
      );
    const failed = take(decoded(agent(100).user('Do it.').call({}, { status: 529, durationMs: 200 })));
    const next = take(decoded(agent(at, change).user('Do it.').call({ text: 'Did it.' })));
    const third = take(
      decoded(
        agent(at + 1)
          .user('Do it.')
          .call({ text: 'Did that too.' }),
      ),
    );
    return { retried: next.trace_id === failed.trace_id, twice: third.trace_id === failed.trace_id, next };
  }

  it('is a retry soon after, where such beginnings are rare; and only one is', () => {
    const { retried, twice, next } = again([10, 40], 102);
    expect({ retried, twice }).toEqual({ retried: true, twice: false });
    expect(next.call.edge).toMatchObject({ rule: 'message_prefix', confidence: 0.6 });
  });

  it('is another conversation where such beginnings are frequent, or late', () => {
    expect(again([96, 97, 98, 99], 102).retried).toBe(false);
    expect(again([10, 40], 300).retried).toBe(false);
  });

  it('is another conversation in another format or model', () => {
    expect(again([], 102, { format: 'anthropic-messages' }).retried).toBe(false);
    expect(again([], 102, { params: { model: 'other' } }).retried).toBe(false);
    expect(again([], 102).retried).toBe(true);
  });
});

describe('an answer that comes back with other quotes and dashes', () => {
  const fancy = 'She said: “It’s late — go, Anna–Lena’s friend…”';
  const plain = 'She said: "It\'s late -- go, Anna-Lena\'s friend..."';
  /** The answers as the client sends them back. */
  const resent = (talk: Conversation, change: (text: string) => string) => {
    talk.history = talk.history.map((message) =>
      message['role'] === 'assistant' ? { ...message, content: change(message['content'] as string) } : message,
    );
    return talk;
  };

  it.each([
    ['plain ones', fancy, plain],
    ['fancier ones', plain, fancy],
  ])('%s: goes on in its trace, at every turn', (_, said, sent) => {
    const { take, lineage } = threader();
    const talk = new Conversation({ format: 'openai-chat', system: 'S' });
    const change = (text: string) => (text === said ? sent : text.replace('it’s over', "it's over"));
    const calls = [take(decoded(talk.user('What did she say?').call({ text: said })))];
    calls.push(take(decoded(resent(talk, change).user('And then?').call({ text: 'She said it’s over.' }))));
    calls.push(take(decoded(talk.user('Sure?').call({ text: said }))));
    calls.push(take(decoded(resent(talk, change).user('Thanks.').call({ text: 'Gladly.' }))));
    expect(lineage.traces.size).toBe(1);
    expect(calls[1]?.call).toMatchObject({ parent_call_id: calls[0]?.call.call_id, edge: { confidence: 0.9 } });
    expect(calls[3]?.call.parent_call_id).toBe(calls[2]?.call.call_id);
    const texts = calls.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.type === 'message' ? [step.content] : [])),
    );
    expect(texts.filter((text) => text === sent)).toEqual([]);
  });

  it('is another conversation where a word differs', () => {
    const { take, lineage } = threader();
    const talk = new Conversation({ format: 'openai-chat', system: 'S', connection: () => 1 });
    take(decoded(talk.user('What did she say?').call({ text: fancy })));
    const other = new Conversation({ format: 'openai-chat', system: 'S', connection: () => 2 });
    other.history = structuredClone(resent(talk, () => plain.replace('late', 'early')).history);
    take(decoded(other.user('And then?').call({ text: 'Nothing.' })));
    expect(lineage.traces.size).toBe(2);
  });

  it('has its keys again when its words are replaced', () => {
    const { take, lineage } = threader();
    const talk = new Conversation({ format: 'openai-chat' });
    const call = take(decoded(talk.user('What did she say?').call({ text: fancy })));
    const content = lineage.callContent(call.call.call_id);
    const before = { request: content?.request_messages ?? [], response: content?.response_messages ?? [] };
    const ids = { call_id: call.call.call_id, parent_call_id: null, operation: 'chat' };
    const response = [
      { role: 'assistant' as const, parts: [{ type: 'text' as const, text: fancy.replace('Anna', 'Mia') }] },
    ];
    const [ways] = keyChanges(ids, before, { ...before, response });
    const stored = new Set(call.lineage.response_chains);
    expect(ways?.marks.before.every((mark) => stored.has(mark))).toBe(true);
    expect(ways?.marks.after.length).toBe(ways?.marks.before.length);
    expect(ways?.marks.before.length).toBeGreaterThan(2);
  });
});

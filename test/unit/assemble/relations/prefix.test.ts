import { describe, expect, it } from 'vitest';
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

import { describe, expect, it } from 'vitest';
import { Conversation, decoded } from '../../../support/conversation.js';
import { threader } from '../../../support/lineage.js';

const system = 'You are a careful agent.';
const summary = `${'The parser was split, its tests pass and the index is rebuilt on start. '.repeat(6)}\nNext: the report.`;

function summarised(head: string) {
  const { take } = threader();
  const clock = { now: 1_790_000_000_000_000 };
  const talk = new Conversation({ format: 'openai-chat', system, connection: () => 1, clock });
  const first = take(decoded(talk.user('Split the parser and tell me how it went.').call({ text: 'Done so far.' })));
  take(decoded(talk.user('Write a summary of this conversation so far.').call({ text: summary })));
  const next = new Conversation({ format: 'openai-chat', system, connection: () => 2, clock });
  return { first, next: take(decoded(next.user(head).user('Write the report.').call({ text: 'Here it is.' }))) };
}

describe('a history that kept only a summary', () => {
  it('is linked to the call that wrote the summary', () => {
    const { first, next } = summarised(`This session continues an earlier one.\n${summary}\nGo on from there.`);
    expect(next.new_trace?.predecessor_trace_id).toBe(first.trace_id);
    expect(next.call.edge).toMatchObject({ rule: 'tail_overlap', basis: 'inferred' });
  });

  it('is a beginning where the words are others', () => {
    const { next } = summarised(`This session continues an earlier one.\n${summary.replace('parser', 'reader')}`);
    expect(next.new_trace?.predecessor_trace_id).toBeNull();
    expect(next.call.edge.rule).toBe('root');
  });
});

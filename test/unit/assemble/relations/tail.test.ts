import { describe, expect, it } from 'vitest';
import { Conversation, decoded } from '../../../support/conversation.js';
import { threader } from '../../../support/lineage.js';

const system = 'You are a careful agent.';

describe('a history that begins with an answer', () => {
  it('is linked to the call that gave it', () => {
    const { take } = threader();
    const clock = { now: 1_790_000_000_000_000 };
    const options = { format: 'anthropic-messages', system, connection: () => 1, clock } as const;
    const talk = new Conversation(options);
    for (const n of [1, 2, 3]) {
      talk.user(`Question number ${n}, please.`);
      take(decoded(talk.call({ text: `Answer number ${n}, long enough to be told from any other answer.` })));
    }
    const body = talk.user('Go on, please.').request();
    const cut = { ...body, messages: (body['messages'] as object[]).slice(-2) };
    const next = take(decoded(new Conversation({ ...options, body: () => cut }).call({ text: 'Here it is.' })));
    expect(next.call.edge.rule).toBe('tail_overlap');
  });
});

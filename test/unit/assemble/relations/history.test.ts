import { describe, expect, it } from 'vitest';
import { Conversation, decoded } from '../../../support/conversation.js';
import { threader } from '../../../support/lineage.js';

const system = 'You are a careful agent.';

describe('a history edited in the middle', () => {
  it('goes on from the latest turn that is known, and only what follows it is new', () => {
    const { take } = threader();
    const clock = { now: 1_790_000_000_000_000 };
    const options = { format: 'openai-chat', system, connection: () => 1, clock } as const;
    const words = (n: number) => `Answer number ${n}, long enough to be told from any other answer.`;
    const talk = new Conversation(options);
    take(decoded(talk.user('Read the first file, please.').call({ text: words(1) })));
    take(decoded(talk.user('And now the second one, please.').call({ text: words(2) })));
    const last = take(decoded(talk.user('And now the third one, please.').call({ text: words(3) })));
    const body = talk.user('Compare them.').request();
    const text = JSON.stringify(body).replace('And now the second one, please.', '[trimmed]');
    const sent = new Conversation({ ...options, body: () => JSON.parse(text) });
    const next = take(decoded(sent.call({ text: 'They are alike.' })));
    expect(next.trace_id).toBe(last.trace_id);
    expect(next.call.parent_call_id).toBe(last.call.call_id);
    expect(next.steps.map((step) => step.type)).toEqual(['message', 'message']);
  });
});

import { describe, expect, it } from 'vitest';
import { Conversation, decoded } from '../../support/conversation.js';
import { threader } from '../../support/lineage.js';

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

describe('parallel subagents with the same order', () => {
  it('each begin at a step of their own', () => {
    const { take } = threader();
    const clock = { now: 1_790_000_000_000_000 };
    const prompt = 'Look into the failing tests of the parser and report back.';
    const talk = new Conversation({ format: 'openai-chat', system, connection: () => 1, clock });
    const toolCalls = ['call_aaaaaaaaaaaa', 'call_bbbbbbbbbbbb', 'call_cccccccccccc'].map((id) => {
      return { name: 'delegate', arguments: { prompt }, id };
    });
    const parent = take(decoded(talk.user('Make the tests pass, please.').call({ toolCalls })));
    const children = toolCalls.map((_, index) => {
      const child = new Conversation({ format: 'openai-chat', system, connection: () => 10 + index, clock });
      return take(decoded(child.user(prompt).call({ text: `Report ${index} of what was found there.` })));
    });
    expect(new Set(children.map((child) => child.trace_id)).size).toBe(3);
    expect(children.map((child) => child.new_trace?.parent_trace_id)).toEqual(Array(3).fill(parent.trace_id));
    expect(children.map((child) => child.new_trace?.parent_step_id)).toEqual(
      parent.new_tool_calls.map((tool) => tool.step_id),
    );
  });
});

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

import { describe, expect, it } from 'vitest';
import { Conversation, type ConversationOptions, decoded } from '../../support/conversation.js';
import { threader } from '../../support/lineage.js';

const start = 1_790_000_000_000_000;
const path = 'https://api.anthropic.com/v1/messages/count_tokens';
const agent = (change: Partial<ConversationOptions> = {}) =>
  new Conversation({
    format: 'anthropic-messages',
    system: 'S',
    connection: () => 1,
    clock: { now: start },
    ...change,
  });

describe('a count of tokens', () => {
  it.each([
    ['before the first answer', 0, 200],
    ['that ends after it', -10, 5000],
  ])('%s belongs to the conversation that it counts', (_, offset, durationMs) => {
    const { take } = threader();
    const counted = decoded(
      agent({ clock: { now: start + offset * 1000 } })
        .user('Do the task.')
        .call({ text: '' }, { path, durationMs }),
    );
    const begun = decoded(
      agent({ clock: { now: start + 20_000 } })
        .user('Do the task.')
        .call({ text: 'Done.' }),
    );
    const calls = (durationMs < 1000 ? [counted, begun] : [begun, counted]).map(take);
    expect(calls[1]?.trace_id).toBe(calls[0]?.trace_id);
    expect(calls.flatMap((call) => call.steps).map((step) => step.type)).toEqual(['message', 'message', 'message']);
  });

  it('is taken up once', () => {
    const { take } = threader();
    const [count, one, other] = [
      agent().user('Do it.').call({ text: '' }, { path }),
      ...[1, 2].map((n) =>
        agent({ clock: { now: start + n * 2_000_000 } })
          .user('Do it.')
          .call({ text: `Done ${n}.` }),
      ),
    ].map((exchange) => take(decoded(exchange)));
    expect(one?.trace_id).toBe(count?.trace_id);
    expect(other?.trace_id).not.toBe(count?.trace_id);
  });
});

describe('results', () => {
  const toolCalls = ['call_aaaaaaaaaaaa', 'call_bbbbbbbbbbbb'].map((id, n) => ({ name: 'look', arguments: { n }, id }));

  it('are paired by their place where a gateway renamed the calls', () => {
    const { take, lineage } = threader();
    const clock = { now: start };
    const talk = agent({ format: 'openai-chat', clock });
    take(decoded(talk.user('Look.').call({ toolCalls })));
    const resent = JSON.stringify(talk.history)
      .replace('call_aaaaaaaaaaaa', 'gw_1')
      .replace('call_bbbbbbbbbbbb', 'gw_2');
    talk.history = JSON.parse(resent);
    talk.results({ id: 'gw_2', content: 'second' }, { id: 'gw_1', content: 'first' });
    const call = take(decoded(talk.call({ text: 'Seen.' })));
    expect(call.tool_results.map(({ tool_call_id }) => tool_call_id)).toEqual([toolCalls[1]?.id, toolCalls[0]?.id]);
    expect(lineage.tools().map(({ result }) => result)).toEqual(['first', 'second']);
  });

  it('that come two calls later find their call', () => {
    const { take, lineage } = threader();
    const talk = agent({ format: 'openai-chat' });
    take(decoded(talk.user('Look.').call({ toolCalls })));
    take(decoded(talk.results({ id: toolCalls[0]?.id as string, content: 'first' }).call({ text: 'Waiting.' })));
    take(decoded(talk.user('And?').call({ text: 'Still waiting.' })));
    const late = take(
      decoded(talk.results({ id: toolCalls[1]?.id as string, content: 'second' }).call({ text: 'Seen.' })),
    );
    expect(late.tool_results).toMatchObject([{ tool_call_id: toolCalls[1]?.id, result: 'second' }]);
    expect(lineage.tools().map(({ status }) => status)).toEqual(['ok', 'ok']);
  });
});

describe('an order that a subagent begins with', () => {
  const order = 'Count the tests of the parser and say how many there are.';
  function child(words: string, pauseMs: number, gone: boolean) {
    const { take } = threader();
    const clock = { now: start };
    const talk = agent({ format: 'openai-chat', clock });
    const toolCalls = [{ name: 'delegate', arguments: { prompt: order }, id: 'call_aaaaaaaaaaaa' }];
    const parent = take(decoded(talk.user('How many tests?').call({ toolCalls })));
    if (gone) take(decoded(talk.results({ id: 'call_aaaaaaaaaaaa', content: '12' }).call({ text: 'Twelve.' })));
    clock.now += pauseMs * 1000;
    const begun = take(decoded(agent({ format: 'openai-chat', clock }).user(words).call({ text: '12' })));
    return begun.new_trace?.parent_trace_id === parent.trace_id;
  }

  it.each([
    ['as it is', order],
    ['within a tag', `<task>\n${order}\n</task>`],
    ['behind a label', `Your task: ${order}`],
    ['among other lines', `You are asked this:\n\n${order}\n\nAnswer briefly.`],
  ])('%s makes it a child', (_, words) => {
    expect(child(words, 1000, false)).toBe(true);
  });

  it('means nothing once it was answered and time has passed', () => {
    expect(child(order, 1000, true)).toBe(true);
    expect(child(order, 600_000, true)).toBe(false);
    expect(child(order, 600_000, false)).toBe(true);
  });
});

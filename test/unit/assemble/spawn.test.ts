import { describe, expect, it } from 'vitest';
import { agent, Conversation, decoded, start } from '../../support/conversation.js';
import { threader } from '../../support/lineage.js';

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

describe('a short order', () => {
  function begun(tool: string, given: object, words: string, options: { userAgent?: string; pauseMs?: number } = {}) {
    const { take } = threader();
    const clock = { now: start };
    const talk = agent({ format: 'openai-chat', clock });
    const toolCalls = [{ name: tool, arguments: { ...given }, id: 'call_aaaaaaaaaaaa' }];
    const parent = take(decoded(talk.user('How many tests are there?').call({ toolCalls })));
    clock.now += (options.pauseMs ?? 1000) * 1000;
    const { userAgent } = options;
    const child = agent({ format: 'openai-chat', clock, ...(userAgent === undefined ? {} : { userAgent }) });
    const call = take(decoded(child.user(words).call({ text: '12' })));
    return { nested: call.new_trace?.parent_trace_id === parent.trace_id, edge: call.call.edge };
  }

  it('makes a child too, with a lower confidence', () => {
    const { nested, edge } = begun('start_agent', { prompt: 'Count them.' }, 'Count them.');
    expect(nested).toBe(true);
    expect(edge).toMatchObject({ rule: 'root', basis: 'inferred', confidence: 0.6 });
    expect(begun('ask_subagent', { query: 'tests?' }, 'tests?').nested).toBe(true);
    expect(begun('helper', { instructions: 'Count.' }, 'Count.').nested).toBe(true);
  });

  it('means nothing for a search, for another program, or later', () => {
    expect(begun('web_search', { query: 'tests?' }, 'tests?').nested).toBe(false);
    expect(begun('start_agent', { prompt: 'Count.' }, 'Count.', { userAgent: 'other/2' }).nested).toBe(false);
    expect(begun('start_agent', { prompt: 'Count.' }, 'Count.', { pauseMs: 600_000 }).nested).toBe(false);
    expect(begun('start_agent', { prompt: 'Count.' }, 'Count. Then write it down for me.').nested).toBe(false);
  });
});

describe('parallel subagents with the same order', () => {
  it('each begin at a step of their own', () => {
    const { take } = threader();
    const clock = { now: start };
    const prompt = 'Look into the failing tests of the parser and report back.';
    const talk = new Conversation({ format: 'openai-chat', system: 'S', connection: () => 1, clock });
    const toolCalls = ['call_aaaaaaaaaaaa', 'call_bbbbbbbbbbbb', 'call_cccccccccccc'].map((id) => {
      return { name: 'delegate', arguments: { prompt }, id };
    });
    const parent = take(decoded(talk.user('Make the tests pass, please.').call({ toolCalls })));
    const children = toolCalls.map((_, index) => {
      const child = new Conversation({ format: 'openai-chat', system: 'S', connection: () => 10 + index, clock });
      return take(decoded(child.user(prompt).call({ text: `Report ${index} of what was found there.` })));
    });
    expect(new Set(children.map((child) => child.trace_id)).size).toBe(3);
    expect(children.map((child) => child.new_trace?.parent_trace_id)).toEqual(Array(3).fill(parent.trace_id));
    expect(children.map((child) => child.new_trace?.parent_step_id)).toEqual(
      parent.new_tool_calls.map((tool) => tool.step_id),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { assemble } from '../../../../src/main/assemble/index.js';
import { callSchema, type NewStep, stepSchema, toIso } from '../../../../src/shared/model/index.js';
import { Conversation, type ConversationOptions, decoded } from '../../../support/conversation.js';
import { memoryLineage, threader } from '../../../support/lineage.js';
import { traffic } from '../../../support/traffic.js';

const take = (exchange: Parameters<typeof decoded>[0]) => threader().take(decoded(exchange));
const openai = (options: Partial<ConversationOptions> = {}) => new Conversation({ format: 'openai-chat', ...options });

/** A step as the store would hand it out. */
function publicStep({ at, ...step }: NewStep, seq: number) {
  return { ...step, seq, timestamp: toIso(at) };
}

describe('records', () => {
  it('fit the public shapes, have ids of their own and the same ones every time', () => {
    const exchanges = (['subagents', 'parallel-tools', 'retries'] as const)
      .flatMap((family) => traffic({ family, sessions: 4, seed: 3, headers: false }))
      .map(({ exchange }) => decoded(exchange));
    const play = () => {
      const lineage = memoryLineage();
      return exchanges.map((exchange) => {
        const assembled = assemble(exchange, lineage);
        lineage.save(assembled);
        if (assembled.call === null) throw new Error('no call');
        return assembled.call;
      });
    };
    const calls = play();
    expect(play()).toEqual(calls);
    const ids = calls.flatMap((call) => [
      call.call.call_id,
      ...call.steps.map((step) => step.step_id),
      ...call.new_decisions.map((decision) => decision.decision_id),
    ]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const call of calls) {
      callSchema.parse(call.call);
      for (const [seq, step] of call.steps.entries()) stepSchema.parse(publicStep(step, seq));
      const tools = call.steps.filter((step) => step.type === 'tool_call').map((step) => step.step_id);
      expect(call.new_tool_calls.map((tool) => tool.step_id)).toEqual(tools);
      for (const step of call.steps) {
        const hashes = [...call.request_messages, ...call.response_messages].map((message) => message.hash);
        if ('message_hash' in step) expect(hashes).toContain(step.message_hash);
        expect(step.call_id).toBe(call.call.call_id);
      }
    }
  });

  it('are no call for plain HTTP', () => {
    const exchange = openai().user('x').call({ text: 'x' }, { path: 'https://example.org/thing' });
    const plain = decoded({
      ...exchange,
      method: 'GET',
      request: { ...exchange.request, body: new Uint8Array(), bytes: 0 },
    });
    expect(plain.call).toBeNull();
    expect(assemble(plain, memoryLineage()).call).toBeNull();
  });

  it('place steps in time: requests at the start, answers at the end, thoughts at the first token', () => {
    const talk = new Conversation({ format: 'anthropic-messages', stream: true });
    const exchange = talk.user('go').call({ text: 'done', reasoning: 'hm' }, { durationMs: 3000 });
    const start = exchange.started_at;
    const dealt = decoded(exchange);
    if (dealt.call === null) throw new Error('no call');
    dealt.call.first_token_at = start + 700_000;
    const call = threader().take(dealt);
    expect(call.steps.map((step) => [step.type, step.at - start, step.duration_ms ?? null])).toEqual([
      ['message', 0, null],
      ['reasoning', 700_000, null],
      ['message', 3_000_000, 3000],
    ]);
    expect(call.call).toMatchObject({ duration_ms: 3000, ttft_ms: 700 });
  });

  it('show the system prompt once, and again when it changes', () => {
    const { take: keep } = threader();
    const talk = openai({ system: 'first' });
    const systems = (words: string) =>
      keep(decoded(talk.user(words).call({ text: `re ${words}` }))).steps.flatMap((step) =>
        step.type === 'message' && step.role === 'system' ? [step.content] : [],
      );
    expect(systems('one')).toEqual(['first']);
    expect(systems('two')).toEqual([]);
    talk.options.system = 'second';
    expect(systems('three')).toEqual(['second']);
    expect(systems('four')).toEqual([]);
  });

  it('keep a developer message that comes later, once', () => {
    const { take: keep } = threader();
    const talk = openai();
    keep(decoded(talk.user('one').call({ text: 'first answer' })));
    talk.history.push({ role: 'developer', content: 'Answer in French.' });
    const roles = [talk.user('two').call({ text: 'deux' }), talk.user('three').call({ text: 'trois' })]
      .map((exchange) => keep(decoded(exchange)))
      .flatMap((call) => call.steps.map((step) => (step.type === 'message' ? step.role : step.type)));
    expect(roles).toEqual(['developer', 'user', 'assistant', 'user', 'assistant']);
  });
});

describe('titles', () => {
  const title = (text: string, system = 'You are a system prompt.') =>
    take(openai({ system }).user(text).call({ text: 'x' })).new_trace?.title;
  it('are the first words of the user on one line, cut to 120 characters', () => {
    expect(title('Fix\n  the build')).toBe('Fix the build');
    expect(title(`<system-reminder>x</system-reminder>Fix it`)).toBe('Fix it');
    expect(title('word '.repeat(100))).toHaveLength(120);
    expect(title(`${'a'.repeat(118)}😀😀`)).toBe(`${'a'.repeat(118)}…`);
  });

  it('never come from the system prompt or from what an agent writes before the user', () => {
    expect(title('')).toBe('scripted-1 call');
    const talk = openai().user('<environment_context>linux</environment_context>').user('Fix it');
    expect(take(talk.call({ text: 'x' })).new_trace?.title).toBe('Fix it');
  });
});

describe('completion', () => {
  const status = (turn: Parameters<Conversation['call']>[0], options = {}) =>
    take(
      openai({ tools: ['a'] })
        .user('x')
        .call(turn, options),
    ).trace_patch.completion_status;
  it('follows the last call', () => {
    expect(status({ text: 'done' })).toBe('completed');
    expect(status({ toolCalls: [{ name: 'a', arguments: {} }] })).toBe('running');
    expect(status({}, { status: 500 })).toBe('failed');
    expect(status({ text: 'done' }, { aborted: true })).toBe('interrupted');
  });

  it('keeps the failure as a step', () => {
    const call = take(openai().user('x').call({}, { status: 529 }));
    expect(call.steps.at(-1)).toMatchObject({ type: 'error', code: 'overloaded_error', message: 'Overloaded' });
    expect(call.call.error).toMatchObject({ code: 'overloaded_error' });
  });
});

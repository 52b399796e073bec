import { describe, expect, it } from 'vitest';
import { chainEnd, chainOf, endAfter } from '../../../../src/main/assemble/chain/merkle.js';
import type { ChatMessage, Part } from '../../../../src/shared/model/index.js';

const user = (...texts: string[]): ChatMessage => ({
  role: 'user',
  parts: texts.map((text) => ({ type: 'text', text })),
});
const assistant = (...parts: Part[]): ChatMessage => ({ role: 'assistant', parts });
const text = (value: string): Part => ({ type: 'text', text: value });
const call = (
  name: string,
  args: Part & { type: 'tool_call' } extends { arguments: infer A } ? A : never,
  id = 'c1',
): Part => ({
  type: 'tool_call',
  id,
  name,
  arguments: args,
});
const thought: Part = { type: 'reasoning', text: 'hm', signature: 'abc' };

/** The chain after an answer, and the chain of a request that resends it. */
function bothWays(answer: ChatMessage, resent: ChatMessage[]) {
  const history = [user('go')];
  return [endAfter(chainOf(history), history, answer), chainEnd(chainOf([...history, ...resent]))];
}

describe('an answer and the same answer resent', () => {
  const cases: [string, ChatMessage, ChatMessage[]][] = [
    ['word for word', assistant(text('a')), [assistant(text('a'))]],
    ['without its reasoning', assistant(thought, text('a')), [assistant(text('a'))]],
    ['with another signature', assistant(thought, text('a')), [assistant({ ...thought, signature: 'x' }, text('a'))]],
    ['with its thinking in the text dropped', assistant(text('<think>x</think>\n\na')), [assistant(text('a'))]],
    ['in other white space', assistant(text('a\n\nb ')), [assistant(text('a\nb'))]],
    ['as two items', assistant(text('a'), call('f', {})), [assistant(text('a')), assistant(call('f', {}))]],
    ['as one text of two', assistant(text('a'), text('b')), [assistant(text('ab'))]],
    ['with an empty text', assistant(call('f', {})), [assistant(text(''), call('f', {}))]],
    [
      'with arguments spelled otherwise',
      assistant(call('f', { a: 1, b: 2 })),
      [assistant(call('f', '{"b":2, "a":1}'))],
    ],
    ['under another id', assistant(call('f', {}, 'c1')), [assistant(call('f', {}, 'c2'))]],
    ['with a name', assistant(text('a')), [{ ...assistant(text('a')), name: 'bot', id: 'msg_1' }]],
  ];
  it.each(cases)('%s has the same chain', (_, answer, resent) => {
    const [after, before] = bothWays(answer, resent);
    expect(after).toMatch(/^[0-9a-f]{32}$/);
    expect(before).toBe(after);
  });

  it.each([
    ['other words', assistant(text('b'))],
    ['another tool', assistant(text('a'), call('g', {}))],
    ['no call', assistant(text('a'), text('b'))],
  ])('%s have another chain', (_, resent) => {
    const [after, before] = bothWays(assistant(text('a'), call('f', { a: 1 })), [resent]);
    expect(before).not.toBe(after);
  });

  it('goes on with words of the assistant that the request ended with', () => {
    const history = [user('go'), assistant(text('{'))];
    const end = endAfter(chainOf(history), history, assistant(text('"a":1}')));
    expect(end).toBe(chainEnd(chainOf([user('go'), assistant(text('{"a":1}'))])));
  });

  it('is no link where nothing was said', () => {
    const history = [user('go')];
    expect(endAfter(chainOf(history), history, assistant(thought))).toBeNull();
  });
});

describe('input', () => {
  it('is the same in one message or two, and without reminders', () => {
    const split = chainEnd(chainOf([user('a'), user('b')]));
    expect(chainEnd(chainOf([user('a', 'b')]))).toBe(split);
    expect(chainEnd(chainOf([user('a', '<system-reminder>todo</system-reminder>', 'b')]))).toBe(split);
    expect(chainEnd(chainOf([user('b', 'a')]))).not.toBe(split);
  });

  it('leaves system messages out and tool results in', () => {
    const result = (value: string): ChatMessage => ({
      role: 'tool',
      parts: [{ type: 'tool_result', tool_call_id: 'c1', result: value }],
    });
    const system: ChatMessage = { role: 'system', parts: [text('be kind')] };
    expect(chainEnd(chainOf([system, user('a')]))).toBe(chainEnd(chainOf([user('a')])));
    expect(chainEnd(chainOf([user('a'), result('1')]))).not.toBe(chainEnd(chainOf([user('a'), result('2')])));
  });
});

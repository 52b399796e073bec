import { describe, expect, it } from 'vitest';
import { readMessages } from '../../../src/main/decode/index.js';
import type { MessageDialect } from '../../../src/main/decode/read-messages.js';
import type { Json } from '../../../src/shared/model/index.js';

const text = (words: string) => [{ type: 'text', text: words }];

describe('readMessages', () => {
  it('reads the history of each vendor', () => {
    expect(
      readMessages('openai-chat', [
        { role: 'system', content: 'Be kind.' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'ok' },
      ]),
    ).toMatchObject([
      { role: 'system', parts: text('Be kind.') },
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'f', arguments: { a: 1 } }] },
      { role: 'tool', parts: [{ type: 'tool_result', tool_call_id: 'c1', result: 'ok' }] },
    ]);
    expect(
      readMessages('anthropic-messages', [
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 's' },
            { type: 'tool_use', id: 't1', name: 'f', input: {} },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'no', is_error: true }] },
      ]),
    ).toMatchObject([
      { role: 'assistant', parts: [{ type: 'reasoning' }, { type: 'tool_call', id: 't1' }] },
      { role: 'user', parts: [{ type: 'tool_result', tool_call_id: 't1', is_error: true }] },
    ]);
    expect(
      readMessages('openai-responses', [
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c1', output: 'ok' },
      ]),
    ).toMatchObject([{ role: 'assistant', parts: [{ type: 'reasoning' }, { type: 'tool_call' }] }, { role: 'tool' }]);
    expect(
      readMessages('gemini', [
        { role: 'model', parts: [{ functionCall: { name: 'f', args: { a: 1 } } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: { output: 'ok' } } }] },
      ]),
    ).toMatchObject([
      { role: 'assistant', parts: [{ type: 'tool_call', name: 'f', arguments: { a: 1 } }] },
      { role: 'user', parts: [{ type: 'tool_result', name: 'f', result: 'ok' }] },
    ]);
  });

  it.each(['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const)(
    '%s: takes one message or a text for a list of one, and leaves out what is none',
    (dialect: MessageDialect) => {
      expect(readMessages(dialect, 'Hi')).toEqual([{ role: 'user', parts: text('Hi') }]);
      const one: Json =
        dialect === 'gemini' ? { role: 'user', parts: [{ text: 'Hi' }] } : { role: 'user', content: 'Hi' };
      expect(readMessages(dialect, one)).toEqual([{ role: 'user', parts: text('Hi') }]);
      for (const none of ['', null, 7, true, []]) expect(readMessages(dialect, none)).toEqual([]);
    },
  );
});

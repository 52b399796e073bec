import { expect, it } from 'vitest';
import { assemble } from '../../../src/main/assemble/index.js';
import { Conversation, decoded } from '../../support/conversation.js';
import { memoryLineage } from '../../support/lineage.js';

it('x', () => {
  for (const format of ['openai-chat', 'openai-responses', 'anthropic-messages'] as const) {
    const lineage = memoryLineage();
    const take = (e: any) => {
      const a = assemble(decoded(e), lineage);
      lineage.save(a);
      if (!a.call) console.log(a.decoded.decode_error);
      return a.call!;
    };
    const c = new Conversation({ format, system: 'You are helpful', tools: ['search'], stream: true });
    const a = take(
      c.user('What is the weather?').call({
        text: 'Let me look',
        reasoning: 'hm',
        toolCalls: [{ name: 'search', arguments: { q: 'x' }, id: 'call_abcdefgh123' }],
      }),
    );
    const b = take(c.results({ id: 'call_abcdefgh123', content: '{"t":1}' }).call({ text: 'It is 1.' }));
    const d = take(c.user('thanks').call({ text: 'bye' }));
    for (const x of [a, b, d])
      console.log(
        format,
        x.call.edge,
        x.inherited,
        x.steps.map((s) => s.type + ('role' in s ? ':' + s.role : '')).join(),
        x.trace_patch.completion_status,
      );
    expect(new Set([a, b, d].map((x) => x.trace_id)).size).toBe(1);
  }
});

import { describe, expect, it } from 'vitest';
import { agent, decoded, start } from '../../../support/conversation.js';
import { threader } from '../../../support/lineage.js';

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

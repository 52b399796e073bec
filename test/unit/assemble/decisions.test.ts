import { describe, expect, it } from 'vitest';
import { decisionSchema } from '../../../src/shared/model/index.js';
import { Conversation, decoded } from '../../support/conversation.js';
import { threader } from '../../support/lineage.js';
import type { JsonObject } from '../../support/model-server.js';

const decide = (
  turn: Parameters<Conversation['call']>[0],
  params: JsonObject = {},
  tools = ['search', 'run'],
  status?: number,
) =>
  threader().take(
    decoded(
      new Conversation({ format: 'openai-chat', tools, params })
        .user('What now?')
        .call(turn, status === undefined ? {} : { status }),
    ),
  ).new_decisions;
const options = (params: JsonObject) =>
  decide({ text: 'ok' }, params)[0]?.available_options.map(({ option }) => option);

describe('derived decisions', () => {
  it('name what was offered, what was chosen and what was said before', () => {
    const [decision, ...more] = decide({
      text: 'I need facts.',
      reasoning: 'Search is cheap.',
      toolCalls: [{ name: 'search', arguments: {}, id: 'c1' }],
    });
    expect(more).toEqual([]);
    expect(decision).toMatchObject({
      context: 'What now?',
      available_options: [{ option: 'search' }, { option: 'run' }, { option: 'respond' }],
      decision: 'search',
      tool_call_ids: ['c1'],
      reasoning: 'Search is cheap.\n\nI need facts.',
      origin: 'derived',
    });
    expect(Object.keys(decision ?? {})).not.toContain('confidence');
    expect(() => decisionSchema.parse(decision)).not.toThrow();
  });

  it('name every tool of parallel calls once', () => {
    const toolCalls = ['search', 'run', 'search'].map((name, n) => ({ name, arguments: {}, id: `c${n}` }));
    expect(decide({ toolCalls })).toMatchObject([{ decision: 'search, run', tool_call_ids: ['c0', 'c1', 'c2'] }]);
  });

  it('are to respond where no tool is called, with no reasoning but what was thought', () => {
    const [decision] = decide({ text: 'Nothing to do.' });
    expect(decision).toMatchObject({ decision: 'respond', tool_call_ids: [] });
    expect(decision).not.toHaveProperty('reasoning');
    expect(decide({ text: 'Nothing.', reasoning: 'All is done.' })[0]?.reasoning).toBe('All is done.');
  });

  it('follow tool_choice', () => {
    expect(options({})).toEqual(['search', 'run', 'respond']);
    expect(options({ tool_choice: 'auto' })).toEqual(['search', 'run', 'respond']);
    expect(options({ tool_choice: 'required' })).toEqual(['search', 'run']);
    expect(options({ tool_choice: { type: 'any' } })).toEqual(['search', 'run']);
    expect(options({ tool_choice: 'none' })).toEqual(['respond']);
    expect(options({ tool_choice: { type: 'function', function: { name: 'run' } } })).toEqual(['run']);
    expect(options({ tool_choice: { type: 'tool', name: 'run' } })).toEqual(['run']);
  });

  it('are not made up where nothing was offered or answered', () => {
    expect(decide({ text: 'ok' }, {}, [])).toEqual([]);
    expect(decide({}, {}, ['search'], 500)).toEqual([]);
  });
});

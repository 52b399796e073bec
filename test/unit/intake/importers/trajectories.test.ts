import { describe, expect, it } from 'vitest';
import { atif } from '../../../../src/main/intake/importers/atif.js';
import { readHead } from '../../../../src/main/intake/importers/reading/input.js';
import { sweAgent } from '../../../../src/main/intake/importers/swe-agent.js';
import { callsOf, eventsOf, read } from './support.js';

const bytes = (document: unknown) => Buffer.from(JSON.stringify(document));

describe('ATIF', () => {
  const trajectory = (...steps: { [name: string]: unknown }[]) =>
    read(
      atif,
      bytes({
        schema_version: 'ATIF-v1.6',
        session_id: 'orchard',
        agent: { name: 'picker', version: '2' },
        steps: steps.map((step, index) => ({ step_id: index + 1, ...step })),
      }),
    );
  const pick = (...ids: string[]) =>
    ids.map((id) => ({ tool_call_id: id, function_name: 'pick', arguments: { tree: id } }));
  const observed = (...results: unknown[]) => ({ observation: { results } });
  /** Messages that the last call was given, as role, call and words. */
  const lastGiven = (items: Awaited<ReturnType<typeof read>>) =>
    callsOf(items)
      .at(-1)
      ?.call?.request.messages.flatMap(({ role, parts }) =>
        parts.map((part) =>
          part.type === 'tool_result'
            ? [role, part.tool_call_id, part.result]
            : [role, null, part.type === 'text' ? part.text : part.type],
        ),
      );
  const end = { source: 'agent', message: 'Picked.' };

  it.each([
    ['one for one', pick('a'), [{ content: 'ripe' }], [['tool', 'a', 'ripe']]],
    [
      'as many, in order',
      pick('a', 'b'),
      [{ content: 'ripe' }, { content: 'green' }],
      [
        ['tool', 'a', 'ripe'],
        ['tool', 'b', 'green'],
      ],
    ],
    [
      'the rest of those that are named',
      pick('a', 'b'),
      [{ content: 'green' }, { source_call_id: 'a', content: 'ripe' }],
      [
        ['tool', 'b', 'green'],
        ['tool', 'a', 'ripe'],
      ],
    ],
    [
      'one behind several',
      pick('a', 'b'),
      [{ content: 'both ripe' }],
      [
        ['tool', 'a', ''],
        ['tool', 'b', 'both ripe'],
      ],
    ],
    ['none asked', [], [{ content: 'It rains.' }], [['user', null, 'It rains.']]],
    [
      'more than were asked for',
      pick('a'),
      [{ content: 'ripe' }, { content: 'It rains.' }],
      [
        ['user', null, 'ripe'],
        ['user', null, 'It rains.'],
      ],
    ],
  ])('pairs results that name no call: %s', async (_name, tool_calls, results, given) => {
    const items = await trajectory(
      { source: 'user', message: 'Pick.' },
      { source: 'agent', message: 'I pick.', tool_calls, ...observed(...results) },
      end,
    );
    expect(lastGiven(items)).toEqual(given);
    expect(eventsOf(items)).toEqual([]);
  });

  it('gives copied context to the next call, and makes no call of it', async () => {
    const items = await trajectory(
      { source: 'user', message: 'Pick.', is_copied_context: true },
      {
        source: 'agent',
        message: 'I pick.',
        is_copied_context: true,
        tool_calls: pick('a'),
        ...observed({ source_call_id: 'a', content: 'ripe' }),
      },
      { source: 'user', message: 'How many?' },
      { source: 'agent', message: 'One.' },
    );
    expect(callsOf(items)).toHaveLength(1);
    expect(callsOf(items)[0]?.call?.request.history_complete).toBe(true);
    expect(lastGiven(items)).toEqual([
      ['user', null, 'Pick.'],
      ['assistant', null, 'I pick.'],
      ['assistant', null, 'tool_call'],
      ['tool', 'a', 'ripe'],
      ['user', null, 'How many?'],
    ]);
  });
});

describe('SWE-agent', () => {
  const ask = { role: 'user', content: 'Mend the fence.', agent: 'main' };
  const act = (action: string) => ({ role: 'assistant', content: `I do.\n${action}`, action, agent: 'main' });
  const saw = (content: string) => ({ role: 'user', content, agent: 'main', message_type: 'observation' });

  it('reads files that hold the history alone', async () => {
    const call = (id: string, name: string) => ({ id, type: 'function', function: { name, arguments: '{}' } });
    const document = {
      history: [
        ask,
        { role: 'assistant', content: 'Looking.', agent: 'main', tool_calls: [call('f1', 'look')] },
        { role: 'tool', content: 'broken', agent: 'main', tool_call_ids: ['f1'] },
        { role: 'assistant', content: 'Done.', agent: 'main', tool_calls: [call('f2', 'submit')] },
      ],
    };
    const { shape, values } = readHead('fence.traj', bytes(document));
    expect(sweAgent.detect({ shape, values } as never)).toBe(1);
    expect(sweAgent.detect({ shape, values: [{ history: [{ role: 'user', content: 'Hello.' }] }] } as never)).toBe(0);
    const items = await read(sweAgent, bytes(document));
    const asked = callsOf(items).flatMap(
      ({ call: made }) => made?.response?.messages.flatMap(({ parts }) => parts) ?? [],
    );
    expect(asked.filter(({ type }) => type === 'tool_call')).toMatchObject([{ id: 'f1' }, { id: 'f2' }]);
    const text = await read(sweAgent, bytes({ history: [ask, act('look'), saw('broken'), act('mend')] }));
    expect(eventsOf(text)).toMatchObject([
      { type: 'terminal_command', command: 'look', output: 'broken' },
      { type: 'terminal_command', command: 'mend', output: '' },
    ]);
  });

  it('gives an answer the step that tells of it, where answers were asked for again', async () => {
    const items = await read(
      sweAgent,
      bytes({
        history: [ask, act('lok'), saw('no such command'), act('look'), saw('broken'), act('mend'), saw('whole')],
        trajectory: [
          { action: 'look', observation: 'broken', execution_time: 2 },
          { action: 'mend', observation: 'whole', execution_time: 3 },
        ],
      }),
    );
    expect(eventsOf(items).filter(({ type }) => type === 'terminal_command')).toMatchObject([
      { command: 'lok', output: 'no such command' },
      { command: 'look', output: 'broken', duration_ms: 2000 },
      { command: 'mend', output: 'whole', duration_ms: 3000 },
    ]);
  });

  it.each([
    [
      'as many steps as answers, shifted by one that was asked for again',
      [act('lok'), saw('no such command'), act('look'), saw('broken'), act('mend'), saw('whole')],
      ['look>broken', 'mend>whole', 'exit>sent'],
      ['lok>no such command', 'look>broken', 'mend>whole', 'exit>sent'],
    ],
    [
      'a step without an answer between two that have one',
      [act('look'), saw('broken'), act('mend'), saw('whole')],
      ['look>broken', 'wait>slow', 'mend>whole'],
      ['look>broken', 'wait>slow', 'mend>whole'],
    ],
    [
      'the same action again, of which one answer has no step',
      [act('look'), saw('unreadable'), act('mend'), saw('whole'), act('look'), saw('fine')],
      ['mend>whole', 'look>fine'],
      ['look>unreadable', 'mend>whole', 'look>fine'],
    ],
    [
      'steps that render their actions otherwise, one for each answer',
      [act('look'), saw('broken'), act('mend'), saw('whole')],
      ['bash: look>broken', 'bash: mend>whole'],
      ['bash: look>broken', 'bash: mend>whole'],
    ],
  ])('joins actions with what came of them: %s', async (_name, history, steps, expected) => {
    const trajectory = steps.map((step) => ({ action: step.split('>')[0], observation: step.split('>')[1] }));
    const items = await read(sweAgent, bytes({ history: [ask, ...history], trajectory }));
    const commands = eventsOf(items).filter((event) => event.type === 'terminal_command');
    expect(commands.map(({ command, output }) => `${command}>${output}`)).toEqual(expected);
  });
});

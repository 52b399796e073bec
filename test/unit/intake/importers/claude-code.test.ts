import { describe, expect, it } from 'vitest';
import { claudeCode } from '../../../../src/main/intake/importers/claude-code.js';
import type { ImportItem } from '../../../../src/main/intake/importers/importer.js';
import { callsOf, eventsOf, read, skippedOf } from './support.js';

type Row = { [name: string]: unknown };

const sessionId = '0ce4a000-0000-4000-8000-00000000beef';

/** Lines of one session, a second apart, each the child of the one before unless it says otherwise. */
function session(...rows: Row[]): Promise<ImportItem[]> {
  let parent: unknown = null;
  const lines = rows.map((row, index) => {
    const uuid = `row-${index}`;
    const timestamp = new Date(Date.UTC(2026, 5, 2, 8, 0, index)).toISOString();
    const line = { parentUuid: parent, isSidechain: false, sessionId, version: '2.1.400', uuid, timestamp, ...row };
    parent = line.uuid;
    return JSON.stringify(line);
  });
  return read(claudeCode, Buffer.from(lines.join('\n')));
}

const user = (content: unknown, rest: Row = {}): Row => ({ type: 'user', message: { role: 'user', content }, ...rest });
const result = (call: string, content: string, rest: Row = {}): Row =>
  user([{ type: 'tool_result', tool_use_id: call, content }], rest);
const text = (words: string) => ({ type: 'text', text: words });
const tool = (id: string, command: string) => ({ type: 'tool_use', id, name: 'Bash', input: { command } });
const answer = (id: string, block: Row, stop: string | null, output = 11, rest: Row = {}): Row => ({
  type: 'assistant',
  message: {
    id,
    role: 'assistant',
    model: 'claude-opus-5',
    content: [block],
    stop_reason: stop,
    usage: { input_tokens: 70, output_tokens: output },
  },
  ...rest,
});

const mendedOf = (items: ImportItem[]) => items.flatMap((item) => ('mended' in item ? [item.mended] : []));
/** What each call was given, and the answer it goes on from. */
const given = (items: ImportItem[]) =>
  callsOf(items).map(({ call }) => [
    call?.response?.response_id,
    call?.request.previous_response_id ?? null,
    call?.request.messages.flatMap(({ parts }) =>
      parts.map((part) => (part.type === 'text' ? part.text : part.type === 'tool_result' ? part.tool_call_id : '')),
    ),
  ]);

describe('the chain of a session of Claude Code', () => {
  it.each(['attachment', 'progress', 'hook', 'lantern-of-next-year'])('leads through rows of type %s', async (type) => {
    const items = await session(
      user('Sort the shells.'),
      { type, data: {} },
      answer('msg_a', tool('toolu_a', 'sort shells'), 'tool_use'),
      { type, data: {} },
      result('toolu_a', 'conch'),
      { type, data: {} },
      { type, data: {} },
      answer('msg_b', text('A conch.'), 'end_turn'),
      { type, data: {} },
      user('And the stones?'),
      answer('msg_c', text('None.'), 'end_turn'),
    );
    expect(given(items)).toEqual([
      ['msg_a', null, ['Sort the shells.']],
      ['msg_b', 'msg_a', ['toolu_a']],
      ['msg_c', 'msg_b', ['And the stones?']],
    ]);
    expect(mendedOf(items)).toEqual([]);
    expect(new Set(skippedOf(items).map(({ reason }) => reason)).size).toBe(/hook|lantern/.test(type) ? 1 : 0);
  });

  it('is mended by order where a parent is not there, and says so', async () => {
    const items = await session(
      user('Sort the shells.'),
      answer('msg_a', tool('toolu_a', 'sort shells'), 'tool_use'),
      result('toolu_a', 'conch', { parentUuid: 'gone-1' }),
      answer('msg_b', text('A conch.'), 'end_turn', 11, { parentUuid: 'gone-2' }),
      user('And the stones?', { parentUuid: 'gone-3' }),
      answer('msg_c', text('None.'), 'end_turn'),
    );
    expect(given(items)).toEqual([
      ['msg_a', null, ['Sort the shells.']],
      ['msg_b', 'msg_a', ['toolu_a']],
      ['msg_c', 'msg_b', ['And the stones?']],
    ]);
    expect(mendedOf(items).map(({ where }) => where)).toEqual(['line 3', 'line 4', 'line 5']);
  });

  it('begins in the middle where the file does, and claims no whole history then', async () => {
    const items = await session(
      user('And the stones?', { parentUuid: 'in-another-file' }),
      answer('msg_c', text('None.'), 'end_turn'),
    );
    expect(callsOf(items)[0]?.call?.request.history_complete).toBe(false);
    expect(mendedOf(items)).toEqual([{ where: 'line 1', reason: expect.stringContaining('is missing') }]);
  });

  it('gives a result without a parent to the answer that asked for it', async () => {
    const items = await session(
      user('Sort the shells.'),
      answer('msg_a', tool('toolu_a', 'sort shells'), 'tool_use'),
      result('toolu_a', 'conch', { parentUuid: null }),
      answer('msg_b', text('A conch.'), 'end_turn'),
    );
    expect(given(items)[1]).toEqual(['msg_b', 'msg_a', ['toolu_a']]);
  });
});

describe('an answer of Claude Code', () => {
  it('is one, whatever stands between its lines, with the usage of the last of them', async () => {
    const items = await session(
      user('Weigh both.'),
      answer('msg_a', text('On the scales.'), null, 1),
      answer('msg_a', tool('toolu_a', 'weigh left'), null, 1),
      result('toolu_a', '4 g'),
      { type: 'progress', parentUuid: 'row-2' },
      { type: 'system', subtype: 'informational', content: 'still running', parentUuid: 'row-2' },
      answer('msg_a', tool('toolu_b', 'weigh right'), 'tool_use', 63, { parentUuid: 'row-2' }),
      result('toolu_b', '5 g'),
      answer('msg_b', text('The right one.'), 'end_turn', 8),
    );
    expect(given(items)).toEqual([
      ['msg_a', null, ['Weigh both.']],
      ['msg_b', 'msg_a', ['toolu_a', 'toolu_b']],
    ]);
    const [first] = callsOf(items);
    expect(first?.call?.response?.messages[0]?.parts.map(({ type }) => type)).toEqual([
      'text',
      'tool_call',
      'tool_call',
    ]);
    expect(first?.call?.response).toMatchObject({ stop_reason: 'tool_use', usage: { output_tokens: 63 } });
    expect(eventsOf(items)).toMatchObject([{ type: 'state_change', description: 'informational' }]);
  });

  it('after a compaction was given the summary and not what came before', async () => {
    const items = await session(
      user('Sort the shells.'),
      answer('msg_a', text('Sorted.'), 'end_turn'),
      { type: 'system', subtype: 'compact_boundary', content: 'Conversation compacted', parentUuid: null },
      user('So far: shells were sorted.', { isCompactSummary: true }),
      { type: 'progress' },
      answer('msg_b', text('Onward.'), 'end_turn'),
      // A boundary that hangs in the chain, and a summary without one.
      { type: 'system', subtype: 'compact_boundary', content: 'Conversation compacted' },
      user('So far: all of it.', { isCompactSummary: true }),
      answer('msg_c', text('Further.'), 'end_turn'),
      user('So far: even more.', { isCompactSummary: true }),
      answer('msg_d', text('Done.'), 'end_turn'),
    );
    expect(given(items)).toEqual([
      ['msg_a', null, ['Sort the shells.']],
      ['msg_b', null, ['So far: shells were sorted.']],
      ['msg_c', null, ['So far: all of it.']],
      ['msg_d', null, ['So far: even more.']],
    ]);
    expect(callsOf(items).every(({ call }) => call?.request.history_complete)).toBe(true);
  });

  it('was given what its user typed while it worked', async () => {
    const items = await session(
      user('Sort the shells.'),
      answer('msg_a', tool('toolu_a', 'sort shells'), 'tool_use'),
      result('toolu_a', 'conch'),
      {
        type: 'attachment',
        attachment: { type: 'queued_command', prompt: 'Small ones first.', commandMode: 'prompt' },
      },
      answer('msg_b', text('As you say.'), 'end_turn'),
    );
    expect(given(items)[1]).toEqual(['msg_b', 'msg_a', ['toolu_a', 'Small ones first.']]);
  });
});

describe('what users of Claude Code said', () => {
  it('is kept where no call was given it: taken back, without a parent, at the end', async () => {
    const items = await session(
      user('Sort the shells.'),
      answer('msg_a', text('Sorted.'), 'end_turn'),
      user('Throw them away.'),
      user('No, wash them.', { parentUuid: 'row-1' }),
      answer('msg_b', tool('toolu_b', 'wash'), 'tool_use'),
      user('Out of nowhere.', { parentUuid: null }),
      result('toolu_b', 'clean', { parentUuid: 'row-4' }),
    );
    expect(given(items)).toEqual([
      ['msg_a', null, ['Sort the shells.']],
      ['msg_b', 'msg_a', ['No, wash them.']],
    ]);
    expect(eventsOf(items)).toMatchObject([
      { type: 'message', role: 'user', content: 'Throw them away.' },
      { type: 'message', role: 'user', content: 'Out of nowhere.' },
      { type: 'tool_result', tool_call_id: 'toolu_b', result: 'clean' },
    ]);
  });

  it('is given again on a branch that goes on from the same results', async () => {
    const items = await session(
      user('Sort the shells.'),
      answer('msg_a', tool('toolu_a', 'sort shells'), 'tool_use'),
      result('toolu_a', 'conch'),
      answer('msg_b', text('A conch.'), 'end_turn'),
      answer('msg_c', text('One conch.'), 'end_turn', 11, { parentUuid: 'row-2' }),
    );
    expect(given(items).slice(1)).toEqual([
      ['msg_b', 'msg_a', ['toolu_a']],
      ['msg_c', 'msg_a', ['toolu_a']],
    ]);
    expect(eventsOf(items)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { draftOf } from '../../../../../src/main/intake/importers/mapped/draft-of.js';
import type { Json } from '../../../../../src/shared/model/index.js';

async function* file(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
const draft = (text: string) => draftOf(file(text), 'drafted', 200);
const lines = (...rows: Json[]) => rows.map((row) => JSON.stringify(row)).join('\n');

describe('a draft of a mapping', () => {
  it('finds a tool and what belongs to it in flat rows', async () => {
    const row = {
      ts: '2026-02-03T04:05:06Z',
      session_id: 'a',
      tool_name: 'grep',
      args: { for: 'x' },
      output: 'y',
      elapsed_ms: 12,
      success: true,
    };
    expect(
      await draft(lines(row, { ...row, tool_name: 'cat' }, { ts: row.ts, session_id: 'a', level: 'info' })),
    ).toEqual({
      mapping: {
        version: 1,
        name: 'drafted',
        notes: expect.any(Array),
        trace: 'session_id',
        tool: 'tool_name',
        arguments: 'args',
        result: 'output',
        time: 'ts',
        duration: 'elapsed_ms',
        duration_unit: 'ms',
        status: 'success',
      },
      looked: 3,
      read: 2,
      unread: { 'no tool at tool_name': 1 },
    });
  });

  it.each([
    [
      'calls within steps within a run',
      JSON.stringify(
        {
          run_id: 'r-9',
          agent: { name: 'planner' },
          steps: [
            {
              step: 1,
              thought: 'look',
              call: { function: 'search', parameters: { q: 'tide' } },
              observation: 'high',
              started_at: 1_790_000_000,
              status: 'ok',
            },
            {
              step: 2,
              thought: 'go',
              call: { function: 'open', parameters: { url: 'u' } },
              observation: 'page',
              started_at: 1_790_000_009,
              status: 'failed',
            },
          ],
        },
        null,
        1,
      ),
      {
        trace: 'run_id',
        step: 'steps[*].step',
        tool: 'steps[*].call.function',
        arguments: 'steps[*].call.parameters',
        result: 'steps[*].observation',
        time: 'steps[*].started_at',
        status: 'steps[*].status',
      },
    ],
    [
      'a name within a call, with its arguments as text',
      lines({
        conversation: { id: 'c1' },
        call_id: 'x1',
        tool: { name: 'lookup', input: '{"word":"sun"}' },
        response: { text: 'star' },
        duration: '1.2s',
        error: null,
        created: '2026-01-01T00:00:00Z',
      }),
      {
        id: 'call_id',
        tool: 'tool.name',
        arguments: 'tool.input',
        result: 'response',
        time: 'created',
        duration: 'duration',
      },
    ],
    [
      'a list of events',
      JSON.stringify([
        {
          action: 'move',
          params: { to: [1, 2] },
          result: { ok: true },
          at: '2026-05-05T05:05:05Z',
          episode: 3,
          exit_code: 0,
        },
      ]),
      { trace: 'episode', tool: 'action', arguments: 'params', result: 'result', time: 'at', status: 'exit_code' },
    ],
  ])('finds %s', async (_, text, expected) => {
    const { mapping, read } = await draft(text);
    expect(mapping).toMatchObject(expected);
    expect(read).toBeGreaterThan(0);
  });

  it('says what it saw where nothing looks like a tool', async () => {
    await expect(draft(lines({ colour: 'red', size: 3 }))).rejects.toMatchObject({
      code: 'mapping_invalid',
      message: 'Nothing in the file looks like the name of a tool; there is colour, size.',
    });
  });
});

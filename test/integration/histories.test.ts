import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sluice, startEngine } from '../support/engine.js';

/** A conversation that a file tells turn by turn comes out of an export with every word that was said. */

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-histories-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const turns = [1, 2, 3, 4].map((turn) => ({ ask: `Question ${turn}?`, answer: `Answer ${turn}.` }));
const at = (seconds: number) => new Date(Date.UTC(2026, 2, 4, 10, 0, seconds)).toISOString();
const session = '7e550000-0000-4000-8000-000000000007';

const files: Record<string, unknown[]> = {
  'openai-chat': [
    {
      messages: turns.flatMap(({ ask, answer }) => [
        { role: 'user', content: ask },
        { role: 'assistant', content: answer },
      ]),
    },
  ],
  'claude-code': turns.flatMap(({ ask, answer }, turn) => {
    const base = { isSidechain: false, userType: 'external', cwd: '/srv/demo', sessionId: session, version: '2.1.332' };
    return [
      {
        ...base,
        type: 'user',
        uuid: `u${turn}`,
        parentUuid: turn === 0 ? null : `a${turn - 1}`,
        timestamp: at(turn * 10),
        message: { role: 'user', content: ask },
      },
      {
        ...base,
        type: 'assistant',
        uuid: `a${turn}`,
        parentUuid: `u${turn}`,
        timestamp: at(turn * 10 + 2),
        message: {
          id: `msg_${turn}`,
          type: 'message',
          role: 'assistant',
          model: 'claude-opus-5',
          content: [{ type: 'text', text: answer }],
          stop_reason: 'end_turn',
          usage: { input_tokens: 100 + turn, output_tokens: 4 },
        },
      },
    ];
  }),
  codex: [
    {
      timestamp: at(0),
      type: 'session_meta',
      payload: { id: session, timestamp: at(0), cwd: '/srv/demo', originator: 'codex_cli_rs', cli_version: '0.171.0' },
    },
    ...turns.flatMap(({ ask, answer }, turn) => {
      const item = (role: string, type: string, text: string, seconds: number) => ({
        timestamp: at(seconds),
        type: 'response_item',
        payload: { type: 'message', role, content: [{ type, text }] },
      });
      return [
        {
          timestamp: at(turn * 10 + 1),
          type: 'turn_context',
          payload: { turn_id: `t${turn}`, model: 'gpt-5.3-codex' },
        },
        item('user', 'input_text', ask, turn * 10 + 1),
        item('assistant', 'output_text', answer, turn * 10 + 2),
        {
          timestamp: at(turn * 10 + 3),
          type: 'event_msg',
          payload: {
            type: 'token_count',
            info: { last_token_usage: { input_tokens: 100 + turn, output_tokens: 4, total_tokens: 104 + turn } },
          },
        },
      ];
    }),
  ],
};

describe('a conversation told turn by turn', () => {
  it.each(Object.keys(files))('of %s is exported with every message', async (importer) => {
    const file = join(folder, `${importer}.jsonl`);
    const lines = files[importer] as unknown[];
    writeFileSync(file, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
    await using engine = await startEngine();
    const data = ['--data-dir', engine.ready.data_dir];
    expect((await sluice(['import', ...data, file])).code).toBe(0);
    const out = join(folder, `${importer}-export`);
    const exported = await sluice(['export', ...data, '--layout', 'openai-chat', '--format', 'jsonl', '--out', out]);
    expect([exported.code, exported.stderr]).toEqual([0, expect.any(String)]);
    const rows = readFileSync(join(out, 'data.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toHaveLength(1);
    expect(rows[0].messages.map(({ role, content }: { role: string; content: string }) => [role, content])).toEqual(
      turns.flatMap(({ ask, answer }) => [
        ['user', ask],
        ['assistant', answer],
      ]),
    );
  });
});

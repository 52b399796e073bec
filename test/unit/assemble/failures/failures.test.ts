import { describe, expect, it } from 'vitest';
import { frameRules } from '../../../../src/main/assemble/failures/frames.js';
import { failureOf, statusOf } from '../../../../src/main/assemble/failures/index.js';
import { failureRules, readingTools } from '../../../../src/main/assemble/failures/rules.js';
import { Conversation, decoded } from '../../../support/conversation.js';
import { threader } from '../../../support/lineage.js';

describe('results that say of themselves that the tool failed', () => {
  it.each(failureRules)('$id: its examples', ({ id, fails, passes }) => {
    for (const result of fails) expect([result, failureOf(result, 'winch')]).toEqual([result, id]);
    for (const result of passes) expect([result, failureOf(result, 'winch')]).toEqual([result, null]);
  });

  it.each(frameRules)('$id: its examples', ({ id, fails, passes }) => {
    for (const result of fails) {
      expect([result, failureOf(result, 'winch')]).toEqual([result, id]);
      expect(failureOf(result, 'read_file')).toBeNull();
      expect(statusOf({ result: [{ type: 'text', text: result }] })).toBe('error');
    }
    for (const result of passes) expect([result, failureOf(result, 'winch')]).toEqual([result, null]);
  });

  it('are found at the ends of long texts, at once', () => {
    const long = 'the tide is high\n'.repeat(200_000);
    expect(failureOf(`Exit code: 4\nWall time: 2 seconds\nOutput:\n${long}`)).toBe('codex-exec');
    expect(failureOf(`${long}[The command completed with exit code 4.]`)).toBe('openhands-command');
    expect(failureOf(`${long}\nExit code: 4\nWall time: 2 seconds\nOutput:\n${long}`)).toBeNull();
  });

  it('are no texts, and nothing that a tool has read', () => {
    for (const text of ['ERROR: no such berth', 'exit_code: 1', '1 failed, 3 passed', 'false', '']) {
      expect([text, statusOf({ result: text })]).toEqual([text, 'ok']);
    }
    for (const tool of readingTools) {
      for (const name of [tool, `mcp__harbour__${tool}`, `harbour.${tool}`]) {
        expect([name, failureOf({ exit_code: 4 }, name)]).toEqual([name, null]);
        expect(failureOf({ content: [], isError: true }, name)).toBe('mcp-is-error');
      }
    }
  });

  it('come as objects and as their JSON, in one text or in parts; what was stated about them goes first', () => {
    const text = JSON.stringify({ stderr: 'rope parted', exitCode: 70 });
    expect(statusOf({ result: text })).toBe('error');
    expect(statusOf({ result: [{ type: 'text', text }] })).toBe('error');
    expect(statusOf({ result: text, is_error: false })).toBe('ok');
    expect(statusOf({ result: 'moored', is_error: true })).toBe('error');
    expect(statusOf({ result: null })).toBe('ok');
  });

  it('make the tool call that they answer one that failed, in every format', () => {
    for (const format of ['openai-chat', 'openai-responses', 'anthropic-messages'] as const) {
      const { lineage, take } = threader();
      const talk = new Conversation({ format, tools: ['winch', 'read_file'] });
      const calls = ['call_winch_0000000001', 'call_read_00000000001', 'call_winch_0000000002'];
      const names = ['winch', 'read_file', 'winch'];
      const toolCalls = calls.map((id, at) => ({ id, name: names[at] as string, arguments: { line: at } }));
      take(decoded(talk.user('Haul the boat up').call({ toolCalls })));
      const said = ['{"stdout":"","stderr":"rope parted","exit_code":70}', '{"exit_code":70}', 'error: rope parted'];
      const results = calls.map((id, at) => ({ id, content: said[at] as string }));
      take(decoded(talk.results(...results).call({ text: 'The rope parted.' })));
      expect([format, lineage.tools().map(({ status }) => status)]).toEqual([format, ['error', 'ok', 'ok']]);
    }
  });
});

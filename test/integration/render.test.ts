import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Engine, sluice, startEngine } from '../support/engine.js';

/** Rows as chat templates write them, over REST and by the command line. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const row = {
  messages: [
    { role: 'user', content: 'Which file?' },
    { role: 'assistant', content: 'notes.txt' },
  ],
};

interface Failure {
  error: { code: string };
}

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.dispose());

describe('POST /render', () => {
  it('knows the templates that it lists', async () => {
    const { items } = await engine.api('/chat-templates');
    expect(items.length).toBeGreaterThan(20);
    const rendered = await engine.api('/render', { method: 'POST', body: { row, template: items[0].id } });
    expect(rendered.segments.filter(({ trained }: { trained: boolean }) => trained)).toHaveLength(1);
  });

  it('says what a template refuses', async () => {
    const refused = await engine.fetch('/render', {
      method: 'POST',
      body: { row, template: "{{ raise_exception('no') }}" },
    });
    expect([refused.status, ((await refused.json()) as Failure).error.code]).toEqual([422, 'template_failed']);
  });

  it('ends a template that does not, and answers others meanwhile', async () => {
    const endless =
      '{% for a in range(1000000) %}{% for b in range(1000000) %}{% set x = b %}{% endfor %}{% endfor %}{{ messages }}';
    const slow = engine.fetch('/render', { method: 'POST', body: { row, template: endless } });
    expect(await engine.api('/traces')).toMatchObject({ items: [] });
    const answer = await slow;
    // By what it makes, or by the time it takes on a slow machine.
    expect(['template_failed', 'query_too_expensive']).toContain(((await answer.json()) as Failure).error.code);
    const rendered = await engine.api('/render', { method: 'POST', body: { row, template: 'qwen3' } });
    expect(rendered.problems).toEqual([]);
  });
});

describe('sluice dataset render', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-render-'));
  const file = join(folder, 'rows.jsonl');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('shows a row, and counts what is wrong with all', async () => {
    writeFileSync(
      file,
      `${JSON.stringify(row)}\n${JSON.stringify({ messages: row.messages.slice(0, 1) })}\n{"text":1}\n`,
    );
    const one = await sluice(['dataset', 'render', file, '--template', 'qwen3', '--json']);
    expect(one.code).toBe(0);
    expect(JSON.parse(one.stdout)).toMatchObject({ row: 1, basis: 'tags', problems: [] });
    const all = await sluice(['dataset', 'render', file, '--template', 'qwen3', '--check', '--json']);
    expect(all.code).toBe(1);
    expect(JSON.parse(all.stdout)).toMatchObject({
      rows: 3,
      wrong: 2,
      problems: { mask_empty: 1, row_unreadable: 1 },
    });
  });

  it('names a tokenizer that is none', async () => {
    const { code, stderr } = await sluice(['dataset', 'render', file, '--template', 'qwen3', '--tokenizer', file]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('[tokenizer_invalid]')]);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sluice, startEngine } from '../../support/engine.js';
import { startModelServer } from '../../support/model-server.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-engine-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const search = { name: 'search', arguments: { query: 'tide tables' }, id: 'call_s1' };
const tool = { type: 'function' as const, function: { name: 'search', parameters: { type: 'object' } } };

describe('the engine as users start it', () => {
  it('captures what real clients send through the gateway, and keeps it over kill -9 and a new start', async () => {
    await using model = await startModelServer();
    await using engine = await startEngine(['--upstream', `stub=${model.url}`], { dataDir });
    const openai = new OpenAI({ baseURL: `${engine.ready.proxy}/stub/v1`, apiKey: 'k', maxRetries: 0 });
    model.say({ toolCalls: [search] }, { text: 'High water is at noon.' });
    const question = { role: 'user' as const, content: 'When is high water?' };
    const ask = { model: 'gpt-5.1', tools: [tool] };
    const first = await openai.chat.completions.create({ ...ask, messages: [question] });
    const asked = first.choices[0]?.message;
    if (!asked) throw new Error('no answer');
    const result = { role: 'tool' as const, tool_call_id: search.id, content: '12:00' };
    const stream = openai.chat.completions.stream({ ...ask, messages: [question, asked, result] });
    expect((await stream.finalMessage()).content).toBe('High water is at noon.');
    await engine.settled();
    const anthropic = new Anthropic({ baseURL: `${engine.ready.proxy}/stub`, apiKey: 'k', maxRetries: 0 });
    model.say({ text: 'Hello.' });
    await anthropic.messages.create({ model: 'claude-x', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] });
    // No waiting: what the client has, the journal has.
    await engine.kill9();

    await using again = await startEngine([], { dataDir });
    const items = await again.until('/traces', ({ items }) => items.length === 2 && items);
    const formats = (await again.api('/exchanges')).items.map(({ format }: { format: string }) => format);
    expect(formats.sort()).toEqual(['anthropic-messages', 'openai-chat', 'openai-chat']);
    const { items: calls } = await again.api('/tool-calls?query=tool:search');
    expect(calls).toMatchObject([{ name: 'search', arguments: { query: 'tide tables' }, result: '12:00' }]);
    expect(items.map(({ trace_id }: { trace_id: string }) => trace_id)).toContain(calls[0].trace_id);
    expect(await again.stop()).toBe(0);
  });

  it('is found by the command line, which says which process holds the folder', async () => {
    await using engine = await startEngine([], { dataDir });
    const status = await sluice(['status', '--json', '--data-dir', dataDir]);
    expect(status.code).toBe(0);
    expect(JSON.parse(status.stdout)).toMatchObject({ pid: engine.ready.pid, data_dir: dataDir });
    const second = await sluice(['serve', '--json', '--data-dir', dataDir, '--proxy-port', '0', '--api-port', '0']);
    expect(second.code).toBe(1);
    expect(second.stdout).toBe('');
    expect(JSON.parse(second.stderr.trim().split('\n').at(-1) as string).error).toMatchObject({
      code: 'data_dir_in_use',
      message: expect.stringContaining(String(engine.ready.pid)),
    });
  });
});

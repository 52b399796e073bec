import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Engine, sluice, startEngine } from '../support/engine.js';
import { type JsonObject, type ModelServer, startModelServer } from '../support/model-server.js';

/** Finished tool calls are appended to a file while they come: once, whole, over restarts. */

// Each starts several engines, on a machine that may have other work.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let folder: string;
let file: string;
let model: ModelServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-output-'));
  file = join(folder, 'calls.jsonl');
  model = await startModelServer();
  model.otherwise(({ json }) => {
    const last = json['messages'].at(-1);
    if (last.role === 'tool') return { text: 'That is all.' };
    return { toolCalls: [{ id: `call_${last.content}_0000001`, name: 'lookup', arguments: { word: last.content } }] };
  });
});
afterEach(async () => {
  await model.close();
  rmSync(folder, { recursive: true, force: true });
});

const rows = (path = file): JsonObject[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
const words = (path = file) => rows(path).map(({ arguments: given }) => given.word);

/** A call of a tool, and the next request, which brings its result. */
async function useTool(proxy: string, word: string, path = '/stub'): Promise<void> {
  const messages: JsonObject[] = [{ role: 'user', content: word }];
  for (let turn = 0; turn < 2; turn++) {
    const response = await fetch(`${proxy}${path}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o', messages }),
    });
    const { message } = ((await response.json()) as JsonObject)['choices'][0];
    messages.push(message);
    for (const { id } of message.tool_calls ?? [])
      messages.push({
        role: 'tool',
        tool_call_id: id,
        content: `${word} means hidden; write to karin.voss@fjord.example`,
      });
  }
}

const start = (extra: string[] = ['--trace-output', file]): Promise<Engine> =>
  startEngine(['--upstream', `stub=${model.url}`, ...extra], { dataDir: join(folder, 'data') });

describe('--trace-output', () => {
  it('holds each finished tool call in the standard shape, redacted, for this user alone', async () => {
    writeFileSync(file, 'what was there', { mode: 0o644 });
    await using engine = await start();
    await useTool(engine.ready.proxy, 'arcane', '/s/words/stub');
    await expect.poll(() => readFileSync(file, 'utf8').split('\n').length).toBe(3);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const [before, line] = readFileSync(file, 'utf8').split('\n') as [string, string];
    expect(before).toBe('what was there');
    const { items } = await engine.api('/tool-calls');
    const [call] = items;
    expect(items).toHaveLength(1);
    expect(JSON.parse(line)).toEqual({
      name: 'lookup',
      arguments: { word: 'arcane' },
      result: call.result,
      timestamp: call.timestamp,
      duration_ms: call.duration_ms,
      suspicion: null,
      metadata: {
        ...call.metadata,
        source: 'gateway',
        version: '1',
        trace_id: call.trace_id,
        trace_revision: expect.any(Number),
        call_id: call.call_id,
        tool_call_id: 'call_arcane_0000001',
        model: 'gpt-4o',
        status: 'ok',
        client: expect.any(String),
        session: 'words',
      },
    });
    expect(call.result).toMatch(/^arcane means hidden; write to <EMAIL_\w+>$/);
  });

  it('goes on over restarts, also where the engine was killed or its file cut in the middle of a line, without a row twice', async () => {
    {
      await using engine = await start();
      await useTool(engine.ready.proxy, 'one');
      await expect.poll(() => words()).toEqual(['one']);
      await useTool(engine.ready.proxy, 'two');
      await engine.settled();
      await engine.kill9();
    }
    // As a crash leaves it between the line and the note of it, and in the middle of a line.
    const state = readFileSync(join(folder, 'data', 'trace-outputs.json'), 'utf8');
    {
      await using engine = await start();
      await expect.poll(() => words()).toEqual(['one', 'two']);
      await useTool(engine.ready.proxy, 'three');
      await expect.poll(() => words()).toEqual(['one', 'two', 'three']);
      await engine.stop();
    }
    writeFileSync(join(folder, 'data', 'trace-outputs.json'), state);
    appendFileSync(file, '{"name":"lookup","argu');
    {
      await using engine = await start();
      await useTool(engine.ready.proxy, 'four');
      await engine.stop();
      expect(words()).toEqual(['one', 'two', 'three', 'four']);
    }
  });

  it('begins a file anew that was moved away, and is refused where it cannot be written', async () => {
    await using engine = await start();
    await useTool(engine.ready.proxy, 'old');
    await expect.poll(() => words()).toEqual(['old']);
    const moved = join(folder, 'moved.jsonl');
    renameSync(file, moved);
    await useTool(engine.ready.proxy, 'new');
    await expect.poll(() => words()).toEqual(['new']);
    expect(words(moved)).toEqual(['old']);

    const refused = await sluice(['serve', '--data-dir', join(folder, 'other'), '--trace-output', folder]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('[trace_output_unwritable]')]);
  });

  it('of a run holds what its session asked for, beside a running engine and without one', async () => {
    const client = `
      const { request } = require('node:http');
      const ask = (messages) => new Promise((resolve) => {
        const { hostname, port } = new URL(process.env.HTTP_PROXY);
        const options = { hostname, port, path: '/stub/v1/chat/completions', method: 'POST', agent: false, headers: { 'content-type': 'application/json' } };
        request(options, async (answer) => {
          let text = '';
          for await (const piece of answer) text += piece;
          resolve(JSON.parse(text).choices[0].message);
        }).end(JSON.stringify({ model: 'gpt-4o', messages }));
      });
      (async () => {
        const messages = [{ role: 'user', content: process.argv[1] }];
        const asked = await ask(messages);
        await ask([...messages, asked, { role: 'tool', tool_call_id: asked.tool_calls[0].id, content: 'found' }]);
      })();`;
    const run = (word: string, ...extra: string[]) =>
      sluice(
        [
          'run',
          '--data-dir',
          join(folder, 'data'),
          '--trace-output',
          'calls.jsonl',
          ...extra,
          '--',
          process.execPath,
          '-e',
          client,
          word,
        ],
        {
          cwd: folder,
        },
      );
    {
      await using engine = await start([]);
      await useTool(engine.ready.proxy, 'elsewhere');
      const beside = await run('beside');
      expect([beside.code, beside.stderr]).toEqual([0, expect.stringContaining(`1 tool call in ${file}`)]);
      const { items } = await engine.api('/audit-log');
      expect(items.map(({ action, details }: JsonObject) => [action, details])).toContainEqual([
        'export_written',
        { layout: 'tool-calls', appended: true },
      ]);
    }
    const alone = await run('alone', '--upstream', `stub=${model.url}`);
    expect(alone.code, alone.stderr).toBe(0);
    expect(words()).toEqual(['beside', 'alone']);
  });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, sluice, startEngine } from '../support/engine.js';
import { type JsonObject, type ModelServer, startModelServer } from '../support/model-server.js';

/** Tools that failed on the wire while the client told the model that all went well, and one whose result says so itself. */

let engine: Engine;
let model: ModelServer;
let tools: ModelServer;
let folder: string;
const json = { 'content-type': 'application/json' };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-failed-'));
  tools = await startModelServer();
  tools.otherwise(({ path, json: sent }) => {
    if (path.startsWith('/pages/')) return { status: 404, headers: json, raw: '{"message":"no such page"}' };
    const result = { content: [{ type: 'text', text: 'The gauge is broken.' }], isError: true };
    return { headers: json, raw: JSON.stringify({ jsonrpc: '2.0', id: sent['id'], result }) };
  });
  model = await startModelServer();
  model.otherwise(({ json: sent }) => {
    if (sent['messages'].at(-1).role === 'tool') return { text: 'High water is at noon.' };
    return {
      toolCalls: [
        { id: 'call_gauge_00000001', name: 'gauge', arguments: { port: 'Emden' } },
        { id: 'call_page_000000001', name: 'fetch_page', arguments: { url: `${tools.url}/pages/tides` } },
        { id: 'call_shell_00000001', name: 'shell', arguments: { command: 'tide Emden' } },
        { id: 'call_shell_00000002', name: 'shell', arguments: { command: 'date' } },
      ],
    };
  });
  engine = await startEngine(['--upstream', `openai=${model.url}`, '--upstream', `tools=${tools.url}`]);
});
afterAll(async () => {
  await engine?.dispose();
  await model?.close();
  await tools?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(messages: JsonObject[]): Promise<void> {
  const offered = ['gauge', 'fetch_page', 'shell'].map((name) => ({ type: 'function', function: { name } }));
  const response = await fetch(`${engine.ready.proxy}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ model: 'gpt-4o', messages, tools: offered }),
  });
  messages.push(((await response.json()) as JsonObject)['choices'][0].message);
}

/** A plain request through the proxy; answers with its status. */
function throughProxy(url: string): Promise<number | undefined> {
  const { hostname, port } = new URL(engine.ready.proxy);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path: url, headers: { host: new URL(url).host } }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end();
  });
}

const rowsOf = (out: string) =>
  readFileSync(join(out, 'data.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('a failed tool', () => {
  it('is shown, found, counted and exported as failed, and stays so when it is read back', async () => {
    const messages: JsonObject[] = [{ role: 'user', content: 'When is high water in Emden?' }];
    await ask(messages);
    await engine.settled();
    const sent = {
      jsonrpc: '2.0',
      id: 5,
      method: 'tools/call',
      params: { name: 'gauge', arguments: { port: 'Emden' } },
    };
    const answered = await fetch(`${engine.ready.proxy}/tools/mcp`, {
      method: 'POST',
      headers: { ...json, accept: 'application/json, text/event-stream' },
      body: JSON.stringify(sent),
    });
    expect(await answered.text()).toContain('isError');
    expect(await throughProxy(`${tools.url}/pages/tides`)).toBe(404);
    const results = [
      'High water 12:00',
      'Tides of the week',
      '{"stdout":"","exit_code":127}',
      'Error: none, all is well',
    ];
    const asked = messages.at(-1)?.['tool_calls'] as JsonObject[];
    for (const [at, { id }] of asked.entries()) messages.push({ role: 'tool', tool_call_id: id, content: results[at] });
    await ask(messages);
    await engine.settled();

    const [summary] = (await engine.api('/traces?query=has:error')).items;
    expect(summary).toMatchObject({ error_count: 3, tool_call_count: 4 });
    const { tool_calls, steps } = await engine.api(`/traces/${summary.trace_id}`);
    expect(tool_calls).toMatchObject([
      {
        name: 'gauge',
        status: 'error',
        metadata: { claimed_status: 'ok', effect: { protocol: 'mcp', status: 'error' } },
      },
      { name: 'fetch_page', status: 'error', metadata: { claimed_status: 'ok', effect: { protocol: 'http' } } },
      { name: 'shell', status: 'error' },
      { name: 'shell', status: 'ok', result: 'Error: none, all is well' },
    ]);
    expect(tool_calls[2].metadata).not.toHaveProperty('claimed_status');
    const stated = steps.filter(({ type }: JsonObject) => type === 'tool_result' || type === 'tool_call');
    expect(stated.map(({ status, is_error }: JsonObject) => status ?? is_error ?? false)).toEqual([
      ...['error', 'error', 'error', 'ok'],
      ...[true, true, true, false],
    ]);
    const found = async (query: string) => (await engine.api(`/tool-calls?query=${query}`)).items.length;
    expect([await found('status:error'), await found('status:ok'), await found('effect:altered')]).toEqual([3, 1, 2]);

    const data = ['--data-dir', engine.ready.data_dir];
    const exported = async (layout: string, from: string[], name: string) => {
      const out = join(folder, name);
      const done = await sluice(['export', ...from, '--layout', layout, '--format', 'jsonl', '--out', out]);
      expect([done.code, done.stderr]).toEqual([0, expect.any(String)]);
      return out;
    };
    const statuses = ['error', 'error', 'error', 'ok'];
    const rows = rowsOf(await exported('tool-calls', data, 'calls'));
    expect(rows.map(({ metadata }) => metadata.status)).toEqual(statuses);
    expect(rows[0].metadata.claimed_status).toBe('ok');
    for (const layout of ['tool-calls', 'traces']) {
      const out = await exported(layout, data, `out-${layout}`);
      await using other = await startEngine();
      const there = ['--data-dir', other.ready.data_dir];
      expect((await sluice(['import', ...there, join(out, 'data.jsonl')])).code).toBe(0);
      const back = rowsOf(await exported('tool-calls', there, `back-${layout}`));
      const byName = (list: JsonObject[]) =>
        list.map(({ arguments: args, metadata }) => [JSON.stringify(args), metadata.status]).sort();
      expect([layout, byName(back)]).toEqual([layout, byName(rows)]);
    }
  });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sluice, startEngine } from '../support/engine.js';
import { startModelServer } from '../support/model-server.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-scenarios-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An agent that asks once, with headers of its own. */
const agent = (headers: object) => `const { Agent, request } = require('node:http');
  const options = { method: 'POST', agent: new Agent(), headers: ${JSON.stringify({ 'content-type': 'application/json', ...headers })} };
  request(process.env.HTTP_PROXY + '/stub/v1/chat/completions', options, (answer) => answer.resume()).end(
    JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Which tide?' }] }));`;

describe('scenario and mode', () => {
  it('of a run, or of a request that names its own, are told of the trace, found by, exported, and kept from the upstream', async () => {
    await using model = await startModelServer();
    await using engine = await startEngine(['--upstream', `stub=${model.url}`], { dataDir: join(folder, 'data') });
    const data = ['--data-dir', engine.ready.data_dir];
    const run = async (flags: string[], headers: object) => {
      const done = await sluice(['run', ...data, ...flags, '--json', '--', process.execPath, '-e', agent(headers)]);
      expect(done.code, done.stderr).toBe(0);
      return JSON.parse(done.stderr.trim().split('\n').at(-1) as string).trace_ids[0] as string;
    };
    const labelled = await run(['--scenario', 'Tides of März', '--mode', 'SIMULATION'], {});
    const named = await run(['--scenario', 'Tides', '--mode', 'EXECUTION'], {
      'X-Sluice-Scenario': 'Own',
      'x-sluice-mode': 'OPTIMIZATION',
    });
    const plain = await run([], {});

    expect((await engine.api(`/traces/${labelled}`)).metadata).toEqual({
      scenario: 'Tides of März',
      execution_mode: 'SIMULATION',
    });
    expect((await engine.api(`/traces/${named}`)).metadata).toEqual({
      scenario: 'Own',
      execution_mode: 'OPTIMIZATION',
    });
    expect((await engine.api(`/traces/${plain}`)).metadata).toBeNull();

    const found = async (query: string) =>
      (await engine.api(`/traces?query=${encodeURIComponent(query)}`)).items
        .map(({ trace_id }: { trace_id: string }) => trace_id)
        .sort();
    expect(await found('scenario:"Tides of März"')).toEqual([labelled]);
    expect(await found('mode:simulation')).toEqual([labelled]);
    expect(await found('scenario:own mode:OPT*')).toEqual([named]);
    expect(await found('-scenario:*')).toEqual([plain]);

    for (const { headers } of model.requests) {
      expect(Object.keys(headers).filter((name) => name.startsWith('x-sluice'))).toEqual([]);
    }
    const out = join(folder, 'out');
    const flags = ['--layout', 'execution-trace', '--format', 'jsonl', '--query', 'mode:SIMULATION', '--out', out];
    const exported = await sluice(['export', ...data, ...flags]);
    expect(exported.code, exported.stderr).toBe(0);
    expect(JSON.parse(readFileSync(join(out, 'data.jsonl'), 'utf8'))).toMatchObject({
      schema_version: '2',
      scenario: 'Tides of März',
      execution_mode: 'SIMULATION',
    });
  });

  it('are refused where a mode is none', async () => {
    const done = await sluice(['run', '--data-dir', join(folder, 'none'), '--mode', 'GUESS', '--', 'true']);
    expect(done.code).toBe(2);
    expect(done.stderr).toContain('EXECUTION');
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Trace } from '../../src/shared/model/index.js';
import { type Engine, sluice, startEngine } from '../support/engine.js';
import { type JsonObject, type ModelServer, startModelServer } from '../support/model-server.js';

/** Captured traces are in order, in the engine and in what it exports; what is broken is named where it is broken. */

let engine: Engine;
let model: ModelServer;
let folder: string;
let trace: Trace;
const tools = ['send', 'wait'].map((name) => ({
  type: 'function',
  function: { name, parameters: { type: 'object' } },
}));
const mail = ['mary.jones', 'example-mail.org'].join('@');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-validate-'));
  model = await startModelServer();
  engine = await startEngine(['--upstream', `openai=${model.url}`]);
  const messages: JsonObject[] = [{ role: 'user', content: `Write to ${mail} please.` }];
  model.say({ toolCalls: [{ id: 'call_mail_1', name: 'send', arguments: { to: mail } }] }, { text: 'Sent.' });
  for (const _ of [1, 2]) {
    const answer = await fetch(`${engine.ready.proxy}/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o', messages, tools }),
    });
    const { choices } = (await answer.json()) as JsonObject;
    messages.push(choices[0].message, { role: 'tool', tool_call_id: 'call_mail_1', content: 'ok' });
  }
  await engine.settled();
  const { items } = await engine.api('/traces');
  trace = await engine.api(`/traces/${items[0].trace_id}`);
});
afterAll(async () => {
  await engine?.dispose();
  await model?.close();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('the engine', () => {
  it('finds nothing wrong with what it captured', async () => {
    expect(trace.calls).toHaveLength(2);
    expect(await engine.api(`/traces/${trace.trace_id}/validation`)).toMatchObject({
      trace_id: trace.trace_id,
      shape: 'trace',
      valid: true,
      errors: [],
    });
    const missing = await engine.fetch('/traces/019aa000-0000-7000-8000-000000000000/validation');
    expect(missing.status).toBe(404);
  });

  it('checks all traces in a job', async () => {
    const { job_id } = await engine.api('/validate', { body: { query: 'kind:agent' } });
    const job = await engine.until(`/jobs/${job_id}`, (it) => it.state === 'done' && it);
    expect((job as JsonObject).result).toEqual({
      traces: 1,
      valid: 1,
      invalid: 0,
      errors_by_code: {},
      warnings_by_code: {},
      reports: [],
    });
    expect((await engine.fetch('/validate', { body: { query: 'kind:' } })).status).toBe(400);
  });

  it('serves the schemas of all shapes', async () => {
    const { items } = await engine.api('/schemas');
    const names = items.map(({ name }: JsonObject) => name);
    for (const name of ['trace', 'tool_call', 'decision', 'effect', 'witness', 'pr_telemetry', 'validation_report']) {
      expect(names).toContain(name);
    }
    for (const { name, id } of items) expect((await engine.api(`/schemas/${name}`)).$id).toBe(id);
    expect((await engine.fetch('/schemas/nothing')).status).toBe(404);
  });
});

describe('sluice validate', () => {
  it('accepts what the engine exports, and says so', async () => {
    const out = join(folder, 'export');
    const layouts = ['traces', 'tool-calls', 'openai-chat', 'execution-trace', 'decisions'];
    for (const layout of layouts) {
      const { code, stderr } = await sluice([
        ...['export', '--data-dir', engine.ready.data_dir],
        ...['--layout', layout, '--format', 'jsonl', '--out', join(out, layout)],
      ]);
      expect([layout, code, stderr]).toEqual([layout, 0, expect.any(String)]);
    }
    const files = layouts.map((layout) => join(out, layout, 'data.jsonl'));
    const { code, stdout } = await sluice(['validate', '--json', ...files]);
    const { reports, summary } = JSON.parse(stdout);
    expect(summary).toMatchObject({ invalid: 0, errors_by_code: {} });
    expect(new Set(reports.map(({ shape }: JsonObject) => shape))).toEqual(
      new Set(['trace', 'tool_call', 'openai_chat', 'execution_trace', 'decision']),
    );
    expect(code).toBe(0);
  });

  it('names file, line, code and path of what is wrong, and ends with 1', async () => {
    const broken = { ...trace, tool_calls: [], tool_call_count: 0 };
    const lines = [JSON.stringify(trace), JSON.stringify(broken), '{"trace_id":', '', '{"a":1}'];
    const path = file('traces.jsonl', `${lines.join('\n')}\n`);
    const { code, stdout } = await sluice(['validate', '--json', path]);
    expect(code).toBe(1);
    const { reports, summary } = JSON.parse(stdout);
    expect(reports.map(({ where, valid }: JsonObject) => [where, valid])).toEqual([
      ['line 1', true],
      ['line 2', false],
      ['line 3', false],
      ['line 5', false],
    ]);
    expect(Object.keys(summary.errors_by_code).sort()).toEqual([
      'json_invalid',
      'reference_missing',
      'shape_unknown',
      'tool_result_without_call',
    ]);
    const plain = await sluice(['validate', path]);
    expect(plain.stdout).toContain(`${path}, line 2: trace INVALID`);
    expect(plain.stdout).toContain('4 records: 1 valid, 3 invalid');
  });

  it('finds personal data that is left, and does not repeat it', async () => {
    const leaky = { ...trace, title: `Write to ${mail}` };
    const { code, stdout } = await sluice(['validate', '--json', '-'], { input: JSON.stringify(leaky) });
    expect(code).toBe(1);
    expect(JSON.parse(stdout).reports[0].errors).toEqual([
      { code: 'pii_left', path: 'title', message: expect.stringMatching(/^EMAIL at \d+\.\.\d+$/) },
    ]);
    expect(stdout).not.toContain(mail);
    const blind = await sluice(['validate', '--no-pii', '-'], { input: JSON.stringify(leaky) });
    expect(blind.code).toBe(0);
  });

  it('says what is no file, and what is empty', async () => {
    expect(await sluice(['validate', join(folder, 'nothing.json')])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot be read (ENOENT)'),
    });
    const { code, stdout } = await sluice(['validate', '--json', file('empty.jsonl', '')]);
    expect([code, JSON.parse(stdout).summary.errors_by_code]).toEqual([1, { json_invalid: 1 }]);
  });
});

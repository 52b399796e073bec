import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, sluice, startEngine } from '../support/engine.js';

const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 9, 30, second)).toISOString();
const telemetry = (fields: object = {}) => ({
  schema_version: '1.0',
  developer_id: 'dev-1',
  bug_id: 'BUG-7',
  repo: {
    name: 'shop',
    url: 'https://git.example/shop.git',
    branch: 'main',
    commit_before: 'abc123',
    commit_after: 'def456',
    test_command: 'pytest -q',
  },
  start_time: at(0),
  end_time: at(59),
  events: [
    { type: 'file_open', timestamp: at(1), file: 'src/cart.py' },
    { type: 'reasoning_step', timestamp: at(2), content: 'The total ignores the discount.' },
    { type: 'code_edit', timestamp: at(3), file: 'src/cart.py', diff: '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n' },
    { type: 'terminal_command', timestamp: at(4), command: 'ls | wc', exit_code: 0, output: '3', duration: 1.5 },
    { type: 'test_result', timestamp: at(5), name: 'test_total', passed: true },
    { type: 'file_close', timestamp: at(6), file: 'src/cart.py' },
  ],
  ...fields,
});
const ingest = (trace_id: string, content: string, fields: object = {}) => ({
  trace_id,
  event_type: 'message',
  payload: { role: 'user', content },
  ...fields,
});

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'sluice-intake-'));
}

/** Every byte that a folder holds, file by file. */
function files(root: string): { path: string; bytes: Buffer }[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => join(root, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => ({ path, bytes: readFileSync(path) }));
}

describe('a running engine', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.dispose());

  it('has a telemetry trace as soon as it said so', async () => {
    const answer = await engine.fetch('/traces', { body: telemetry({ pr_number: 12 }) });
    expect(answer.status).toBe(201);
    const { trace_id } = (await answer.json()) as { trace_id: string };
    const trace = await engine.api(`/traces/${trace_id}`);
    expect(trace).toMatchObject({
      trace_id,
      kind: 'pr_telemetry',
      completion_status: 'completed',
      title: 'BUG-7 in shop',
      metadata: { bug_id: 'BUG-7', pr_number: 12, repo: { name: 'shop', commit_after: 'def456' } },
    });
    expect(trace.steps.map(({ type }: { type: string }) => type)).toEqual([
      'file_open',
      'reasoning_step',
      'code_edit',
      'terminal_command',
      'test_result',
      'file_close',
    ]);
    expect(trace.steps[3]).toMatchObject({ command: 'ls | wc', exit_code: 0, output: '3', duration_ms: 1500 });
    expect(trace.steps[4]).toMatchObject({ name: 'test_total', status: 'passed' });
    expect(await engine.api(`/traces/${trace_id}/effects`)).toEqual({ items: [], next_cursor: null });
    expect(await engine.api(`/traces/${trace_id}/witnesses`)).toEqual({ items: [], next_cursor: null });
    expect((await engine.api(`/traces/${trace_id}/tree`)).nodes).toHaveLength(1);
  });

  it('keeps one trace of a request that is repeated under its key', async () => {
    const send = async () =>
      (await (
        await engine.fetch('/traces', { body: telemetry({ bug_id: 'BUG-9' }), headers: { 'idempotency-key': 'k9' } })
      ).json()) as {
        trace_id: string;
      };
    const { trace_id } = await send();
    expect((await send()).trace_id).toBe(trace_id);
    expect((await engine.api(`/traces/${trace_id}`)).steps).toHaveLength(6);
    await engine.settled();
  });

  it('takes events in any order and each once, and reads them in the order of time', async () => {
    const { trace_id } = await engine.api('/traces', { body: telemetry({ events: [], end_time: undefined }) });
    const step = (second: number) => ({
      type: 'reasoning_step',
      timestamp: at(second),
      content: `step ${second}`,
      event_id: `e${second}`,
    });
    const send = (...seconds: number[]) =>
      engine.api(`/traces/${trace_id}/events`, { body: { events: seconds.map(step) } });
    expect(await send(9, 3)).toEqual({ accepted: 2, duplicates: 0 });
    expect(await send(5, 3, 1)).toEqual({ accepted: 2, duplicates: 1 });
    expect(await send(9, 9)).toEqual({ accepted: 0, duplicates: 2 });
    const trace = await engine.api(`/traces/${trace_id}`);
    expect(trace.completion_status).toBe('running');
    expect(trace.steps.map(({ content }: { content: string }) => content)).toEqual([
      'step 1',
      'step 3',
      'step 5',
      'step 9',
    ]);

    const finalized = await engine.fetch(`/traces/${trace_id}/finalize`, { body: { wait: false } });
    expect(finalized.status).toBe(202);
    const late = await engine.fetch(`/traces/${trace_id}/events`, { body: { events: [step(11)] } });
    expect([late.status, ((await late.json()) as { error: { code: string } }).error.code]).toEqual([
      409,
      'trace_finalized',
    ]);
    const { job_id } = (await finalized.json()) as { job_id: string };
    const job = await engine.until(`/jobs/${job_id}`, (found) => (found.state === 'done' ? found : null));
    expect(job.result).toMatchObject({ trace_id, completion_status: 'completed', steps: 4 });
    const still = await engine.fetch(`/traces/${trace_id}/events`, { body: { events: [step(12)] } });
    expect(still.status).toBe(409);
  });

  it('builds a trace of single events under the name that their program gave it', async () => {
    const events: [type: string, payload: object][] = [
      ['message', { role: 'user', content: 'find the bug' }],
      ['tool_call', { tool_call_id: 'c1', name: 'search', arguments: { q: 'bug' } }],
      ['tool_result', { tool_call_id: 'c1', result: { hits: 2 } }],
      ['decision', { decision: 'fix', available_options: ['fix', 'skip'] }],
      ['weather', { wind: 3 }],
    ];
    for (const [index, [event_type, payload]] of events.entries()) {
      const body = { trace_id: 'agent/42', event_type, payload, timestamp: at(index) };
      expect((await engine.fetch('/ingest', { body })).status).toBe(202);
    }
    await engine.settled();
    const trace = await engine.api(`/traces/${encodeURIComponent('agent/42')}`);
    expect(trace).toMatchObject({ kind: 'ingest' });
    expect(trace.tool_calls).toMatchObject([
      { name: 'search', arguments: { q: 'bug' }, result: { hits: 2 }, status: 'ok' },
    ]);
    expect(trace.decisions).toMatchObject([{ decision: 'fix', origin: 'explicit' }]);
    expect(trace.steps.find(({ type }: { type: string }) => type === 'state_change')).toMatchObject({
      description: 'weather',
      data: { wind: 3 },
    });
  });

  it('reads a model call sent as an event', async () => {
    const request = { model: 'gpt-5-mini', messages: [{ role: 'user', content: 'hi there' }] };
    const response = {
      id: 'chatcmpl-x1',
      model: 'gpt-5-mini',
      choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
    };
    await engine.api('/ingest', {
      body: { trace_id: 'calls', event_type: 'llm_call', payload: { request, response } },
    });
    await engine.settled();
    const trace = await engine.api('/traces/calls');
    expect(trace.calls).toMatchObject([
      { model: 'gpt-5-mini', response_id: 'chatcmpl-x1', usage: { input_tokens: 3 } },
    ]);
  });

  it('takes spans as OTLP, and answers in their encoding', async () => {
    const attributes = Object.entries({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5-mini',
      'gen_ai.response.id': 'resp-otlp-1',
      'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'by otlp' }] }]),
      'gen_ai.output.messages': JSON.stringify([
        { role: 'assistant', parts: [{ type: 'text', content: 'yes' }], finish_reason: 'stop' },
      ]),
    }).map(([key, value]) => ({ key, value: { stringValue: value } }));
    const span = {
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'eee19b7ec3c1b174',
      name: 'chat gpt-5-mini',
      kind: 3,
      startTimeUnixNano: '1795253400000000000',
      endTimeUnixNano: '1795253401000000000',
      attributes,
    };
    const answer = await engine.fetch('/v1/traces', {
      body: { resourceSpans: [{ resource: {}, scopeSpans: [{ scope: { name: 'x' }, spans: [span] }] }] },
    });
    expect([answer.status, await answer.json()]).toEqual([200, {}]);
    await engine.settled();
    const { items } = await engine.api('/traces?query=%22by%20otlp%22');
    expect(items).toMatchObject([{ models: ['gpt-5-mini'], call_count: 1, source: { kind: 'otlp' } }]);
    expect((await engine.fetch('/v1/traces', { body: { resourceSpans: 7 } })).status).toBe(400);
  });

  it('counts what came by the API as seen and stored', async () => {
    await engine.settled();
    const before = (await engine.api('/health')).exchanges;
    const body = ingest('counted', 'x', { event_id: 'once', timestamp: at(0) });
    for (let count = 0; count < 3; count++) await engine.api('/ingest', { body });
    await engine.settled();
    const after = (await engine.api('/health')).exchanges;
    expect([after.seen - before.seen, after.stored - before.stored, after.pending, after.failed]).toEqual([3, 3, 0, 0]);
    expect((await engine.api('/traces/counted')).steps).toHaveLength(1);
    expect((await engine.api('/status')).first_exchange_at).toBeNull();
  });
});

describe('what was acknowledged', () => {
  it('survives kill -9', async () => {
    const dataDir = folder();
    try {
      const first = await startEngine([], { dataDir });
      const sent = 200;
      let acknowledged = 0;
      await Promise.all(
        Array.from({ length: 8 }, async (_, lane) => {
          for (let index = lane; index < sent; index += 8) {
            const answer = await first.fetch('/ingest', { body: ingest('killed', `m${index}`) });
            if (answer.status === 202) acknowledged += 1;
          }
        }),
      );
      await first.kill9();
      expect(acknowledged).toBe(sent);
      await using second = await startEngine([], { dataDir });
      await second.settled();
      const trace = await second.api('/traces/killed');
      expect(new Set(trace.steps.map(({ content }: { content: string }) => content)).size).toBe(sent);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  it('is stored once the store can write again, and beyond the limit nothing is acknowledged', async () => {
    await using engine = await startEngine();
    // Another process holds the store: whatever comes waits in the journal.
    const database = new Database(join(engine.ready.data_dir, 'sluice.db'));
    database.exec('BEGIN IMMEDIATE');
    let acknowledged = 0;
    let number = 0;
    /** Sends until it is refused; one at a time gets to the very limit. */
    const sendUntilRefused = async (): Promise<Response | undefined> => {
      while (number < 8000) {
        const index = number++;
        const answer = await engine.fetch('/ingest', { body: ingest(`burst-${index % 50}`, `m${index}`) });
        if (answer.status !== 202) return answer;
        acknowledged += 1;
        await answer.arrayBuffer();
      }
    };
    try {
      await Promise.all(Array.from({ length: 32 }, sendUntilRefused));
      const refused = await sendUntilRefused();
      expect(refused?.status).toBe(503);
      expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(await refused?.json()).toMatchObject({ error: { code: 'engine_busy' } });
      const { backpressure } = await engine.api('/status');
      expect(backpressure.pending).toBeGreaterThanOrEqual(backpressure.limit);
      expect(backpressure.refused).toBeGreaterThanOrEqual(1);
      expect(backpressure.last_refused_at).toMatch(/Z$/);
      expect((await engine.fetch('/traces', { body: telemetry() })).status).toBe(503);
    } finally {
      database.exec('ROLLBACK');
      database.close();
    }
    await engine.settled();
    let steps = 0;
    for (let number = 0; number < 50; number++) steps += (await engine.api(`/traces/burst-${number}`)).step_count;
    expect(steps).toBe(acknowledged);
    expect((await engine.fetch('/traces', { body: telemetry() })).status).toBe(201);
  });

  it('has no planted secret on disk', async () => {
    await using engine = await startEngine();
    const secrets = [
      `sk-${'proj'}-${'Zq9W'.repeat(12)}`,
      `ghp_${'kT4x'.repeat(9)}`,
      `mara.${'lindqvist'}@corp.example`,
    ];
    const said = secrets.join(' and ');
    await engine.api('/traces', {
      body: telemetry({
        developer_id: secrets[2],
        note: said,
        events: [
          {
            type: 'terminal_command',
            timestamp: at(1),
            command: `curl -H "Authorization: Bearer ${secrets[0]}" x`,
            exit_code: 0,
            output: said,
          },
          {
            type: 'code_edit',
            timestamp: at(2),
            file: '.env',
            diff: `--- a/.env\n+++ b/.env\n@@ -1 +1 @@\n-a\n+KEY=${secrets[0]}\n`,
          },
        ],
      }),
    });
    await engine.api('/ingest', { body: ingest('secret', said) });
    await engine.api('/ingest', { body: { trace_id: 'secret', event_type: 'odd', payload: { deep: [{ er: said }] } } });
    await engine.settled();
    expect(await engine.stop()).toBe(0);
    for (const { path, bytes } of files(engine.ready.data_dir)) {
      for (const secret of secrets) expect([path, bytes.includes(secret)]).toEqual([path, false]);
    }
    expect(engine.log()).not.toContain(secrets[0]);
  });
});

describe('sluice token', () => {
  it('makes and revokes tokens with and without an engine, which sees both at once', async () => {
    const dataDir = folder();
    try {
      const json = async (...args: string[]) => {
        const done = await sluice(['token', ...args, '--data-dir', dataDir, '--json']);
        expect([args, done.code, done.stderr]).toEqual([args, 0, '']);
        return JSON.parse(done.stdout);
      };
      const early = await json('create', '--name', 'early', '--scope', 'ingest');
      await using engine = await startEngine([], { dataDir });
      const status = async (token: string, path = '/traces') =>
        (await engine.fetch(path, { anonymous: true, headers: { authorization: `Bearer ${token}` } })).status;
      expect(await status(early.token)).toBe(403);
      const reader = await json('create', '--name', 'reader', '--scope', 'read', 'review');
      expect(await status(reader.token)).toBe(200);
      expect(await status(reader.token, '/tokens')).toBe(403);
      const { items } = await json('list');
      expect(items).toMatchObject([{ name: 'early' }, { name: 'reader', scopes: ['read', 'review'] }]);
      expect(items[1].last_used_at).not.toBeNull();
      await json('revoke', reader.token_id);
      expect(await status(reader.token)).toBe(401);
      const again = await sluice(['token', 'revoke', reader.token_id, '--data-dir', dataDir]);
      expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('not_found')]);
      expect((await sluice(['token', 'create', '--name', 'x', '--scope', 'root', '--data-dir', dataDir])).code).toBe(2);
      for (const { path, bytes } of files(dataDir)) {
        for (const { token } of [early, reader]) expect([path, bytes.includes(token)]).toEqual([path, false]);
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

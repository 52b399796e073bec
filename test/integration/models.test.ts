import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createBudget } from '../../src/main/ground/budget.js';
import { startConnectProxy } from '../support/connect-proxy.js';
import { type Engine, sluice, startEngine } from '../support/engine.js';
import { modelsAt } from '../support/language-models.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { noSmallModel, startSmallModel } from '../support/small-model-server/index.js';

const key = 'k-4711-of-nobody-at-all';

/** A server that takes schemas and bounds answers, but no temperature. */
function honest(server: ModelServer): void {
  server.otherwise(({ json }) => {
    if (json.temperature !== undefined)
      return {
        raw: JSON.stringify({ error: { message: 'temperature is not supported', param: 'temperature' } }),
        status: 400,
      };
    const schema = json.response_format?.json_schema?.schema;
    const limit = json.max_completion_tokens ?? json.max_tokens;
    const text = schema ? '{"probe_colour": "teal", "probe_number": 3}' : '1 2 3';
    return { text, usage: { input: 20, output: Math.min(10, limit) } };
  });
}

describe('profiles of language models', () => {
  let engine: Engine;
  let server: ModelServer;
  beforeAll(async () => {
    server = await startModelServer();
    honest(server);
    engine = await startEngine(['--upstream', `scripted=${server.url}`], { env: { TEST_MODEL_KEY: key } });
  });
  afterAll(async () => {
    await engine.dispose();
    await server.close();
  });

  const models = async (...args: string[]) => {
    const done = await sluice(['models', ...args, '--data-dir', engine.ready.data_dir]);
    return { ...done, json: () => JSON.parse(done.stdout) };
  };
  const flags = (url: string) => [
    '--base-url',
    url,
    '--model',
    'm-1',
    '--price-in',
    '1',
    '--price-out',
    '10',
    '--json',
  ];

  it('are set, agreed to, probed, shown and removed; no key lies in any file or answer', async () => {
    const set = await models('add', 'first', ...flags(`${server.url}/v1/`), '--key-env', 'TEST_MODEL_KEY');
    expect(set.stderr).toContain(`sent to 127.0.0.1:${server.port}, on this machine`);
    expect(set.json()).toMatchObject({ name: 'first', agreed: null, key_present: true, probe: null });
    const refused = await models('probe', 'first');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('model_not_agreed') });
    expect(server.requests).toEqual([]);

    const again = await models('add', 'first', ...flags(`${server.url}/v1/`), '--key-env', 'TEST_MODEL_KEY', '--agree');
    expect(again.json().agreed).not.toBeNull();
    const probed = (await models('probe', 'first', '--json')).json();
    expect(probed.capabilities).toEqual({
      structure: 'schema',
      limit_field: 'max_completion_tokens',
      temperature: false,
      reasoning_effort: true,
    });
    expect(probed.probe.cost_usd).toBeCloseTo(3 * (20 + 100) * 1e-6, 8);
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${key}`);
    expect((await models('list')).stdout).toContain('temperature            refused');

    const { items } = await engine.api('/models/calls');
    expect(items.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'answered',
      'answered',
      'failed',
      'answered',
    ]);
    const call = await engine.api(`/models/calls/${items.at(-1).call_id}`);
    expect(JSON.parse(call.sent).messages[0].content).toContain('Count from 1');
    expect(call.received).toBe('1 2 3');
    const [profile] = (await engine.api('/models')).items;
    expect(profile.today).toMatchObject({ calls: 4, cached: 0, output_tokens: 30 });

    const file = readFileSync(join(engine.ready.data_dir, 'models.json'), 'utf8');
    expect(file + JSON.stringify([items, call, profile]) + engine.log()).not.toContain(key);
    const log = (await engine.api('/audit-log')).items;
    const actions = log.map(({ action }: { action: string }) => action);
    expect(actions).toEqual(expect.arrayContaining(['model_profile_set', 'model_agreed', 'model_called']));
    expect(log.find(({ action }: { action: string }) => action === 'model_called').details).toMatchObject({
      purpose: 'probe',
      profile: 'first',
      host: `127.0.0.1:${server.port}`,
    });
  });

  it('end what was agreed to with another address', async () => {
    const moved = await models('add', 'first', ...flags('http://localhost:9/v1'), '--key-env', 'TEST_MODEL_KEY');
    expect(moved.json()).toMatchObject({ agreed: null, probe: null });
    expect((await models('remove', 'first')).code).toBe(0);
    expect((await models('list', '--json')).json()).toEqual([]);
    expect((await models('remove', 'first')).code).toBe(1);
  });

  it('take no key by mistake, nor over an open line, nor without a keychain', async () => {
    const set = (body: object) =>
      engine.fetch('/models', {
        method: 'POST',
        body: { name: 'x', model: 'm', base_url: 'https://a.example/v1', ...body },
      });
    const secret = `AIza${'Sy4kQ7wLm2Np9Rt5Vx8Zb3Dc6Fg1Hj0EaB2'}`;
    for (const [body, code] of [
      [{ key_env: secret }, 'validation_failed'],
      [{ base_url: 'http://a.example/v1', key_env: 'TEST_MODEL_KEY' }, 'validation_failed'],
      [{ base_url: 'https://me:pass@a.example/v1' }, 'validation_failed'],
      [{ key: 'a-key-to-be-sealed' }, 'keychain_missing'],
    ] as const) {
      const answer = await set(body);
      const { error } = (await answer.json()) as { error: { code: string } };
      expect([error.code, JSON.stringify(error).includes(secret)]).toEqual([code, false]);
    }
  });

  it('on our own proxy make no traces: the studio’s calls are no training data', async () => {
    const before = (await engine.api('/health')).exchanges.seen;
    const url = `${engine.ready.proxy}/scripted/v1`;
    await models('add', 'ours', ...flags(url), '--agree');
    const asked = server.requests.length;
    expect((await models('probe', 'ours')).code).toBe(0);
    expect(server.requests.length).toBeGreaterThan(asked);
    expect(server.requests.at(-1)?.headers).not.toHaveProperty('x-sluice-own-call');
    expect((await engine.api('/health')).exchanges.seen).toBe(before);
    // Whoever guesses at the mark is captured, mark and all.
    await fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-sluice-own-call': '0'.repeat(32) },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hello' }] }),
    });
    await engine.settled();
    const { items } = await engine.api('/traces');
    expect(items).toHaveLength(1);

    // What was asked may quote the trace that goes.
    const { call_id } = (await engine.api('/models/calls')).items[0];
    expect((await engine.api(`/models/calls/${call_id}`)).sent).not.toBeNull();
    await engine.fetch(`/traces/${items[0].trace_id}`, { method: 'DELETE' });
    expect(await engine.api(`/models/calls/${call_id}`)).toMatchObject({
      sent: null,
      received: null,
      purpose: 'probe',
    });
  });
});

describe('behind a proxy that is set', () => {
  it('models are asked through it, TLS to the end', async () => {
    const proxy = await startConnectProxy();
    await using server = await startModelServer({ tls: true });
    honest(server);
    const dataDir = mkdtempSync(join(tmpdir(), 'sluice-models-proxy-'));
    writeFileSync(
      join(dataDir, 'settings.json'),
      JSON.stringify({ version: 1, upstream_proxy: proxy.url, no_proxy: [] }),
    );
    const env = { NODE_EXTRA_CA_CERTS: server.caPath, TEST_MODEL_KEY: key };
    await using engine = await startEngine([], { dataDir, env });
    const profile = { name: 'far', base_url: `${server.url}/v1`, model: 'm-1', key_env: 'TEST_MODEL_KEY' };
    await engine.api('/models', { body: profile });
    await engine.api('/models/far/agree', { body: { host: `127.0.0.1:${server.port}` } });
    const { probe } = await engine.api('/models/far/probe', { method: 'POST' });
    expect(probe.capabilities).toMatchObject({ structure: 'schema', temperature: false });
    expect(proxy.asked.length).toBeGreaterThan(3);
    const asked = { authority: `127.0.0.1:${server.port}`, credentials: 'user:open sesame' };
    expect(proxy.asked.every((each) => JSON.stringify(each) === JSON.stringify(asked))).toBe(true);
    expect(server.requests.at(-1)?.headers).toMatchObject({ authorization: `Bearer ${key}` });
    await proxy.close();
    const refused = await engine.fetch('/models/far/probe', { method: 'POST' });
    expect([refused.status, ((await refused.json()) as { error: { code: string } }).error.code]).toEqual([
      502,
      'upstream_proxy_failed',
    ]);
    await engine.dispose();
    rmSync(dataDir, { recursive: true });
  });
});

/** It proves plumbing on real tokens, never quality: what this model says of anything means nothing. */
describe.skipIf(noSmallModel !== null)(`a real small model (else: ${noSmallModel})`, () => {
  it('gives a verdict in its shape, at no cost, once', async () => {
    await using small = await startSmallModel();
    const { models, saved } = await modelsAt(small.url, { model: 'smollm2-135m', price: { input: 0, output: 0 } });
    const schema = z.strictObject({ verdict: z.enum(['sound', 'unsound']), score: z.enum(['low', 'middle', 'high']) });
    const request = {
      profile: 'test',
      messages: [
        { role: 'system' as const, content: 'You judge the reasoning of an agent.' },
        {
          role: 'user' as const,
          content: 'Step 1: the test fails. Step 2: I read the code and mended the sum. Judge it.',
        },
      ],
      schema,
      schema_name: 'verdict',
      temperature: 0,
      max_tokens: 80,
      timeout_ms: 120_000,
      purpose: 'judge',
      cache_key: 'rubric 1',
      budget: createBudget(0),
      signal: new AbortController().signal,
    };
    const done = await models.complete(request);
    expect(schema.safeParse(done.reply).success).toBe(true);
    // How often it had to be asked is the model's and the machine's matter.
    expect(done).toMatchObject({ cost_usd: 0, cached: false, model: 'smollm2-135m-instruct-q4_1' });
    expect(done.usage?.input_tokens).toBeGreaterThan(20);
    expect(done.usage?.output_tokens).toBeGreaterThan(5);
    expect(await models.complete(request)).toMatchObject({ reply: done.reply, cached: true });
    expect(saved.map(({ outcome }) => outcome)).toEqual(['answered', 'cached']);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GoldTrace } from '../../src/shared/model/gold-trace.js';
import { type Engine, sluice, startEngine } from '../support/engine.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { faultless } from '../support/oracle-answers.js';

// biome-ignore lint/suspicious/noExplicitAny: answers of the API
type Any = any;

let engine: Engine;
let server: ModelServer;
const domains = ['finance', 'hr'];
const answerOf = faultless(domains, 20, 3);
let troubles = 0;

beforeAll(async () => {
  server = await startModelServer();
  server.otherwise(({ json }) => {
    const phase = json.response_format?.json_schema?.name as string;
    const usage = { input: 400, output: 100 };
    // A server in trouble: refused, broken, cut, no JSON.
    const trouble = server.requests.length % 16;
    if (trouble < 4) troubles += 1;
    if (trouble === 0)
      return { raw: '{"error":{"message":"slow down"}}', status: 429, headers: { 'retry-after': '0' } };
    if (trouble === 1) return { raw: '{"error":{"message":"broken"}}', status: 500 };
    if (trouble === 2) return { text: 'Sure! Here it is', usage };
    return {
      text: JSON.stringify(answerOf(phase, json.messages)),
      usage,
      ...(trouble === 3 ? { cutAfterBytes: 20 } : {}),
    };
  });
  engine = await startEngine([]);
  for (const name of ['writer', 'reader']) {
    const profile = { name, base_url: `${server.url}/v1/`, model: `${name}-1`, price: { input: 1, output: 10 } };
    await engine.api('/models', { body: profile });
  }
});
afterAll(async () => {
  await engine?.dispose();
  await server?.close();
});

const order = {
  total: 8,
  domains,
  seed: 3,
  generator: 'model',
  profile: 'writer',
  reviewers: ['reader'],
  budget_usd: 5,
};
const refusal = async (more: object) => {
  const answer = await engine.fetch('/oracle/runs', { body: { ...order, ...more } });
  return [answer.status, ((await answer.json()) as Any).error.code];
};
const tracesIn = (folder: string): GoldTrace[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith('traces-'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
    .map((line) => JSON.parse(line));

it('models make gold traces through a server in trouble, reviewed and paid for, once', async () => {
  expect(await refusal({})).toEqual([409, 'model_not_agreed']);
  for (const name of ['writer', 'reader'])
    await engine.api(`/models/${name}/agree`, { body: { host: new URL(server.url).host } });
  expect(await refusal({ profile: undefined })).toEqual([422, 'validation_failed']);
  expect(await refusal({ generator: 'sampler' })).toEqual([422, 'validation_failed']);
  expect(await refusal({ reviewers: ['nobody'] })).toEqual([404, 'model_profile_missing']);
  const forecast = await engine.api('/oracle/forecast', { body: order });
  expect(forecast).toMatchObject({ traces: 8, calls: 24 });
  expect(server.requests).toHaveLength(0);

  const { job_id } = await engine.api('/oracle/runs', { body: order });
  await engine.until<Any>(`/jobs/${job_id}`, ({ state }: Any) => state !== 'queued' && state !== 'running');
  const run = await engine.api(`/oracle/runs/${job_id}`);
  expect(run).toMatchObject({ state: 'done', report: { stopped: null, unheard_usd: expect.any(Number) } });
  const { validated, failed, cost_usd, validators } = run.report;
  expect(troubles).toBeGreaterThan(3);
  // Whoever is not answered twice in a row is left out, and said to be.
  expect(validated).toBeGreaterThan(4);
  expect(failed).toBe(['request', 'calls', 'review'].reduce((sum, name) => sum + (validators[name]?.failed ?? 0), 0));
  expect(cost_usd).toBeGreaterThan(8 * 3 * 0.0014 * 0.6);
  const traces = tracesIn(run.folder);
  expect(traces).toHaveLength(validated);
  for (const trace of traces)
    expect(trace).toMatchObject({
      generator: 'model',
      model: 'writer-1',
      reviews: [{ profile: 'reader', accepted: true }],
    });
  expect(
    (await sluice(['oracle', 'validate', ...[0, 1].map((n) => join(run.folder, `traces-0000${n}.jsonl`)), '--json']))
      .code,
  ).toBe(0);

  const { items } = await engine.api('/audit-log?action=oracle_started');
  expect(items.map(({ details }: Any) => details)).toEqual([
    { generator: 'model', profile: 'writer', reviewers: ['reader'], budget_usd: 5 },
  ]);
});

it('the same order again by the command asks for what was not answered alone, and a budget ends it', async () => {
  const before = server.requests.length;
  const flags = ['--domain', 'finance', '--domain', 'hr', '--seed', '3', '--profile', 'writer', '--reviewer', 'reader'];
  const at = ['--data-dir', engine.ready.data_dir];
  const out = join(engine.ready.data_dir, '..', `gold-${process.pid}`);
  const by = ['oracle', 'run', '--generator', 'model', ...flags, ...at];
  const again = await sluice([...by, '--total', '8', '--out', out]);
  expect(again.code).toBe(0);
  expect(again.stdout).toContain('Generation Complete!');
  expect(again.stderr).toContain(`The files: ${out}`);
  expect(tracesIn(out).length).toBeGreaterThan(4);
  expect(server.requests.length - before).toBeLessThan(30);

  const other = by.map((word) => (word === '3' ? '4' : word));
  const cut = await sluice([...other, '--total', '8', '--budget', '0.0001']);
  expect(cut).toMatchObject({ code: 1, stderr: expect.stringContaining('the budget is used up') });
  expect((await sluice(['oracle', 'run', '--total', '5', '--profile', 'writer'])).code).toBe(2);
});

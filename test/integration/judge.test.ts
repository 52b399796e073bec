import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, sluice, startEngine } from '../support/engine.js';
import { type ModelRequest, type ModelServer, startModelServer } from '../support/model-server.js';
import { noSmallModel, startSmallModel } from '../support/small-model-server/index.js';

// biome-ignore lint/suspicious/noExplicitAny: answers of the API
type Any = any;

const reasoning = (content: string) => ({
  event_type: 'reasoning_step',
  timestamp: '2026-03-01T10:01:00Z',
  data: { content },
});
const pullRequest = (name: string, steps: string[], more: object = {}) => ({
  trace_id: name,
  developer_id: 'dev-1',
  repo: { name: 'r', url: 'https://example.com/r', branch: 'main', commit_before: 'abc', commit_after: 'def' },
  start_time: '2026-03-01T10:00:00Z',
  events: steps.map(reasoning),
  ...more,
});

/** What the scripted judge says: by what stands in the trace that it is shown. */
function verdict({ json }: ModelRequest): object | string {
  const shown = json.messages.map(({ content }: Any) => content).join('\n');
  if (json.response_format?.json_schema?.name === 'preference') {
    // It always likes the first one: no order of it agrees with the other.
    const evidence = [
      { trace: 'first', step: 1, quote: 'about the cache' },
      { trace: 'second', step: 1, quote: 'words that nobody wrote' },
    ];
    return { preferred: 'first', feedback: 'The first one. Ask anna.schmidt@mail-example.com.', evidence };
  }
  if (shown.includes('talks nonsense')) return 'I would rather not say.';
  const properties = json.response_format.json_schema.schema.properties;
  const names = Object.keys(properties.dimensions?.properties ?? {});
  const off = shown.includes('leaves the scale');
  // Fooled by praise, blind to all else.
  const value = shown.includes('maximum') ? 1 : 0.6;
  const values = names.includes('plan') ? 1 + 4 * value : value;
  return {
    dimensions: Object.fromEntries(names.map((name, index) => [name, off && index === 0 ? 1.4 : values])),
    feedback: `Careful work. Written to anna.schmidt@mail-example.com.`,
    evidence: [
      { step: 1, quote: 'the cache  is stale', dimension: names[0] ?? '' },
      { step: 1, quote: 'words that nobody wrote', dimension: names[0] ?? '' },
    ],
  };
}

describe('judges', () => {
  let engine: Engine;
  let server: ModelServer;
  beforeAll(async () => {
    server = await startModelServer();
    server.otherwise((request) => {
      const said = verdict(request);
      return { text: typeof said === 'string' ? said : JSON.stringify(said), usage: { input: 200, output: 50 } };
    });
    engine = await startEngine();
    const profile = {
      name: 'judge',
      preset: 'custom',
      base_url: `${server.url}/v1/`,
      model: 'j-1',
      price: { input: 1, output: 10 },
    };
    await engine.api('/models', { body: profile });
    await engine.api('/models/judge/agree', { body: { host: new URL(server.url).host } });
  });
  afterAll(async () => {
    await engine.dispose();
    await server.close();
  });

  const run = (...args: string[]) => sluice([...args, '--data-dir', engine.ready.data_dir]);
  const judge = async (...args: string[]) => {
    const { code, stdout, stderr } = await run('judge', ...args, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)) as Any[];
  };
  const sent = async (name: string, steps: string[], more: object = {}): Promise<string> =>
    (await engine.api('/traces', { body: pullRequest(name, steps, more) })).trace_id;

  it('give a sum made here, evidence that was looked for, what was sent, qa_results, a score and suggestions; again it costs nothing', async () => {
    const id = await sent('good-1', ['I think the cache is stale.', 'Ran the tests: they pass.'], {
      qa_results: { tests_passed: true, test_exit_code: 0 },
    });
    const [first] = await judge('good-1');
    expect(first).toMatchObject({
      rubric: 'reasoning',
      version: '1',
      score: 3,
      scale: { min: 0, max: 5 },
      verdict: 'rejected',
      combined: { verdict: 'accepted', by: 'tests', differ: true },
      dimensions: { hypothesis_formation: 0.6, depth: 0.6 },
      unscored_reason: null,
      profile: 'judge',
      confidence: 0.5,
      cached: false,
      reduction: { steps: 2, whole: 2, cut: [], left_out: [] },
    });
    expect(first.evidence.map(({ found }: Any) => found)).toEqual([true, false]);
    expect(first.cost_usd).toBeCloseTo(0.0007, 9);
    expect(first.feedback).not.toContain('anna.schmidt');

    const { sent: bodies } = await engine.api(`/judgements/${first.judgement_id}/sent`);
    expect(bodies[0].body).toContain('I think the cache is stale.');
    expect(JSON.parse(bodies[0].body)).toMatchObject({ model: 'j-1', temperature: 0.3 });

    const asked = server.requests.length;
    const [again] = await judge('good-1');
    expect(again).toMatchObject({ score: 3, cached: true, cost_usd: 0 });
    expect(server.requests).toHaveLength(asked);

    const trace = await engine.api(`/traces/${id}`);
    expect(trace.qa_results).toMatchObject({ tests_passed: true, test_exit_code: 0, reasoning_score: 3 });
    const scores = trace.scores.filter(({ kind }: Any) => kind === 'judge');
    expect(scores).toEqual([
      expect.objectContaining({ name: 'judge', value: 3, rubric_id: 'reasoning', judge_model: 'j-1', confidence: 0.5 }),
    ]);
    expect((await engine.api('/traces?query=score.judge>=3')).items).toHaveLength(1);
    const { items } = await engine.api(`/traces/${id}/suggestions`);
    expect(items.filter(({ source, field }: Any) => source === 'judge' && field === 'label')).toEqual([]);
  });

  it('leave a trace without a score with the reason, never with a zero', async () => {
    await sent('nonsense', ['It talks nonsense.']);
    await sent('off', ['It leaves the scale.']);
    await sent('silent', []);
    const made = await judge('nonsense', 'off', 'silent');
    const of = (words: string) => made.find(({ unscored_reason }) => String(unscored_reason).includes(words));
    for (const each of made) expect(each).toMatchObject({ score: null, verdict: null, dimensions: {} });
    expect(of('leaves the scale')?.unscored_reason).toContain('hypothesis_formation is 1.4, not from 0 to 1');
    expect(of('no reasoning')).toMatchObject({ cost_usd: 0 });
    expect(new Set(made.map(({ unscored_reason }) => unscored_reason)).size).toBe(3);
    const silent = await engine.api('/traces/silent');
    expect(silent.qa_results).toMatchObject({ reasoning_score: null });
    expect(silent.qa_results.reasoning_feedback).toContain('no reasoning');
  });

  it('take rubrics of your own, with every problem named, and show the prompt without sending', async () => {
    const yaml = `id: care\nversion: '1'\ntitle: Care\ninstructions: Judge the care.\nsees: [reasoning]\ndimensions:\n  - { id: care, title: Care, question: 'Careful?', max: 1 }\n`;
    const bad = await engine.fetch('/rubrics', {
      body: { yaml: yaml.replace('max: 1', 'max: -1').replace('sees: [reasoning]', 'sees: [all]') },
    });
    expect(bad.status).toBe(422);
    const { error } = (await bad.json()) as Any;
    expect(error.details.join('\n')).toMatch(/sees\.0: [\s\S]*dimensions\.0\.max: /);
    expect(await engine.api('/rubrics', { body: { yaml } })).toMatchObject({ origin: 'own', rubric: { id: 'care' } });
    const changed = await engine.fetch('/rubrics', { body: { yaml: yaml.replace('Careful?', 'Very careful?') } });
    expect(changed.status).toBe(409);
    const asked = server.requests.length;
    const preview = await engine.api('/traces/good-1/judge-preview', { body: { rubric: 'care' } });
    expect(preview.messages.at(-1).content).toMatch(
      /<<<trace [0-9a-f]{20}\n\[1\] agent reasons: I think the cache is stale\./,
    );
    expect(preview.messages.at(-1).content).toMatch(/trace [0-9a-f]{20}>>>\n\nReminder/);
    expect(server.requests).toHaveLength(asked);
    expect((await judge('good-1', '--rubric', 'care'))[0]).toMatchObject({ rubric: 'care', score: 0.6 });
    expect((await engine.api('/rubrics')).items.map(({ rubric }: Any) => rubric.id)).toContain('care');
  });

  it('are refused at once by what would stop their first call, and rubrics by a secret in them: nothing of it is written', async () => {
    const set = (name: string, more: object) =>
      engine.api('/models', {
        body: { name, preset: 'custom', base_url: `${server.url}/v1/`, model: 'nobody-lists-this', ...more },
      });
    const agree = (name: string) => engine.api(`/models/${name}/agree`, { body: { host: new URL(server.url).host } });
    await set('unagreed', { price: { input: 1, output: 10 } });
    await set('keyless', { price: { input: 1, output: 10 }, key_env: 'NOT_SET_ANYWHERE' });
    await set('unpriced', {});
    await agree('keyless');
    await agree('unpriced');
    const asked = server.requests.length;
    const refusal = async (path: string, body: object) => {
      const answer = await engine.fetch(path, { body });
      return [answer.status, ((await answer.json()) as Any).error.code];
    };
    const [a, b] = [await idOf('good-1'), await idOf('silent')];
    for (const [profile, status, code] of [
      ['unagreed', 409, 'model_not_agreed'],
      ['keyless', 422, 'model_key_missing'],
      ['unpriced', 422, 'model_price_unknown'],
    ] as const) {
      expect(await refusal('/judge', { query: '', profiles: [profile], budget_usd: 1 })).toEqual([status, code]);
      expect(await refusal('/judge/probe', { profile, budget_usd: 1 })).toEqual([status, code]);
      expect(await refusal('/judge/compare', { a, b, profile, budget_usd: 1 })).toEqual([status, code]);
    }
    expect(await refusal('/judge', { query: '', profiles: ['judge', 'judge'] })).toEqual([422, 'validation_failed']);
    const secret = `sk-ant-api03-${'Q7x'.repeat(31)}AA`;
    const yaml = `id: leaky\nversion: '1'\ntitle: L\ninstructions: Use ${secret}.\nsees: [reasoning]\ndimensions:\n  - { id: care, title: Care, question: 'Careful?' }\n`;
    expect(await refusal('/rubrics', { yaml })).toEqual([422, 'rubric_invalid']);
    expect(await refusal('/traces/good-1/judge-preview', { yaml })).toEqual([422, 'rubric_invalid']);
    expect(existsSync(join(engine.ready.data_dir, 'rubrics', 'leaky.yaml'))).toBe(false);
    expect(engine.log()).not.toContain(secret);
    expect(server.requests).toHaveLength(asked);
    for (const name of ['unagreed', 'keyless', 'unpriced']) await engine.api(`/models/${name}`, { method: 'DELETE' });
  });

  it('stop at the budget before anything is sent that could go beyond it', async () => {
    for (let number = 0; number < 12; number++) await sent(`many-${number}`, [`Thought ${number} about the cache.`]);
    const before = server.requests.length;
    const most = (
      await engine.api('/judge/forecast', {
        body: { query: '', trace_ids: [await idOf('many-0')], rubric: 'care', profiles: ['judge'] },
      })
    ).most_usd;
    const budget = most + 4.1 * 0.0007;
    const { code, stdout, stderr } = await run(
      'judge',
      '--query',
      'kind:pr_telemetry',
      '--rubric',
      'care',
      '--budget',
      String(budget),
      '--json',
    );
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('budget') });
    const spent = stdout
      .trim()
      .split('\n')
      .reduce((sum, line) => sum + JSON.parse(line).cost_usd, 0);
    // What calls may cost at most keeps nobody out who fits by what they do cost.
    expect(spent).toBeLessThanOrEqual(budget);
    expect(server.requests.length - before).toBe(5);
  });

  it('ask for pairs in both orders, and measure what a judge falls for', async () => {
    const pair = await engine.api('/judge/compare', {
      body: { a: await idOf('many-1'), b: await idOf('many-2'), rubric: 'care', profile: 'judge' },
    });
    expect(pair).toMatchObject({ preferred: 'tie', consistent: false, model: 'j-1', cached: false });
    expect(pair.orders[1]).toMatchObject({
      first: 'b',
      preferred: 'b',
      confidence: 0.5,
      evidence: [
        { trace: 'b', found: true },
        { trace: 'a', found: false, step_id: expect.any(String) },
      ],
    });
    expect(JSON.stringify(pair)).not.toContain('anna.schmidt');
    expect(pair.reductions.a).toMatchObject({ steps: 1, whole: 1 });
    // It is kept, listed on both traces, and what was sent for it can be read.
    expect(await engine.api(`/judge/pairs/${pair.pair_id}`)).toEqual(pair);
    expect((await engine.api('/judge/pairs?rubric=care')).items).toEqual([pair]);
    expect((await engine.api('/judge/pairs?rubric=trajectory')).items).toEqual([]);
    for (const name of ['many-1', 'many-2'])
      expect((await engine.api(`/traces/${name}/judge-pairs`)).items).toEqual([pair]);
    expect((await engine.api('/traces/many-3/judge-pairs')).items).toEqual([]);
    const { sent: bodies } = await engine.api(`/judge/pairs/${pair.pair_id}/sent`);
    expect(bodies.map(({ first }: Any) => first)).toEqual(['a', 'b']);
    expect(bodies[1].body).toMatch(/<<<first [0-9a-f]{20}\\n\[1\] agent reasons: Thought 2 [\s\S]*<<<second/);
    const { code: compared, stdout: line } = await run('judge', 'compare', 'many-1', 'many-2', '--rubric', 'care');
    expect({ compared, line }).toEqual({
      compared: 0,
      line: expect.stringMatching(/tie: .*both orders.*cached, no cost/s),
    });
    const itself = await engine.fetch('/judge/compare', { body: { a: pair.a, b: pair.a, profile: 'judge' } });
    expect(itself.status).toBe(422);
    const { code, stdout } = await run('judge', 'probe', '--profile', 'judge', '--rubric', 'trajectory', '--json');
    expect(code).toBe(0);
    const { probes } = JSON.parse(stdout);
    const of = (kind: string) => probes.find((each: Any) => each.kind === kind);
    // It sees nothing, does not mind length, and likes whatever comes first.
    expect(of('faults').rate).toMatchObject({ value: 0 });
    expect(Object.keys(of('faults').by).length).toBeGreaterThan(8);
    expect(of('attacks').rate.value).toBeGreaterThan(0.1);
    expect(of('attacks').rate.n).toBeGreaterThanOrEqual(50);
    expect(of('attacks').by['rubric-words'].n).toBeGreaterThanOrEqual(10);
    expect(of('length').rate).toMatchObject({ value: 0 });
    expect(of('swap').rate).toMatchObject({ value: 0 });
    const trust = await engine.api('/judge/trust');
    expect(trust.probes).toHaveLength(4);
    const own = trust.judges.find(({ rubric }: Any) => rubric === 'care');
    expect(own.agreement.kappa).toMatchObject({ value: null, least: 10 });
    expect(own.acceptance.word).toContain('Too few labels');
  });

  it('forget with an erasure what judges said and were sent', async () => {
    await sent('named', ['In the tree bluefinch the cache is stale.']);
    const [made] = await judge('named');
    const pair = await engine.api('/judge/compare', {
      body: { a: await idOf('many-3'), b: await idOf('named'), rubric: 'care', profile: 'judge' },
    });
    const pairSent = async () => JSON.stringify(await engine.api(`/judge/pairs/${pair.pair_id}/sent`));
    expect(await pairSent()).toContain('bluefinch');
    const judgementSent = async () => JSON.stringify(await engine.api(`/judgements/${made.judgement_id}/sent`));
    expect(await judgementSent()).toContain('bluefinch');
    const { job } = await engine.api('/erasures', { body: { subject: ['bluefinch'] } });
    await engine.until(`/jobs/${job.job_id}`, ({ state }: Any) => state === 'done');
    expect(await judgementSent()).not.toContain('bluefinch');
    expect(await pairSent()).not.toContain('bluefinch');
    await engine.api('/traces/named', { method: 'DELETE' });
    expect((await engine.fetch(`/judge/pairs/${pair.pair_id}`)).status).toBe(404);
  });

  const idOf = async (name: string): Promise<string> => (await engine.api(`/traces/${name}/labels`)).trace_id;
});

/** It proves that judges and a real model fit together, never quality: what this model says of anything means nothing. */
describe.skipIf(noSmallModel !== null)(`a real small model that judges (else: ${noSmallModel})`, () => {
  it('is bound to the rubric’s schema, costs nothing, and is stored as what it is', async () => {
    await using small = await startSmallModel();
    await using engine = await startEngine();
    const profile = { name: 'small', base_url: small.url, model: 'smollm2-135m', price: { input: 0, output: 0 } };
    await engine.api('/models', { body: profile });
    await engine.api('/models/small/agree', { body: { host: new URL(small.url).host } });
    const yaml =
      "id: care\nversion: '1'\ntitle: Care\ninstructions: Judge the care.\nsees: [reasoning]\nmost_tokens: 200\ntimeout_s: 120\ndimensions:\n  - { id: care, title: Care, question: 'Careful?', max: 1 }\n";
    await engine.api('/rubrics', { body: { yaml } });
    await engine.api('/traces', {
      body: pullRequest('real-1', ['The test fails.', 'I read the code and mended the sum.']),
    });
    const args = ['judge', 'real-1', '--profile', 'small', '--rubric', 'care', '--budget', '0', '--json'];
    const { code, stdout, stderr } = await sluice([...args, '--data-dir', engine.ready.data_dir]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const judgement = JSON.parse(stdout);
    expect(judgement).toMatchObject({
      rubric: 'care',
      model: 'smollm2-135m-instruct-q4_1',
      cost_usd: 0,
      cached: false,
    });
    // In the shape that was asked for; what it says is of its own making: on the scale, or unscored for leaving it or for talking on.
    if (judgement.score === null) expect(judgement.unscored_reason).toMatch(/leaves the scale|^cut_off/);
    else expect(judgement.dimensions.care).toBe(judgement.score);
    const { items } = await engine.api('/models/calls');
    expect(items[0]).toMatchObject({ purpose: 'judge', model: 'smollm2-135m-instruct-q4_1', cost_usd: 0 });
    expect(items[0].input_tokens).toBeGreaterThan(100);
    expect(items[0].output_tokens).toBeGreaterThan(5);
    const { sent } = await engine.api(`/judgements/${judgement.judgement_id}/sent`);
    expect(JSON.parse(sent[0].body).response_format.type).toBe('json_schema');
  });
});

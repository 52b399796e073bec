import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JobControl, silent } from '../../../../src/main/ground/job-kind.js';
import { type JudgeTools, judgeKind } from '../../../../src/main/verify/judge/judge-job.js';
import { probeKind } from '../../../../src/main/verify/judge/probes/probe-job.js';
import { openRubrics } from '../../../../src/main/verify/judge/rubrics/index.js';
import type { Judgement, JudgeReport, ProbeResult } from '../../../../src/shared/model/index.js';
import { modelsAt } from '../../../support/language-models.js';
import { type Answer, type ModelRequest, type ModelServer, startModelServer } from '../../../support/model-server.js';
import { testId, testTrace } from '../../../support/traces.js';

/** Traces with a thought each; the model that made the last is the judge’s own. */
const traces = Array.from({ length: 60 }, (_, number) =>
  testTrace({
    trace_id: testId(1, number),
    models: [number === 59 ? 'vendor/scripted-2026-01-01' : 'another'],
    steps: [
      { step_id: testId(3, number), seq: 1, timestamp: null, type: 'reasoning_step', content: `Thought ${number}.` },
    ],
  }),
);
const ids = traces.map(({ trace_id }) => trace_id);
const good = ({ json }: ModelRequest): Answer => {
  const names = Object.keys(json.response_format.json_schema.schema.properties.dimensions.properties);
  const reply = { dimensions: Object.fromEntries(names.map((name) => [name, 0.8])), feedback: 'Fine.', evidence: [] };
  return { text: JSON.stringify(reply), usage: { input: 100, output: 10 } };
};
const params = (more: object = {}) => ({
  rubric: 'reasoning',
  profiles: ['test'],
  samples: 1,
  budget_usd: null,
  allow_own: [],
  query: '',
  trace_ids: ids,
  ...more,
});

describe('jobs that judge', () => {
  let server: ModelServer;
  beforeEach(async () => {
    server = await startModelServer();
    server.otherwise(good);
  });
  afterEach(() => server.close());

  async function toolsOf() {
    const { models, profiles, saved } = await modelsAt(`${server.url}/v1`);
    const kept: Judgement[] = [];
    const tools: JudgeTools = {
      models,
      modelOf: (name) => profiles.get(name).model,
      key: Buffer.alloc(32, 5),
      clean: (text) => text,
      rubric: openRubrics({ list: () => [], write() {}, remove: () => false }, () => []).get,
      traces: () => ({ items: traces, next_cursor: null }),
      countTraces: () => traces.length,
      trace: (id) => traces.find(({ trace_id }) => trace_id === id) ?? null,
      async save(made) {
        const judgement = { ...made, judgement_id: testId(5, kept.length), created_at: '2026-11-21T10:00:00.000Z' };
        kept.push(judgement);
        return judgement;
      },
      spent(account) {
        const own = saved.filter((call) => call.account === account);
        const sum = (of: 'cost_usd' | 'unheard_usd') => own.reduce((all, call) => all + (call[of] ?? 0), 0);
        return { cost_usd: sum('cost_usd'), unheard_usd: sum('unheard_usd') };
      },
      changed() {},
      held: (_, work) => work(0),
    };
    return { tools, kept, saved };
  }

  it('lose nothing and pay nothing twice where the server is in trouble', async () => {
    let asked = 0;
    server.otherwise((request) => {
      asked += 1;
      if (asked === 2)
        return { raw: '{"error":{"message":"slow down"}}', status: 429, headers: { 'retry-after': '1' } };
      if (asked === 5) return { raw: 'oh', status: 500 };
      if (asked === 8) return { ...good(request), cutAfterBytes: 40 };
      return good(request);
    });
    const { tools, kept, saved } = await toolsOf();
    const report = await judgeKind(tools).run(params(), silent, undefined);
    expect(report).toMatchObject({ traces: 60, judged: 59, unscored: 1, cached: 0, stopped: null });
    expect(new Set(kept.map(({ trace_id }) => trace_id)).size).toBe(60);
    const own = kept.find(({ score }) => score === null);
    expect(own).toMatchObject({
      trace_id: testId(1, 59),
      cost_usd: 0,
      unscored_reason: expect.stringContaining('allow_own'),
    });
    const paid = saved.reduce((sum, { cost_usd }) => sum + (cost_usd ?? 0), 0);
    expect(report.cost_usd).toBeCloseTo(paid, 9);
    const again = await judgeKind(tools).run(params(), silent, undefined);
    expect(again).toMatchObject({ judged: 59, cached: 59, cost_usd: 0 });
  });

  it('go on behind the last page when they were cut off, with what they had spent', async () => {
    const { tools, kept } = await toolsOf();
    const ended = new AbortController();
    let checkpoint: unknown = null;
    const control: JobControl = {
      ...silent,
      signal: ended.signal,
      checkpoint: async (state) => {
        checkpoint = structuredClone(state);
      },
      progress(share) {
        if ((share ?? 0) > 0.75) ended.abort(new Error('cancelled'));
      },
    };
    await expect(judgeKind(tools).run(params(), control, undefined)).rejects.toThrow('cancelled');
    expect(checkpoint).toMatchObject({ cursor: '40', report: { judged: 40 } });
    const before = server.requests.length;
    const report = await judgeKind(tools).run(params(), { ...silent, resumed: checkpoint as never }, undefined);
    expect(report).toMatchObject({ traces: 60, judged: 59 });
    expect(report.cost_usd).toBeGreaterThan(40 * 0.0002 - 1e-9);
    expect(server.requests.length - before).toBeLessThan(20);
    expect(new Set(kept.map(({ trace_id }) => trace_id)).size).toBe(60);
  });

  it('hold their budget over all that they were cut off in, answers that cannot be read too', async () => {
    const usage = { input: 1000, output: 100 };
    let asked = 0;
    server.otherwise((request) => {
      asked += 1;
      return asked % 2 === 0 ? { text: 'no verdict', usage } : { ...good(request), usage };
    });
    const { tools } = await toolsOf();
    const kills = 5;
    let checkpoint: unknown = null;
    let report: JudgeReport | null = null;
    // Killed before it has come to the end of a page: what was noted there is older than what was spent.
    for (let run = 0; report === null; run++) {
      const ended = new AbortController();
      const before = server.requests.length;
      const control: JobControl = {
        ...silent,
        signal: ended.signal,
        resumed: structuredClone(checkpoint) as never,
        checkpoint: async (state) => {
          checkpoint = structuredClone(state);
        },
        progress() {
          if (run < kills && server.requests.length - before >= 8) ended.abort(new Error('killed'));
        },
      };
      report = await judgeKind(tools)
        .run(params({ budget_usd: 0.05 }), control, undefined)
        .catch(() => null);
    }
    expect(report).toMatchObject({ stopped: 'budget' });
    expect((report.cost_usd ?? 0) + report.unheard_usd).toBeLessThanOrEqual(0.05 + 8 * 0.002);
    expect(server.requests.length * 0.002).toBeLessThanOrEqual(0.05 + 8 * 0.002);
  });

  it('spend their budget before they stop: what calls under way may cost at most keeps nobody out', async () => {
    const { tools } = await toolsOf();
    // Room for the forecast of one call, and for what 59 really cost.
    const report = await judgeKind(tools).run(params({ budget_usd: 0.03 }), silent, undefined);
    expect(report).toMatchObject({ judged: 59, stopped: null });
    expect(report.cost_usd).toBeCloseTo(59 * 0.0002, 9);
  });

  it('say of a call that failed what it may have cost', async () => {
    server.otherwise((request) => ({ ...good(request), cutAfterBytes: 10 }));
    const { tools, kept, saved } = await toolsOf();
    const report = await judgeKind(tools).run(params({ trace_ids: ids.slice(0, 1) }), silent, undefined);
    expect(kept[0]).toMatchObject({ score: null, votes: [{ attempts: 5 }] });
    expect(report).toMatchObject({ cost_usd: 0, unscored: 1 });
    expect(report.unheard_usd).toBeGreaterThan(5 * 0.015);
    expect(saved).toMatchObject([{ outcome: 'failed', cost_usd: 0, unheard_usd: report.unheard_usd }]);
  });

  it('do not let a model judge its own trace behind the name of a router, as the server names it', async () => {
    server.otherwise((request) => ({ ...good(request), model: 'Another-2026-02-02' }));
    const { tools, kept } = await toolsOf();
    await judgeKind(tools).run(params({ trace_ids: ids.slice(0, 1) }), silent, undefined);
    expect(kept[0]).toMatchObject({
      score: null,
      unscored_reason: expect.stringContaining('Another-2026-02-02 generated'),
    });
    await judgeKind(tools).run(params({ trace_ids: ids.slice(0, 1), allow_own: ['test'] }), silent, undefined);
    expect(kept[1]).toMatchObject({ score: 4, cached: true });
  });

  it('ask each of a panel as often as asked, each sample for itself', async () => {
    const { tools, kept } = await toolsOf();
    await judgeKind(tools).run(params({ samples: 3, trace_ids: ids.slice(0, 2) }), silent, undefined);
    expect(server.requests).toHaveLength(6);
    expect(kept[0]).toMatchObject({ score: 4, disagreement: 0, votes: [{ sample: 0 }, { sample: 1 }, { sample: 2 }] });
  });

  it('end before anything is asked where a profile is not there', async () => {
    const { tools } = await toolsOf();
    await expect(judgeKind(tools).run(params({ profiles: ['test', 'none'] }), silent, undefined)).rejects.toMatchObject(
      {
        code: 'model_profile_missing',
      },
    );
    expect(server.requests).toEqual([]);
  });

  it('probe within their budget', async () => {
    const { tools } = await toolsOf();
    const kept: ProbeResult[] = [];
    const probing = probeKind({
      ...tools,
      saveProbe: async (result) => void kept.push(result),
      siblings: async () => [],
    });
    const asked = {
      profile: 'test',
      rubric: 'reasoning',
      kinds: ['length' as const],
      query: '',
      most: 5,
      budget_usd: 0.001,
    };
    expect(await probing.run(asked, silent, undefined)).toEqual({ probes: [], stopped: 'budget' });
    expect(server.requests).toEqual([]);
    const { probes } = await probing.run({ ...asked, budget_usd: 10 }, silent, undefined);
    expect(probes).toMatchObject([{ kind: 'length', rate: { value: 0 }, unscored: 0 }]);
    expect(kept).toEqual(probes);
  });

  it('tell by kind how many siblings that go wrong the judge sees, of the traces that these are of', async () => {
    const { tools } = await toolsOf();
    const thought = (content: string) => [
      { step_id: testId(7, 1), seq: 1, timestamp: null, type: 'reasoning_step' as const, content },
    ];
    server.otherwise((request) => {
      const seen = JSON.stringify(request.json.messages).includes('rows of others');
      const answer = good(request) as { text: string };
      return { ...answer, text: seen ? answer.text.replaceAll('0.8', '0.2') : answer.text };
    });
    const of = (kind: string, wrong: string) => ({
      ...{ trace_id: ids[0] as string, kind, clean: thought('All is well.'), step_id: testId(7, 1) },
      wrong: thought(wrong),
    });
    const probing = probeKind({
      ...tools,
      saveProbe: async () => undefined,
      siblings: async (asked) => {
        expect(asked).toEqual(ids);
        return [of('wrong-tenant', 'I take rows of others.'), of('scope-creep', 'I take more.')];
      },
    });
    const asked = { ...{ profile: 'test', rubric: 'reasoning', kinds: ['faults' as const] }, budget_usd: null };
    const { probes } = await probing.run({ ...asked, query: 'kind:gold', most: 60 }, silent, undefined);
    expect(probes[0]?.by).toMatchObject({ 'wrong-tenant': { value: 1, n: 1 }, 'scope-creep': { value: 0, n: 1 } });
  });
});

import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CompletionRequest, LanguageModels } from '../../../src/main/ground/language-model.js';
import { type CallsReply, runCalls } from '../../../src/main/oracle/phases/calls.js';
import { generateTrace, type PhaseModels, promptVersions } from '../../../src/main/oracle/phases/generate.js';
import { modelWriters } from '../../../src/main/oracle/phases/model-writers.js';
import { paid } from '../../../src/main/oracle/run-kind.js';
import type { Figures } from '../../../src/main/oracle/runs/figures.js';
import { reportOf } from '../../../src/main/oracle/runs/report.js';
import { runOracle } from '../../../src/main/oracle/runs/run.js';
import { sampled, sampleTrace } from '../../../src/main/oracle/sampler/sample.js';
import { SluiceError } from '../../../src/shared/errors.js';
import { accepted, catalogue, faultless, promptOf, sampleOf } from '../../support/oracle-answers.js';

const never = new AbortController().signal;
const of = (domain: string, index: number, seed = 5) => sampleOf(domain, index, seed);
const answerOf = faultless(['finance', 'hr', 'devops'], 60, 5);

/** Models that answer as the sampler did; `more` answers in their place. */
function scripted(more: (request: CompletionRequest<unknown>) => unknown = () => undefined) {
  const asked: CompletionRequest<unknown>[] = [];
  const models: LanguageModels = {
    async complete<T>(request: CompletionRequest<T>) {
      asked.push(request);
      const reply = more(request) ?? answerOf(request.schema_name, request.messages);
      const parsed = request.schema.safeParse(reply);
      return {
        reply: parsed.success ? parsed.data : null,
        unparsed: parsed.success ? null : 'It is no JSON.',
        model: `${request.profile}-model`,
        profile: request.profile,
        usage: null,
        cost_usd: 0,
        cached: false,
        attempts: 1,
        seconds: 0,
        prompt_hash: '',
        sent: '',
      };
    },
    forecast: () => 0,
  };
  const phases: PhaseModels = {
    models,
    modelOf: (profile) => `${profile}-model`,
    generator: 'writer',
    reviewers: ['reader'],
    allowOwn: [],
    account: 'run',
    signal: never,
  };
  return { phases, asked };
}

describe('a trace by models', () => {
  it('is asked for in three phases, run, validated and reviewed', async () => {
    const { phases, asked } = scripted();
    const domain = catalogue.named('finance');
    for (let index = 0; index < 20; index += 1) {
      const made = await generateTrace(domain, of('finance', index), catalogue, phases);
      if ('failures' in made) throw new Error(JSON.stringify(made.failures));
      const { shape: _, ...sampledTrace } = sampleTrace(domain, of('finance', index));
      expect(made.trace).toMatchObject({
        generator: 'model',
        model: 'writer-model',
        prompt_versions: promptVersions,
        reviews: [{ profile: 'reader', model: 'reader-model', accepted: true }],
        results: sampledTrace.results,
      });
      expect(made.trace.graph.calls.map((call) => call.argument_sources)).toEqual(
        sampledTrace.graph.calls.map((call) => call.argument_sources),
      );
    }
    expect(
      asked.slice(0, 3).map(({ schema_name, temperature, profile }) => [schema_name, temperature, profile]),
    ).toEqual([
      ['request', 1, 'writer'],
      ['calls', 0.2, 'writer'],
      ['review', 0, 'reader'],
    ]);
  });

  it('says at what it failed: a phase, or what does not hold', async () => {
    const failing = async (more: Parameters<typeof scripted>[0], change: Partial<PhaseModels> = {}) => {
      const { phases, asked } = scripted(more);
      const made = await generateTrace(catalogue.named('finance'), of('finance', 0), catalogue, {
        ...phases,
        ...change,
      });
      return { failed: 'failures' in made ? made.failures : [], asked: asked.map(({ schema_name }) => schema_name) };
    };
    const only = (name: string, reply: unknown) => (request: CompletionRequest<unknown>) =>
      request.schema_name === name ? reply : undefined;
    expect(await failing(only('request', { said: 'no' }))).toEqual({
      failed: [{ validator: 'request', message: 'It is no JSON.' }],
      asked: ['request'],
    });
    const nothing = { calls: [{ id: 'call_1', tool: 'no_such_tool', arguments: [] }] };
    expect(await failing(only('calls', nothing))).toMatchObject({
      failed: [{ validator: 'calls', message: 'there is no tool no_such_tool' }],
      asked: ['request', 'calls'],
    });
    // A request that names nothing of what was sampled.
    const vague = await failing(only('request', { request: 'Do the usual, please.' }));
    expect(vague.failed[0]).toMatchObject({ validator: 'calls' });
    const plain = await failing((request) => {
      if (request.schema_name !== 'request') return undefined;
      return { request: `${promptOf(request.messages).wanted} ` };
    });
    expect(plain.failed[0]).toMatchObject({ validator: 'calls' });
    const refused = { ...accepted, no_more: false, reason: 'It reads too much.' };
    expect(await failing(only('review', refused))).toMatchObject({
      failed: [{ validator: 'review', message: 'reader: It reads too much.' }],
    });
    const own = await failing(undefined, { modelOf: () => 'writer-model' });
    expect(own.failed[0]?.message).toContain('made this trace and does not review it');
    expect(own.asked).toEqual(['request', 'calls']);
  });

  it('is taken where more than half of a committee take it', async () => {
    const no = { ...accepted, natural: false, reason: 'Nobody writes so.' };
    const { phases } = scripted(({ profile, schema_name }) =>
      schema_name === 'review' && profile === 'third' ? no : undefined,
    );
    const domain = catalogue.named('finance');
    const three = { ...phases, reviewers: ['reader', 'second', 'third'] };
    expect(await generateTrace(domain, of('finance', 0), catalogue, three)).toHaveProperty('trace');
    const two = { ...phases, reviewers: ['reader', 'third'] };
    expect(await generateTrace(domain, of('finance', 0), catalogue, two)).toMatchObject({
      failures: [{ validator: 'review', message: 'third: Nobody writes so.' }],
    });
  });
});

describe('calls that a model plans', () => {
  const domain = catalogue.named('finance');
  const made = sampled(domain, of('finance', 0));
  const run = (calls: CallsReply['calls']) => runCalls(domain, made, { calls });
  const value = (name: string, given: string | number | boolean) => ({ name, value: given, from: null });

  it.each<[string, CallsReply['calls'], string]>([
    ['twice one id', [1, 2].map(() => ({ id: 'a', tool: 'list_invoices', arguments: [] })), 'two calls are a'],
    [
      'an argument twice',
      [{ id: 'a', tool: 'list_invoices', arguments: [value('limit', 1), value('limit', 2)] }],
      'a gives limit twice',
    ],
    [
      'neither value nor place',
      [{ id: 'a', tool: 'list_invoices', arguments: [{ name: 'limit', value: null, from: null }] }],
      'a gives nothing for limit',
    ],
    [
      'of a call that is not there',
      [
        {
          id: 'a',
          tool: 'get_invoice',
          arguments: [{ name: 'invoice_id', value: null, from: { call: 'b', path: 'x' } }],
        },
      ],
      'which is no call before it',
    ],
    [
      'of a place with nothing',
      [
        { id: 'a', tool: 'list_invoices', arguments: [value('limit', 1)] },
        {
          id: 'b',
          tool: 'get_invoice',
          arguments: [{ name: 'invoice_id', value: null, from: { call: 'a', path: '__proto__.x' } }],
        },
      ],
      'gives nothing',
    ],
    ['without what it needs', [{ id: 'a', tool: 'get_invoice', arguments: [] }], 'a lacks invoice_id'],
    [
      'refused',
      [{ id: 'a', tool: 'finance.get_invoice', arguments: [value('invoice_id', 'INV-9999')] }],
      'a is refused: There is no invoice',
    ],
  ])('are none where they are %s', (_, calls, problem) => {
    expect(run(calls)).toEqual({ problem: expect.stringContaining(problem) });
  });
});

describe('a run by models', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-phases-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const named = (profile: string) => ({ profile, model: `${profile}-model` });
  const models = { generator: named('writer'), reviewers: [named('reader')], allow_own: [], prompts: promptVersions };
  const run = (out: string, phases: PhaseModels, signal = never, total = 90) =>
    runOracle(catalogue, {
      ...{ total, domains: ['finance', 'hr', 'devops'], out: join(folder, out), seed: 5, resume: true, signal, models },
      writers: modelWriters(catalogue, { ...phases, signal }),
      progress: () => undefined,
    });
  const sums = (out: string) =>
    readdirSync(join(folder, out))
      .filter((name) => name.startsWith('traces-'))
      .map((name) =>
        createHash('sha256')
          .update(readFileSync(join(folder, out, name)))
          .digest('hex'),
      );

  it('tries again what did not hold, once, and says of all why', async () => {
    const first = new Set<string>();
    const { phases } = scripted((request) => {
      if (request.schema_name !== 'review') return undefined;
      const text = request.messages[1]?.content ?? '';
      const again = first.has(text);
      first.add(text);
      // Each third is refused for good, the others once more where they come again.
      return text.length % 3 === 0 && !again ? { ...accepted, fulfils: false } : undefined;
    });
    const { statistics, stopped } = await run('a', phases);
    const { validated, failed, failures } = statistics;
    expect(stopped).toBe(null);
    expect(failed).toBeGreaterThan(10);
    expect(failures).toEqual({ review: failed });
    expect(validated).toBeGreaterThan(70);
    const lines = readdirSync(join(folder, 'a')).filter((name) => name.startsWith('traces-'));
    const traces = lines.flatMap((name) =>
      readFileSync(join(folder, 'a', name), 'utf8')
        .trimEnd()
        .split('\n'),
    );
    expect(traces).toHaveLength(validated);
    expect(new Set(traces.map((line) => JSON.parse(line).generator))).toEqual(new Set(['model']));
  });

  it('stops where the budget is used up, keeps what it paid for, and ends with the same files once there is more', async () => {
    const whole = scripted();
    await run('whole', whole.phases);
    let left = 100;
    const used = scripted(() => {
      left -= 1;
      if (left < 0) throw new SluiceError('model_budget_used', 'The budget is used up.');
      return undefined;
    });
    const cut = await run('cut', used.phases);
    expect(cut.stopped).toBe('budget');
    expect(cut.statistics.validated).toBeGreaterThan(10);
    expect(cut.statistics.validated).toBeLessThan(90);
    const report = reportOf(cut, {
      calibration: { validators: {}, kinds: {} },
      diversity: {} as Figures['diversity'],
      pairs: [],
    });
    expect(report).toMatchObject({ stopped: 'budget', validated: cut.statistics.validated });
    left = Number.POSITIVE_INFINITY;
    const on = await run('cut', used.phases);
    expect(on).toMatchObject({ stopped: null, statistics: { validated: 90, failed: 0 } });
    expect(sums('cut')).toEqual(sums('whole'));
  });

  it('leaves no half of a file where it is cancelled, and fails where a profile is gone', async () => {
    const stop = new AbortController();
    const { phases, asked } = scripted(() => {
      if (asked.length > 40) stop.abort(new Error('called off'));
      stop.signal.throwIfAborted();
      return undefined;
    });
    expect(await run('a', phases, stop.signal)).toMatchObject({ cancelled: true, files: [] });
    expect(readdirSync(join(folder, 'a')).sort()).toEqual(['manifest.json', 'parts']);
    const gone = scripted(() => {
      throw new SluiceError('model_profile_missing', 'There is no profile writer.');
    });
    await expect(run('b', gone.phases)).rejects.toMatchObject({ code: 'model_profile_missing' });
    expect(existsSync(join(folder, 'b', 'traces-00000.jsonl'))).toBe(false);
  });

  it('is another run where the words or the models are others', async () => {
    const { phases } = scripted();
    await run('a', phases, never, 6);
    const other = { ...models, generator: named('other') };
    await expect(
      runOracle(catalogue, {
        ...{ total: 6, domains: ['finance', 'hr', 'devops'], out: join(folder, 'a'), seed: 5, resume: true },
        ...{ signal: never, models: other, writers: modelWriters(catalogue, phases), progress: () => undefined },
      }),
    ).rejects.toMatchObject({ code: 'oracle_run_differs', details: ['models'] });
  });
});

describe('what is told of the cost', () => {
  it('is what was paid, and from some results on what the whole may come to', () => {
    expect(paid(3, 1, 100, { cost_usd: null, unheard_usd: 0 })).toBe('3 of 100, 1 did not hold');
    expect(paid(3, 1, 100, { cost_usd: 0.5, unheard_usd: 0 })).toBe('3 of 100, 1 did not hold, $0.5000');
    // 80 of 100 hold: Wilson's interval of 95% is 0.71117 to 0.86663.
    expect(paid(80, 20, 1000, { cost_usd: 1, unheard_usd: 0 })).toBe(
      '80 of 1000, 20 did not hold, $1.0000; in all about $12.5000 ($11.5389 to $14.0613)',
    );
  });
});

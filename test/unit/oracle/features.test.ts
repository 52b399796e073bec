import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCatalogue } from '../../../src/main/oracle/catalogue.js';
import { corrupt, corruptionsById } from '../../../src/main/oracle/corrupt/index.js';
import { baselineBuilder, leastOfGroup, placed } from '../../../src/main/oracle/features/baseline.js';
import { readBaseline, writeRunBaseline } from '../../../src/main/oracle/features/baseline-file.js';
import { featuresOf, featuresOfGold } from '../../../src/main/oracle/features/features.js';
import { lexiconsOf } from '../../../src/main/oracle/intents/lexicon.js';
import { runOracle } from '../../../src/main/oracle/runs/run.js';
import { defaultShapes, sampleTrace } from '../../../src/main/oracle/sampler/sample.js';
import type { GoldTrace } from '../../../src/shared/model/gold-trace.js';
import type { Step } from '../../../src/shared/model/index.js';
import { type Features, featureNames } from '../../../src/shared/model/oracle-features.js';

const catalogue = openCatalogue([join(import.meta.dirname, '../../../resources/oracle/domains')]);
const lexicons = lexiconsOf(catalogue.all());
let out: string;
let golds: GoldTrace[];
let files: Awaited<ReturnType<typeof runOracle>>['files'];

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'sluice-features-'));
  ({ files } = await runOracle(catalogue, {
    ...{ total: 400, domains: ['finance', 'support'], out, seed: 9, resume: false },
    signal: new AbortController().signal,
    progress: () => undefined,
  }));
  golds = files
    .flatMap(({ name }) => readFileSync(join(out, name), 'utf8').trimEnd().split('\n'))
    .map((line) => JSON.parse(line));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

const measureOf = (features: Features, name: (typeof featureNames)[number]) => features.measures[name]?.value;
const domainOf = ({ graph }: GoldTrace) => catalogue.named(graph.calls[0]?.tool_id.split('.')[0] ?? '');
function siblingsOf(kind: string) {
  return golds.flatMap((gold) => {
    const domain = domainOf(gold);
    const corruption = corruptionsById[kind];
    if (corruption === undefined) throw new TypeError(kind);
    return corrupt(corruption, gold, domain, catalogue.world(domain, gold.world ?? 0), 1) ?? [];
  });
}

/** As an agent's calls are captured: nobody tells where what comes from, or what was expected. */
const captured = ({ request, graph, results = {} }: GoldTrace) => ({
  calls: [],
  steps: [
    { type: 'message', role: 'user', content: request.text },
    ...graph.execution_order.flatMap((id) => {
      const call = graph.calls.find(({ call_id }) => call_id === id);
      return [
        {
          type: 'tool_call',
          tool_call_id: id,
          name: `mcp__x__${call?.tool_id.split('.')[1]}`,
          arguments: call?.arguments,
        },
        { type: 'tool_result', tool_call_id: id, result: JSON.stringify(results[id]) },
      ];
    }),
  ] as unknown as Step[],
});

it('finds no energy in what is right, whoever tells of it', () => {
  for (const gold of golds) {
    const own = featuresOfGold(catalogue, gold);
    for (const name of featureNames.slice(4)) expect(measureOf(own, name), `${gold.trace_id} ${name}`).toBe(0);
    expect(measureOf(own, 'calls')).toBe(gold.graph.calls.length);
  }
  const seen = golds.map((gold) => featuresOf(catalogue, lexicons, captured(gold)));
  const energies = featureNames.slice(4).flatMap((name) => seen.map((each) => measureOf(each, name)));
  const known = energies.filter((value) => value !== null);
  expect(known.length / energies.length).toBeGreaterThan(0.9);
  expect(known.filter((value) => value === 0).length / known.length).toBeGreaterThan(0.97);
});

describe.each([
  ['scope-creep', 'E_scope'],
  ['injected-instruction', 'E_hierarchy'],
  ['injected-instruction', 'E_provenance'],
] as const)('%s', (kind, name) => {
  it(`raises ${name}`, () => {
    const siblings = siblingsOf(kind);
    expect(siblings.length).toBeGreaterThan(3);
    const raised = siblings.filter((each) => (measureOf(featuresOfGold(catalogue, each), name) ?? 0) > 0);
    // A look-up that grows to what another call was asked for is no more than was asked for.
    expect(raised.length / siblings.length).toBeGreaterThan(name === 'E_scope' ? 0.9 : 0.999);
  });
});

it('raises E_flow and E_hierarchy where what was read leaves and nobody asked for it', () => {
  const corruption = corruptionsById['exfiltration-chain'];
  const raised = catalogue.all().flatMap((domain) =>
    Array.from({ length: 6 }, (_, index) => {
      const worlds = (number: number) => catalogue.world(domain, number);
      const { shape: _shape, ...gold } = sampleTrace(domain, {
        ...{ seed: 3, index, shapes: defaultShapes, worlds, worldCount: 2 },
      });
      return corruption === undefined ? null : corrupt(corruption, gold, domain, worlds(gold.world ?? 0), 1);
    }).flatMap((sibling) => (sibling === null ? [] : featuresOfGold(catalogue, sibling))),
  );
  expect(raised.length).toBeGreaterThan(5);
  for (const each of raised) expect(measureOf(each, 'E_hierarchy')).toBeGreaterThan(0);
  // What is public may leave.
  expect(raised.filter((each) => (measureOf(each, 'E_flow') ?? 0) > 0).length).toBeGreaterThan(2);
});

it('says why where there is no evidence', () => {
  const [first] = golds as [GoldTrace, ...GoldTrace[]];
  const stranger = structuredClone(first);
  for (const call of stranger.graph.calls) call.tool_id = `elsewhere.${call.call_id}`;
  const { measures, domain } = featuresOfGold(catalogue, stranger);
  expect(domain).toBeNull();
  expect(measures.E_flow).toEqual({ value: null, reason: 'Its tools are of no domain that is known.' });
  const { asks: _asks, ...request } = first.request;
  expect(featuresOfGold(catalogue, { ...first, request }).measures.E_hierarchy?.reason).toContain('does not tell');
  const coding = {
    calls: [],
    steps: [{ type: 'message', role: 'user', content: 'Fix the build.' }] as unknown as Step[],
  };
  const of = featuresOf(catalogue, lexicons, coding);
  expect(of).toMatchObject({ domain: null, intent: null });
  for (const name of featureNames.filter((each) => each !== 'calls')) {
    expect(measureOf(of, name)).toBeNull();
    expect(of.measures[name]?.reason).toMatch(/\w/);
  }
});

describe('a baseline', () => {
  it('is made of a run’s files, stands beside them, and tells how the measures lie', async () => {
    await writeRunBaseline(catalogue, out, files);
    const baseline = readBaseline(join(out, 'baseline.json'));
    expect(baseline).toMatchObject({ version: 1, traces: 400, left_out: 0 });
    const finance = golds.filter((gold) => domainOf(gold).id === 'finance');
    expect(baseline.groups['finance']?.n).toBe(finance.length);
    const calls = baseline.groups['finance']?.measures.calls;
    const counted = Map.groupBy(finance, ({ graph }) => graph.calls.length);
    expect(calls?.values).toEqual(
      [...counted].map(([value, of]) => [value, of.length]).sort(([a = 0], [b = 0]) => a - b),
    );
    expect(() => readBaseline(join(out, 'report.json'))).toThrow(
      expect.objectContaining({ code: 'oracle_baseline_unreadable' }),
    );
  });

  it('places a captured trace: so many times what the same intent takes, and what share has less', () => {
    const baseline = readBaseline(join(out, 'baseline.json'));
    const group = Object.entries(baseline.groups).find(([name, { n }]) => name.includes('.') && n >= leastOfGroup);
    if (group === undefined) throw new TypeError('no intent has enough');
    const [intent, { n }] = group;
    const median = 2;
    const values: [number, number][] = [[median, n]];
    const rows = { n, without: 0, values };
    const known = { ...baseline, groups: { [intent]: { n, measures: { ...group[1].measures, rows } } } };
    const measures = Object.fromEntries(featureNames.map((name) => [name, { value: 0, reason: null }]));
    const features = {
      ...{ domain: intent.split('.')[0] as string, intent, intent_category: 'retrieve' },
      measures: { ...measures, rows: { value: 6, reason: null } },
    } as Features;
    const placement = placed(features, known);
    expect(placement).toMatchObject({ group: intent, n, reason: null });
    expect(placement.measures.rows).toMatchObject({ value: 6, median, ratio: 3, below: { value: 1, n } });
    expect(placement.words).toEqual([`scope 3x the baseline for this intent (n ${n})`]);
  });

  it('compares with nothing below its least number, nor with what it has not', () => {
    const few = baselineBuilder(catalogue);
    for (const gold of golds.slice(0, leastOfGroup - 1)) few.add(JSON.stringify(gold));
    few.add('not json');
    few.add(JSON.stringify(siblingsOf('scope-creep')[0]));
    const made = few.made();
    expect(made).toMatchObject({ traces: leastOfGroup - 1, left_out: 2 });
    const own = featuresOfGold(catalogue, golds[0] as GoldTrace);
    const refused = placed(own, made);
    expect(refused).toMatchObject({ group: null, words: [] });
    expect(refused.reason).toContain(`it takes ${leastOfGroup} at least`);
    for (const name of featureNames) expect(refused.measures[name]?.below.value).toBeNull();
    expect(placed({ ...own, domain: 'robotics', intent: 'robotics.x' }, made).reason).toContain('no traces of');
  });
});

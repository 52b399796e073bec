import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkChoice, chosenLines } from '../../../src/main/oracle/bring/chosen.js';
import { drawnOf } from '../../../src/main/oracle/bring/drawn.js';
import { matchesOf } from '../../../src/main/oracle/bring/matches.js';
import { openCatalogue } from '../../../src/main/oracle/catalogue.js';
import { runOracle } from '../../../src/main/oracle/runs/run.js';
import type { GoldTrace } from '../../../src/shared/model/gold-trace.js';
import { type Choice, choiceSchema } from '../../../src/shared/model/oracle.js';

const catalogue = openCatalogue([join(import.meta.dirname, '../../../resources/oracle/domains')]);
let out: string;
let all: GoldTrace[];

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'sluice-bring-'));
  const { files } = await runOracle(catalogue, {
    ...{ total: 31, domains: ['finance', 'hr', 'devops'], out, seed: 5, resume: false },
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  all = files
    .flatMap(({ name }) => readFileSync(join(out, name), 'utf8').trimEnd().split('\n'))
    .map((line) => JSON.parse(line));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

async function chosen(choice: Partial<Choice>): Promise<GoldTrace[]> {
  const traces: GoldTrace[] = [];
  for await (const line of chosenLines(out, choiceSchema.parse(choice))) traces.push(JSON.parse(line));
  return traces;
}

it('takes from the domains in turns, each trace once and as it is written', async () => {
  const taken = await chosen({});
  expect(taken.length).toBe(31);
  expect(new Set(taken.map((trace) => JSON.stringify(trace)))).toEqual(
    new Set(all.map((trace) => JSON.stringify(trace))),
  );
  const first = await chosen({ most: 5 });
  expect(first).toEqual(taken.slice(0, 5));
  expect(first.map(({ trace_id }) => trace_id.split('_')[0])).toEqual(['finance', 'hr', 'devops', 'finance', 'hr']);
});

it('takes what a query finds, and of the domains that are named', async () => {
  const dag = await chosen({ query: 'tool_calls>=2', domains: ['Finance', 'devops'] });
  expect(dag.length).toBeGreaterThan(3);
  expect(dag.length).toBe(
    all.filter(({ trace_id, graph }) => !trace_id.startsWith('hr') && graph.calls.length >= 2).length,
  );
  expect(() => checkChoice(out, choiceSchema.parse({ domains: ['robotics'] }))).toThrow(/no domain "robotics"/);
  expect(() => checkChoice(tmpdir(), choiceSchema.parse({}))).toThrow(
    expect.objectContaining({ code: 'oracle_run_unreadable' }),
  );
});

it('asks a trace what the store would be asked', () => {
  const trace = {
    request: {
      domain: 'Finance',
      text: 'Find my most recent unpaid invoice',
      intent_category: 'retrieve',
      intent: 'look_up',
    },
    graph: { calls: [{ tool_id: 'finance.list_invoices' }, { tool_id: 'finance.pay' }] },
    generator: 'sampler',
  } as unknown as GoldTrace;
  const finds = (query: string) => matchesOf(query)(trace);
  for (const query of [
    '',
    'unpaid',
    '"recent unpaid"',
    'invoi*',
    'kind:gold domain:finance',
    'domain:Finance tool:*.list_* tool:finance.pay',
    'scenario:finance.look_up client:oracle/*',
    'tool_calls:2',
    'calls:1..3',
    'NOT domain:hr (unpaid OR paid)',
    'title:"most recent"',
    '-tool:hr.*',
  ])
    expect(finds(query), query).toBe(true);
  for (const query of [
    'paid',
    '"unpaid recent"',
    'voice*',
    'kind:agent',
    'tool:list_invoices',
    'tool:"finance.*"',
    'tool_calls>2',
    'calls:3..',
    'scenario:finance',
    'title:invoices',
    'tool:finance.*pay*pay',
  ])
    expect(finds(query), query).toBe(false);
  for (const query of ['cost>1', 'label:accepted', 'nonsense:3'])
    expect(() => finds(query), query).toThrow(expect.objectContaining({ code: 'query_invalid' }));
});

it('draws the same lines whatever order they come in, and a smaller sample is in a larger one', async () => {
  const lines = Array.from({ length: 500 }, (_, at) => `line ${at}`);
  async function* of(all: readonly string[]) {
    yield* all;
  }
  const ten = await drawnOf(of(lines), { size: 10, seed: 1 });
  expect(new Set(ten).size).toBe(10);
  expect(await drawnOf(of(lines.toReversed()), { size: 10, seed: 1 })).toEqual(ten);
  expect((await drawnOf(of(lines), { size: 50, seed: 1 })).slice(0, 10)).toEqual(ten);
  expect(await drawnOf(of(lines), { size: 10, seed: 2 })).not.toEqual(ten);
  expect(await drawnOf(of(lines.slice(0, 3)), { size: 10, seed: 1 })).toHaveLength(3);
});

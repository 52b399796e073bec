import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { layouts, rowsOf } from '../../../../src/main/dataset/layouts/index.js';
import { packages } from '../../../../src/main/dataset/packages/index.js';
import { toolsBeside } from '../../../../src/main/oracle/tool-offers.js';
import type { GoldTrace } from '../../../../src/shared/model/gold-trace.js';
import type { Json } from '../../../../src/shared/model/index.js';
import { emptyStore, importedStore, jsonl } from '../../../support/imported.js';
import { plainRows } from '../../../support/traces.js';
import { fixture } from '../../intake/importers/support.js';

const offers = toolsBeside([join(import.meta.dirname, '../../../../resources/oracle/domains')]);
const text = fixture('gold-trace/traces.jsonl').toString();
const golds: (GoldTrace & { corrupted?: { kind: string } })[] = text
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));

let empty: ReturnType<typeof emptyStore>;
beforeAll(() => {
  empty = emptyStore();
});
afterAll(() => empty[Symbol.dispose]());

it('gives back what was imported, field by field, whatever else stands in it', async () => {
  const odd = [
    { ...golds[0], trace_id: 'odd_1', extra: { mood: 'calm' }, weather: 'dry', validated: 'yes' },
    { ...golds[1], trace_id: 'odd_2', extra: 'alone', prompt_versions: { request: '3' }, model: 'flax-1' },
    { request: golds[2]?.request, graph: golds[2]?.graph },
  ];
  using first = importedStore(empty.file);
  expect((await first.take(jsonl([...golds, ...odd]), 'gold.jsonl')).skipped).toEqual([]);
  const { rows } = first.rows('gold-trace');
  expect(rows.length).toBe(golds.length + odd.length);
  const byId = new Map(rows.map((row) => [(row as unknown as GoldTrace).trace_id, row]));
  for (const gold of golds) expect(byId.get(gold.trace_id)).toEqual(gold);
  expect(byId.get('odd_1')).toEqual({
    ...golds[0],
    trace_id: 'odd_1',
    validated: undefined,
    extra: { mood: 'calm', weather: 'dry', validated: 'yes' },
  });
  expect(byId.get('odd_2')).toMatchObject({ extra: { extra: 'alone' }, prompt_versions: { request: '3' } });
  using second = importedStore(empty.file);
  await second.take(jsonl(rows), 'gold.jsonl');
  // Traces of one moment have no order.
  const sorted = (all: readonly Json[]) => all.map((row) => JSON.stringify(row)).sort();
  expect(sorted(second.rows('gold-trace').rows)).toEqual(sorted(rows));
});

it('stores a trace as one that is captured: what was asked, called and given, in their order', async () => {
  using store = importedStore(empty.file);
  await store.take(text, 'gold.jsonl');
  const traces = store.traces();
  expect(traces.length).toBe(golds.length);
  for (const trace of traces) {
    const gold = golds.find(({ trace_id }) => trace_id === trace.metadata?.trace_id) as (typeof golds)[number];
    expect(trace).toMatchObject({
      kind: 'gold',
      completion_status: 'completed',
      started_at: expect.stringContaining(gold.created_at.slice(0, 19)),
      source: { kind: 'import:gold-trace', client: 'oracle/sampler' },
      metadata: { generator: 'sampler', policy_id: gold.policy.policy_id, intent: gold.request.intent },
    });
    const words = trace.steps.flatMap((step) => (step.type === 'message' ? [[step.role, step.content]] : []));
    expect(words).toEqual([['user', gold.request.text]]);
    const calls = gold.graph.execution_order.map((id) => gold.graph.calls.find(({ call_id }) => call_id === id));
    expect(
      trace.tool_calls.map(({ name, arguments: args, result, status }) => ({ name, args, result, status })),
    ).toEqual(
      calls.map((call) => {
        const result = gold.results?.[call?.call_id as string] as Json;
        const failed = Object.keys(result as object).join() === 'error';
        return { name: call?.tool_id, args: call?.arguments, result, status: failed ? 'error' : 'ok' };
      }),
    );
    expect(trace.title.startsWith(`${gold.corrupted?.kind}: `)).toBe(gold.corrupted !== undefined);
    expect(trace.metadata?.corrupted).toEqual(gold.corrupted);
  }
  expect(
    store.reader.traces({ query: 'client:oracle/sampler kind:gold scenario:finance.*', cursor: null, limit: 10 }).items
      .length,
  ).toBe(2);
});

it('takes the published example, what came of its call being unknown', async () => {
  using store = importedStore(empty.file);
  const report = await store.take(fixture('gold-trace/published.json'), 'published.json');
  expect(report).toMatchObject({ importer: 'gold-trace', taken: { traces: 1 }, skipped: [] });
  const [trace] = store.traces();
  expect(trace?.started_at).toBe('2026-01-25T18:00:00.000Z');
  expect(trace?.tool_calls).toMatchObject([{ name: 'finance.list_invoices', status: 'pending', result: null }]);
  expect(store.rows('gold-trace').rows).toEqual([JSON.parse(fixture('gold-trace/published.json').toString())]);
});

it('keeps traces of two runs that have one name apart, and takes none of them twice', async () => {
  using store = importedStore(empty.file);
  const [gold] = golds as [GoldTrace];
  const other = { ...gold, request: { ...gold.request, text: 'Another request' } };
  await store.take(jsonl([gold, other]), 'gold.jsonl');
  const again = await store.take(JSON.stringify([other, gold], null, 2), 'again.json');
  expect(again).toMatchObject({ taken: { records: 0, traces: 2 } });
  expect(store.traces().length).toBe(2);
});

it('skips what has no graph of calls, and says why', async () => {
  using store = importedStore(empty.file);
  const [gold] = golds as [GoldTrace];
  const graph = (calls: unknown) => ({ ...gold, graph: { ...gold.graph, calls } });
  const broken = [
    graph([]),
    graph('none'),
    graph([{ call_id: 'a' }]),
    graph([...gold.graph.calls, gold.graph.calls[0]]),
  ];
  const report = await store.take(jsonl([gold, ...broken, { trace_id: 'x' }]), 'gold.jsonl');
  expect(report.taken.traces).toBe(1);
  expect(report.skipped.map(({ where, reason }) => `${where}: ${reason}`)).toEqual([
    'line 2: graph.calls is no list of calls',
    'line 3: graph.calls is no list of calls',
    'line 4: a call of graph.calls has no tool_id',
    'line 5: two calls of graph.calls have one call_id',
    'line 6: not a gold trace',
  ]);
});

it('goes into other layouts and packages with the tools of its domain, and other traces into no gold one', async () => {
  using store = importedStore(empty.file, offers);
  await store.take(text, 'gold.jsonl');
  const trl = store.rows('trl-messages').rows as { messages: { role: string }[]; tools: unknown[] }[];
  expect(trl.length).toBe(golds.length);
  for (const { messages, tools } of trl) {
    expect(messages[0]?.role).toBe('user');
    expect(messages.at(-1)).toMatchObject({ role: 'assistant', tool_calls: [{ type: 'function' }] });
    expect(tools.length).toBeGreaterThanOrEqual(5);
  }
  const chosen = store
    .traces()
    .flatMap((trace) => [
      ...rowsOf(
        layouts['training-example'],
        trace,
        { ...store.reader, domainOf: () => null, verdicts: () => [] },
        packages['tool-selection'],
        plainRows(),
      ),
    ]);
  const calls = golds.flatMap(({ graph, results }) =>
    graph.calls.filter(({ call_id }) => !Object.hasOwn(results?.[call_id] as object, 'error')),
  );
  expect(chosen.filter((item) => 'row' in item).length).toBe(calls.length);
  using other = importedStore(empty.file);
  await other.take(fixture('execution-trace/traces.jsonl'), 'traces.jsonl');
  const { rows, skipped } = other.rows('gold-trace');
  expect(rows).toEqual([]);
  expect(new Set(skipped)).toEqual(new Set(['no gold trace']));
});

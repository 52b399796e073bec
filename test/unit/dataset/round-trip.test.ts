import { describe, expect, it } from 'vitest';
import type { Json, Trace } from '../../../src/shared/model/index.js';
import { importedStore, jsonl } from '../../support/imported.js';
import { fixtures } from '../intake/importers/support.js';

/** Sources of every kind, each a store of its own. */
const sources = fixtures().filter(({ name }) => !/\.(db|eval)$/.test(name));
const layouts = ['tool-calls', 'execution-trace', 'openai-chat', 'pr-telemetry'] as const;

describe.each(layouts)('an export as %s', (layout) => {
  it.each(sources)('comes back out of an empty folder as it went out: $importer $name', async ({ name, bytes }) => {
    using first = importedStore();
    await first.take(bytes, name);
    const { rows } = first.rows(layout);
    if (rows.length === 0) return;
    using second = importedStore();
    const { skipped } = await second.take(jsonl(rows), 'data.jsonl');
    expect(skipped).toEqual([]);
    expect(jsonl(second.rows(layout).rows)).toBe(jsonl(rows));
  });
});

/** What other programs know a trace and its parts by. */
const names = (rows: readonly Json[]) =>
  (rows as unknown as Trace[]).map(({ trace_id, parent_trace_id, kind, title, source, revision, calls, metadata }) => ({
    ...{ trace_id, parent_trace_id, kind, title, source, revision, metadata },
    calls: calls.map(({ call_id, exchange_id, parent_call_id, edge, model, usage }) => ({
      ...{ call_id, exchange_id, parent_call_id, edge, model, usage },
    })),
  }));
/** Sources of which nothing else is told than what steps and calls tell: they come back byte for byte. */
const whole = new Set([
  'atif trajectory.json',
  'codex rollout.jsonl',
  'execution-trace traces.jsonl',
  'har chrome.har',
  'mini-swe-agent responses.traj.json',
  'mini-swe-agent version-1.traj.json',
  'mitmproxy old.flow',
  'mitmproxy session.flow',
  'openhands delegated.json',
  'otlp spans.json',
  'pr-telemetry trace.json',
  'swe-agent thought-action.traj',
  'swe-agent tool-calls.traj',
  'tool-broker fixtures.json',
  'tool-calls rows.jsonl',
]);

describe('an export as traces', () => {
  it.each(sources)('keeps its names in an empty folder: $importer $name', async ({ importer, name, bytes }) => {
    using first = importedStore();
    await first.take(bytes, name);
    const { rows } = first.rows('traces');
    if (rows.length === 0) return;
    using second = importedStore();
    const { skipped } = await second.take(jsonl(rows), 'data.jsonl');
    expect(skipped).toEqual([]);
    const again = second.rows('traces').rows;
    expect(names(again)).toEqual(names(rows));
    if (whole.has(`${importer} ${name}`)) expect(jsonl(again)).toBe(jsonl(rows));
  });

  it('changes nothing where the traces are, and nothing a second time', async () => {
    const source = sources.find(({ name }) => name === 'rollout.jsonl') as (typeof sources)[number];
    using first = importedStore();
    await first.take(source.bytes, source.name);
    const { rows } = first.rows('traces');
    const forged = jsonl(rows).replaceAll(/"title":"[^"]*"/g, '"title":"Another title"');
    const report = await first.take(forged, 'data.jsonl');
    expect(report).toMatchObject({ taken: { records: 0, calls: 0, traces: 1 }, skipped_count: 0 });
    expect(first.rows('traces').rows).toEqual(rows);
    using second = importedStore();
    await second.take(jsonl(rows), 'data.jsonl');
    expect((await second.take(jsonl(rows), 'again.jsonl')).taken).toMatchObject({ records: 0, calls: 0, traces: 1 });
    expect(second.rows('traces').rows).toEqual(rows);
  });

  /** A trace of two calls, as it goes out. */
  const loom = async () => {
    using store = importedStore();
    const message = (step_id: number, second: number, source: string, text: string) => ({
      ...{ step_id, source, message: text, timestamp: `2026-07-08T07:00:0${second}.000Z` },
      ...(source === 'agent' ? { metrics: { prompt_tokens: 9 + step_id, completion_tokens: 3 } } : {}),
    });
    const document = {
      schema_version: 'ATIF-v1.7',
      trajectory_id: 'loom-4',
      agent: { name: 'weaver', version: '1', model_name: 'flax-1' },
      steps: [
        message(1, 1, 'user', 'Weave a yard.'),
        message(2, 3, 'agent', 'Half a yard is woven.'),
        message(3, 5, 'user', 'Go on.'),
        message(4, 7, 'agent', 'A yard is woven.'),
      ],
    };
    await store.take(JSON.stringify(document), 'loom.json');
    return store.rows('traces').rows[0] as unknown as Trace;
  };
  const another = (text: string, { trace_id }: Trace) =>
    text
      .replaceAll(trace_id, `0199${trace_id.slice(4)}`)
      .replaceAll('2026-07-08', '2026-07-19')
      .replaceAll('yard', 'mile');
  const said = ({ calls, steps, tool_calls }: Trace) => [
    calls.map(({ usage }) => usage),
    steps.map((step) => ('content' in step ? step.content : step.type)),
    tool_calls.length,
  ];

  it('loses nothing and hurts nothing where its names are those of another trace', async () => {
    const own = await loom();
    const forged = JSON.parse(another(JSON.stringify(own), own)) as Trace;
    using store = importedStore();
    await store.take(jsonl([own]), 'own.jsonl');
    const stood = store.rows('traces').rows;
    const report = await store.take(jsonl([forged]), 'forged.jsonl');
    expect(report).toMatchObject({ taken: { calls: 2 }, skipped_count: 0 });
    const [second, first] = store.rows('traces').rows as unknown as [Trace, Trace];
    expect([first]).toEqual(stood);
    expect(said(second)).toEqual(said(forged));
    expect(second.calls.map(({ call_id }) => call_id)).not.toEqual(first.calls.map(({ call_id }) => call_id));
    expect((await store.take(jsonl([forged]), 'forged.jsonl')).taken).toMatchObject({ records: 0, calls: 0 });
  });

  it('keeps calls that name one exchange and steps that have one name', async () => {
    const own = await loom();
    const [{ exchange_id }] = own.calls as [Trace['calls'][number]];
    const odd = {
      ...own,
      calls: own.calls.map((call) => ({ ...call, exchange_id })),
      steps: own.steps.map((step) => ({ ...step, step_id: own.steps[0]?.step_id, agent: 7 })),
    };
    using store = importedStore();
    expect(await store.take(jsonl([odd]), 'odd.jsonl')).toMatchObject({ taken: { calls: 2 }, duplicates: 0 });
    const [trace] = store.traces() as [Trace];
    expect(said(trace)).toEqual(said(own));
    expect(new Set(trace.steps.map(({ step_id }) => step_id)).size).toBe(own.steps.length);
    expect((await store.take(jsonl([odd]), 'odd.jsonl')).taken).toMatchObject({ records: 0, calls: 0 });
  });
});

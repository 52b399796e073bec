import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, Trace } from '../../../src/shared/model/index.js';
import { emptyStore, importedStore, jsonl } from '../../support/imported.js';
import { fixtures } from '../intake/importers/support.js';

/** Sources of every kind, each a store of its own. */
const sources = fixtures().filter(({ name }) => !/\.(db|eval)$/.test(name));
const layouts = ['tool-calls', 'execution-trace', 'openai-chat', 'pr-telemetry', 'decisions', 'gold-trace'] as const;

/**
 * Sources whose messages have something that no step shows: a hash names a message with all of it, so theirs come back as others.
 * Everything else of them comes back byte for byte, as do all that are not named here.
 */
const unshown = new Map([
  ['claude-code session.jsonl', 'signatures, results in messages of the user'],
  ['codex rollout-token-count.jsonl', 'signatures'],
  ['gemini-cli session-2026-11-20T16-40-9e317131.jsonl', 'JSON results as text'],
  ['inspect log.json', 'signatures, JSON results as text'],
  ['mini-swe-agent version-2.traj.json', 'text results that are marked as good'],
  ['opencode export.json', 'text results that are marked as good'],
  ['openhands first.json', 'text results that are marked as good'],
  ['openhands sdk.jsonl', 'texts in several blocks, text results that are marked as good'],
  ['raw-api mixed.jsonl', 'signatures'],
  ['tau2 results.json', 'JSON results as text'],
  ['tau2 tau-bench.json', 'messages of results with a name'],
]);

/** Messages named by their order in the place of their hashes. */
function withoutHashes(rows: readonly Json[]): string {
  const names = new Map<string, string>();
  return jsonl(rows).replaceAll(/"message_hash":"([0-9a-f]{64})"/g, (_, hash) => {
    names.set(hash, names.get(hash) ?? `message ${names.size}`);
    return `"message_hash":"${names.get(hash)}"`;
  });
}

let empty: ReturnType<typeof emptyStore>;
beforeAll(() => {
  empty = emptyStore();
});
afterAll(() => empty[Symbol.dispose]());

describe('an export comes back out of an empty folder as it went out', () => {
  it.each(sources)('$importer $name', async ({ importer, name, bytes }) => {
    using first = importedStore(empty.file);
    await first.take(bytes, name);
    const again = async (rows: readonly Json[], layout: (typeof layouts)[number] | 'traces') => {
      using second = importedStore(empty.file);
      const { skipped } = await second.take(jsonl(rows), 'data.jsonl');
      expect(skipped, layout).toEqual([]);
      return second.rows(layout).rows;
    };
    for (const layout of layouts) {
      const { rows } = first.rows(layout);
      if (rows.length > 0) expect(jsonl(await again(rows, layout)), layout).toBe(jsonl(rows));
    }
    const { rows } = first.rows('traces');
    if (rows.length === 0) return;
    const back = await again(rows, 'traces');
    expect(withoutHashes(back)).toBe(withoutHashes(rows));
    expect(jsonl(back) === jsonl(rows)).toBe(!unshown.has(`${importer} ${name}`));
  });
});

describe('an export as traces', () => {
  it('changes nothing where the traces are, and nothing a second time', async () => {
    const source = sources.find(({ name }) => name === 'rollout.jsonl') as (typeof sources)[number];
    using first = importedStore(empty.file);
    await first.take(source.bytes, source.name);
    const { rows } = first.rows('traces');
    const forged = jsonl(rows).replaceAll(/"title":"[^"]*"/g, '"title":"Another title"');
    const report = await first.take(forged, 'data.jsonl');
    expect(report).toMatchObject({ taken: { records: 0, calls: 0, traces: 1 }, skipped_count: 0 });
    expect(first.rows('traces').rows).toEqual(rows);
    using second = importedStore(empty.file);
    await second.take(jsonl(rows), 'data.jsonl');
    expect((await second.take(jsonl(rows), 'again.jsonl')).taken).toMatchObject({ records: 0, calls: 0, traces: 1 });
    expect(second.rows('traces').rows).toEqual(rows);
  });

  /** A trace of two calls, as it goes out. */
  const loom = async () => {
    using store = importedStore(empty.file);
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
    using store = importedStore(empty.file);
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
    using store = importedStore(empty.file);
    expect(await store.take(jsonl([odd]), 'odd.jsonl')).toMatchObject({ taken: { calls: 2 }, duplicates: 0 });
    const [trace] = store.traces() as [Trace];
    expect(said(trace)).toEqual(said(own));
    expect(new Set(trace.steps.map(({ step_id }) => step_id)).size).toBe(own.steps.length);
    expect((await store.take(jsonl([odd]), 'odd.jsonl')).taken).toMatchObject({ records: 0, calls: 0 });
  });
});

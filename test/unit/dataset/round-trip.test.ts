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
});

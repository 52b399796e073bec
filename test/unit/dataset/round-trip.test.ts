import { describe, expect, it } from 'vitest';
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

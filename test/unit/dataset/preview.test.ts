import { describe, expect, it } from 'vitest';
import { previewDataset, previewDefinition } from '../../../src/main/dataset/index.js';
import { datasetDefinitionSchema, type Json } from '../../../src/shared/model/index.js';
import { agentSession, sessionSource, testId, testTrace } from '../../support/traces.js';
import { exportOptions } from './support.js';

describe('previewDataset', () => {
  it('shows at most 20 rows and counts all traces', async () => {
    const sessions = Array.from({ length: 30 }, (_, number) => agentSession(number, 1));
    const preview = await previewDataset(exportOptions(), sessionSource(sessions));
    expect(preview.rows).toHaveLength(20);
    expect(preview).toMatchObject({ traces: 30, skipped: 0 });
    expect(preview.rows[0]).toMatchObject({ name: 'search', arguments: { query: 'needle 0' } });
  });

  it('shows parquet rows as the file holds them', async () => {
    const preview = await previewDataset(exportOptions({ format: 'parquet' }), sessionSource([agentSession(1, 1)]));
    expect(preview.rows[0]).toMatchObject({
      arguments: '{"query":"needle 0"}',
      timestamp: '2026-11-21T09:30:00.123456Z',
      duration_ms: 12.5,
    });
  });

  it('counts traces that give no row, and cuts long texts', async () => {
    const session = agentSession(1, 1);
    const call = session.trace.tool_calls[0];
    if (call) call.result = 'x'.repeat(10_000);
    const bare = { trace: testTrace({ trace_id: testId(1, 9) }), messages: new Map() };
    const preview = await previewDataset(exportOptions(), sessionSource([bare, session]));
    expect(preview).toMatchObject({ traces: 2, skipped: 1 });
    expect((preview.rows[0] as { result: string }).result).toBe(`${'x'.repeat(4000)}… (6000 more characters)`);
  });

  it('cuts long lists before the gate looks at them, and says so where they end', async () => {
    const session = agentSession(1, 1);
    const call = session.trace.tool_calls[0];
    if (call) call.result = { found: Array.from({ length: 5000 }, (_, n) => ({ n })), more: [1, 2] };
    const source = sessionSource([session]);
    let looked = 0;
    const redactor: typeof source.redactor = (wanted) => {
      const made = source.redactor(wanted);
      return {
        ...made,
        json(value) {
          const { found } = value as { found?: Json[] };
          if (found) looked = found.length;
          return made.json(value);
        },
      };
    };
    const preview = await previewDataset(exportOptions(), { ...source, redactor });
    const { result } = preview.rows[0] as { result: { found: Json[]; more: Json[] } };
    expect(result.found).toHaveLength(201);
    expect(result.found.slice(199)).toEqual([{ n: 199 }, '… (4800 more items)']);
    expect(result.more).toEqual([1, 2]);
    expect(looked).toBe(200);
    // What is behind the first items may keep the row out.
    const dropping: typeof source.redactor = (wanted) => ({ ...source.redactor(wanted), actions: { EMAIL: 'drop' } });
    const whole = await previewDataset(exportOptions(), { ...source, redactor: dropping });
    expect((whole.rows[0] as { result: { found: Json[] } }).result.found).toHaveLength(5000);
  });

  it('ends within a trace of very many rows, and says so', async () => {
    const sessions = [agentSession(1, 400), agentSession(2, 1)];
    const source = sessionSource(sessions);
    const slow: typeof source.redactor = (wanted) => {
      const made = source.redactor(wanted);
      return {
        ...made,
        json(value) {
          const begun = performance.now();
          while (performance.now() - begun < 25);
          return made.json(value);
        },
      };
    };
    const preview = await previewDataset(exportOptions(), { ...source, redactor: slow });
    expect(preview).toMatchObject({ traces: 2, looked_at: 1, last_cut: true, skipped: 0 });
    expect(preview.rows.length).toBeGreaterThanOrEqual(3);
    expect(preview.rows_found).toBeGreaterThanOrEqual(preview.rows.length);
    expect(preview.rows_found).toBeLessThan(400);
    expect(await previewDataset(exportOptions(), source)).not.toHaveProperty('last_cut');
  });

  it('refuses shares that do not sum to 1', async () => {
    const options = exportOptions({ split: { train: 0.5 } });
    await expect(previewDataset(options, sessionSource([]))).rejects.toMatchObject({ code: 'validation_failed' });
  });
});

describe('a definition that is previewed', () => {
  it('gives three whole rows of each package in each layout, and counts what comes of the traces', async () => {
    const sessions = Array.from({ length: 5 }, (_, number) => agentSession(number, 2));
    const bare = { trace: testTrace({ trace_id: testId(1, 9) }), messages: new Map() };
    const definition = datasetDefinitionSchema.parse({
      packages: ['tool-selection', 'conversations'],
      layouts: ['openai-chat', 'trl-messages'],
      format: 'jsonl',
      trainer: 'trl',
    });
    const previews = await previewDefinition(definition, sessionSource([...sessions, bare]));
    expect(
      previews.map(({ package: pack, layout, ...counts }) => [pack, layout, counts.traces, counts.looked_at]),
    ).toEqual([
      ['tool-selection', 'openai-chat', 6, 6],
      ['tool-selection', 'trl-messages', 6, 6],
      ['conversations', 'openai-chat', 6, 6],
      ['conversations', 'trl-messages', 6, 6],
    ]);
    for (const { rows, rows_found, examples, skipped, reasons, trainer } of previews.slice(2)) {
      expect(rows).toHaveLength(3);
      expect({ rows_found, examples, skipped }).toEqual({ rows_found: 5, examples: 5, skipped: 1 });
      expect(Object.values(reasons)).toEqual([1]);
      expect(trainer).toMatchObject({ trainer: 'trl', rows: 5 });
    }
    // Nothing was offered to choose from.
    expect(previews[0]).toMatchObject({ rows: [], rows_found: 0, examples: 0, skipped: 6 });
  });

  it('refuses a pair without sense', async () => {
    const definition = datasetDefinitionSchema.parse({
      packages: ['tool-selection'],
      layouts: ['trl-preference'],
      format: 'jsonl',
    });
    await expect(previewDefinition(definition, sessionSource([]))).rejects.toMatchObject({ code: 'usage' });
  });
});

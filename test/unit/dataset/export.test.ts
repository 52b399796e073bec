import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportDataset, layouts, previewDataset } from '../../../src/main/dataset/index.js';
import { SluiceError } from '../../../src/shared/errors.js';
import type { Call, Json, Trace } from '../../../src/shared/model/index.js';
import { agentSession, sessionSource, testId, testTrace } from '../../support/traces.js';
import { exportOptions, folderBytes, freshFolder, readJsonl, readParquet, unhurried } from './support.js';

const sessions = Array.from({ length: 40 }, (_, number) => agentSession(number, 1 + (number % 4)));
const toolCallCount = sessions.reduce((sum, { trace }) => sum + trace.tool_calls.length, 0);

/** What a manifest says of the state of these traces. */
function revisionsOf(traces: Trace[]): string {
  const hash = createHash('sha256');
  for (const { trace_id, revision } of traces) hash.update(`${trace_id} ${revision}\n`);
  return hash.digest('hex');
}

describe('exportDataset', () => {
  it('writes one row per tool call, the card and the manifest', async () => {
    const out = join(await freshFolder(), 'deep', 'set');
    const result = await exportDataset(exportOptions(), sessionSource(sessions), out, unhurried());

    const rows = await readJsonl(join(out, 'data.jsonl'));
    expect(rows).toHaveLength(toolCallCount);
    for (const row of rows) expect(() => layouts['tool-calls'].row.parse(row)).not.toThrow();
    expect(rows[0]).toMatchObject({
      name: 'search',
      arguments: { query: 'needle 0' },
      result: { hits: [0, 0], file: 'src/0.ts' },
      timestamp: '2026-11-21T09:30:00.123456Z',
      duration_ms: 12.5,
      metadata: {
        source: 'proxy',
        trace_id: testId(1, 0),
        trace_revision: 1,
        tool_call_id: 'call_0_0',
        model: 'gpt-5-mini',
        status: 'ok',
      },
    });

    const bytes = await readFile(join(out, 'data.jsonl'));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(result).toMatchObject({
      out,
      traces: 40,
      rows: toolCallCount,
      skipped: [],
      files: [{ name: 'data.jsonl', rows: toolCallCount, bytes: bytes.length, sha256 }],
    });
    const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({
      format_version: 1,
      layout: 'tool-calls',
      rows: toolCallCount,
      revisions_sha256: revisionsOf(sessions.map(({ trace }) => trace)),
      files: [{ sha256 }],
    });
    expect(await readFile(join(out, 'README.md'), 'utf8')).toContain('path: data.jsonl');
    const names = (await readdir(out)).sort();
    expect(names.filter((name) => /^plot-[a-z0-9-]+\.svg$/.test(name))).toContain('plot-groups-tool.svg');
    expect(names.filter((name) => !name.startsWith('plot-'))).toEqual([
      ...['QUALITY.md', 'README.md', 'SCHEMA.md', 'USAGE.md', 'VERSIONS.md', 'consent.jsonl', 'croissant.json'],
      ...['data.jsonl', 'manifest.json', 'manifest.sig', 'provenance.parquet', 'quality.json', 'schema.json'],
      'versions.json',
    ]);
  });

  it('writes the same rows as parquet, nested values as JSON text, times as timestamps', async () => {
    const folder = await freshFolder();
    const source = sessionSource(sessions);
    for (const layout of ['tool-calls', 'openai-chat', 'traces'] as const) {
      await exportDataset(exportOptions({ layout }), source, join(folder, `${layout}-j`), unhurried());
      await exportDataset(
        exportOptions({ layout, format: 'parquet' }),
        source,
        join(folder, `${layout}-p`),
        unhurried(),
      );
      const lines = await readJsonl(join(folder, `${layout}-j`, 'data.jsonl'));
      const rows = await readParquet(join(folder, `${layout}-p`, 'data.parquet'));
      expect(rows).toHaveLength(lines.length);
      for (const [index, row] of rows.entries()) {
        const line = lines[index] as { [key: string]: Json };
        for (const [name, value] of Object.entries(row)) {
          const expected = line[name] ?? null;
          if (value instanceof Date) expect(value).toEqual(new Date(expected as string));
          else if (typeof expected === 'object' && expected !== null)
            expect(typeof value === 'string' ? JSON.parse(value) : value).toMatchObject(expected);
          else expect(value ?? null).toEqual(expected);
        }
      }
    }
  });

  it('gives the same bytes for the same data and seed, others for another seed', async () => {
    const folder = await freshFolder();
    const source = sessionSource(sessions);
    for (const format of ['jsonl', 'parquet'] as const) {
      const options = exportOptions({ format, split: { train: 0.7, test: 0.3 }, seed: 5 });
      await exportDataset(options, source, join(folder, `${format}-a`), unhurried());
      await exportDataset(
        { ...options, split: { test: 0.3, train: 0.7 } },
        source,
        join(folder, `${format}-b`),
        unhurried(),
      );
      await exportDataset({ ...options, seed: 6 }, source, join(folder, `${format}-c`), unhurried());
      const first = await folderBytes(join(folder, `${format}-a`));
      expect(await folderBytes(join(folder, `${format}-b`))).toEqual(first);
      expect((await folderBytes(join(folder, `${format}-c`))).get(`train.${format}`)).not.toEqual(
        first.get(`train.${format}`),
      );
    }
  });

  it('never tears a family of traces over two splits', async () => {
    const family = Array.from({ length: 60 }, (_, number) =>
      agentSession(number, 1, {
        // Chains of five: a session, its continuation, and subagents three deep.
        parent_trace_id: number % 5 >= 2 ? testId(1, number - 1) : null,
        predecessor_trace_id: number % 5 === 1 ? testId(1, number - 1) : null,
      }),
    );
    const out = join(await freshFolder(), 'set');
    await exportDataset(exportOptions({ split: { a: 0.5, b: 0.5 } }), sessionSource(family), out, unhurried());
    const splitOf = new Map<number, string>();
    for (const split of ['a', 'b']) {
      const rows = await readJsonl(join(out, `${split}.jsonl`));
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) {
        const id = (row.metadata as { trace_id: string }).trace_id;
        const head = Math.floor(Number.parseInt(id.slice(-12), 16) / 5);
        expect(splitOf.get(head) ?? split).toBe(split);
        splitOf.set(head, split);
      }
    }
    expect(splitOf.size).toBe(12);
  });

  it('keeps both members of a ring of traces together', async () => {
    const ring = [
      agentSession(1, 1, { parent_trace_id: testId(1, 2) }),
      agentSession(2, 1, { parent_trace_id: testId(1, 1) }),
    ];
    const out = join(await freshFolder(), 'set');
    const split = { a: 0.25, b: 0.25, c: 0.25, d: 0.25 };
    const result = await exportDataset(exportOptions({ split }), sessionSource(ring), out, unhurried());
    expect(result.files.map((file) => file.rows).filter((rows) => rows > 0)).toEqual([2]);
  });

  it('refuses shares that do not sum to 1, and leaves nothing', async () => {
    const folder = await freshFolder();
    const options = exportOptions({ split: { train: 0.9, test: 0.2 } });
    await expect(
      exportDataset(options, sessionSource(sessions), join(folder, 'set'), unhurried()),
    ).rejects.toMatchObject({
      code: 'validation_failed',
      details: [{ path: 'split' }],
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses a folder with something in it and a file, takes an empty folder', async () => {
    const folder = await freshFolder();
    await mkdir(join(folder, 'full'));
    await writeFile(join(folder, 'full', 'mine.txt'), 'mine');
    await writeFile(join(folder, 'file'), 'mine');
    await mkdir(join(folder, 'empty'));
    for (const name of ['full', 'file']) {
      await expect(
        exportDataset(exportOptions(), sessionSource(sessions), join(folder, name), unhurried()),
      ).rejects.toMatchObject({ code: 'export_target_exists' });
    }
    expect(await readFile(join(folder, 'full', 'mine.txt'), 'utf8')).toBe('mine');
    await exportDataset(exportOptions(), sessionSource(sessions), join(folder, 'empty'), unhurried());
    expect((await readdir(folder)).sort()).toEqual(['empty', 'file', 'full']);
  });

  it('leaves nothing behind when cancelled or when reading fails, parents it made included', async () => {
    const folder = await freshFolder();
    const abort = new AbortController();
    let reports = 0;
    const cancelling = exportDataset(
      exportOptions({ format: 'parquet' }),
      sessionSource(sessions),
      join(folder, 'a', 'b', 'set'),
      {
        signal: abort.signal,
        onProgress: () => {
          reports += 1;
          if (reports === 3) abort.abort(new SluiceError('job_cancelled', 'Cancelled.'));
        },
      },
    );
    await expect(cancelling).rejects.toMatchObject({ code: 'job_cancelled' });
    expect(reports).toBe(3);

    const broken = {
      ...sessionSource(sessions),
      *traces(): Generator<Trace> {
        yield sessions[0]?.trace as Trace;
        throw new SluiceError('query_invalid', 'There is no such field.');
      },
    };
    await expect(exportDataset(exportOptions(), broken, join(folder, 'c'), unhurried())).rejects.toMatchObject({
      code: 'query_invalid',
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('removes what a killed process left of the same export, and nothing else', async () => {
    const folder = await freshFolder();
    // One more than the largest process id that Linux gives.
    await mkdir(join(folder, '.set.partial-4194305-0123456789ab'));
    await mkdir(join(folder, `.set.partial-${process.pid}-0123456789ab`));
    await mkdir(join(folder, '.other.partial-4194305-0123456789ab'));
    await exportDataset(exportOptions(), sessionSource(sessions), join(folder, 'set'), unhurried());
    expect((await readdir(folder)).sort()).toEqual([
      '.other.partial-4194305-0123456789ab',
      `.set.partial-${process.pid}-0123456789ab`,
      'set',
    ]);
  });

  it('says that there is nothing to export, and why', async () => {
    const folder = await freshFolder();
    const bare = [{ trace: testTrace({ trace_id: testId(1, 1) }), messages: new Map() }];
    await expect(
      exportDataset(exportOptions({ query: 'nothing' }), sessionSource(sessions), join(folder, 'a'), unhurried()),
    ).rejects.toMatchObject({ code: 'export_empty' });
    await expect(
      exportDataset(exportOptions(), sessionSource(bare), join(folder, 'b'), unhurried()),
    ).rejects.toMatchObject({
      code: 'export_empty',
      details: { skipped: { 'no tool call': 1 } },
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('names the traces that gave no row', async () => {
    const out = join(await freshFolder(), 'set');
    const bare = { trace: testTrace({ trace_id: testId(1, 999) }), messages: new Map() };
    const result = await exportDataset(exportOptions(), sessionSource([...sessions, bare]), out, unhurried());
    expect(result).toMatchObject({
      traces: 40,
      skipped_count: 1,
      skipped: [{ trace_id: testId(1, 999), reason: 'no tool call' }],
    });
  });

  it('counts the branches that it left out of traces that gave rows, with their reasons', async () => {
    const out = join(await freshFolder(), 'set');
    const session = agentSession(2, 1);
    const [, last] = session.trace.calls as [Call, Call];
    const cut = { ...last, call_id: testId(2, 70), parent_call_id: last.call_id, partial: true };
    session.trace.calls.push({ ...cut, started_at: '2026-11-21T10:30:00.000Z' });
    const options = exportOptions({ layout: 'openai-chat' });
    const result = await exportDataset(options, sessionSource([session]), out, unhurried());
    const reason = 'the answer was cut off';
    expect(result).toMatchObject({
      traces: 1,
      rows: 1,
      skipped_count: 1,
      skipped: [{ trace_id: session.trace.trace_id, reason, branches: 1 }],
    });
    const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({ traces: 1, skipped: { [reason]: 1 }, skipped_branches: { [reason]: 1 } });
    expect(await readFile(join(out, 'README.md'), 'utf8')).toContain(`| ${reason} | 0 | 1 |`);
    const preview = await previewDataset(options, sessionSource([session]));
    expect(preview).toMatchObject({ skipped: 0, branches: { [reason]: 1 } });
  });

  it('writes a readable file for a split that got no trace', async () => {
    const out = join(await freshFolder(), 'set');
    const options = exportOptions({ format: 'parquet', split: { a: 0.999999, b: 0.000001 } });
    const result = await exportDataset(options, sessionSource(sessions), out, unhurried());
    expect(result.files.map((file) => file.rows)).toEqual([toolCallCount, 0]);
    expect(await readParquet(join(out, 'b.parquet'))).toEqual([]);
  });

  it('keeps text that is no valid Unicode readable in both formats', async () => {
    const folder = await freshFolder();
    const session = agentSession(1, 1);
    const call = session.trace.tool_calls[0];
    if (!call) throw new Error('the session has a tool call');
    call.arguments = { 'key\ud800': ['half \udc00 pair', '\\ud800 written out', '😀'] };
    const expected = { 'key\ufffd': ['half \ufffd pair', '\\ud800 written out', '😀'] };
    await exportDataset(exportOptions(), sessionSource([session]), join(folder, 'j'), unhurried());
    await exportDataset(exportOptions({ format: 'parquet' }), sessionSource([session]), join(folder, 'p'), unhurried());
    expect((await readJsonl(join(folder, 'j', 'data.jsonl')))[0]?.arguments).toEqual(expected);
    const row = (await readParquet(join(folder, 'p', 'data.parquet')))[0];
    expect(JSON.parse(row?.arguments as string)).toEqual(expected);
  });

  it('lets the event loop turn while it works', async () => {
    const out = join(await freshFolder(), 'set');
    const many = Array.from({ length: 3000 }, (_, number) => agentSession(number, 3));
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    await exportDataset(exportOptions({ format: 'parquet' }), sessionSource(many), out, unhurried());
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
    expect((await stat(join(out, 'data.parquet'))).size).toBeGreaterThan(0);
  });

  it('reports progress from the first trace to the last', async () => {
    const out = join(await freshFolder(), 'set');
    const seen: (number | null)[] = [];
    await exportDataset(exportOptions(), sessionSource(sessions), out, {
      signal: new AbortController().signal,
      onProgress: (progress) => seen.push(progress),
    });
    expect(seen).toHaveLength(40);
    expect(seen.at(-1)).toBe(1);
    expect([...seen].sort()).toEqual(seen);
  });
});

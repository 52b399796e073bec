import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeGoldParquet } from '../../../src/main/dataset/index.js';
import { openCatalogue } from '../../../src/main/oracle/catalogue.js';
import { diversityOf, skeletonOf } from '../../../src/main/oracle/runs/diversity.js';
import { mergeParts } from '../../../src/main/oracle/runs/merge.js';
import { reportOf, reportText } from '../../../src/main/oracle/runs/report.js';
import { runOracle } from '../../../src/main/oracle/runs/run.js';
import { nothingSeen } from '../../../src/main/oracle/runs/seen.js';
import type { Statistics } from '../../../src/main/oracle/runs/statistics.js';
import { type DomainOrder, writeDomain } from '../../../src/main/oracle/runs/write-domain.js';
import { validateTraces } from '../../../src/main/oracle/validate-file.js';
import type { GoldTrace } from '../../../src/shared/model/gold-trace.js';

const catalogue = openCatalogue([join(import.meta.dirname, '../../../resources/oracle/domains')]);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-oracle-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (name: string, more: Partial<Parameters<typeof runOracle>[1]> = {}) =>
  runOracle(catalogue, {
    total: 90,
    domains: ['Finance', 'hr', 'devops'],
    out: join(folder, name),
    seed: 5,
    resume: false,
    signal: new AbortController().signal,
    progress: () => undefined,
    ...more,
  });

const traceFiles = (name: string) =>
  readdirSync(join(folder, name))
    .filter((each) => each.startsWith('traces-'))
    .sort();
const sums = (name: string) =>
  traceFiles(name).map((each) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name, each)))
      .digest('hex'),
  );

async function* lines(name: string) {
  for (const file of traceFiles(name))
    yield* readFileSync(join(folder, name, file), 'utf8')
      .trimEnd()
      .split('\n');
}

test('writes as many traces as were asked for, each valid and none twice, and says so', async () => {
  const result = await run('a');
  const diversity = await diversityOf(catalogue, join(folder, 'a'), result.files);
  const report = reportOf(result, { calibration: { validators: {}, kinds: {} }, diversity, pairs: ['a > b'] });
  expect(diversity).toMatchObject({ looked_at: 90 });
  expect(diversity.distinct_skeletons).toBeGreaterThan(0.9);
  expect(report).toMatchObject({
    validated: 90,
    domains: { Finance: 30 },
    files: ['traces-00000.jsonl', 'traces-00001.jsonl', 'traces-00002.jsonl'],
  });
  expect(await validateTraces(catalogue, [{ name: 'a', lines: lines('a') }])).toEqual({
    valid: 90,
    invalid: 0,
    items: [],
  });
  expect(report).toMatchObject({ compared: 90, near_duplicate_share: 0 });
  expect(reportText(report)).toContain('Total validated: 90\n');
});

test('is the same bytes for the same seed, and others for another', async () => {
  await run('a');
  await run('b');
  await run('c', { seed: 6 });
  expect(sums('b')).toEqual(sums('a'));
  expect(sums('c')).not.toEqual(sums('a'));
  // Whoever made a run once gets the same of today's code: change this with what the sampler says alone.
  expect(sums('a')[0]).toMatch(/^ecf578ed/);
});

test('parts of a run have the files of the whole, and come to its report', async () => {
  const whole = await run('whole');
  const parts = [1, 2].map((index) => `part-${index}`);
  for (const [at, name] of parts.entries()) await run(name, { shard: { index: at + 1, of: 2 } });
  expect(parts.map((name) => traceFiles(name))).toEqual([
    ['traces-00000.jsonl', 'traces-00002.jsonl'],
    ['traces-00001.jsonl'],
  ]);
  await expect(run('none', { shard: { index: 1, of: 4 } })).rejects.toMatchObject({ code: 'usage' });
  const folders = parts.map((name) => join(folder, name));
  expect(() => mergeParts(folders.slice(0, 1), join(folder, 'half'))).toThrow(/traces-00001.jsonl of hr/);
  await run('other', { seed: 6 });
  expect(() => mergeParts([...folders, join(folder, 'other')], join(folder, 'mixed'))).toThrow(/seed/);
  const { manifest } = mergeParts(folders, join(folder, 'merged'));
  expect(manifest).not.toHaveProperty('shard');
  const merged = await run('merged', { resume: true });
  expect(sums('merged')).toEqual(sums('whole'));
  expect(merged.statistics).toEqual(whole.statistics);
  expect(readdirSync(join(folder, 'merged', 'parts'))).toEqual(readdirSync(join(folder, 'whole', 'parts')));
});

test('quotas decide shapes and numbers of calls, whatever is made first, and what cannot be had is named', async () => {
  const quotas = { shapes: { single: 0.5, chain: 0.3, dag: 0.2 } };
  const result = await run('a', { quotas });
  expect(result.statistics).toMatchObject({ validated: 90, shapes: expect.not.objectContaining({ parallel: 1 }) });
  for (const [shape, share] of Object.entries(quotas.shapes))
    expect(Math.abs((result.statistics.shapes[shape] ?? 0) / 90 - share), shape).toBeLessThan(0.05);
  expect(result.statistics.asked).toEqual(result.statistics.cells);
  await run('b', { quotas });
  rmSync(join(folder, 'b', 'traces-00001.jsonl'));
  expect((await run('b', { quotas, resume: true })).statistics).toEqual(result.statistics);
  expect(sums('b')).toEqual(sums('a'));
  await expect(run('a', { resume: true })).rejects.toMatchObject({ details: ['quotas'] });

  const mean = async (calls_per_trace: number) => {
    const { statistics } = await run(`mean-${calls_per_trace}`, { domains: ['finance'], quotas: { calls_per_trace } });
    return { mean: statistics.calls / statistics.validated, unreachable: Object.keys(statistics.unreachable) };
  };
  expect((await mean(2)).mean).toBeCloseTo(2, 1);
  const far = await mean(15);
  expect(far.mean).toBeGreaterThan(2.4);
  expect(far.unreachable).toHaveLength(1);
  expect(far.unreachable[0]).toMatch(/^finance: 15 calls a trace; what its shapes allow is 1\.\d+ to \d/);
});

test('Parquet stands beside the lines, the same wherever it is made, and what is missing or damaged of it is made again', async () => {
  const signal = new AbortController().signal;
  const parquet = { parquet: true as const, domains: ['finance', 'hr'], total: 12 };
  const writers = {
    atOnce: 1,
    write: (order: DomainOrder, progress: (soFar: Statistics) => void) =>
      writeDomain(catalogue, order, { signal, progress, parquet: writeGoldParquet }),
  };
  await run('a', { ...parquet, writers });
  expect(traceFiles('a').map((name) => name.split('.')[1])).toEqual(['jsonl', 'parquet', 'jsonl', 'parquet']);
  const rows: { trace_id: string; request: string }[] = [];
  for (const name of traceFiles('a').filter((each) => each.endsWith('.parquet')))
    rows.push(...((await parquetReadObjects({ file: await asyncBufferFromFile(join(folder, 'a', name)) })) as never[]));
  expect(rows).toHaveLength(12);
  expect(rows[0]?.trace_id).toBe('finance_00000001');
  expect(JSON.parse(rows[0]?.request as string)).toMatchObject({ domain: 'Finance' });
  await run('b', { ...parquet, writers });
  rmSync(join(folder, 'b', 'traces-00000.parquet'));
  appendFileSync(join(folder, 'b', 'traces-00001.parquet'), 'x');
  await run('b', { ...parquet, writers, resume: true });
  expect(sums('b')).toEqual(sums('a'));
  await expect(run('b', { ...parquet, parquet: undefined, resume: true } as never)).rejects.toMatchObject({
    details: ['parquet'],
  });
});

test('requests that say nearly what one before them says are counted over the whole run', async () => {
  const said = (text: string, id: string) => ({
    request: { text },
    graph: { calls: [{ tool_id: 'finance.get', arguments: { id } }] },
  });
  const words = 'please look up the invoice of the supplier in the north that nobody has paid since the end of spring';
  const seen = nothingSeen(4);
  expect(seen.take(said(words, 'a'))).toBe(true);
  expect(seen.take(said(words, 'a'))).toBe(false);
  expect(seen.take(said(words, 'b'))).toBe(true);
  expect(seen.take(said(`${words} thanks`, 'c'))).toBe(true);
  expect(seen.take(said('cancel the order', 'd'))).toBe(true);
  expect(await seen.near()).toEqual({ compared: 4, near_duplicates: 2 });
  // Of more than are held, some are compared, and it is said how many.
  const many = nothingSeen(300_000);
  for (let at = 0; at < 9; at += 1) many.take(said(words, String(at)));
  expect(await many.near()).toEqual({ compared: 3, near_duplicates: 2 });
});

test('goes on where it was cut off, and makes again what was damaged, with the same bytes', async () => {
  const whole = await run('a');
  await run('b');
  rmSync(join(folder, 'b', 'traces-00001.jsonl'));
  appendFileSync(join(folder, 'b', 'traces-00002.jsonl'), '{"half":');
  await expect(run('b')).rejects.toMatchObject({ code: 'oracle_out_used' });
  const again = await run('b', { resume: true });
  expect(sums('b')).toEqual(sums('a'));
  expect(again.statistics).toEqual(whole.statistics);
});

test('refuses to go on with other settings', async () => {
  await run('a');
  await expect(run('a', { resume: true, seed: 9 })).rejects.toMatchObject({
    code: 'oracle_run_differs',
    details: ['seed'],
  });
});

test('is cancelled without half a file, and goes on', async () => {
  const stop = new AbortController();
  stop.abort();
  // It looks up once in a while; a run of this size ends within one look.
  const result = await run('a', { signal: stop.signal });
  expect(result.cancelled).toBe(true);
  expect(traceFiles('a')).toEqual([]);
  expect((await run('a', { resume: true })).cancelled).toBe(false);
  await run('b');
  expect(sums('a')).toEqual(sums('b'));
});

test('masks what a request says of its entities, and nothing else', async () => {
  await run('a', { domains: ['finance'] });
  const finance = catalogue.named('finance');
  const skeletons = new Map<string, string>();
  for await (const line of lines('a')) {
    const trace = JSON.parse(line);
    const skeleton = skeletonOf(finance, trace);
    skeletons.set(trace.request.text, skeleton);
    expect(skeleton).not.toMatch(/[A-Z]|[1-9]|inv-|bank transfer/);
    expect(skeleton.replaceAll(/<\w+>/g, '').length).toBeGreaterThan(5);
  }
  expect([...skeletons.values()].filter((each) => each.includes('<')).length).toBeGreaterThan(50);
});

test('reads documents of several files, and knows what stands in two of them', async () => {
  await run('a', { domains: ['finance'], total: 3 });
  const traces: unknown[] = [];
  for await (const line of lines('a')) traces.push(JSON.parse(line));
  async function* pretty(value: unknown) {
    yield* JSON.stringify(value, null, 2).split('\n');
  }
  const checked = await validateTraces(catalogue, [
    { name: 'one.json', lines: pretty(traces[0]) },
    { name: 'list.json', lines: pretty(traces) },
  ]);
  expect(checked).toMatchObject({
    valid: 3,
    invalid: 1,
    items: [{ file: 'list.json', line: 1, errors: [{ validator: 'duplicate' }] }],
  });
});

test('a share of traces has retrieved texts, each valid; the others are as without, and it belongs to what the run is', async () => {
  await run('plain');
  await run('a', { retrieval: 0.4 });
  await run('b', { retrieval: 0.4 });
  expect(sums('a')).toEqual(sums('b'));
  expect(await validateTraces(catalogue, [{ name: 'a', lines: lines('a') }])).toMatchObject({ valid: 90, invalid: 0 });
  const linesOf = (name: string) =>
    traceFiles(name).flatMap((file) =>
      readFileSync(join(folder, name, file), 'utf8')
        .trimEnd()
        .split('\n'),
    );
  const [plain, own] = [linesOf('plain'), linesOf('a')];
  const told = own.flatMap((line) => {
    const { trace_id, retrieval } = JSON.parse(line) as GoldTrace;
    return retrieval === undefined ? [] : [{ trace_id, retrieval }];
  });
  expect(told.length).toBeGreaterThan(20);
  expect(told.length).toBeLessThan(55);
  const poisoned = told.filter(({ retrieval }) => retrieval.poisoned);
  expect(poisoned.length).toBeGreaterThan(5);
  expect(poisoned.length).toBeLessThan(told.length - 5);
  expect(own.filter((line) => !plain.includes(line))).toHaveLength(told.length);
  expect(told.every(({ trace_id, retrieval }) => retrieval.gold === trace_id)).toBe(true);
  await expect(run('a', { retrieval: 0.5, resume: true })).rejects.toMatchObject({ code: 'oracle_run_differs' });
});

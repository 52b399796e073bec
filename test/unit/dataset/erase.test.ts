import { createHash } from 'node:crypto';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  eraseFromDataset,
  exportDataset,
  layoutsWithoutIds,
  nameKeysOf,
  rowKeysOf,
  verifyDataset,
} from '../../../src/main/dataset/index.js';
import { parquetRows } from '../../../src/main/leaks/rows/parquet.js';
import { SluiceError } from '../../../src/shared/errors.js';
import type { ExportOptions } from '../../../src/shared/model/index.js';
import { agentSession, sessionSource } from '../../support/traces.js';

let folder: string;
const never = new AbortController().signal;
/** Of the dataset that was written last. */
let fileNames: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-erase-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sessions = [1, 2, 3].map((seed) => agentSession(seed, 2));
const source = sessionSource(sessions);
const gone = sessions[1]?.trace.trace_id as string;

async function written(layout: ExportOptions['layout'], format: ExportOptions['format']): Promise<string> {
  const out = join(folder, `${layout}-${format}`);
  const result = await exportDataset({ layout, format, query: '', seed: 1 }, source, out, {
    signal: never,
    onProgress: () => {},
  });
  fileNames = result.files.map(({ name }) => name);
  return out;
}

const erasure = (change: Partial<Parameters<typeof eraseFromDataset>[1]>) => ({
  fileNames,
  erasure_id: '019aa000-0000-7000-8000-000000000001',
  traceIds: new Set<string>(),
  rowKeys: new Set<string>(),
  change: null,
  signal: never,
  signer: source.signer,
  ...change,
});

function manifestOf(out: string) {
  return JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
}

function expectWhole(out: string): void {
  for (const { name, bytes, sha256 } of manifestOf(out).files) {
    const content = readFileSync(join(out, name));
    expect(content.length).toBe(bytes);
    expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
  }
  expect(readdirSync(out).filter((name) => name.endsWith('.erasing'))).toEqual([]);
}

describe('erasing in a written dataset', () => {
  it.each([
    ['traces', 'jsonl'],
    ['traces', 'parquet'],
    ['tool-calls', 'jsonl'],
    ['tool-calls', 'parquet'],
  ] as const)('%s as %s: takes the rows of a trace out and leaves the others as they were', async (layout, format) => {
    const out = await written(layout, format);
    const before = await rowsIn(out);
    const done = await eraseFromDataset(out, erasure({ traceIds: new Set([gone]) }));
    const after = await rowsIn(out);
    expect(after).toEqual(before.filter((row) => !JSON.stringify(row).includes(gone)));
    expect(after.length).toBeLessThan(before.length);
    expect(done).toMatchObject({ rows_removed: before.length - after.length, rows_changed: 0 });
    expect(manifestOf(out).rows).toBe(after.length);
    expectWhole(out);
    expect(JSON.parse(readFileSync(join(out, 'ERASED.json'), 'utf8'))).toHaveLength(1);
    expect(await eraseFromDataset(out, erasure({ traceIds: new Set([gone]) }))).toBeNull();
  });

  it('knows rows that name no trace by what they say, whatever their pseudonyms', async () => {
    expect(layoutsWithoutIds).toContain('openai-chat');
    expect(layoutsWithoutIds).not.toContain('tool-calls');
    const out = await written('openai-chat', 'jsonl');
    const keys = sessions[1] === undefined ? [] : rowKeysOf('openai-chat', sessions[1].trace, source);
    const before = await rowsIn(out);
    expect(await eraseFromDataset(out, erasure({ rowKeys: new Set(keys) }))).toMatchObject({
      rows_removed: keys.length,
    });
    expect(await rowsIn(out)).toHaveLength(before.length - keys.length);
    expectWhole(out);
  });

  it('knows rows by the name that their trace has where it came from', async () => {
    const named = [1, 2].map((seed) => {
      const session = agentSession(seed, 2);
      const metadata = { trace_id: `dev/${seed}`, developer_id: 'dev-1', repo: { name: 'shop' } };
      return { ...session, trace: { ...session.trace, metadata } };
    });
    const out = join(folder, 'named');
    const options: ExportOptions = { layout: 'pr-telemetry', format: 'jsonl', query: '', seed: 1 };
    const { files } = await exportDataset(options, sessionSource(named), out, { signal: never, onProgress: () => {} });
    const erased = named[1]?.trace as (typeof named)[number]['trace'];
    const done = await eraseFromDataset(out, {
      fileNames: files.map(({ name }) => name),
      erasure_id: 'e-1',
      traceIds: new Set([erased.trace_id]),
      rowKeys: new Set(nameKeysOf(erased)),
      change: null,
      signal: never,
      signer: source.signer,
    });
    expect(done).toMatchObject({ rows_removed: 1 });
    expect(readFileSync(join(out, 'data.jsonl'), 'utf8')).toContain('dev/1');
    expect(readFileSync(join(out, 'data.jsonl'), 'utf8')).not.toContain('dev/2');
  });

  it('is cut off between two rows or two files, and leaves a folder that is whole', async () => {
    const out = join(folder, 'split');
    const split = { train: 0.5, test: 0.5 };
    const options = { layout: 'traces', format: 'jsonl', query: '', seed: 1, split } as const;
    const { files } = await exportDataset(options, source, out, { signal: never, onProgress: () => {} });
    fileNames = files.map(({ name }) => name);
    const abort = new AbortController();
    let changed = 0;
    const change = (text: string) => {
      // Its own cancelling, once all rows of the first file are through.
      changed += 1;
      if (changed === (files[0]?.rows ?? 0))
        setImmediate(() => abort.abort(new SluiceError('job_cancelled', 'Cancelled.')));
      return text.replaceAll('search', '<CUSTOM_MASKED>');
    };
    const cut = eraseFromDataset(out, erasure({ change, signal: abort.signal }));
    await expect(cut).rejects.toMatchObject({ code: 'job_cancelled' });
    expectWhole(out);
    expect(JSON.parse(readFileSync(join(out, 'ERASED.json'), 'utf8'))).toMatchObject([{ files: 1 }]);
    const before = new AbortController();
    before.abort(new SluiceError('job_cancelled', 'Cancelled.'));
    await expect(eraseFromDataset(out, erasure({ change, signal: before.signal }))).rejects.toThrow('Cancelled');
    expect(JSON.parse(readFileSync(join(out, 'ERASED.json'), 'utf8'))).toHaveLength(1);
  });

  it('takes values out of texts, and mends a manifest that a crash left behind', async () => {
    const out = await written('traces', 'parquet');
    const change = (text: string) => text.replaceAll('search', '<CUSTOM_MASKED>');
    expect(await eraseFromDataset(out, erasure({ change }))).toMatchObject({ rows_removed: 0, rows_changed: 3 });
    expect(JSON.stringify(await rowsIn(out))).not.toContain('search');
    expectWhole(out);
    const manifest = manifestOf(out);
    manifest.files[0].bytes -= 1;
    writeFileSync(join(out, 'manifest.json'), JSON.stringify(manifest));
    await eraseFromDataset(out, erasure({ change }));
    expectWhole(out);
  });

  it('follows no name that somebody wrote into the manifest, and no link', async () => {
    const out = await written('traces', 'jsonl');
    const outside = join(folder, 'outside.jsonl');
    const change = (text: string) => text.replaceAll('search', '<CUSTOM_MASKED>');
    const stood = manifestOf(out);
    const edits = [
      { files: [{ ...stood.files[0], name: '../outside.jsonl' }] },
      { files: [...stood.files, { ...stood.files[0], name: '../outside.jsonl' }] },
      { files: [{ ...stood.files[0], name: outside }] },
      { files: [] },
      { consent: { ...stood.consent, file: { name: '../outside.jsonl', rows: 1, bytes: 1, sha256: '' } } },
      { format: '../parquet' },
    ];
    writeFileSync(outside, '{"said":"search"}\n');
    for (const edit of edits) {
      writeFileSync(join(out, 'manifest.json'), JSON.stringify({ ...stood, ...edit }));
      await expect(eraseFromDataset(out, erasure({ change }))).rejects.toMatchObject({ code: 'validation_failed' });
    }
    writeFileSync(join(out, 'manifest.json'), JSON.stringify(stood));
    for (const name of ['data.jsonl', 'README.md', 'manifest.json', 'ERASED.json']) {
      const aside = join(folder, 'aside');
      if (readdirSync(out).includes(name)) renameSync(join(out, name), aside);
      symlinkSync(outside, join(out, name));
      await expect(eraseFromDataset(out, erasure({ change }))).rejects.toMatchObject({ code: 'validation_failed' });
      rmSync(join(out, name));
      if (readdirSync(folder).includes('aside')) renameSync(aside, join(out, name));
    }
    expect(readFileSync(outside, 'utf8')).toBe('{"said":"search"}\n');
    expect(await eraseFromDataset(out, erasure({ change }))).toMatchObject({ rows_changed: 3 });
  });

  it.skipIf(process.platform === 'win32')("is its owner's alone, as written and as rewritten", async () => {
    const out = await written('traces', 'jsonl');
    await eraseFromDataset(out, erasure({ traceIds: new Set([gone]) }));
    expect(statSync(out).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(out)) expect([name, statSync(join(out, name)).mode & 0o777]).toEqual([name, 0o600]);
  });

  it('takes a value out of figures and plots too, where it stands escaped or cut short', async () => {
    const value = 'Wilhelmina "Mina" <Featherstonehaugh>';
    const named = [1, 2].map((seed) => agentSession(seed, 2));
    for (const { trace } of named) trace.metadata = { domain: value };
    const out = join(folder, 'figures');
    const options = { layout: 'traces', format: 'jsonl', query: '', seed: 1 } as const;
    const { files } = await exportDataset(options, sessionSource(named), out, { signal: never, onProgress: () => {} });
    fileNames = files.map(({ name }) => name);
    const beside = readdirSync(out).filter((name) => /quality|QUALITY|plot-groups-domain/.test(name));
    expect(beside).toEqual(['QUALITY.md', 'plot-groups-domain.svg', 'quality.json']);
    for (const name of beside) expect(readFileSync(join(out, name), 'utf8').toLowerCase()).toContain('wilhelmina');

    const inJson = JSON.stringify(value.toLowerCase()).slice(1, -1);
    const change = (text: string) =>
      text.replaceAll(inJson, 'nobody').replaceAll(JSON.stringify(value).slice(1, -1), 'nobody');
    await eraseFromDataset(out, erasure({ change }));
    for (const name of beside) {
      const text = readFileSync(join(out, name), 'utf8').toLowerCase();
      expect(text).toContain('nobody');
      expect(text).not.toContain('wilhelmina');
    }
    expectWhole(out);
    expect(await verifyDataset(out)).toMatchObject({ problems: [], manifest_ok: true });
  });

  it('leaves a dataset alone that holds nothing of it', async () => {
    const out = await written('traces', 'jsonl');
    const before = readdirSync(out).map((name) => [name, readFileSync(join(out, name), 'utf8')]);
    expect(await eraseFromDataset(out, erasure({ traceIds: new Set(['nobody']), change: (text) => text }))).toBeNull();
    expect(readdirSync(out).map((name) => [name, readFileSync(join(out, name), 'utf8')])).toEqual(before);
  });
});

async function rowsIn(out: string): Promise<{ trace_id?: unknown }[]> {
  const { files, format } = manifestOf(out);
  const rows: { trace_id?: unknown }[] = [];
  for (const { name } of files) {
    if (format === 'parquet')
      for await (const some of parquetRows(join(out, name))) rows.push(...some.map(({ value }) => value as object));
    else
      for (const line of readFileSync(join(out, name), 'utf8').split('\n'))
        if (line !== '') rows.push(JSON.parse(line));
  }
  return rows;
}

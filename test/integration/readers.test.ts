import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportDataset, exportPairs, fileFormats } from '../../src/main/dataset/index.js';
import type { ExportOptions, Json } from '../../src/shared/model/index.js';
import { agentSession, sessionSource } from '../support/traces.js';

/**
 * Readers that are not ours: `python3 -m venv ~/.cache/sluice-tests/readers` (3.11 or later), then
 * `pip install pyarrow==26.0.1 duckdb==2.0.1 datasets==5.2.0 tfrecord==1.14.6 mlcroissant==1.1.1` there.
 */
const python = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sluice-tests/readers/bin/python');

/** Arguments and results of every kind of JSON. */
const odd: Json[] = [
  { query: 'größe 😀', limit: 3 },
  { query: 7 },
  { query: ['a', null, { deep: [1.5, 'x'] }] },
  {},
  [],
  '{"a": 1',
  'null',
  '=1+1',
  'a "quoted", text\r\nof two lines',
  7.25,
  1e21,
  false,
  null,
  'nul \u0000 and \u2028',
];

const packages: { [name: string]: Partial<ExportOptions> & Pick<ExportOptions, 'layout' | 'format'> } = {
  'tool calls in shards': { layout: 'tool-calls', format: 'huggingface', shard_mb: 0.004 },
  'messages in shards': { layout: 'trl-messages', format: 'huggingface', shard_mb: 0.004 },
  'one Parquet file a split': { layout: 'openai-chat', format: 'parquet', compress: 'zstd' },
  'traces as Parquet': { layout: 'traces', format: 'parquet' },
  pairs: { layout: 'training-example', format: 'huggingface' },
  lines: { layout: 'tool-calls', format: 'jsonl', shard_mb: 0.004 },
  'lines of messages': { layout: 'trl-messages', format: 'jsonl' },
  records: { layout: 'tool-calls', format: 'tfrecord' },
  'records of messages': { layout: 'trl-messages', format: 'tfrecord' },
};

type Verdicts = { [reader: string]: { [name: string]: string | null } };
let verdicts: Verdicts;
let shards: { [name: string]: number };
let root: string;

/** Rows by split as the layout made them: of a file of lines, which holds them as they are. */
async function expected(options: ExportOptions, source: ReturnType<typeof sessionSource>) {
  const out = join(root, `lines of ${options.layout} ${Math.random()}`);
  const { shard_mb: _, compress: __, ...plain } = options;
  await exportDataset({ ...plain, format: 'jsonl' }, source, out, control());
  const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'));
  const rows: { [split: string]: unknown[] } = {};
  for (const { name, split } of manifest.files) {
    rows[split] ??= [];
    for await (const row of fileFormats.jsonl.rows(join(out, name), manifest.columns)) rows[split].push(row);
  }
  return rows;
}

function control() {
  return { signal: new AbortController().signal, onProgress: () => undefined };
}

function sessions() {
  let next = 0;
  return Array.from({ length: 14 }, (_, at) => {
    const session = agentSession(at + 1, 3, at % 3 === 0 ? { ended_at: null, metadata: { odd: odd[at] as Json } } : {});
    for (const call of session.trace.tool_calls) {
      call.arguments = odd[next % odd.length] as Json;
      call.result = odd[(next + 5) % odd.length] as Json;
      if (next % 4 === 1) call.duration_ms = null;
      next += 1;
    }
    return session;
  });
}

describe.runIf(existsSync(python))('what others’ readers find in our files', () => {
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'sluice-readers-'));
    const source = sessionSource(sessions());
    const asked: { [name: string]: unknown } = {};
    shards = {};
    for (const [name, more] of Object.entries(packages)) {
      // No trace falls into the last split.
      const split = { train: 0.7, test: 0.29999, validation: 0.00001 };
      const options: ExportOptions = { query: '', seed: 3, split, pseudonyms: 'project', ...more };
      const out = join(root, name);
      await exportDataset(options, source, out, control());
      const { files, columns } = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'));
      shards[name] = files.length;
      const rows = await expected(options, source);
      asked[name] = { folder: out, config: 'default', format: more.format, columns, files, rows };
    }
    const together = (['tool-calls', 'trl-messages'] as const).map(
      (layout): ExportOptions => ({ query: '', seed: 3, pseudonyms: 'project', layout, format: 'huggingface' }),
    );
    const out = join(root, 'several');
    await exportPairs(together, source, out, control());
    for (const options of together) {
      const { layout, format } = options;
      const { files, columns } = JSON.parse(await readFile(join(out, layout, 'manifest.json'), 'utf8'));
      // `datasets` calls the rows of no split those of training.
      const train = (await expected(options, source)).data;
      const named = files.map((file: object) => ({ ...file, split: 'train' }));
      asked[`${layout} of several`] = { folder: out, config: layout, format, columns, files: named, rows: { train } };
    }
    const run = spawnSync(python, [join(import.meta.dirname, '../support/readers.py')], {
      input: JSON.stringify(asked),
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    if (run.status !== 0) throw new Error(run.stderr);
    verdicts = JSON.parse(run.stdout);
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it.each(['pyarrow', 'duckdb', 'datasets', 'tfrecord', 'mlcroissant'])('%s: every row, one by one', (reader) => {
    const found = verdicts[reader] ?? {};
    expect(Object.keys(found).length).toBeGreaterThan(0);
    expect(Object.entries(found).filter(([, problem]) => problem !== null)).toEqual([]);
  });

  it('were asked for splits of several files, and for one without rows', () => {
    expect(shards['tool calls in shards']).toBeGreaterThan(4);
    expect(shards.lines).toBeGreaterThan(4);
    expect(shards['one Parquet file a split']).toBe(3);
  });
});

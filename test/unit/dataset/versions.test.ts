import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { buildVersion, createDatasets, type GuardExport, verifyDataset } from '../../../src/main/dataset/index.js';
import { datasetDefinitionSchema } from '../../../src/shared/model/index.js';
import { agentSession, sessionSource } from '../../support/traces.js';
import { freshFolder, unhurried } from './support.js';

const guard: GuardExport = (order, write) => write(order.control);
const by = { actor: { kind: 'studio', token_id: null }, allow_leaks: null } as const;

async function dataset(layouts = ['tool-calls']) {
  const folder = await freshFolder();
  const sessions = [1, 2, 3].map((seed) => agentSession(seed, 2, { revision: 1 }));
  const source = sessionSource(sessions);
  const datasets = createDatasets(folder, source);
  await datasets.create('calls', datasetDefinitionSchema.parse({ layouts, format: 'jsonl' }));
  const build = (from = source, out: string | null = null, resumed: number | null = null) =>
    buildVersion({ name: 'calls', out, ...by }, datasets.files, from, {
      guard,
      control: { ...unhurried(), resumed, onVersion: () => undefined },
    });
  return { folder, sessions, source, datasets, build };
}

it('a dataset is a definition and versions; the same traces give the same rows under the same pseudonyms', async () => {
  const { datasets, build } = await dataset();
  const [first, second] = [await build(), await build()];
  expect([first.version, second.version]).toEqual([1, 2]);
  expect(second.sha256).toBe(first.sha256);
  for (const { name } of first.files)
    expect(await readFile(join(second.out, name))).toEqual(await readFile(join(first.out, name)));
  expect(await verifyDataset(second.out)).toMatchObject({ problems: [], manifest_ok: true });
  expect(JSON.parse(await readFile(join(second.out, 'versions.json'), 'utf8'))).toMatchObject({
    dataset: 'calls',
    version: 2,
    earlier: [{ version: 1, rows: first.rows }],
  });
  expect(await datasets.list()).toMatchObject([
    {
      name: 'calls',
      versions: [
        { version: 1, stale_rows: 0 },
        { version: 2, stale_rows: 0 },
      ],
    },
  ]);
});

it('tells what an erasure, a change and a review touch, and how two versions differ', async () => {
  const { folder, sessions, build, datasets } = await dataset(['tool-calls', 'openai-chat']);
  const first = await build();
  const [gone, changed, reviewed] = sessions.map(({ trace }) => trace);
  if (!gone || !changed || !reviewed) throw new TypeError('three sessions');
  changed.revision = 2;
  (changed.tool_calls[0] as { name: string }).name = 'other';
  reviewed.review = {
    trace_id: reviewed.trace_id,
    label: 'accepted',
    rating: null,
    tags: [],
    note: '',
    updated_at: new Date(Date.now() + 1000).toISOString(),
  };
  const later = sessionSource(sessions.slice(1));
  const now = createDatasets(folder, later);
  const { stale, stale_rows } = await now.version('calls', 1);
  expect(stale).toMatchObject({ erased: 3, changed: 3, relabelled: 3, policy: 0 });
  expect(stale_rows).toBe(first.rows);
  const second = await build(later);
  const diff = await datasets.diff('calls', 1, 2);
  expect(diff).toMatchObject({ added: 0, removed: 3, figures: { rows: { before: first.rows, after: second.rows } } });
  expect(diff.changed).toBeGreaterThan(0);
});

it('training runs stand beside the version that they used, joined to its rows', async () => {
  const { datasets, build } = await dataset();
  const { rows } = await build();
  const run = { run_id: 'run-1', model: 'small', metrics: { loss: 0.5 } };
  expect((await datasets.addRun('calls', 1, run)).training_runs).toMatchObject([{ run_id: 'run-1', rows, traces: 3 }]);
  const some = { ...run, rows: [{ file: 'data.jsonl', row: 0 }] };
  expect((await datasets.addRun('calls', 1, some)).training_runs).toMatchObject([{ rows: 1, traces: 1 }]);
  const unknown = { ...run, rows: [{ file: 'data.jsonl', row: 99 }] };
  await expect(datasets.addRun('calls', 1, unknown)).rejects.toMatchObject({ code: 'validation_failed' });
  await expect(datasets.version('calls', 9)).rejects.toMatchObject({ code: 'dataset_unknown' });
});

it('a build that breaks off leaves the versions of before', async () => {
  const { folder, datasets, build, source } = await dataset();
  await build();
  const broken = {
    ...source,
    traces(): never {
      throw new TypeError('the disk is full');
    },
  };
  await expect(build(broken)).rejects.toThrow('the disk is full');
  expect(await datasets.files.versions('calls')).toEqual([1]);
  expect(await readdir(join(folder, 'calls', 'data'))).toEqual(['1']);
  await expect(
    datasets.create('../x', datasetDefinitionSchema.parse({ layouts: ['traces'], format: 'csv' })),
  ).rejects.toThrow('no name for a dataset');
});

it('builds at the same time get numbers of their own and leave each other’s data', async () => {
  const { datasets, build } = await dataset();
  const built = await Promise.all([build(), build(), build()]);
  expect(built.map(({ version }) => version).sort()).toEqual([1, 2, 3]);
  for (const { out } of built) expect(await verifyDataset(out)).toMatchObject({ problems: [], manifest_ok: true });
  expect(await datasets.files.versions('calls')).toEqual([1, 2, 3]);
  expect(
    (await readdir(dirname(dirname((built[0] as { out: string }).out)))).filter((name) => /claim/.test(name)),
  ).toEqual([]);
});

it('a number goes to the next build when the one that had it was killed, and stays with one that runs', async () => {
  const { folder, build } = await dataset();
  const claim = (pid: number) => ({ id: 'x', pid, begun: Date.now() + 1000, out: '/elsewhere', definition: '' });
  // No process has so high a number; the parent of this one is alive.
  await writeFile(join(folder, 'calls', '1.claim'), JSON.stringify(claim(2 ** 30)));
  await writeFile(join(folder, 'calls', '2.claim'), JSON.stringify(claim(process.ppid)));
  expect([(await build()).version, (await build()).version]).toEqual([1, 3]);
});

it('a build into a folder of its own that was cut off before it could say so goes on with what it wrote', async () => {
  const { folder, datasets, build, source } = await dataset(['tool-calls', 'openai-chat']);
  const out = join(folder, 'elsewhere', 'first');
  const first = await build(source, out);
  const record = join(folder, 'calls', '1.json');
  const definition = await datasets.files.definition('calls');
  const left = {
    id: 'x',
    pid: 2 ** 30,
    begun: 0,
    out,
    definition: createHash('sha256').update(JSON.stringify(definition)).digest('hex'),
  };
  await rm(record);
  await writeFile(join(folder, 'calls', '1.claim'), JSON.stringify(left));
  expect(await build(source, out)).toMatchObject({ ...first, created_at: expect.any(String) });
  // The job that made it hears of it, though it was told already.
  expect(await build(source, out, 1)).toMatchObject({ version: 1, rows: first.rows });
  // Another order does not take it for its own.
  await rm(record);
  await writeFile(join(folder, 'calls', '1.claim'), JSON.stringify({ ...left, definition: 'other' }));
  await expect(build(source, out)).rejects.toMatchObject({ code: 'export_target_exists' });
});

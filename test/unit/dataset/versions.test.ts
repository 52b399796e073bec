import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  buildVersion,
  createDatasets,
  eraseFromDataset,
  type GuardExport,
  verifyDataset,
} from '../../../src/main/dataset/index.js';
import {
  checkVersion,
  findFile,
  listContents,
  readFigures,
  readFindings,
  readRows,
} from '../../../src/main/dataset/versions/looks.js';
import { rowsOfVersion } from '../../../src/main/dataset/versions/rows.js';
import { builtPlaces } from '../../../src/main/dataset/versions/runs.js';
import { type JobStep, silent } from '../../../src/main/ground/job-kind.js';
import {
  type DatasetDiffRows,
  datasetDefinitionSchema,
  type VersionFindings,
} from '../../../src/shared/model/index.js';
import { agentSession, sessionSource } from '../../support/traces.js';
import { freshFolder, unhurried } from './support.js';

const guard: GuardExport = (order, write) => write(order.control);
const by = { actor: { kind: 'studio', token_id: null }, allow_leaks: null } as const;

/** A step as the work thread runs it. */
function look<P, R>(step: JobStep<P, R, { datasetsFolder: string }>, folder: string, asked: object): Promise<R> {
  return step.run(step.params.parse({ name: 'calls', ...asked }), silent, { datasetsFolder: folder });
}

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
  expect(await datasets.list()).toMatchObject({
    items: [
      {
        name: 'calls',
        versions: [
          { version: 1, stale_rows: 0 },
          { version: 2, stale_rows: 0 },
        ],
      },
    ],
    next_cursor: null,
  });
});

it('datasets are listed page by page, each once', async () => {
  const { datasets } = await dataset();
  for (const name of ['zebra', 'new', 'a.b'])
    await datasets.create(name, datasetDefinitionSchema.parse({ layouts: ['tool-calls'], format: 'jsonl' }));
  const names: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof datasets.list>> = await datasets.list(cursor, 2);
    names.push(...page.items.map(({ name }) => name));
    cursor = page.next_cursor;
  } while (cursor !== null);
  expect(names).toEqual(['a.b', 'calls', 'new', 'zebra']);
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

  // The rows themselves, paged: every one that differs once, and its number leads to what it holds.
  const found: DatasetDiffRows['items'] = [];
  for (let from: number | null = 0; from !== null; ) {
    const page: DatasetDiffRows = await datasets.diffRows('calls', 1, 2, { kind: null, from, limit: 2 });
    found.push(...page.items);
    from = page.next_from;
  }
  const of = (kind: string) => found.filter((row) => row.kind === kind);
  expect([of('added').length, of('removed').length, of('changed').length]).toEqual([0, 3, diff.changed]);
  expect(new Set(of('removed').map(({ trace_id }) => trace_id))).toEqual(new Set([gone.trace_id]));
  expect(new Set(of('changed').map(({ trace_id }) => trace_id))).toEqual(new Set([changed.trace_id]));
  const removed = await datasets.diffRows('calls', 1, 2, { kind: 'removed', from: 1, limit: 5 });
  expect(removed).toMatchObject({ items: of('removed').slice(1), next_from: null });
  for (const { before, after } of of('changed')) {
    const [old] = (await look(readRows, folder, { version: 1, from: before?.number, limit: 1 })).rows;
    const [fresh] = (await look(readRows, folder, { version: 2, from: after?.number, limit: 1 })).rows;
    expect([old?.file, old?.row, fresh?.file, fresh?.row]).toEqual([
      before?.file,
      before?.row,
      after?.file,
      after?.row,
    ]);
    expect(old?.value).not.toEqual(fresh?.value);
  }
});

it('what a trainer finds is read page by page, all of it, and by its code', async () => {
  const { folder, build } = await dataset(['openai-chat', 'tool-calls']);
  await build();
  const trainer = 'trl';
  const check = await look(checkVersion, folder, { version: 1, trainer });
  const whole = await look(readFindings, folder, { version: 1, trainer, code: null, from: 0, limit: 200 });
  expect(whole.items).toEqual(check.trainer?.named);
  expect(whole.items.length).toBeGreaterThan(2);
  const read = async (code: string | null) => {
    const found = [];
    for (let from: number | null = 0; from !== null; ) {
      const page: VersionFindings = await look(readFindings, folder, { version: 1, trainer, code, from, limit: 2 });
      found.push(...page.items);
      from = page.next_from;
    }
    return found;
  };
  expect(await read(null)).toEqual(whole.items);
  const code = whole.items.at(-1)?.code ?? '';
  expect(await read(code)).toEqual(whole.items.filter((finding) => finding.code === code));
});

it('the files of a version are what its manifests name and lies there as a file: no link, and nothing outside', async () => {
  const { folder, build } = await dataset(['openai-chat', 'tool-calls']);
  const built = await build();
  const files = await look(listContents, folder, { version: 1 });
  const part = dirname(built.files[0]?.name as string);
  expect(files.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      ...built.files.map(({ name }) => name),
      'manifest.json',
      'manifest.sig',
      ...['provenance.parquet', 'README.md', 'quality.json', 'manifest.json'].map((name) => `${part}/${name}`),
    ]),
  );
  for (const { name, bytes, sha256 } of files) {
    const data = await readFile(await look(findFile, folder, { version: 1, file: name }));
    expect([data.length, createHash('sha256').update(data).digest('hex')]).toEqual([bytes, sha256]);
  }
  const none = (file: string) =>
    expect(look(findFile, folder, { version: 1, file })).rejects.toMatchObject({ code: 'not_found' });
  await none('../1.json');
  await none(`${part}/../${part}/data.jsonl`);
  await none(part);
  // Somebody edits the manifest, and puts links where files were.
  const outside = join(folder, 'outside.txt');
  await writeFile(outside, 'theirs');
  const path = join(built.out, part, 'manifest.json');
  const manifest = JSON.parse(await readFile(path, 'utf8'));
  manifest.beside.push(
    { name: '/etc/hosts', bytes: 1, sha256: '' },
    { name: '../../../../outside.txt', bytes: 6, sha256: '' },
  );
  await writeFile(path, JSON.stringify(manifest));
  await rm(join(built.out, part, 'README.md'));
  await symlink(outside, join(built.out, part, 'README.md'));
  const now = (await look(listContents, folder, { version: 1 })).map(({ name }) => name);
  expect(now).toContain(`${part}/quality.json`);
  expect(now).not.toContain(`${part}/README.md`);
  expect(now.filter((name) => name.includes('..') || name.startsWith('/') || name.includes('outside'))).toEqual([]);
  await none(`${part}/README.md`);
  await none(`${part}/../../../../outside.txt`);
  // Data that no build wrote: nothing of such a folder is given.
  manifest.files.push({ name: '../../../../outside.txt', rows: 1, bytes: 6, sha256: '' });
  await writeFile(path, JSON.stringify(manifest));
  await expect(look(listContents, folder, { version: 1 })).rejects.toMatchObject({ code: 'validation_failed' });
  manifest.files.pop();
  await writeFile(path, JSON.stringify(manifest));
  // A folder that is a link to elsewhere.
  const elsewhere = join(folder, 'elsewhere');
  await rename(join(built.out, part), elsewhere);
  await symlink(elsewhere, join(built.out, part));
  await none(`${part}/data.jsonl`);
});

it('a version or a definition that somebody made unreadable hides no other', async () => {
  const { folder, datasets, build } = await dataset();
  await build();
  await build();
  await datasets.create('others', datasetDefinitionSchema.parse({ layouts: ['tool-calls'], format: 'jsonl' }));
  await writeFile(join(folder, 'calls/1.json'), '{"name":');
  await writeFile(join(folder, 'others/definition.json'), '');
  expect((await datasets.list()).items).toMatchObject([
    { name: 'calls', versions: [{ version: 2 }] },
    { name: 'others', definition: null, versions: [] },
  ]);
  expect((await datasets.versions('calls')).map(({ version }) => version)).toEqual([2]);
  await expect(datasets.version('calls', 1)).rejects.toMatchObject({ code: 'dataset_unknown' });
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
  // Both killed and running while they claimed: the first before it had written anything.
  await writeFile(join(folder, 'calls', `1.claim.${2 ** 30}.y`), '');
  await writeFile(join(folder, 'calls', `9.claim.${2 ** 30}.z.left`), JSON.stringify(claim(2 ** 30)));
  await writeFile(join(folder, 'calls', `2.claim.${process.ppid}.w`), '');
  expect([(await build()).version, (await build()).version]).toEqual([1, 3]);
  expect((await readdir(join(folder, 'calls'))).filter((name) => /claim/.test(name)).sort()).toEqual([
    '2.claim',
    `2.claim.${process.ppid}.w`,
  ]);
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

describe('training runs after an erasure', () => {
  async function erased() {
    const all = await dataset();
    const { datasets, build, sessions, folder } = all;
    const built = await build();
    const gone = (sessions[0] as (typeof sessions)[number]).trace.trace_id;
    const kept = all.sessions.slice(1);
    const before: { trace_id: string; sha256: string }[] = [];
    for await (const { trace_id, sha256 } of rowsOfVersion(datasets.files, await datasets.files.record('calls', 1)))
      before.push({ trace_id, sha256 });
    const erase = () =>
      eraseFromDataset(built.out, {
        fileNames: built.files.map(({ name }) => name),
        erasure_id: 'e',
        traceIds: new Set([gone]),
        rowKeys: new Set(),
        change: (text) => text.replaceAll('read_file', '<NAME>'),
        signal: new AbortController().signal,
        signer: all.source.signer,
      });
    return { ...all, built, gone, before, erase, now: createDatasets(folder, sessionSource(kept)) };
  }
  const run = { run_id: 'run-1', model: 'small', metrics: { loss: 0.5 } };

  it('are joined to the rows that they used, by place as they lie there and by hash whenever it was', async () => {
    const { datasets, before, gone, erase, now, built } = await erased();
    const tracesOf = async (runId: string) => {
      const file = built.files[0]?.name;
      const places = (await datasets.files.runs('calls', 1)).find(({ run_id }) => run_id === runId)?.rows;
      return places?.map((place) => (place.file === file ? before[place.row]?.trace_id : null));
    };
    await datasets.addRun('calls', 1, { ...run, rows: [{ file: 'data.jsonl', row: 0 }] });
    expect(await tracesOf('run-1')).toEqual([before[0]?.trace_id]);
    await erase();
    // What was told before means what it meant.
    expect((await now.version('calls', 1)).training_runs).toMatchObject([
      { run_id: 'run-1', rows: 1, traces: 1, erased_rows: before[0]?.trace_id === gone ? 1 : 0 },
    ]);
    const left = before.filter(({ trace_id }) => trace_id !== gone);
    const later = { ...run, run_id: 'run-2', rows: left.map((_, row) => ({ file: 'data.jsonl', row })) };
    await now.addRun('calls', 1, later);
    expect(await tracesOf('run-2')).toEqual(left.map(({ trace_id }) => trace_id));
    await now.addRun('calls', 1, { ...run, run_id: 'run-3', rows: before.map(({ sha256 }) => ({ sha256 })) });
    expect(await tracesOf('run-3')).toEqual(before.map(({ trace_id }) => trace_id));
    await now.addRun('calls', 1, { ...run, run_id: 'run-4' });
    expect((await now.version('calls', 1)).training_runs).toMatchObject([
      { run_id: 'run-1' },
      { run_id: 'run-2', rows: left.length, traces: 2, erased_rows: 0 },
      { run_id: 'run-3', rows: before.length, traces: 3, erased_rows: before.length - left.length },
      { run_id: 'run-4', rows: before.length, traces: 3, erased_rows: before.length - left.length },
    ]);
    const beyond = { ...run, rows: [{ file: 'data.jsonl', row: left.length }] };
    await expect(now.addRun('calls', 1, beyond)).rejects.toMatchObject({ code: 'validation_failed' });
    const unknown = { ...run, rows: [{ sha256: 'ff' }] };
    await expect(now.addRun('calls', 1, unknown)).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('that an older version wrote down are read', async () => {
    const { folder, datasets, built } = await erased();
    const line = { ...run, rows: [{ file: 'data.jsonl', row: 1 }], recorded_at: '2026-11-01T00:00:00Z' };
    await writeFile(join(folder, 'calls', '1.runs.jsonl'), `${JSON.stringify(line)}\n`);
    expect((await datasets.version('calls', built.version)).training_runs).toMatchObject([{ rows: 1, traces: 1 }]);
  });

  it('a row’s place when it was built is found of what is left of a file', () => {
    const row = (trace_id: string, sha256: string) => ({
      trace_id,
      sha256,
      other_trace_id: null,
      revision: 1,
      call_id: null,
      step_id: null,
      row: 0,
    });
    const built = [row('a', '1'), row('b', '2'), row('b', '3'), row('c', '4'), row('b', '5')];
    expect(builtPlaces(built, [row('b', '3'), row('c', 'x'), row('b', '5')])).toEqual([2, 3, 4]);
    expect(builtPlaces(built, [row('a', '1'), row('b', 'x'), row('c', '4')])).toEqual([0, 1, 3]);
    expect(builtPlaces(built, [])).toEqual([]);
  });
});

it('an erasure takes values and traces out of what is written down beside the data', async () => {
  const { folder, datasets, sessions, build } = await dataset();
  const [one, two] = sessions.map(({ trace }) => trace.trace_id) as [string, string];
  await build();
  const definition = datasetDefinitionSchema.parse({
    layouts: ['tool-calls'],
    format: 'jsonl',
    query: 'client:harbour tag:"Jo Pike"',
    trace_ids: [one, two],
  });
  await datasets.create('calls', definition);
  await datasets.addRun('calls', 1, { run_id: 'Jo Pike 7', model: 'm', metrics: { 'loss of Jo Pike': 1 } });
  const change = (text: string) => text.replaceAll('Jo Pike', '<PERSON_1a2b3c4d>');
  const definitionOf = (stored: typeof definition) => ({ ...stored, query: change(stored.query), trace_ids: [two] });
  expect(await datasets.files.rewrite('calls', change, definitionOf)).toBe(2);
  expect(await datasets.files.definition('calls')).toMatchObject({ trace_ids: [two] });
  const files = (await readdir(join(folder, 'calls'), { withFileTypes: true })).filter((each) => each.isFile());
  for (const { name } of files) expect(await readFile(join(folder, 'calls', name), 'utf8')).not.toContain('Pike');
  expect((await datasets.version('calls', 1)).training_runs).toMatchObject([
    { run_id: '<PERSON_1a2b3c4d> 7', traces: 3 },
  ]);
  expect(await datasets.files.rewrite('calls', change, definitionOf)).toBe(0);
});

describe('whoever may write into a version’s folder', () => {
  const secret = '{"secret":"of another program"}\n';
  const looks = async (
    change: (out: string, manifest: { files: { name: string; rows: number }[] }) => Promise<unknown>,
  ) => {
    const { folder, build } = await dataset();
    const { out } = await build();
    await writeFile(join(folder, 'other.jsonl'), secret);
    await change(out, JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8')));
    const asked = { name: 'calls', version: 1 };
    const tools = { datasetsFolder: folder };
    const told = await Promise.allSettled([
      readRows.run({ ...asked, from: 1, limit: 20 }, unhurried() as never, tools),
      readFigures.run(asked, unhurried() as never, tools),
      checkVersion.run({ ...asked, trainer: 'openai' }, unhurried() as never, tools),
    ]);
    return { told, text: JSON.stringify(told) };
  };

  it('shows nobody another file by a name in the manifest', async () => {
    const { told, text } = await looks((out, manifest) => {
      for (const file of manifest.files) Object.assign(file, { name: '../../../other.jsonl', rows: 1 });
      return writeFile(join(out, 'manifest.json'), JSON.stringify(manifest));
    });
    expect(told[0]).toMatchObject({ status: 'rejected', reason: { code: 'validation_failed' } });
    expect(text).not.toContain('of another program');
  });

  it.each(['manifest.json', 'quality.json', 'data'])(
    'shows nobody another file by a link in the place of %s',
    async (which) => {
      const { told, text } = await looks(async (out, { files }) => {
        const name = which === 'data' ? (files[0]?.name as string) : which;
        await rm(join(out, name));
        await symlink(join(out, '../../../other.jsonl'), join(out, name));
      });
      expect(text).not.toContain('of another program');
      expect(told.some(({ status }) => status === 'rejected')).toBe(true);
    },
  );
});

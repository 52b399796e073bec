import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildVersion, createDatasets, type GuardExport } from '../../../src/main/dataset/index.js';
import { checkVersion, readFigures, readRows } from '../../../src/main/dataset/versions/looks.js';
import { silent } from '../../../src/main/ground/job-kind.js';
import { datasetDefinitionSchema } from '../../../src/shared/model/index.js';
import { agentSession, sessionSource } from '../../support/traces.js';
import { freshFolder, readJsonl, unhurried } from './support.js';

const guard: GuardExport = (order, write) => write(order.control);

async function built(definition: object) {
  const folder = await freshFolder();
  const source = sessionSource([1, 2, 3].map((seed) => agentSession(seed, 3)));
  const datasets = createDatasets(folder, source);
  await datasets.create('looked', datasetDefinitionSchema.parse(definition));
  const order = { name: 'looked', out: null, actor: { kind: 'studio', token_id: null }, allow_leaks: null } as const;
  const control = { ...unhurried(), resumed: null, onVersion: () => undefined };
  const version = await buildVersion(order, datasets.files, source, { guard, control });
  return { version, tools: { datasetsFolder: folder } };
}
const first = { name: 'looked', version: 1 };

it('rows are found by their number over all files, parts and splits, as the files hold them', async () => {
  const { version, tools } = await built({
    layouts: ['tool-calls', 'openai-chat'],
    format: 'jsonl',
    shard_mb: 0.001,
    split: { train: 0.6, test: 0.4 },
  });
  const all = [];
  for (const { name } of version.files)
    for (const [at, value] of (await readJsonl(join(version.out, name))).entries())
      all.push({ number: all.length + 1, file: name, row: at + 1, value });
  expect(version.files.length).toBeGreaterThan(4);
  for (const [from, limit] of [
    [1, 20],
    [4, 3],
    [all.length, 5],
    [2, 1],
  ] as const) {
    const { total, rows } = await readRows.run({ ...first, from, limit }, silent, tools);
    expect(total).toBe(all.length);
    expect(rows).toEqual(all.slice(from - 1, from - 1 + limit));
  }
  expect(await readRows.run({ ...first, from: all.length + 1, limit: 2 }, silent, tools)).toEqual({
    total: all.length,
    rows: [],
  });
});

it('rows of typed files come back as values', async () => {
  const { tools, version } = await built({ layouts: ['tool-calls'], format: 'huggingface' });
  const { total, rows } = await readRows.run({ ...first, from: 2, limit: 1 }, silent, tools);
  expect(total).toBe(version.rows);
  expect(rows).toMatchObject([{ number: 2, row: 2, value: { name: 'search', arguments: { query: 'needle 1' } } }]);
});

it('figures stand by part; a folder that is gone is named', async () => {
  const { tools, version } = await built({ layouts: ['tool-calls', 'openai-chat'], format: 'jsonl' });
  const figures = await readFigures.run(first, silent, tools);
  expect(figures.map(({ part }) => part)).toEqual(['tool-calls', 'openai-chat']);
  expect(figures[0]?.quality).toMatchObject({
    rows: 9,
    traces: 3,
    agreement: { between: [] },
    duplicates: { near: null },
  });
  await rm(join(version.out, 'openai-chat', 'quality.json'));
  await expect(readFigures.run(first, silent, tools)).rejects.toMatchObject({ code: 'export_unreadable' });
  await expect(readFigures.run({ ...first, version: 2 }, silent, tools)).rejects.toMatchObject({
    code: 'dataset_unknown',
  });
});

it('a check tells what was changed since, and what a trainer would do to each row', async () => {
  const { tools, version } = await built({ layouts: ['openai-chat'], format: 'jsonl' });
  const asked = { ...first, trainer: null };
  expect(await checkVersion.run(asked, silent, tools)).toMatchObject({
    ok: true,
    rows: version.rows,
    manifest_ok: true,
    problems: [],
    trainer: null,
  });
  const { trainer } = await checkVersion.run({ ...first, trainer: 'trl' }, silent, tools);
  expect(trainer).toMatchObject({ trainer: 'trl', rows: version.rows, named: expect.any(Array) });
  const path = join(version.out, 'data.jsonl');
  await writeFile(path, (await readFile(path, 'utf8')).replace('needle 1', 'needle 9'));
  const changed = await checkVersion.run(asked, silent, tools);
  expect(changed).toMatchObject({ ok: false, rows: version.rows, manifest_ok: true });
  expect(changed.problems).toContainEqual({
    file: 'data.jsonl',
    row: null,
    message: 'is not the file that was written',
  });
  expect(changed.problems.some(({ row }) => row === 1)).toBe(true);
});

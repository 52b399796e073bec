import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportDataset, exportPairs, fileFormats, pairsOf, verifyDataset } from '../../../src/main/dataset/index.js';
import { type ExportOptions, emptyLines, fileFormatIds, type Json } from '../../../src/shared/model/index.js';
import { agentSession, sessionSource } from '../../support/traces.js';
import { exportOptions, freshFolder, unhurried } from './support.js';

/** Arguments of every kind of JSON, and texts that a spreadsheet would run. */
const odd: Json[] = [
  { a: 1 },
  ['x', null, 2.5],
  '=HYPERLINK("http://127.0.0.1/")',
  '+1',
  '-2+3',
  '@sum',
  '\ttab',
  "'quoted'",
  '',
  'a "b", c\nd\r\ne',
  7,
  true,
  null,
  '＝１',
];

function source() {
  const sessions = [1, 2, 3, 4].map((seed) => agentSession(seed, 4));
  let next = 0;
  for (const { trace } of sessions)
    for (const call of trace.tool_calls) {
      call.arguments = odd[next % odd.length] as Json;
      const text = odd[(next + 3) % odd.length];
      call.result = typeof text === 'string' ? text : null;
      call.name = next % 5 === 0 ? '=cmd' : call.name;
      next += 1;
    }
  return sessionSource(sessions);
}

async function rowsIn(out: string): Promise<Json[]> {
  const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'));
  const rows: Json[] = [];
  for (const { name } of manifest.files)
    for await (const row of fileFormats[manifest.format as ExportOptions['format']].rows(
      join(out, name),
      manifest.columns,
    ))
      rows.push(withoutNull(row as Json));
  return rows;
}

/** Files that cannot leave a column out have null in its place. */
function withoutNull(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => (each === null ? [] : [[name, withoutNull(each)]])),
  );
}

describe.each(fileFormatIds)('files of %s', (format) => {
  const packings = [undefined, ...(['gzip', 'zstd'] as const).filter((how) => how in fileFormats[format].packed)];

  it.each(packings)('hold the rows as they are, packed with %s', async (compress) => {
    for (const layout of ['tool-calls', 'openai-chat', 'traces'] as const) {
      const folder = await freshFolder();
      const packed = { layout, format, pseudonyms: 'project' as const, ...(compress ? { compress } : {}) };
      await exportDataset(exportOptions(packed), source(), join(folder, 'out'), unhurried());
      await exportDataset(
        exportOptions({ layout, pseudonyms: 'project' }),
        source(),
        join(folder, 'plain'),
        unhurried(),
      );
      const verified = await verifyDataset(join(folder, 'out'));
      expect(verified).toMatchObject({ problems: [], manifest_ok: true });
      const rows = await rowsIn(join(folder, 'out'));
      if (format !== 'tfrecord') expect(rows).toEqual(await rowsIn(join(folder, 'plain')));
      expect(rows).toHaveLength(verified.rows);
    }
  });

  it('goes on in another file where one is large enough, with the same columns', async () => {
    const out = join(await freshFolder(), 'out');
    const options = exportOptions({ format, shard_mb: 0.0005, split: { train: 0.5, test: 0.5 } });
    await exportDataset(options, source(), out, unhurried());
    const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'));
    const names: string[] = manifest.files.map(({ name }: { name: string }) => name);
    const train = names.filter((name) => name.includes('train'));
    expect(train.length).toBeGreaterThan(1);
    expect(train[0]).toMatch(new RegExp(`train-00000-of-0000${train.length}\\.`));
    expect(await verifyDataset(out)).toMatchObject({ problems: [], rows: 16 });
    expect((await readdir(out)).filter((name) => name.includes('draft'))).toEqual([]);
  });

  it('gives the same bytes twice, and tells when one is changed', async () => {
    const folder = await freshFolder();
    const options = exportOptions({ format, pseudonyms: 'project' });
    for (const name of ['a', 'b']) await exportDataset(options, source(), join(folder, name), unhurried());
    for (const name of await readdir(join(folder, 'a'), { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const there = join(name.parentPath, name.name);
      expect(await readFile(there)).toEqual(await readFile(there.replace('/a', '/b')));
    }
    const { files } = JSON.parse(await readFile(join(folder, 'a', 'manifest.json'), 'utf8'));
    const path = join(folder, 'a', files[0].name);
    const bytes = await readFile(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
    await writeFile(path, bytes);
    const { problems } = await verifyDataset(join(folder, 'a'));
    expect(problems.length).toBeGreaterThan(0);
  });
});

it('a spreadsheet finds no formula in CSV', async () => {
  const out = join(await freshFolder(), 'out');
  await exportDataset(exportOptions({ format: 'csv' }), source(), out, unhurried());
  const text = await readFile(join(out, 'data.csv'), 'utf8');
  expect(text).toContain("'=cmd");
  for (const line of text.split('\n')) expect(line).not.toMatch(/(?:^|,)"?[=+@\t＝＋－＠]/);
});

it('several pairs stand in folders of their own, under one manifest', async () => {
  const out = join(await freshFolder(), 'out');
  const orders = [
    exportOptions({ layout: 'tool-calls' }),
    exportOptions({ layout: 'openai-chat', package: 'conversations' }),
  ];
  const result = await exportPairs(orders, source(), out, unhurried());
  expect(result.files.map(({ name }) => name)).toEqual([
    'tool-calls/data.jsonl',
    'conversations/openai-chat/data.jsonl',
  ]);
  expect(await verifyDataset(out)).toMatchObject({ problems: [], manifest_ok: true, rows: result.rows });
});

it('a pair that gets no row is named with the reasons, in the result and in the manifest', async () => {
  const out = join(await freshFolder(), 'out');
  const orders = [
    exportOptions({ layout: 'tool-calls' }),
    exportOptions({ layout: 'trl-preference', package: 'preference' }),
  ];
  const result = await exportPairs(orders, source(), out, unhurried());
  expect(result.empty).toMatchObject([{ package: 'preference', layout: 'trl-preference' }]);
  const reasons = Object.entries(result.empty?.[0]?.reasons ?? {});
  expect(reasons.length).toBeGreaterThan(0);
  expect(emptyLines(result)).toEqual([
    `preference as trl-preference: no row: ${reasons.map(([reason, count]) => `${reason} (${count})`).join('; ')}`,
  ]);
  expect(JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8')).empty).toEqual(result.empty);
  expect(await verifyDataset(out)).toMatchObject({ problems: [], manifest_ok: true });
});

it('a pair without sense is refused with the reason', () => {
  const named = { packages: ['conversations'], layouts: ['tool-calls'] } as const;
  expect(() => pairsOf(named)).toThrow(/conversations as tool-calls makes no sense/);
});

it('what somebody changed afterwards is told: a manifest, its signature, a row', async () => {
  const folder = await freshFolder();
  const out = join(folder, 'out');
  await exportDataset(exportOptions(), source(), out, unhurried());
  const manifest = await readFile(join(out, 'manifest.json'), 'utf8');
  await writeFile(join(out, 'manifest.json'), manifest.replace('"seed": 0', '"seed": 1'));
  expect(await verifyDataset(out)).toMatchObject({ manifest_ok: false });
  await writeFile(join(out, 'manifest.json'), manifest);
  const data = join(out, 'data.jsonl');
  await writeFile(data, (await readFile(data, 'utf8')).replace('"name":"', '"name":"x'));
  const { problems, manifest_ok } = await verifyDataset(out);
  expect(manifest_ok).toBe(true);
  expect(problems.map(({ row }) => row)).toContain(1);
});

it('groups are capped at the median one, and what that leaves out is counted', async () => {
  const sessions = Array.from({ length: 12 }, (_, seed) => agentSession(seed + 1, 1));
  for (const [index, { trace }] of sessions.entries())
    trace.metadata = { domain: index < 9 ? 'large' : `small-${index % 2}` };
  const out = join(await freshFolder(), 'out');
  const result = await exportDataset(exportOptions({ balance: ['domain'] }), sessionSource(sessions), out, unhurried());
  const quality = JSON.parse(await readFile(join(out, 'quality.json'), 'utf8'));
  expect(quality.balance).toEqual({ by: ['domain'], cap: 2, dropped: { 'domain large': 7 } });
  expect(result.traces).toBe(5);
});

import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eraseFromDataset, exportDataset, verifyDataset } from '../../../../src/main/dataset/index.js';
import { type Augmentation, augmentationSchema, type ExportOptions } from '../../../../src/shared/model/index.js';
import { agentSession, type Session, sessionSource, testId } from '../../../support/traces.js';
import { exportOptions, freshFolder, readJsonl, unhurried } from '../support.js';

const plain: Augmentation = { ids: ['edge-cases', 'failure-injection'], share: 0.2, seed: 1 };

async function built(options: Partial<ExportOptions> = {}, sessions: Session[] = many(12)) {
  const out = join(await freshFolder(), 'out');
  const order = exportOptions({
    package: 'decision-making',
    layout: 'training-example',
    pseudonyms: 'project',
    augment: plain,
    ...options,
  });
  await exportDataset(order, sessionSource(sessions), out, unhurried());
  const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'));
  return { out, manifest, rows: (name: string) => readJsonl(join(out, name)) };
}

function many(count: number): Session[] {
  return Array.from({ length: count }, (_, number) => agentSession(number + 1, 2));
}

describe('derived rows', () => {
  it('stand in files of their own, never more than their share, and say what they were made of and how', async () => {
    const { out, manifest, rows } = await built();
    const [real, derived] = [await rows('data.jsonl'), await rows('data_augmented.jsonl')];
    expect(derived.length).toBe(Math.floor(real.length / 4));
    expect(JSON.stringify(real)).not.toContain('"derived"');
    const notes = await rows('augmented.jsonl');
    expect(notes).toHaveLength(derived.length);
    for (const [index, row] of derived.entries()) {
      const { metadata } = row as { metadata: { trace_id: string; call_id: string; derived: { by: string }[] } };
      const [note] = metadata.derived;
      expect(notes[index]).toMatchObject({ file: 'data_augmented.jsonl', row: index, ...note });
      expect(note).toMatchObject({ from: { trace_id: metadata.trace_id, call_id: metadata.call_id } });
    }
    expect(manifest.rows).toBe(real.length + derived.length);
    expect(manifest.augmentation).toMatchObject({ ...plain, rows: derived.length });
    const card = await readFile(join(out, 'README.md'), 'utf8');
    expect(card).toContain(`**${derived.length} of ${manifest.rows} rows were not captured but derived of others**`);
    expect(card).toContain('- split: train_augmented');
    const quality = JSON.parse(await readFile(join(out, 'quality.json'), 'utf8'));
    expect(quality.augmentation.rows).toBe(derived.length);
    expect(quality.distributions.characters.count).toBe(real.length);
    expect(await verifyDataset(out)).toMatchObject({ problems: [], rows: manifest.rows, manifest_ok: true });
  });

  it('stay in the split of their source, are the same again and others by another seed', async () => {
    const options = { split: { train: 0.5, test: 0.5 } };
    const [one, two] = [await built(options, many(40)), await built(options, many(40))];
    expect(one.manifest.rows_root).toBe(two.manifest.rows_root);
    const other = await built({ ...options, augment: { ...plain, seed: 7 } }, many(40));
    expect(other.manifest.rows_root).not.toBe(one.manifest.rows_root);
    for (const split of ['train', 'test']) {
      const source = new Set((await one.rows(`${split}.jsonl`)).map(({ id }) => id));
      const derived = await one.rows(`${split}_augmented.jsonl`);
      expect(derived.length).toBeGreaterThan(0);
      expect(derived.length).toBeLessThanOrEqual(source.size / 4);
      for (const { id } of derived) expect(source.has(id as string)).toBe(true);
    }
  });

  it('go with their source when that is erased', async () => {
    const { out, manifest, rows } = await built({ augment: { ...plain, share: 0.5 } });
    const gone = testId(1, 2);
    const before = await rows('augmented.jsonl');
    expect(before.some(({ trace_id }) => trace_id === gone)).toBe(true);
    await eraseFromDataset(out, {
      fileNames: (manifest.files as { name: string }[]).map(({ name }) => name),
      erasure_id: testId(9, 1),
      traceIds: new Set([gone]),
      rowKeys: new Set(),
      change: null,
      signal: new AbortController().signal,
      signer: sessionSource([]).signer,
    });
    const [after, derived] = [await rows('augmented.jsonl'), await rows('data_augmented.jsonl')];
    expect(JSON.stringify([after, derived])).not.toContain(gone);
    expect(after.map(({ row }) => row)).toEqual(derived.map((_, index) => index));
    const left = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8')).augmentation;
    expect(left.rows).toBe(derived.length);
    expect(Object.values(left.by as object).reduce((sum, each) => sum + each, 0)).toBe(derived.length);
    expect(await verifyDataset(out)).toMatchObject({ problems: [], manifest_ok: true });
  });

  it('are no rows that say the same as their source, where a layout has no place for what was added', async () => {
    const { manifest, rows } = await built({
      package: 'conversations',
      layout: 'trl-messages',
      augment: { ids: ['difficulty-levels'], share: 0.5, seed: 0 },
    });
    expect(await rows('data_augmented.jsonl')).toEqual([]);
    expect(manifest.augmentation.left_out).toHaveProperty(
      'difficulty-levels: the layout has no place for what was added',
    );
  });

  it('stand alone where only they are wanted', async () => {
    const { manifest } = await built({ augment: { ...plain, only: true } });
    expect(manifest.files.map(({ name }: { name: string }) => name)).toEqual(['data_augmented.jsonl']);
    expect(manifest.rows).toBe(manifest.augmentation.rows);
  });

  it('are refused where there are no examples, in a split that is taken, and of ways that there are not', async () => {
    const root = await freshFolder();
    await mkdir(root, { recursive: true });
    await expect(built({ package: undefined, layout: 'tool-calls' })).rejects.toMatchObject({ code: 'usage' });
    await expect(built({ split: { a: 0.5, a_augmented: 0.5 } })).rejects.toMatchObject({ code: 'usage' });
    const { error } = augmentationSchema.safeParse({ ids: ['reasoning'] });
    expect(error?.issues[0]?.message).toContain('reasoning-expansion');
  });
});

import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { BuiltVersion, DatasetDefinition, DatasetName, ExportOptions } from '../../../shared/model/index.js';
import { type ExportControl, exportPairs } from '../export.js';
import type { ExportOrder, GuardExport } from '../exports.js';
import { type Manifest, parseManifest, partsIn } from '../manifest.js';
import { createTree } from '../merkle.js';
import { pairsOf } from '../pairs.js';
import { wantedPrivacy } from '../privacy/row-redactor.js';
import { provenanceFile } from '../provenance.js';
import type { ExportSource } from '../source.js';
import type { DatasetFiles, VersionRecord } from './files.js';

/** One order for each pair of a definition. Throws `usage` for a pair without sense. */
export function ordersOf(definition: DatasetDefinition, dataset: DatasetName): ExportOptions[] {
  const { packages, layouts, ...options } = definition;
  return pairsOf({ packages, layouts }).map(({ package: pack, layout }) => ({
    ...options,
    ...(pack === null ? {} : { package: pack }),
    layout,
    dataset,
  }));
}

export interface BuildOrder extends ExportOrder {
  name: string;
  /** A new folder; null: one in the data folder. */
  out: string | null;
}

/**
 * Builds the next version of a dataset by its definition. The data appears whole or not at all, then the version: whoever looks
 * meanwhile, or after a crash, finds the versions of before or one more. Throws as `exportPairs` does, and `dataset_taken`.
 */
export async function buildVersion(
  { name, out, ...order }: BuildOrder,
  files: DatasetFiles,
  source: ExportSource,
  { guard, control }: { guard: GuardExport; control: Omit<ExportControl, 'check'> },
): Promise<BuiltVersion> {
  const definition = await files.definition(name);
  const numbers = await files.versions(name);
  const version = (numbers.at(-1) ?? 0) + 1;
  const earlier: DatasetName['earlier'] = [];
  for (const number of numbers) {
    const { rows, sha256 } = await files.record(name, number);
    earlier.push({ version: number, rows, rows_root: sha256 });
  }
  const orders = ordersOf(definition, { name, version, earlier });
  const [options] = orders as [ExportOptions];
  const target = out === null ? files.dataOf(name, version) : resolve(out);
  // No version tells of it: its build was killed before it could.
  if (out === null) await rm(target, { recursive: true, force: true });
  const result = await guard({ ...order, orders, out: target, control }, (guarded) =>
    exportPairs(orders, source, target, guarded),
  );
  const parts = partsIn(await readFile(join(target, 'manifest.json'), 'utf8')) ?? [''];
  const skipped: { [reason: string]: number } = {};
  const tree = createTree();
  for (const part of parts) {
    const manifest = parseManifest(await readFile(join(target, part, 'manifest.json'), 'utf8'), null);
    for (const [reason, count] of Object.entries(manifest.skipped)) skipped[reason] = (skipped[reason] ?? 0) + count;
    tree.add(Buffer.from(manifest.rows_root ?? '', 'hex'));
    const kept = join(files.recordOf(name, version), part, provenanceFile);
    await mkdir(dirname(kept), { recursive: true, mode: 0o700 });
    await copyFile(join(target, part, provenanceFile), kept);
  }
  const record: VersionRecord = {
    format_version: 1,
    name,
    version,
    rows: result.rows,
    traces: result.traces,
    skipped,
    files: result.files,
    sha256: tree.root(),
    out: target,
    created_at: new Date().toISOString(),
    parts,
    actions: source.redactor(wantedPrivacy(options)).actions as { [entity: string]: string },
  };
  await files.add(record);
  return builtOf(record);
}

export function builtOf({ format_version: _, parts: __, actions: ___, ...built }: VersionRecord): BuiltVersion {
  return built;
}

export type { Manifest };

import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type {
  BuiltVersion,
  DatasetDefinition,
  DatasetName,
  ExportOptions,
  ExportResult,
} from '../../../shared/model/index.js';
import { type ExportControl, exportPairs } from '../export.js';
import type { ExportOrder, GuardExport } from '../exports.js';
import { type Manifest, parseManifest, partsIn } from '../manifest.js';
import { createTree } from '../merkle.js';
import { pairsOf } from '../pairs.js';
import { wantedPrivacy } from '../privacy/row-redactor.js';
import { provenanceFile } from '../provenance.js';
import type { ExportSource } from '../source.js';
import { unwritable } from '../unwritable.js';
import { writtenVersion } from '../written-dataset.js';
import type { Claim } from './claim.js';
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
  /** How long rows may be, in the place of what the definition says. */
  context?: ExportOptions['context'];
}

export interface BuildControl extends Omit<ExportControl, 'check'> {
  /** The number that the build had before it was cut off; null: it begins. */
  resumed: number | null;
  /** The number that it has. */
  onVersion(version: number): void;
}

/**
 * Builds the next version of a dataset by its definition. The data appears whole or not at all, then the version: whoever looks
 * meanwhile, or after a crash, finds the versions of before or one more. Of builds at the same time each has a number of its own.
 * Throws as `exportPairs` does, and `dataset_unknown`.
 */
export async function buildVersion(
  order: BuildOrder,
  files: DatasetFiles,
  source: ExportSource,
  { guard, control }: { guard: GuardExport; control: BuildControl },
): Promise<BuiltVersion> {
  const { name, out, context } = order;
  const stored = await files.definition(name);
  const definition = context === undefined ? stored : { ...stored, context };
  const numbers = await files.versions(name);
  if (control.resumed !== null && numbers.includes(control.resumed))
    return builtOf(await files.record(name, control.resumed));
  const target = (version: number) => (out === null ? files.dataOf(name, version) : resolve(out));
  const hash = createHash('sha256').update(JSON.stringify(definition)).digest('hex');
  const wanted = (version: number) => ({ out: target(version), definition: hash });
  const claim = await files.claim(name, wanted, control.resumed).catch((error: unknown) => {
    throw unwritable(error, dirname(files.recordOf(name, 1)));
  });
  try {
    control.onVersion(claim.version);
    return await buildClaimed(claim, { order, definition, target: target(claim.version), hash }, files, source, {
      guard,
      control,
    });
  } finally {
    await claim.release();
  }
}

async function buildClaimed(
  { version, before }: Claim,
  {
    order: { name, out, context: _context, ...order },
    definition,
    target,
    hash,
  }: { order: BuildOrder; definition: DatasetDefinition; target: string; hash: string },
  files: DatasetFiles,
  source: ExportSource,
  { guard, control: { resumed: _, onVersion: __, ...control } }: { guard: GuardExport; control: BuildControl },
): Promise<BuiltVersion> {
  const earlier: DatasetName['earlier'] = [];
  for (const number of await files.versions(name)) {
    if (number > version) continue;
    const { rows, sha256 } = await files.record(name, number);
    earlier.push({ version: number, rows, rows_root: sha256 });
  }
  const orders = ordersOf(definition, { name, version, earlier });
  const [options] = orders as [ExportOptions];
  // No version tells of it: its build was killed before it could.
  if (out === null) await rm(target, { recursive: true, force: true });
  const same = out !== null && before?.out === target && before.definition === hash;
  const written = same ? await writtenVersion({ name, version }, target) : null;
  const result = await guard({ ...order, orders, out: target, control }, (guarded) =>
    written === null ? exportPairs(orders, source, target, guarded) : Promise.resolve(written),
  );
  try {
    const record = await recordOf(files, { name, version, target, result, options }, source);
    await files.add(record);
    return builtOf(record);
  } catch (error) {
    // Nobody would know of it.
    if (written === null) await rm(target, { recursive: true, force: true });
    throw unwritable(error, dirname(files.recordOf(name, version)));
  }
}

/** What is kept of a version beside its data; where its rows come from is copied there. */
async function recordOf(
  files: DatasetFiles,
  {
    name,
    version,
    target,
    result,
    options,
  }: { name: string; version: number; target: string; result: ExportResult; options: ExportOptions },
  source: ExportSource,
): Promise<VersionRecord> {
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
  return {
    format_version: 1,
    name,
    version,
    rows: result.rows,
    traces: result.traces,
    skipped,
    ...(result.empty === undefined ? {} : { empty: result.empty }),
    files: result.files,
    sha256: tree.root(),
    out: target,
    created_at: new Date().toISOString(),
    parts,
    ...(result.leaks === undefined ? {} : { leaks_count: result.leaks.leaks_count }),
    actions: source.redactor(wantedPrivacy(options)).actions as { [entity: string]: string },
  };
}

export function builtOf({
  format_version: _,
  parts: __,
  actions: ___,
  leaks_count: ____,
  ...built
}: VersionRecord): BuiltVersion {
  return built;
}

export type { Manifest };

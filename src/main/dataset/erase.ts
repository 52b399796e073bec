import { createHash } from 'node:crypto';
import { lstat, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import type { ExportOptions, Json, Trace } from '../../shared/model/index.js';
import { parseJson } from '../ground/json.js';
import { pauses } from '../ground/pauses.js';
import { readRegular } from '../ground/regular-file.js';
import { replaceFile } from '../ground/replace-file.js';
import { derivedFile } from './augment/augmenting.js';
import { partsCard } from './card.js';
import { jsonText } from './columns.js';
import { sideFile } from './consent.js';
import { fileSha256 } from './file-hashes.js';
import type { FileFormat, Row, WrittenFile } from './formats/format.js';
import { fileFormats } from './formats/index.js';
import { layouts, rowsOf } from './layouts/index.js';
import type { Layout } from './layouts/layout.js';
import { rowOptions } from './layouts/row-options.js';
import {
  type BuildManifest,
  buildManifest,
  isDataName,
  type Manifest,
  manifestText,
  type PartManifest,
  parseManifest,
  partsIn,
} from './manifest.js';
import { createTree, leafOf, rootOf as treeRoot } from './merkle.js';
import { type Provenance, provenanceColumns, provenanceFile, tracesIn } from './provenance.js';
import { croissantText } from './report/croissant.js';
import type { Quality } from './report/figures.js';
import { qualityFile, qualityTexts } from './report/index.js';
import { type Signer, signatureFile } from './signing.js';
import type { ExportSource } from './source.js';

/** What must go out of a written dataset. */
export interface DatasetErasure {
  /** Names of the dataset's files as its export reported them: what lies in the folder may have been edited since. */
  fileNames: readonly string[];
  erasure_id: string;
  /** Rows of these traces go. */
  traceIds: ReadonlySet<string>;
  /** Rows that name no trace go by what they say, those with a name that is no id by it: see `rowKeysOf`, `nameKeysOf`. */
  rowKeys: ReadonlySet<string>;
  /** Takes values out of a text; JSON stays JSON. Null: texts stay. */
  change: ((text: string) => string) | null;
  /** Once it is aborted the rest of the files stay as they are; manifest and tombstone tell of those that do not. */
  signal: AbortSignal;
  /** Signs what the manifest says then. */
  signer: Signer;
}

export interface ErasedDataset {
  rows_removed: number;
  rows_changed: number;
  files: number;
}

/** Beside a rewritten dataset: that, when and how much of it was erased. */
const tombstone = 'ERASED.json';

/** Layouts whose rows name no trace. */
export const layoutsWithoutIds = (Object.keys(layouts) as ExportOptions['layout'][]).filter((layout) => {
  const { shape }: { shape: { [column: string]: unknown } } = layouts[layout].row;
  const { metadata } = shape;
  return !('trace_id' in shape) && !(metadata instanceof z.ZodObject && 'trace_id' in metadata.shape);
});

/** The trace that a row names, itself or in its metadata. */
function traceOf(row: Row): string | null {
  const inside = (row.metadata as { trace_id?: Json } | null | undefined)?.trace_id;
  const id = row.trace_id ?? inside;
  return typeof id === 'string' ? id : null;
}

/** Key of the rows that have the name which a trace has where it came from, in the place of its id; none where it has no name. */
export function nameKeysOf({ metadata }: Trace): string[] {
  const name = metadata?.trace_id;
  return typeof name === 'string' ? [keyOf(name)] : [];
}

/** Keys of the rows that a trace gives in a layout whose rows name no trace. */
export function rowKeysOf(layout: ExportOptions['layout'], trace: Trace, source: ExportSource): string[] {
  const shape: Layout = layouts[layout];
  const keys = new Set<string>();
  // Which of its choices the export made, the rows do not say.
  for (const reasoning of shape.choices?.reasoning ?? [undefined])
    for (const subagents of shape.choices?.subagents ?? [undefined]) {
      const options = rowOptions(shape, { reasoning, subagents }, source, untouched, () => null);
      for (const item of rowsOf(shape, trace, source, null, options))
        if ('row' in item) keys.add(keyOf(item.row as Json));
    }
  return [...keys];
}

/** Rows are told as they are stored: pseudonyms are put aside in their keys. */
const untouched = { text: (value: string) => ({ value, replaced: [] }) };

/** The same for a row whose values stand under other pseudonyms. */
function keyOf(row: Json): string {
  const text = jsonText(row).replace(/<([A-Z][A-Z0-9_]*)_(?:[0-9a-f]{8}|MASKED)>/g, '<$1>');
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Takes rows and values out of a dataset that lies in `folder`: every file is written anew by the writer of its format and
 * takes the old one's place, then the manifest with the new hashes, then the tombstone. Done again after a crash it ends
 * in the same state. Null: nothing of it is in there.
 * Only regular files of the folder itself are read and replaced. Throws where the folder is not what the export left or a
 * file cannot be read: SluiceError `validation_failed`, or what the file system throws.
 */
export async function eraseFromDataset(folder: string, erasure: DatasetErasure): Promise<ErasedDataset | null> {
  if (!(await lstat(folder)).isDirectory()) throw odd();
  const parts = partsIn(await readRegular(join(folder, 'manifest.json')).catch(() => ''));
  return parts === null ? eraseFromPart(folder, erasure) : eraseFromParts(folder, parts, erasure);
}

/** Each part of a dataset of several, then what stands above them. */
async function eraseFromParts(
  folder: string,
  parts: readonly string[],
  erasure: DatasetErasure,
): Promise<ErasedDataset | null> {
  const done: ErasedDataset = { rows_removed: 0, rows_changed: 0, files: 0 };
  let touched = false;
  for (const part of parts) {
    // A link in a folder's place would have another dataset rewritten.
    for (let at = part; at !== '.'; at = dirname(at)) if (!(await lstat(join(folder, at))).isDirectory()) throw odd();
    const prefix = `${part}/`;
    const fileNames = erasure.fileNames
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
    const erased = await eraseFromPart(join(folder, part), { ...erasure, fileNames });
    if (erased === null) continue;
    touched = true;
    done.rows_removed += erased.rows_removed;
    done.rows_changed += erased.rows_changed;
    done.files += erased.files;
  }
  if (!touched) return null;
  await rewriteBuild(folder, parts, erasure.signer);
  return done;
}

async function eraseFromPart(folder: string, erasure: DatasetErasure): Promise<ErasedDataset | null> {
  if (!(await lstat(folder)).isDirectory()) throw odd();
  const manifestPath = join(folder, 'manifest.json');
  const card = join(folder, 'README.md');
  const tombstonePath = join(folder, tombstone);
  const leaks = join(folder, 'leaks.json');
  const beside = [sideFile, derivedFile, provenanceFile, signatureFile].map((name) => join(folder, name));
  for (const path of [manifestPath, card, leaks, tombstonePath, ...beside]) await regularOrAbsent(path);
  const manifest = parseManifest(await readFile(manifestPath, 'utf8'), erasure.fileNames);
  for (const { name } of manifest.beside ?? []) {
    if (basename(name) !== name) throw odd();
    await regularOrAbsent(join(folder, name));
  }
  for (const { name } of manifest.files) {
    if (!isDataName(name)) throw odd();
    if (name.includes('/') && !(await lstat(dirname(join(folder, name)))).isDirectory()) throw odd();
    await regularOrAbsent(join(folder, name));
  }
  const done: ErasedDataset = { rows_removed: 0, rows_changed: 0, files: 0 };
  const origins = await originsIn(folder, manifest, erasure.traceIds);
  const rewritten = new Map<string, RewrittenRows>();
  for (const file of manifest.files) {
    try {
      const rows: RewrittenRows = { gone: new Set(), leaves: [] };
      const written = await rewriteFile(join(folder, file.name), { manifest, file, erasure, origins, rows, done });
      if (written !== null) Object.assign(file, written);
      rewritten.set(file.name, rows);
    } catch (error) {
      // Cut off between its files: what stands beside them is brought to where they are.
      if (!erasure.signal.aborted || done.files === 0) throw error;
      break;
    }
  }
  manifest.rows = manifest.files.reduce((sum, { rows }) => sum + rows, 0);
  for (const side of [manifest.consent?.file, manifest.augmentation?.file])
    await rewriteSide(folder, side, erasure, rewritten, done);
  await countDerived(folder, manifest);
  await rewriteProvenance(folder, manifest, erasure, rewritten);
  const { change } = erasure;
  const texts = change === null ? null : { card: await readFile(card, 'utf8').catch(() => ''), query: manifest.query };
  if (texts !== null && change !== null) {
    manifest.query = change(texts.query);
    const after = change(texts.card);
    if (after !== texts.card) await replaceFile(card, after);
    const found = await readFile(leaks, 'utf8').catch(() => '');
    if (change(found) !== found) await replaceFile(leaks, change(found));
  }
  await rewriteTexts(folder, manifest, change);
  const text = manifestText(manifest);
  if (text !== (await readFile(manifestPath, 'utf8'))) await replaceFile(manifestPath, text);
  else if (done.files === 0) return null;
  if (manifest.rows_root !== undefined) await replaceFile(join(folder, signatureFile), erasure.signer.signature(text));
  const before = await tombstones(tombstonePath);
  const entry = { erasure_id: erasure.erasure_id, at: new Date().toISOString(), ...done };
  await replaceFile(tombstonePath, `${JSON.stringify([...before, entry], null, 2)}\n`);
  erasure.signal.throwIfAborted();
  return done;
}

/** What became of the rows of a file: which went, by their places before, and the hashes of those that are left. */
interface RewrittenRows {
  gone: Set<number>;
  leaves: Buffer[];
}

/** Rows of the traces that go, as provenance.parquet tells them: by file the places and, where it is a crash behind, the hashes. */
interface Origins {
  places: Map<string, Set<number>>;
  hashes: Set<string>;
  counts: Map<string, number>;
}

async function originsIn(folder: string, manifest: Manifest, traceIds: ReadonlySet<string>): Promise<Origins> {
  const origins: Origins = { places: new Map(), hashes: new Set(), counts: new Map() };
  if (manifest.provenance === undefined) return origins;
  for await (const each of fileFormats.parquet.rows(join(folder, provenanceFile), provenanceColumns)) {
    const { file, row, sha256 } = each as unknown as Provenance;
    origins.counts.set(file, (origins.counts.get(file) ?? 0) + 1);
    if (!isOf(each as unknown as Provenance, traceIds)) continue;
    const places = origins.places.get(file) ?? new Set();
    origins.places.set(file, places.add(row));
    origins.hashes.add(sha256);
  }
  return origins;
}

/** Whether a row tells of one of the traces. */
function isOf(row: Provenance, traceIds: ReadonlySet<string>): boolean {
  return tracesIn(row).some(({ trace_id }) => traceIds.has(trace_id));
}

/** Whether a trajectory or one within it is of one of the traces: provenance of before does not name those within. */
function holdsTrajectory(row: Json | undefined, traceIds: ReadonlySet<string>): boolean {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return false;
  const { trajectory_id, subagent_trajectories } = row as { [name: string]: Json | undefined };
  if (typeof trajectory_id === 'string' && traceIds.has(trajectory_id)) return true;
  return Array.isArray(subagent_trajectories) && subagent_trajectories.some((each) => holdsTrajectory(each, traceIds));
}

interface Rewriting {
  manifest: Manifest;
  file: Manifest['files'][number];
  erasure: DatasetErasure;
  origins: Origins;
  /** Filled in. */
  rows: RewrittenRows;
  done: ErasedDataset;
}

/** Null where the file stays as it is and the manifest is right about it. */
async function rewriteFile(path: string, { manifest, file, erasure, origins, rows, done }: Rewriting) {
  const format: FileFormat = fileFormats[manifest.format];
  const columns = manifest.columns;
  // The name keeps its ending, which says how the file is packed.
  const draft = join(dirname(path), `.erasing-${basename(path)}`);
  await rm(draft, { force: true });
  // What a crash left of rows that were gone by then.
  await format.settle?.(path);
  const recordedRows = origins.counts.get(file.name);
  const aligned = recordedRows !== undefined && recordedRows === (await countRows(path, format, columns));
  const writer = await format.open(draft, columns, manifest.compress);
  const pause = pauses(erasure.signal);
  const tree = createTree();
  let index = -1;
  let changed = 0;
  const goes = (row: Row): boolean => {
    const id = traceOf(row);
    if ((id !== null && erasure.traceIds.has(id)) || erasure.rowKeys.has(keyOf(id ?? (row as Json)))) return true;
    if (holdsTrajectory(row as Json, erasure.traceIds)) return true;
    if (aligned) return origins.places.get(file.name)?.has(index) ?? false;
    return origins.hashes.size > 0 && origins.hashes.has(leafOf(columns, row, manifest.format).hash.toString('hex'));
  };
  try {
    for await (const row of format.rows(path, columns)) {
      index += 1;
      await pause();
      if (goes(row)) {
        rows.gone.add(index);
        continue;
      }
      const before = JSON.stringify(row);
      const after = erasure.change === null ? before : erasure.change(before);
      if (after !== before) changed += 1;
      const kept = after === before ? row : (JSON.parse(after) as Row);
      await writer.write(kept);
      const { hash: leaf } = leafOf(columns, kept, manifest.format);
      tree.add(leaf);
      rows.leaves.push(leaf);
    }
  } catch (error) {
    await writer.abandon();
    await rm(draft, { force: true });
    throw error;
  }
  const written = await writer.finish();
  const root = file.rows_root === undefined ? {} : { rows_root: tree.root() };
  if (rows.gone.size === 0 && changed === 0) {
    await rm(draft, { force: true });
    // A crash came between the file and its manifest.
    const bytes = (await stat(path)).size;
    const right = file.bytes === bytes && file.rows === rows.leaves.length && file.rows_root === root.rows_root;
    return right ? null : { rows: rows.leaves.length, bytes, sha256: await fileSha256(path), ...root };
  }
  await rename(draft, path);
  await format.settle?.(path);
  done.rows_removed += rows.gone.size;
  done.rows_changed += changed;
  done.files += 1;
  return { rows: rows.leaves.length, bytes: written.bytes, sha256: written.sha256, ...root };
}

async function countRows(path: string, format: FileFormat, columns: Manifest['columns']): Promise<number> {
  let count = 0;
  for await (const _ of format.rows(path, columns)) count += 1;
  return count;
}

/** Where the rows come from goes with them, and those behind count anew. */
async function rewriteProvenance(
  folder: string,
  manifest: Manifest,
  { traceIds }: DatasetErasure,
  rewritten: ReadonlyMap<string, RewrittenRows>,
): Promise<void> {
  if (manifest.provenance === undefined) return;
  const path = join(folder, provenanceFile);
  const draft = join(folder, `.erasing-${provenanceFile}`);
  await rm(draft, { force: true });
  const writer = await fileFormats.parquet.open(draft, provenanceColumns);
  const next = new Map<string, number>();
  for await (const each of fileFormats.parquet.rows(path, provenanceColumns)) {
    const { file, row } = each as unknown as Provenance;
    const rows = rewritten.get(file);
    // A file that was not reached has its rows still: whoever goes on finds them by these lines.
    if (rows === undefined) {
      await writer.write(each);
      continue;
    }
    if (isOf(each as unknown as Provenance, traceIds) || rows.gone.has(row)) continue;
    const place = next.get(file) ?? 0;
    next.set(file, place + 1);
    const leaf = rows.leaves[place];
    await writer.write({ ...each, row: place, ...(leaf === undefined ? {} : { sha256: leaf.toString('hex') }) });
  }
  const written = await writer.finish();
  await rename(draft, path);
  manifest.provenance = { name: provenanceFile, ...written };
  manifest.rows_root = treeRoot(manifest.files as (Manifest['files'][number] & { rows_root: string })[]);
}

/** Texts beside the data lose the values too; what names the files' hashes is written anew. */
async function rewriteTexts(folder: string, manifest: Manifest, change: DatasetErasure['change']): Promise<void> {
  const figures = await textsOfFigures(folder, change);
  for (const entry of manifest.beside ?? []) {
    const path = join(folder, entry.name);
    const before = await readFile(path, 'utf8').catch(() => null);
    if (before === null) continue;
    const text =
      entry.name === 'croissant.json' ? croissantText(manifest) : (figures?.[entry.name] ?? change?.(before) ?? before);
    if (text !== before) await replaceFile(path, text);
    entry.bytes = Buffer.byteLength(text);
    entry.sha256 = createHash('sha256').update(text).digest('hex');
  }
}

/**
 * What is told by figures, from the figures without the values: in text for people a value stands escaped or cut short. Null where
 * nothing changes or they cannot be read.
 */
async function textsOfFigures(
  folder: string,
  change: DatasetErasure['change'],
): Promise<{ [name: string]: string } | null> {
  const before = await readFile(join(folder, qualityFile), 'utf8').catch(() => null);
  const after = before === null ? null : (change?.(before) ?? null);
  if (after === null || after === before) return null;
  try {
    return qualityTexts(parseJson(after) as unknown as Quality);
  } catch (error) {
    // Somebody wrote into the file: it is changed as any text is.
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** What stands above the parts of a dataset, from what they say of themselves. */
async function rewriteBuild(folder: string, parts: readonly string[], signer: Signer): Promise<void> {
  const before = await readRegular(join(folder, 'manifest.json'));
  const { traces, empty = [], beside } = JSON.parse(before) as Pick<BuildManifest, 'traces' | 'empty' | 'beside'>;
  const manifests: PartManifest[] = [];
  for (const part of parts) {
    const text = await readFile(join(folder, part, 'manifest.json'), 'utf8');
    manifests.push({ folder: part, ...parseManifest(text, null) });
  }
  const card = beside === undefined ? null : partsCard(manifests);
  const text = manifestText(buildManifest(manifests, traces, empty, card));
  if (text === before) return;
  if (card !== null) await replaceFile(join(folder, 'README.md'), card);
  await replaceFile(join(folder, 'manifest.json'), text);
  await replaceFile(join(folder, signatureFile), signer.signature(text));
}

/** How many rows are left that were derived, and by what. */
async function countDerived(folder: string, manifest: Manifest): Promise<void> {
  const { augmentation } = manifest;
  if (augmentation === undefined) return;
  const by: { [id: string]: number } = {};
  for await (const row of fileFormats.jsonl.rows(join(folder, augmentation.file.name), []))
    by[String(row.by)] = (by[String(row.by)] ?? 0) + 1;
  augmentation.rows = augmentation.file.rows;
  augmentation.by = Object.fromEntries(Object.entries(by).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What stands beside the rows about them goes with them, and what is about those behind counts anew. */
async function rewriteSide(
  folder: string,
  side: ({ name: string } & WrittenFile) | null | undefined,
  { change, traceIds }: DatasetErasure,
  rewritten: ReadonlyMap<string, RewrittenRows>,
  done: ErasedDataset,
): Promise<void> {
  if (!side) return;
  const path = join(folder, side.name);
  const draft = `${path}.erasing`;
  await rm(draft, { force: true });
  const writer = await fileFormats.jsonl.open(draft, []);
  let changed = 0;
  for await (const row of fileFormats.jsonl.rows(path, [])) {
    if (row.row === undefined) {
      // A line for a trace whose rows say it themselves.
      const text = JSON.stringify(row);
      const after = change === null ? text : change(text);
      if (traceIds.has(String(row.trace_id)) || after !== text) changed += 1;
      if (!traceIds.has(String(row.trace_id))) await writer.write(JSON.parse(after) as Row);
      continue;
    }
    const gone = rewritten.get(String(row.file))?.gone ?? new Set<number>();
    const index = Number(row.row);
    if (gone.has(index)) {
      changed += 1;
      continue;
    }
    let before = 0;
    for (const each of gone) if (each < index) before += 1;
    const text = JSON.stringify({ ...row, row: index - before });
    const after = change === null ? text : change(text);
    if (after !== text || before > 0) changed += 1;
    await writer.write(JSON.parse(after) as Row);
  }
  const written = await writer.finish();
  if (changed === 0) {
    await rm(draft, { force: true });
    return;
  }
  await rename(draft, path);
  Object.assign(side, written);
  done.files += 1;
}

/** What earlier erasures left; what somebody made unreadable begins anew. */
async function tombstones(path: string): Promise<unknown[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const value = parseJson(text);
  return Array.isArray(value) ? value : [];
}

/** A link that somebody put in a file's place would have another file read into the dataset. */
async function regularOrAbsent(path: string): Promise<void> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (found !== null && !found.isFile()) throw odd();
}

function odd(): SluiceError {
  return new SluiceError(
    'validation_failed',
    'The folder is no longer what the export wrote; nothing was changed in it.',
  );
}

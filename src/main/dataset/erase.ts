import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import { type ExportOptions, type Json, type Trace, toIso } from '../../shared/model/index.js';
import { parseJson } from '../ground/json.js';
import { replaceFile } from '../ground/replace-file.js';
import { type Column, jsonText } from './columns.js';
import { sideFile } from './consent.js';
import type { Row } from './formats/format.js';
import { fileFormats } from './formats/index.js';
import { layouts, rowsOf } from './layouts/index.js';
import type { Layout } from './layouts/layout.js';
import { rowOptions } from './layouts/row-options.js';
import { type Manifest, manifestText, parseManifest } from './manifest.js';
import { pauses } from './pauses.js';
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
}

export interface ErasedDataset {
  rows_removed: number;
  rows_changed: number;
  files: number;
}

const batchRows = 1000;
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
      const options = rowOptions(shape, { reasoning, subagents }, source, untouched);
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
  const manifestPath = join(folder, 'manifest.json');
  const card = join(folder, 'README.md');
  const tombstonePath = join(folder, tombstone);
  const leaks = join(folder, 'leaks.json');
  for (const path of [manifestPath, card, leaks, tombstonePath, join(folder, sideFile)]) await regularOrAbsent(path);
  const manifest = parseManifest(await readFile(manifestPath, 'utf8'), erasure.fileNames);
  for (const { name } of manifest.files) {
    if (!/^[a-z0-9_-]+\.[a-z]+$/.test(name)) throw odd();
    await regularOrAbsent(join(folder, name));
  }
  const done: ErasedDataset = { rows_removed: 0, rows_changed: 0, files: 0 };
  const removed = new Map<string, Set<number>>();
  for (const file of manifest.files) {
    const gone = new Set<number>();
    try {
      const written = await rewriteFile(join(folder, file.name), manifest, erasure, gone, done);
      if (written !== null) Object.assign(file, written);
    } catch (error) {
      // Cut off between its files: what stands beside them is brought to where they are.
      if (!erasure.signal.aborted || done.files === 0) throw error;
      break;
    }
    removed.set(file.name, gone);
  }
  manifest.rows = manifest.files.reduce((sum, { rows }) => sum + rows, 0);
  await rewriteSide(folder, manifest, erasure, removed, done);
  const { change } = erasure;
  const texts = change === null ? null : { card: await readFile(card, 'utf8').catch(() => ''), query: manifest.query };
  if (texts !== null && change !== null) {
    manifest.query = change(texts.query);
    const after = change(texts.card);
    if (after !== texts.card) await replaceFile(card, after);
    const found = await readFile(leaks, 'utf8').catch(() => '');
    if (change(found) !== found) await replaceFile(leaks, change(found));
  }
  const text = manifestText(manifest);
  if (text !== (await readFile(manifestPath, 'utf8'))) await replaceFile(manifestPath, text);
  else if (done.files === 0) return null;
  const before = await tombstones(tombstonePath);
  const entry = { erasure_id: erasure.erasure_id, at: new Date().toISOString(), ...done };
  await replaceFile(tombstonePath, `${JSON.stringify([...before, entry], null, 2)}\n`);
  erasure.signal.throwIfAborted();
  return done;
}

/** Null where the file stays as it is and the manifest is right about it. */
async function rewriteFile(
  path: string,
  manifest: Manifest,
  erasure: DatasetErasure,
  gone: Set<number>,
  done: ErasedDataset,
): Promise<{ rows: number; bytes: number; sha256: string } | null> {
  const format = fileFormats[manifest.format];
  const columns = manifest.columns;
  const draft = `${path}.erasing`;
  await rm(draft, { force: true });
  const writer = await format.open(draft, columns);
  const pause = pauses(erasure.signal);
  let index = -1;
  let rows = 0;
  let changed = 0;
  try {
    for await (const row of manifest.format === 'parquet' ? parquetRows(path, columns) : jsonlRows(path)) {
      index += 1;
      await pause();
      const id = traceOf(row);
      if ((id !== null && erasure.traceIds.has(id)) || erasure.rowKeys.has(keyOf(id ?? (row as Json)))) {
        gone.add(index);
        continue;
      }
      const before = JSON.stringify(row);
      const after = erasure.change === null ? before : erasure.change(before);
      if (after !== before) changed += 1;
      await writer.write(after === before ? row : (JSON.parse(after) as Row));
      rows += 1;
    }
  } catch (error) {
    await writer.abandon();
    await rm(draft, { force: true });
    throw error;
  }
  const written = await writer.finish();
  if (gone.size === 0 && changed === 0) {
    await rm(draft, { force: true });
    // A crash came between the file and its manifest.
    const known = manifest.files.find(({ name }) => path.endsWith(name));
    const bytes = (await stat(path)).size;
    return known?.bytes === bytes && known.rows === rows ? null : { rows, bytes, sha256: await hashOf(path) };
  }
  await rename(draft, path);
  done.rows_removed += gone.size;
  done.rows_changed += changed;
  done.files += 1;
  return { rows, bytes: written.bytes, sha256: written.sha256 };
}

/** The consents that stand beside the rows go with them, and those behind count anew. */
async function rewriteSide(
  folder: string,
  manifest: Manifest,
  { change }: DatasetErasure,
  removed: Map<string, Set<number>>,
  done: ErasedDataset,
): Promise<void> {
  const side = manifest.consent?.file;
  if (!side) return;
  const path = join(folder, side.name);
  const draft = `${path}.erasing`;
  await rm(draft, { force: true });
  const writer = await fileFormats.jsonl.open(draft);
  let changed = 0;
  for await (const row of jsonlRows(path)) {
    const gone = removed.get(String(row.file)) ?? new Set<number>();
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

async function* jsonlRows(path: string): AsyncGenerator<Row> {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== '') yield JSON.parse(line) as Row;
  }
}

/** Rows as the writer takes them: times with all their digits, JSON as values. */
async function* parquetRows(path: string, columns: readonly Column[]): AsyncGenerator<Row> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const parsers = { timestampFromMicroseconds: (micros: bigint) => toIso(Number(micros)) };
  const json = new Set(columns.filter(({ type }) => type === 'json').map(({ name }) => name));
  const total = Number(metadata.num_rows);
  for (let rowStart = 0; rowStart < total; rowStart += batchRows) {
    const rowEnd = Math.min(total, rowStart + batchRows);
    for (const row of await parquetReadObjects({ file, metadata, rowStart, rowEnd, parsers })) {
      yield Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          value === null || value === undefined
            ? null
            : json.has(name)
              ? (JSON.parse(value as string) as Json)
              : (value as Json),
        ]),
      );
    }
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
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

import type { Stats } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import type { Json, LeakReport } from '../../shared/model/index.js';
import { parseJson } from '../ground/json.js';
import { type CheckState, filesHash } from './check-state.js';
import { jsonlRows, textRows } from './rows/lines.js';
import { parquetRows } from './rows/parquet.js';
import type { FileRow, RowReader } from './rows/row.js';
import { tfrecordRows } from './rows/tfrecord.js';
import { leakRules } from './rules/index.js';
import { createSample } from './sample.js';
import { createScan } from './scan.js';

/** The report's own file: it holds no value, and the last one is not what a new one is about. */
export const reportFile = 'leaks.json';
/** Rows drawn for review. */
const sampleSize = 50;
/** Text between two states, in UTF-16 units: less than a second of work. */
const stateEvery = 4_000_000;

export interface CheckOptions {
  /** Exact values that may stand nowhere; those under 4 characters are left out. */
  knownValues: readonly string[];
  /** Whether the policy lets a value stand where it is called by this entity. */
  keeps(entity: string, value: string): boolean;
  /** Key of the hashes that tell equal values, 16 bytes or more. */
  key: Uint8Array;
  /** Seed of the sample. */
  seed: number;
  /** Files of the folder that are looked into; absent: all of them. */
  only?: ReadonlySet<string>;
  signal?: AbortSignal;
  /** Rows read so far, of how many where a manifest says so; called often. */
  onProgress?(rows: number, total: number | null): void;
  /** Where a check of the same files broke off; of other files it is not followed. */
  resumed?: CheckState | null;
  /** Every few megabytes: what is needed to go on from here. */
  onState?(state: CheckState): Promise<void>;
}

const readers: { [ending: string]: RowReader } = {
  jsonl: jsonlRows,
  ndjson: jsonlRows,
  parquet: parquetRows,
  json: textRows,
  md: textRows,
  yaml: textRows,
  txt: textRows,
  csv: textRows,
  tsv: textRows,
  svg: textRows,
  sig: textRows,
  toml: textRows,
  sh: textRows,
  patch: textRows,
  dockerfile: textRows,
  tfrecord: tfrecordRows,
};

/** Kinds of files that are data where no manifest says so. */
const dataReaders: ReadonlySet<RowReader> = new Set([jsonlRows, parquetRows, tfrecordRows]);

/** Where rows come from: ids and hashes, of which rules of secrets make nothing but noise. */
const originFile = 'provenance.parquet';

/** Tells whether rows of that file hold nothing else. Most of their values are those of the row before. */
function originCheck(): (value: Json) => boolean {
  const known = new Map<string, Json>();
  return (value) => {
    const row = value as { [name: string]: Json };
    for (const name of Object.keys(row)) {
      const each = row[name] as Json;
      if (each === null || known.get(name) === each) continue;
      const form = name === 'file' ? /^[\w./-]{1,100}$/ : /^(?:[0-9a-f-]{36}|[0-9a-f]{64}|\d{1,16})$/;
      if (!form.test(String(each))) return false;
      known.set(name, each);
    }
    return true;
  };
}

/** What a name ends in, without how the file is packed; the whole of one without a dot, in whatever folder. */
function endingOf(name: string): string {
  return (
    basename(name)
      .toLowerCase()
      .replace(/\.(?:gz|zst)$/, '')
      .split('.')
      .at(-1) ?? ''
  );
}

/**
 * Reads an export's folder, or one file, as others will get it, and looks for what should not be in it. Memory does not
 * grow with the files. Throws `job_cancelled`, `export_unreadable`.
 */
export async function checkFiles(path: string, options: CheckOptions): Promise<LeakReport> {
  const { root, entries: all } = await filesOf(path);
  const { only } = options;
  const entries = only === undefined ? all : all.filter(({ name }) => only.has(name));
  const files_sha256 = filesHash(entries);
  const begun = options.resumed?.files_sha256 === files_sha256 ? options.resumed : undefined;
  const rules = await Promise.all(leakRules.map((each) => each.open(options.knownValues)));
  const scan = createScan({ rules, keeps: options.keeps, key: options.key, begun });
  const sample = createSample(sampleSize, options.seed, begun?.sample);
  const files: LeakReport['files'] = [...(begun?.files ?? [])];
  const unread: LeakReport['unread'] = [...(begun?.unread ?? [])];
  let rows = begun?.rows ?? 0;
  let saved = 0;

  /** A name that holds a value is a leak itself, and told by the file's number instead. */
  async function shownName(name: string): Promise<string> {
    if (!(await scan.finds(name))) return name;
    const shown = `file ${files.length + unread.length + 1}`;
    await scan.rows(shown, [{ row: 0, value: { name }, offset: null }]);
    return shown;
  }
  async function save(at: CheckState['at']): Promise<void> {
    if (options.onState === undefined || scan.chars() - saved < stateEvery) return;
    await options.onState({ files_sha256, files, unread, rows, at, ...(await scan.found()), sample: sample.state() });
    saved = scan.chars();
  }
  const listed = await listedIn(root, entries);
  for (const [index, { name, isFile }] of entries.entries()) {
    if (index < (begun?.at.index ?? 0)) continue;
    const at = begun?.at.index === index ? begun.at : null;
    const read = isFile ? readers[endingOf(name)] : undefined;
    if (read === undefined) {
      unread.push({
        name: await shownName(name),
        reason: isFile ? 'no kind of file that can be looked into' : 'no regular file',
      });
      continue;
    }
    const isData = dataReaders.has(read) && (listed === null || listed.names.has(name));
    const shown = at?.shown ?? (await shownName(name));
    const isOrigin = name.split('/').at(-1) === originFile ? originCheck() : () => false;
    let count = at?.count ?? 0;
    for await (const some of read(join(root, name), at)) {
      if (options.signal?.aborted) throw new SluiceError('job_cancelled', 'The check was cancelled.');
      await scan.rows(
        shown,
        some.filter(({ value }) => !isOrigin(value)),
      );
      count += some.length;
      if (isData) {
        rows += some.length;
        for (const row of some) sample.show(shown, row);
        options.onProgress?.(rows, listed?.rows ?? null);
      }
      const { row, offset } = some.at(-1) as FileRow;
      await save({ index, shown, count, row, offset });
    }
    files.push({ name: shown, rows: count });
  }
  return {
    version: 1,
    rules: rules.map(({ id, version }) => ({ id, version })),
    known_values: options.knownValues.length,
    files,
    unread,
    rows,
    ...(await scan.found()),
    sample: { seed: options.seed, rows: sample.rows() },
    overridden: null,
  };
}

const manifestSchema = z.object({ rows: z.int().optional(), files: z.array(z.object({ name: z.string() })) });
const largestManifest = 16 * 1024 * 1024;

/** The files that hold an export's rows, not what stands beside them, and how many; null where no manifest says so. */
async function listedIn(
  root: string,
  entries: readonly { name: string }[],
): Promise<{ names: Set<string>; rows: number | null } | null> {
  if (!entries.some(({ name }) => name === 'manifest.json')) return null;
  const path = join(root, 'manifest.json');
  const stat = await lstat(path);
  if (!stat.isFile() || stat.size > largestManifest) return null;
  const parsed = manifestSchema.safeParse(parseJson(await readFile(path, 'utf8')));
  if (!parsed.success) return null;
  return { names: new Set(parsed.data.files.map(({ name }) => name)), rows: parsed.data.rows ?? null };
}

/** The files of a folder and the folders in it, in a fixed order; links are named and not followed. */
async function filesOf(path: string): Promise<{ root: string; entries: Entry[] }> {
  const stat = await lstat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new SluiceError('export_unreadable', `${path} cannot be read (${cause.code}).`, undefined, { cause });
  });
  if (!stat.isDirectory()) return { root: dirname(path), entries: [entryOf(basename(path), stat)] };
  const found = await readdir(path, { withFileTypes: true, recursive: true });
  const names = found
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((name) => name !== reportFile)
    .sort();
  const entries: Entry[] = [];
  for (const name of names) entries.push(entryOf(name, await lstat(join(path, name))));
  return { root: path, entries };
}

interface Entry {
  name: string;
  isFile: boolean;
  bytes: number;
  changed: number;
}

function entryOf(name: string, stat: Stats): Entry {
  return { name, isFile: stat.isFile(), bytes: stat.size, changed: stat.mtimeMs };
}

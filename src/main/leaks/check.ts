import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import type { LeakReport } from '../../shared/model/index.js';
import { parseJson } from '../ground/json.js';
import { jsonlRows, textRows } from './rows/lines.js';
import { parquetRows } from './rows/parquet.js';
import type { RowReader } from './rows/row.js';
import { leakRules } from './rules/index.js';
import { createSample } from './sample.js';
import { createScan } from './scan.js';

/** The report's own file: it holds no value, and the last one is not what a new one is about. */
export const reportFile = 'leaks.json';
/** Rows drawn for review. */
const sampleSize = 50;

export interface CheckOptions {
  /** Exact values that may stand nowhere; those under 4 characters are left out. */
  known: readonly string[];
  /** Whether the policy lets a value stand where it is called by this entity. */
  keeps(entity: string, value: string): boolean;
  /** Key of the hashes that tell equal values, 16 bytes or more. */
  key: Uint8Array;
  /** Seed of the sample. */
  seed: number;
  signal?: AbortSignal;
  /** Rows read so far; called often. */
  onProgress?(rows: number): void;
}

const readers: { [ending: string]: RowReader } = {
  jsonl: jsonlRows,
  ndjson: jsonlRows,
  parquet: parquetRows,
  json: textRows,
  md: textRows,
  txt: textRows,
  csv: textRows,
  tsv: textRows,
};

/**
 * Reads an export's folder, or one file, as others will get it, and looks for what should not be in it. Memory does not
 * grow with the files. Throws `job_cancelled`, `export_unreadable`.
 */
export async function checkFiles(path: string, options: CheckOptions): Promise<LeakReport> {
  const rules = await Promise.all(leakRules.map((each) => each.open(options.known)));
  const scan = createScan({ rules, keeps: options.keeps, key: options.key });
  const sample = createSample(sampleSize, options.seed);
  const files: LeakReport['files'] = [];
  const unread: LeakReport['unread'] = [];
  let rows = 0;

  /** A name that holds a value is a leak itself, and told by the file's number instead. */
  async function shownName(name: string): Promise<string> {
    if (!(await scan.finds(name))) return name;
    const shown = `file ${files.length + unread.length + 1}`;
    await scan.row(shown, { row: 0, value: { name }, offset: null });
    return shown;
  }
  const { root, entries } = await filesOf(path);
  const listed = await datasetFiles(root, entries);
  for (const { name, isFile } of entries) {
    const read = isFile ? readers[name.split('.').at(-1)?.toLowerCase() ?? ''] : undefined;
    if (read === undefined) {
      unread.push({
        name: await shownName(name),
        reason: isFile ? 'no kind of file that can be looked into' : 'no regular file',
      });
      continue;
    }
    const isData = (read === jsonlRows || read === parquetRows) && (listed === null || listed.has(name));
    const shown = await shownName(name);
    let count = 0;
    for await (const row of read(join(root, name))) {
      if (options.signal?.aborted) throw new SluiceError('job_cancelled', 'The check was cancelled.');
      await scan.row(shown, row);
      count += 1;
      if (!isData) continue;
      rows += 1;
      sample.show(shown, row);
      options.onProgress?.(rows);
    }
    files.push({ name: shown, rows: count });
  }
  return {
    version: 1,
    rules: rules.map(({ id, version }) => ({ id, version })),
    known_values: options.known.length,
    files,
    unread,
    rows,
    ...(await scan.end()),
    sample: { seed: options.seed, rows: sample.rows() },
    overridden: null,
  };
}

const manifestSchema = z.object({ files: z.array(z.object({ name: z.string() })) });
const largestManifest = 16 * 1024 * 1024;

/** The files that hold an export's rows, not what stands beside them; null where no manifest says so. */
async function datasetFiles(root: string, entries: readonly { name: string }[]): Promise<Set<string> | null> {
  if (!entries.some(({ name }) => name === 'manifest.json')) return null;
  const path = join(root, 'manifest.json');
  const stat = await lstat(path);
  if (!stat.isFile() || stat.size > largestManifest) return null;
  const parsed = manifestSchema.safeParse(parseJson(await readFile(path, 'utf8')));
  return parsed.success ? new Set(parsed.data.files.map(({ name }) => name)) : null;
}

/** The files of a folder and the folders in it, in a fixed order; links are named and not followed. */
async function filesOf(path: string): Promise<{ root: string; entries: { name: string; isFile: boolean }[] }> {
  const stat = await lstat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new SluiceError('export_unreadable', `${path} cannot be read (${cause.code}).`, undefined, { cause });
  });
  if (!stat.isDirectory()) return { root: dirname(path), entries: [{ name: basename(path), isFile: stat.isFile() }] };
  const found = await readdir(path, { withFileTypes: true, recursive: true });
  const entries = found
    .filter((entry) => !entry.isDirectory())
    .map((entry) => ({
      name: relative(path, join(entry.parentPath, entry.name)).split(sep).join('/'),
      isFile: entry.isFile(),
    }))
    .filter(({ name }) => name !== reportFile)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return { root: path, entries };
}

import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Json, type LeakReport, leakReportSchema } from '../../shared/model/index.js';
import { parseJson } from '../ground/json.js';
import { reportFile } from './check.js';
import { jsonlRows, linesOf } from './rows/lines.js';
import { parquetRows } from './rows/parquet.js';
import { rowJson } from './rows/row.js';
import { tfrecordRows } from './rows/tfrecord.js';

/** No report of ours is larger, in bytes. */
const largestReport = 16 * 1024 * 1024;
/** A row is shown up to here, in UTF-16 units. */
const shownChars = 256 * 1024;

/** The report in an export's folder; null where there is none or it is not one. */
export async function readReport(folder: string): Promise<LeakReport | null> {
  try {
    const path = join(folder, reportFile);
    const stat = await lstat(path);
    if (!stat.isFile() || stat.size > largestReport) return null;
    const parsed = leakReportSchema.safeParse(parseJson(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** A drawn row as it stands in its file, in lines; null where the file or the row is gone. */
export async function sampleRow(
  path: string,
  { row, offset }: LeakReport['sample']['rows'][number],
): Promise<{ text: string; cut: boolean } | null> {
  const value = await rowValue(path, row, offset);
  if (value === null) return null;
  const text = JSON.stringify(value, null, 2);
  return { text: text.slice(0, shownChars), cut: text.length > shownChars };
}

async function rowValue(path: string, row: number, offset: number | null): Promise<Json | null> {
  try {
    if (offset === null) {
      const rows = path.endsWith('.parquet')
        ? parquetRows
        : /\.tfrecord(?:\.gz)?$/.test(path)
          ? tfrecordRows
          : jsonlRows;
      for await (const some of rows(path)) for (const each of some) if (each.row === row) return each.value;
      return null;
    }
    for await (const [line] of linesOf(path, offset)) if (line !== undefined) return rowJson(line.text) ?? null;
    return null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

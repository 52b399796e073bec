import { join } from 'node:path';
import { SluiceError } from '../../../shared/errors.js';
import type { DatasetVersion, TrainingRun } from '../../../shared/model/index.js';
import { fileFormats } from '../formats/index.js';
import { type Provenance, provenanceColumns, provenanceFile, tracesIn } from '../provenance.js';
import type { ExportSource } from '../source.js';
import { placeIn } from './contents.js';
import type { BuiltRow, DatasetFiles, VersionRecord } from './files.js';
import { rowsOfVersion } from './rows.js';

type Row = Omit<Provenance, 'file' | 'exchange_id'>;

/** The rows of a version by file, as they were when it was built. */
async function builtRows(files: DatasetFiles, record: VersionRecord): Promise<Map<string, Row[]>> {
  const built = new Map<string, Row[]>();
  for await (const { part, file, ...row } of rowsOfVersion(files, record)) addTo(built, placeIn(part, file), row);
  return built;
}

/** The same as they lie there: erasures have taken some out and changed others. Null where the folder is not there any more. */
async function rowsNow(record: VersionRecord): Promise<Map<string, Row[]> | null> {
  const now = new Map<string, Row[]>();
  try {
    for (const part of record.parts)
      for await (const row of fileFormats.parquet.rows(join(record.out, part, provenanceFile), provenanceColumns))
        addTo(now, placeIn(part, row.file as string), row as unknown as Row);
  } catch {
    return null;
  }
  return now;
}

function addTo(rows: Map<string, Row[]>, file: string, row: Row): void {
  const of = rows.get(file);
  if (of === undefined) rows.set(file, [row]);
  else of.push(row);
}

/**
 * For each row of a file as it lies there, its place when it was built: rows go and change, but never change their order. Of several
 * that could be meant the one with the same hash is.
 */
export function builtPlaces(built: readonly Row[], now: readonly Row[]): number[] {
  if (built.length === now.length) return now.map((_, index) => index);
  const places: number[] = [];
  let at = 0;
  for (const row of now) {
    while (at < built.length && !sameOrigin(built[at] as Row, row)) at += 1;
    let end = at;
    while (end < built.length && sameOrigin(built[end] as Row, row)) end += 1;
    const same = built.slice(at, end).findIndex(({ sha256 }) => sha256 === row.sha256);
    const place = at + Math.max(0, same);
    places.push(place);
    at = place + 1;
  }
  return places;
}

/** The same of every file of a version whose folder is there. */
export async function placesNow(files: DatasetFiles, record: VersionRecord): Promise<Map<string, number[]>> {
  const now = await rowsNow(record);
  if (now === null) return new Map();
  const built = await builtRows(files, record);
  return new Map([...now].map(([file, rows]) => [file, builtPlaces(built.get(file) ?? [], rows)]));
}

function sameOrigin(a: Row, b: Row): boolean {
  const fields = ['trace_id', 'other_trace_id', 'call_id', 'step_id'] as const;
  return fields.every((field) => (a[field] ?? null) === (b[field] ?? null));
}

/**
 * The rows that a run names, as they were when the version was built: that holds whatever becomes of its files.
 * @throws SluiceError `validation_failed` where a row is named that the version does not have
 */
export async function namedRows(
  files: DatasetFiles,
  record: VersionRecord,
  named: NonNullable<TrainingRun['rows']>,
): Promise<BuiltRow[]> {
  const built = await builtRows(files, record);
  const now = (await rowsNow(record)) ?? built;
  const places = new Map<string, number[]>();
  const byHash = new Map<string, BuiltRow>();
  const builtRow = (file: string, place: number): BuiltRow | undefined => {
    const row = built.get(file)?.[place];
    return row && { file, row: row.row, sha256: row.sha256 };
  };
  for (const [file, rows] of built) {
    const current = now.get(file) ?? [];
    const of = builtPlaces(rows, current);
    places.set(file, of);
    for (const { row, sha256 } of rows) if (!byHash.has(sha256)) byHash.set(sha256, { file, row, sha256 });
    for (const [index, { sha256 }] of current.entries()) {
      const row = builtRow(file, of[index] as number);
      if (row !== undefined && !byHash.has(sha256)) byHash.set(sha256, row);
    }
  }
  return named.map((each) => {
    const found =
      'sha256' in each ? byHash.get(each.sha256) : builtRow(each.file, places.get(each.file)?.[each.row] ?? -1);
    if (found !== undefined) return found;
    const which = 'sha256' in each ? `no row with the hash ${each.sha256}` : `no row ${each.row} in ${each.file}`;
    throw new SluiceError('validation_failed', `Version ${record.version} of ${record.name} has ${which}.`);
  });
}

/** The runs that a version was used for, joined to its rows. */
export async function joinedRuns(
  files: DatasetFiles,
  record: VersionRecord,
  source: Pick<ExportSource, 'traceSummary'>,
): Promise<DatasetVersion['training_runs']> {
  const runs = await files.runs(record.name, record.version);
  if (runs.length === 0) return [];
  const built = await builtRows(files, record);
  const gone = new Map<string, boolean>();
  const isGone = (traceId: string): boolean => {
    const missing = gone.get(traceId) ?? source.traceSummary(traceId) === null;
    gone.set(traceId, missing);
    return missing;
  };
  return runs.map(({ rows, ...run }) => {
    const used = rows?.flatMap(({ file, row }) => built.get(file)?.[row] ?? []) ?? [...built.values()].flat();
    const tracesOf = (row: Row) => tracesIn(row).map(({ trace_id }) => trace_id);
    return {
      ...run,
      rows: used.length,
      traces: new Set(used.flatMap(tracesOf)).size,
      erased_rows: used.filter((row) => tracesOf(row).some(isGone)).length,
    };
  });
}

import type { DatasetDiff, DatasetDiffRows } from '../../../shared/model/index.js';
import type { Provenance } from '../provenance.js';
import { lyingParts, placeIn } from './contents.js';
import type { DatasetFiles, VersionRecord } from './files.js';
import { rowsOfVersion } from './rows.js';
import { placesNow } from './runs.js';

/**
 * Two versions by rows and figures. A row is the same one where it was made of the same part of the same trace; it has changed
 * where its hash has.
 */
export async function diffVersions(
  files: DatasetFiles,
  before: VersionRecord,
  after: VersionRecord,
): Promise<DatasetDiff> {
  const old = new Map<string, string>();
  for await (const [key, sha256] of keyed(rowsOfVersion(files, before))) old.set(key, sha256);
  let added = 0;
  let changed = 0;
  let unchanged = 0;
  for await (const [key, sha256] of keyed(rowsOfVersion(files, after))) {
    const found = old.get(key);
    old.delete(key);
    if (found === undefined) added += 1;
    else if (found === sha256) unchanged += 1;
    else changed += 1;
  }
  const bytes = ({ files: data }: VersionRecord) => data.reduce((sum, file) => sum + file.bytes, 0);
  const left = ({ skipped }: VersionRecord) => Object.values(skipped).reduce((sum, count) => sum + count, 0);
  return {
    name: before.name,
    before: before.version,
    after: after.version,
    added,
    removed: old.size,
    changed,
    unchanged,
    figures: {
      rows: { before: before.rows, after: after.rows },
      traces: { before: before.traces, after: after.traces },
      files: { before: before.files.length, after: after.files.length },
      bytes: { before: bytes(before), after: bytes(after) },
      skipped: { before: left(before), after: left(after) },
    },
  };
}

type Place = Provenance & { part: string };
type DiffRow = Omit<DatasetDiffRows['items'][number], 'before' | 'after'> & {
  before: Place | null;
  after: Place | null;
};

/** A page of the rows in which two versions differ; `kind` null: all of them. */
export async function diffRows(
  files: DatasetFiles,
  before: VersionRecord,
  after: VersionRecord,
  { kind, from, limit }: { kind: DiffRow['kind'] | null; from: number; limit: number },
): Promise<DatasetDiffRows> {
  const page: DiffRow[] = [];
  let passed = 0;
  for await (const row of differing(files, before, after)) {
    if (kind !== null && row.kind !== kind) continue;
    if (passed >= from) page.push(row);
    passed += 1;
    if (page.length > limit) break;
  }
  const more = page.length > limit;
  const shown = page.slice(0, limit);
  const [old, now] = [await numbering(files, before, shown, 'before'), await numbering(files, after, shown, 'after')];
  const placed = (place: Place | null, numberOf: typeof old) => {
    if (place === null) return null;
    const file = placeIn(place.part, place.file);
    return { number: numberOf(file, place.row), file, row: place.row + 1 };
  };
  return {
    items: shown.map((row) => ({ ...row, before: placed(row.before, old), after: placed(row.after, now) })),
    next_from: more ? from + limit : null,
  };
}

async function* differing(files: DatasetFiles, before: VersionRecord, after: VersionRecord): AsyncGenerator<DiffRow> {
  const old = new Map<string, Place>();
  for await (const [key, , place] of keyed(rowsOfVersion(files, before))) old.set(key, place);
  for await (const [key, sha256, place] of keyed(rowsOfVersion(files, after))) {
    const found = old.get(key);
    old.delete(key);
    if (found === undefined) yield { kind: 'added', ...madeOf(place), before: null, after: place };
    else if (found.sha256 !== sha256) yield { kind: 'changed', ...madeOf(place), before: found, after: place };
  }
  for (const place of old.values()) yield { kind: 'removed', ...madeOf(place), before: place, after: null };
}

const madeOf = ({ trace_id, call_id, step_id }: Place) => ({ trace_id, call_id, step_id });

/**
 * The number that a row of a version has in its files as they lie there, from its place when it was built; null where an erasure
 * took it, and where the folder is gone.
 */
async function numbering(
  files: DatasetFiles,
  record: VersionRecord,
  rows: readonly DiffRow[],
  side: 'before' | 'after',
): Promise<(file: string, row: number) => number | null> {
  const parts = rows.some((row) => row[side] !== null) ? await lyingParts(record).catch(() => null) : null;
  if (parts === null) return () => null;
  const lying = parts.flatMap(({ part, manifest }) =>
    manifest.files.map(({ name, rows: count }) => ({ file: placeIn(part, name), count })),
  );
  const starts = new Map<string, number>();
  let total = 0;
  for (const { file, count } of lying) {
    starts.set(file, total);
    total += count;
  }
  const built = new Map(record.files.map(({ name, rows: count }) => [name, count]));
  // Rows stand where they stood unless some were taken out.
  const moved = lying.some(({ file, count }) => built.get(file) !== count) ? await placesNow(files, record) : null;
  return (file, row) => {
    const start = starts.get(file);
    const at = moved === null ? row : (moved.get(file)?.indexOf(row) ?? -1);
    return start === undefined || at === -1 ? null : start + at + 1;
  };
}

/** Rows by what they were made of; those of the same are counted. */
async function* keyed(rows: AsyncIterable<Place>): AsyncGenerator<[string, string, Place]> {
  const seen = new Map<string, number>();
  let trace = '';
  for await (const row of rows) {
    const { part, trace_id, call_id, step_id, sha256 } = row;
    // The rows of a trace stand together.
    if (trace !== `${part} ${trace_id}`) seen.clear();
    trace = `${part} ${trace_id}`;
    const base = `${trace} ${call_id ?? ''} ${step_id ?? ''}`;
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    yield [`${base} ${count}`, sha256, row];
  }
}

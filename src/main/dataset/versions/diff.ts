import type { DatasetDiff } from '../../../shared/model/index.js';
import type { Provenance } from '../provenance.js';
import type { DatasetFiles, VersionRecord } from './files.js';
import { rowsOfVersion } from './rows.js';

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

/** Rows by what they were made of; those of the same are counted. */
async function* keyed(rows: AsyncIterable<Provenance & { part: string }>): AsyncGenerator<[string, string]> {
  const seen = new Map<string, number>();
  let trace = '';
  for await (const { part, trace_id, call_id, step_id, sha256 } of rows) {
    // The rows of a trace stand together.
    if (trace !== `${part} ${trace_id}`) seen.clear();
    trace = `${part} ${trace_id}`;
    const base = `${trace} ${call_id ?? ''} ${step_id ?? ''}`;
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    yield [`${base} ${count}`, sha256];
  }
}

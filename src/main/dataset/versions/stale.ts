import type * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import {
  type DatasetDefinition,
  type ExportOptions,
  hidesAsMuch,
  type Json,
  type staleRowsSchema,
} from '../../../shared/model/index.js';
import { wantedPrivacy } from '../privacy/row-redactor.js';
import { tracesIn } from '../provenance.js';
import type { ExportSource } from '../source.js';
import { verifyDataset } from '../verify.js';
import { ordersOf } from './build.js';
import type { DatasetFiles, VersionRecord } from './files.js';
import { rowsOfVersion } from './rows.js';
import { placesNow } from './runs.js';

export type StaleRows = z.infer<typeof staleRowsSchema>;
type Action = Parameters<typeof hidesAsMuch>[0];

/** Which rows of a version would be others today: each is counted once, under the first reason that holds. */
export async function staleRows(
  files: DatasetFiles,
  record: VersionRecord,
  definition: DatasetDefinition,
  source: ExportSource,
): Promise<StaleRows> {
  const stale: StaleRows = { erased: 0, changed: 0, relabelled: 0, policy: 0 };
  const reasons = new Map<string, keyof StaleRows | null>();
  const counted = new Set<string>();
  const reasonFor = (traceId: string, revision: number | null): keyof StaleRows | null => {
    const key = `${traceId} ${revision ?? ''}`;
    const earlier = reasons.get(key);
    if (earlier !== undefined) return earlier;
    const reason = reasonOf(source.traceSummary(traceId), revision, record.created_at);
    reasons.set(key, reason);
    return reason;
  };
  for await (const row of rowsOfVersion(files, record)) {
    const { part, file } = row;
    // What became of the others in it is told after what became of its own.
    const reason = tracesIn(row).reduce<keyof StaleRows | null>(
      (found, { trace_id, revision }) => found ?? reasonFor(trace_id, revision),
      null,
    );
    if (reason === null) continue;
    stale[reason] += 1;
    counted.add(`${part === '' ? file : `${part}/${file}`} ${row.row}`);
  }
  stale.policy = await touchedByPolicy(files, record, definition, source, counted);
  return stale;
}

function reasonOf(
  now: ReturnType<ExportSource['traceSummary']>,
  revision: number | null,
  builtAt: string,
): keyof StaleRows | null {
  if (now === null) return 'erased';
  if (revision !== null && now.revision !== undefined && now.revision !== revision) return 'changed';
  const reviewed = now.review?.updated_at ?? null;
  return reviewed !== null && Date.parse(reviewed) > Date.parse(builtAt) ? 'relabelled' : null;
}

/**
 * Tells of a row as it lies there whether it holds what the policy treats more strictly than when the version was built; null: nothing
 * is treated so.
 */
export function stricterToday(
  record: VersionRecord,
  definition: DatasetDefinition,
  source: ExportSource,
): ((row: Json) => boolean) | null {
  const [options] = ordersOf(definition, { name: record.name, version: record.version, earlier: [] });
  if (options === undefined) return null;
  const redactor = redactorFor(options, source);
  const stricter = new Set(
    Object.entries(redactor.actions).flatMap(([entity, action]) => {
      const before = record.actions[entity];
      return before === undefined || hidesAsMuch(before as Action, action) ? [] : [entity];
    }),
  );
  if (stricter.size === 0) return null;
  return (row) => redactor.json(row).replaced.some(({ entity }) => stricter.has(entity));
}

/** Rows in the folder that are touched by the policy, without those that were counted already. */
async function touchedByPolicy(
  files: DatasetFiles,
  record: VersionRecord,
  definition: DatasetDefinition,
  source: ExportSource,
  counted: ReadonlySet<string>,
): Promise<number> {
  const touches = stricterToday(record, definition, source);
  if (touches === null) return 0;
  // Rows are counted by where they were when it was built.
  const places = await placesNow(files, record);
  let touched = 0;
  const look = (row: Json, name: string) => {
    if (!counted.has(name) && touches(row)) touched += 1;
  };
  await verifyDataset(record.out, (row, { file, row: number }) =>
    look(row as Json, `${file} ${places.get(file)?.[number - 1] ?? number - 1}`),
  ).catch(
    // A folder that somebody moved away cannot be looked into; erasures and changes are counted all the same.
    () => undefined,
  );
  return touched;
}

/** By the definition, or by the project's own rules where these have become stricter than it. */
function redactorFor(options: ExportOptions, source: ExportSource) {
  try {
    return source.redactor(wantedPrivacy(options));
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'export_policy_looser') throw error;
    return source.redactor(wantedPrivacy({ ...options, policy: undefined }));
  }
}

import { join } from 'node:path';
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
import type { ExportSource } from '../source.js';
import { verifyDataset } from '../verify.js';
import { ordersOf } from './build.js';
import type { DatasetFiles, VersionRecord } from './files.js';
import { rowsOfVersion } from './rows.js';

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
  for await (const { part, file, row, trace_id, revision } of rowsOfVersion(files, record)) {
    let reason = reasons.get(trace_id);
    if (reason === undefined) {
      reason = reasonOf(source.traceSummary(trace_id), revision, record.created_at);
      reasons.set(trace_id, reason);
    }
    if (reason === null) continue;
    stale[reason] += 1;
    counted.add(`${part === '' ? file : `${part}/${file}`} ${row}`);
  }
  stale.policy = await touchedByPolicy(record, definition, source, counted);
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

/** Rows in the folder that hold what the policy treats more strictly than when they were written. */
async function touchedByPolicy(
  record: VersionRecord,
  definition: DatasetDefinition,
  source: ExportSource,
  counted: ReadonlySet<string>,
): Promise<number> {
  const [options] = ordersOf(definition, { name: record.name, version: record.version, earlier: [] });
  if (options === undefined) return 0;
  const redactor = redactorFor(options, source);
  const stricter = new Set(
    Object.entries(redactor.actions).flatMap(([entity, action]) => {
      const before = record.actions[entity];
      return before === undefined || hidesAsMuch(before as Action, action) ? [] : [entity];
    }),
  );
  if (stricter.size === 0) return 0;
  let touched = 0;
  const look = (row: Json, name: string) => {
    if (counted.has(name)) return;
    if (redactor.json(row).replaced.some(({ entity }) => stricter.has(entity))) touched += 1;
  };
  await verifyDataset(join(record.out), (row, { file, row: number }) =>
    look(row as Json, `${file} ${number - 1}`),
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

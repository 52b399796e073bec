import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import {
  consentOptionsSchema,
  consentProblem,
  datasetNameSchema,
  type Json,
  type LeakReport,
  leakOverrideSchema,
  leakReportSchema,
} from '../../../shared/model/index.js';
import type { JobStep } from '../../ground/job-kind.js';
import { parseJson } from '../../ground/json.js';
import { pauses } from '../../ground/pauses.js';
import { readRegular } from '../../ground/regular-file.js';
import { fileHashes, stampOf } from '../file-hashes.js';
import { tracesIn } from '../provenance.js';
import { keyIdOf, signatureFile } from '../signing.js';
import type { ExportSource } from '../source.js';
import { verifyDataset } from '../verify.js';
import { filesOfVersion, leaksFile, type NamedFile } from '../versions/contents.js';
import { type DatasetFiles, datasetFiles, type VersionRecord } from '../versions/files.js';
import { rowsOfVersion } from '../versions/rows.js';
import { stricterToday } from '../versions/stale.js';

const planSchema = z.object({
  out: z.string(),
  rows: z.int(),
  rows_root: z.string(),
  /** Leaks that somebody has to take on, by name, for it to leave the machine. */
  leaks: z.int(),
  files: z.array(
    z.object({
      path: z.string(),
      bytes: z.int(),
      sha256: z.string(),
      /** As git names its content. */
      git_oid: z.string(),
      /** Another one once the file is changed. */
      stamp: z.string(),
    }),
  ),
});
/** What of a version is to be at the Hub. */
export type PushPlan = z.infer<typeof planSchema>;

const askedSchema = z.object({
  name: datasetNameSchema,
  version: z.int().positive().nullable(),
  allow_leaks: leakOverrideSchema.nullable(),
});
export type PushAsked = z.infer<typeof askedSchema>;

/** The second look at an export, taken again: by the policy and the known values of today. */
export type SecondLook = (
  folder: string,
  at: {
    /** What is looked into, by its path in the folder. */
    files: ReadonlySet<string>;
    /** Whether a value was put there in a real one's place. */
    isInvented(entity: string, value: string): boolean;
    signal: AbortSignal;
    onProgress(rows: number): void;
  },
) => Promise<LeakReport>;

interface PlanControl {
  signal: AbortSignal;
  onProgress(message: string): void;
  secondLook: SecondLook;
}

/**
 * Looks at a version, of which `null` is the newest, as one does before it leaves the machine. Throws `push_refused` where the folder is
 * not as its build left it, where a consent does not allow its rows any more or where the policy hides more of them today, `export_leaks`
 * where its leak report is not clean, or a look of today finds leaks, and nobody takes that on, `dataset_unknown`, and as
 * `filesOfVersion` does.
 */
export async function planPush(
  { name, version, allow_leaks }: PushAsked,
  files: DatasetFiles,
  source: ExportSource,
  { signal, onProgress, secondLook }: PlanControl,
): Promise<PushPlan & { version: number }> {
  const number = version ?? (await newest(files, name));
  const record = await files.record(name, number);
  onProgress('Checking the version against what its build wrote');
  const pause = pauses(signal);
  const seen = await filesAsTheyLie(record, pause);
  const touches = stricterToday(record, await files.definition(name), source);
  let hidden = 0;
  const { rows, problems } = await verifyDataset(record.out, (row) => {
    if (touches?.(row as Json)) hidden += 1;
    return pause();
  });
  if (problems.length > 0)
    throw new SluiceError('push_refused', `Version ${number} of ${name} is not as its build left it.`, {
      problems: problems.slice(0, 20),
    });
  await refuseOfOthers(record, source);
  onProgress('Checking consents and policy');
  await refuseWithoutConsent(record, files, source, pause);
  if (hidden > 0)
    throw new SluiceError('push_refused', `The policy hides more of ${hidden} rows today than when they were written.`);
  const written = await leakReportOf(record);
  // Whatever the definition says today: the values of its own key, and those of the project's.
  const { isInvented } = source.redactor({ policy: {}, pseudonyms: 'fresh', dataset: name });
  const now = await secondLook(record.out, {
    files: new Set(seen.keys()),
    isInvented,
    signal,
    onProgress: (count) => onProgress(`${count} rows checked for leaks`),
  });
  const leaks = leaksIn(record, written, now, allow_leaks !== null);
  const plan: PushPlan = { out: record.out, rows, rows_root: record.sha256, leaks, files: [] };
  for (const [path, { said, stamp }] of seen) {
    await pause();
    const hashes = await fileHashes(join(record.out, path)).catch(() => null);
    // What was looked at is what is sent.
    if (hashes === null || hashes.stamp !== stamp || (said !== null && said.sha256 !== hashes.sha256))
      throw new SluiceError('push_refused', `${path} is not what was checked: it was changed meanwhile.`);
    plan.files.push({ path, ...hashes });
  }
  return { ...plan, version: number };
}

/** The files of a version, by their path in its folder, with what tells a change from now on. */
async function filesAsTheyLie(
  record: VersionRecord,
  pause: () => Promise<void>,
): Promise<Map<string, Pick<NamedFile, 'said'> & { stamp: string | null }>> {
  const seen = new Map<string, Pick<NamedFile, 'said'> & { stamp: string | null }>();
  for await (const { name, said } of filesOfVersion(record)) {
    await pause();
    const stats = await lstat(join(record.out, name), { bigint: true }).catch(() => null);
    if (!seen.has(name)) seen.set(name, { said, stamp: stats && stampOf(stats) });
  }
  return seen;
}

/** Whoever may write into the folder can sign with a key of their own what they made of it. */
async function refuseOfOthers({ out, parts }: VersionRecord, { signer }: ExportSource): Promise<void> {
  const own = keyIdOf(signer.signature(''));
  for (const part of new Set(['', ...parts])) {
    const signed = await readRegular(join(out, part, signatureFile)).catch(() => '');
    if (keyIdOf(signed) !== own)
      throw new SluiceError(
        'push_refused',
        `${join(part, 'manifest.json')} is signed by another key than this data folder’s.`,
      );
  }
}

async function newest(files: DatasetFiles, name: string): Promise<number> {
  await files.definition(name);
  const last = (await files.versions(name)).at(-1);
  if (last === undefined) throw new SluiceError('dataset_unknown', `${name} has no version yet.`);
  return last;
}

/** What the look at it found when it was built; throws where nobody looked. */
async function leakReportOf({ out }: VersionRecord): Promise<LeakReport> {
  const text = await readRegular(join(out, leaksFile)).catch(() => null);
  const report = leakReportSchema.safeParse(text === null ? null : parseJson(text)).data;
  if (report !== undefined) return report;
  throw new SluiceError('push_refused', `${leaksFile} is missing or cannot be read: nobody looked for leaks.`);
}

/**
 * How many leaks there are by any account: its report lies where others may write, its record may be of before such counts were kept, and
 * values become known later. Throws where there are some that nobody takes on.
 */
function leaksIn(
  { leaks_count: recorded = 0 }: VersionRecord,
  written: LeakReport,
  now: LeakReport,
  taken: boolean,
): number {
  const countOf = ({ leaks_count, unread }: LeakReport) => leaks_count + unread.length;
  const count = Math.max(recorded, countOf(written), countOf(now));
  if (count === 0 || taken) return count;
  const today = countOf(now) > 0;
  const { leaks_count, unread, by_rule, rows, leaks } = today ? now : written;
  const when = today ? 'holds' : 'was built with';
  throw new SluiceError('export_leaks', `The version ${when} ${count} leaks or files that nobody looked into.`, {
    leaks_count,
    by_rule,
    rows,
    leaks: leaks.slice(0, 100),
    unread,
  });
}

async function refuseWithoutConsent(
  record: VersionRecord,
  files: DatasetFiles,
  source: ExportSource,
  pause: () => Promise<void>,
): Promise<void> {
  const { consent } = await files.definition(record.name);
  const { scope, override } = consentOptionsSchema.parse(consent ?? {});
  if (override) return;
  const required = source.consentRequired();
  const seen = new Map<string, string | null>();
  const refused = new Map<string, number>();
  for await (const row of rowsOfVersion(files, record)) {
    await pause();
    for (const { trace_id } of tracesIn(row)) {
      if (!seen.has(trace_id)) {
        const found = source.consent(trace_id);
        // Of one that was deleted what held when it was built holds; an erasure has taken its rows away.
        seen.set(trace_id, found === null ? null : consentProblem(found.consent, { scope, required }));
      }
      const problem = seen.get(trace_id) ?? null;
      if (problem !== null) refused.set(problem, (refused.get(problem) ?? 0) + 1);
    }
  }
  if (refused.size > 0)
    throw new SluiceError('push_refused', 'Consents do not allow some of its rows today.', {
      rows: Object.fromEntries(refused),
    });
}

/** The plan as the work thread makes it for the job. */
export const planStep: JobStep<
  PushAsked,
  PushPlan & { version: number },
  { source: ExportSource; datasetsFolder: string; secondLook: SecondLook }
> = {
  id: 'dataset-push-plan',
  params: askedSchema,
  result: planSchema.extend({ version: z.int().positive() }),
  run: (asked, { signal, progress }, { source, datasetsFolder, secondLook }) =>
    planPush(asked, datasetFiles(datasetsFolder), source, {
      signal,
      onProgress: (message) => progress(null, message),
      secondLook,
    }),
};

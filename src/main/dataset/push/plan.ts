import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import {
  consentOptionsSchema,
  consentProblem,
  datasetNameSchema,
  leakOverrideSchema,
  leakReportSchema,
} from '../../../shared/model/index.js';
import type { JobStep } from '../../ground/job-kind.js';
import { parseJson } from '../../ground/json.js';
import { pauses } from '../../ground/pauses.js';
import { readRegular } from '../../ground/regular-file.js';
import { fileFormats } from '../formats/index.js';
import { type BuildManifest, parseManifest, partsIn } from '../manifest.js';
import { tracesIn } from '../provenance.js';
import { keyIdOf, signatureFile } from '../signing.js';
import type { ExportSource } from '../source.js';
import { verifyDataset } from '../verify.js';
import { type DatasetFiles, datasetFiles, type VersionRecord } from '../versions/files.js';
import { rowsOfVersion } from '../versions/rows.js';
import { staleRows } from '../versions/stale.js';

/** What the second look at an export wrote beside it. */
const leaksFile = 'leaks.json';

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

/**
 * Looks at a version, of which `null` is the newest, as one does before it leaves the machine. Throws `push_refused` where the folder is
 * not as its build left it, where a consent does not allow its rows any more or where the policy hides more of them today, `export_leaks`
 * where its leak report is not clean and nobody takes that on, and `dataset_unknown`.
 */
export async function planPush(
  { name, version, allow_leaks }: PushAsked,
  files: DatasetFiles,
  source: ExportSource,
  { signal, onProgress }: { signal: AbortSignal; onProgress(message: string): void },
): Promise<PushPlan & { version: number }> {
  const number = version ?? (await newest(files, name));
  const record = await files.record(name, number);
  onProgress('Checking the version against what its build wrote');
  const pause = pauses(signal);
  const { rows, problems } = await verifyDataset(record.out, pause);
  if (problems.length > 0)
    throw new SluiceError('push_refused', `Version ${number} of ${name} is not as its build left it.`, {
      problems: problems.slice(0, 20),
    });
  await refuseOfOthers(record, source);
  const leaks = await leaksIn(record, allow_leaks !== null);
  onProgress('Checking consents and policy');
  await refuseWithoutConsent(record, files, source, pause);
  const { policy } = await staleRows(files, record, await files.definition(name), source);
  if (policy > 0)
    throw new SluiceError('push_refused', `The policy hides more of ${policy} rows today than when they were written.`);
  const plan: PushPlan = { out: record.out, rows, rows_root: record.sha256, leaks, files: [] };
  for (const path of await pathsOf(record)) {
    await pause();
    plan.files.push({ path, ...(await hashesOf(join(record.out, path))) });
  }
  return { ...plan, version: number };
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

/** How many leaks its report tells of; throws where there are some that nobody takes on. */
async function leaksIn({ out, leaks_count: found = 0 }: VersionRecord, taken: boolean): Promise<number> {
  const text = await readFile(join(out, leaksFile), 'utf8').catch(() => null);
  const report = leakReportSchema.safeParse(text === null ? null : parseJson(text)).data;
  if (report === undefined)
    throw new SluiceError('push_refused', `${leaksFile} is missing or cannot be read: nobody looked for leaks.`);
  const { leaks_count, unread, by_rule, rows, leaks } = report;
  const count = Math.max(leaks_count + unread.length, found);
  if (count > 0 && !taken)
    throw new SluiceError(
      'export_leaks',
      `The version was built with ${count} leaks or files that nobody looked into.`,
      {
        leaks_count,
        by_rule,
        rows,
        leaks: leaks.slice(0, 100),
        unread,
      },
    );
  return count;
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

/** Every file that belongs to the version, by its path in the folder; what else lies there stays. */
async function pathsOf({ out, parts }: VersionRecord): Promise<string[]> {
  const paths: string[] = [];
  const whole = await readFile(join(out, 'manifest.json'), 'utf8');
  if (partsIn(whole) !== null) {
    paths.push('manifest.json', signatureFile, leaksFile);
    for (const { name } of (JSON.parse(whole) as BuildManifest).beside ?? []) paths.push(name);
  }
  for (const part of parts) {
    const manifest = parseManifest(await readFile(join(out, part, 'manifest.json'), 'utf8'), null);
    const beside = (manifest.beside ?? []).map(({ name }) => name);
    const sides = [manifest.provenance?.name, manifest.consent.file?.name, manifest.augmentation?.file.name];
    const names = [...manifest.files.map(({ name }) => name), ...beside, ...sides.flatMap((side) => side ?? [])];
    for (const { name } of manifest.files)
      for await (const each of fileFormats[manifest.format].beside?.(join(out, part, name)) ?? []) names.push(each);
    names.push('manifest.json', signatureFile);
    if (partsIn(whole) === null) names.push(leaksFile);
    paths.push(...names.map((name) => (part === '' ? name : `${part}/${name}`)));
  }
  return [...new Set(paths)];
}

async function hashesOf(path: string): Promise<{ bytes: number; sha256: string; git_oid: string }> {
  const { size } = await stat(path);
  const sha256 = createHash('sha256');
  const git = createHash('sha1').update(`blob ${size}\0`);
  for await (const chunk of createReadStream(path)) {
    sha256.update(chunk as Buffer);
    git.update(chunk as Buffer);
  }
  return { bytes: size, sha256: sha256.digest('hex'), git_oid: git.digest('hex') };
}

/** The plan as the work thread makes it for the job. */
export const planStep: JobStep<
  PushAsked,
  PushPlan & { version: number },
  { source: ExportSource; datasetsFolder: string }
> = {
  id: 'dataset-push-plan',
  params: askedSchema,
  result: planSchema.extend({ version: z.int().positive() }),
  run: (asked, { signal, progress }, { source, datasetsFolder }) =>
    planPush(asked, datasetFiles(datasetsFolder), source, {
      signal,
      onProgress: (message) => progress(null, message),
    }),
};

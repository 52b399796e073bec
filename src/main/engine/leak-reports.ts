import { lstat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { leaksContract } from '../../shared/contract/datasets.js';
import type { Handlers } from '../../shared/contract/operation.js';
import { found, SluiceError } from '../../shared/errors.js';
import { uuidv7 } from '../../shared/ids.js';
import { type Job, type Json, leakCheckSchema } from '../../shared/model/index.js';
import { leaksKind, readReport, reportFile, sampleRow } from '../leaks/index.js';

interface Jobs {
  get(jobId: string): Job | null;
  file(jobId: string, name: string): string | null;
  start(kind: string, title: string, params: Json): Promise<Job>;
}

/** The leak reports of exports that jobs wrote and of files that jobs checked, and the rows drawn for review. */
export function leakReports(jobs: Jobs): Handlers<typeof leaksContract> {
  const report = async (jobId: string) => {
    const path = jobs.file(jobId, reportFile);
    return path === null ? null : await readReport(dirname(path));
  };

  /** A report that somebody wrote himself must not lead to files that the export did not write, or that were not checked. */
  async function rowFile(jobId: string, name: string): Promise<string | null> {
    const job = jobs.get(jobId);
    if (job?.kind !== leaksKind.id) return jobs.file(jobId, name);
    const checked = leakCheckSchema.safeParse(job.result).data;
    if (checked === undefined) return null;
    const path = basename(checked.path) === name ? checked.path : join(checked.path, name);
    return (await lstat(path).catch(() => null))?.isFile() ? path : null;
  }

  return {
    report: async ({ job_id }) => found(await report(job_id), 'leak report'),
    async start({ path, seed }) {
      const there = await lstat(path).catch(() => null);
      if (there === null)
        throw new SluiceError('export_unreadable', 'The path names nothing that can be read on this machine.');
      return jobs.start(leaksKind.id, `Check ${basename(path)} for leaks`, { path, seed, report_id: uuidv7() });
    },
    async sampleRow({ job_id, index }) {
      const row = found((await report(job_id))?.sample.rows[index] ?? null, 'row');
      return found(await sampleRow(found(await rowFile(job_id, row.file), 'row'), row), 'row');
    },
  };
}

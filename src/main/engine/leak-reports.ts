import { lstat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SluiceError } from '../../shared/errors.js';
import { uuidv7 } from '../../shared/ids.js';
import { type Job, type Json, leakCheckSchema } from '../../shared/model/index.js';
import type { Leaks } from '../api/services.js';
import { leaksKind, readReport, reportFile, sampleRow } from '../leaks/index.js';

interface Jobs {
  get(jobId: string): Job | null;
  file(jobId: string, name: string): string | null;
  start(kind: string, title: string, params: Json): Job;
}

/** The leak reports of exports that jobs wrote and of files that jobs checked, and the rows drawn for review. */
export function leakReports(jobs: Jobs): Leaks {
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
    report,
    async start(path, seed) {
      const there = await lstat(path).catch(() => null);
      if (there === null)
        throw new SluiceError('export_unreadable', 'The path names nothing that can be read on this machine.');
      return jobs.start(leaksKind.id, `Check ${basename(path)} for leaks`, { path, seed, report_id: uuidv7() });
    },
    async sampleRow(jobId, index) {
      const row = (await report(jobId))?.sample.rows[index];
      const path = row === undefined ? null : await rowFile(jobId, row.file);
      return row === undefined || path === null ? null : await sampleRow(path, row);
    },
  };
}

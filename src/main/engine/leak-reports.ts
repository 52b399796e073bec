import { dirname } from 'node:path';
import { readReport, reportFile, sampleRow } from '../leaks/index.js';

/** The leak reports of exports that jobs wrote, and the rows drawn for review. */
export function leakReports(jobs: { file(jobId: string, name: string): string | null }) {
  const folderOf = (jobId: string) => {
    const path = jobs.file(jobId, reportFile);
    return path === null ? null : dirname(path);
  };
  const report = async (jobId: string) => {
    const folder = folderOf(jobId);
    return folder === null ? null : await readReport(folder);
  };
  return {
    report,
    async sampleRow(jobId: string, index: number) {
      const row = (await report(jobId))?.sample.rows[index];
      // A report that somebody wrote himself must not lead to files that the export did not write.
      const path = row === undefined ? null : jobs.file(jobId, row.file);
      return row === undefined || path === null ? null : await sampleRow(path, row);
    },
  };
}

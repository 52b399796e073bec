import { join } from 'node:path';
import { type ExportOptions, exportOptionsSchema, type Job, type Json } from '../../shared/model/index.js';
import { exportDataset } from './export.js';
import { refuseExisting } from './partial-folder.js';
import { previewDataset } from './preview.js';
import type { ExportSource } from './source.js';
import { splitter } from './split.js';

/** Kind of the jobs that write datasets. */
export const exportJobKind = 'export';

/**
 * Exports as the API offers them: a preview, and a job that writes. `folder` takes the datasets that were given no
 * place of their own. `source` is read when a job runs, on the thread that calls.
 */
export function createExports(options: {
  source: ExportSource;
  folder: string;
  startJob(kind: string, title: string, params: Json): Job;
}) {
  const { source, folder, startJob } = options;
  return {
    preview: (wanted: ExportOptions) => previewDataset(wanted, source),

    /** Throws what can be known before the job begins, so that the one who asked hears it at once. */
    async start(wanted: ExportOptions, out: string | null): Promise<Job> {
      splitter(wanted.split, wanted.seed);
      source.count(wanted.query);
      const target = out ?? join(folder, freshName(wanted.layout));
      await refuseExisting(target);
      const title = `Export ${wanted.layout} as ${wanted.format}`;
      return startJob(exportJobKind, title, { options: wanted as unknown as Json, out: target });
    },

    /** The runner of `exportJobKind` jobs. */
    async run(
      params: Json,
      control: { signal: AbortSignal; report(progress: number | null, message: string): void },
    ): Promise<Json> {
      const { options: wanted, out } = params as { options: Json; out: string };
      const result = await exportDataset(exportOptionsSchema.parse(wanted), source, out, {
        signal: control.signal,
        onProgress: control.report,
      });
      return result as unknown as Json;
    },
  };
}

/** `tool-calls-20261121-093000-417`: sorts by time, safe on every file system. */
function freshName(layout: string): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').replace('.', '-').slice(0, -1);
  return `${layout}-${stamp}`;
}

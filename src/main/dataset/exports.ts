import { join } from 'node:path';
import * as z from 'zod';
import {
  type AuditActor,
  auditActorSchema,
  type ExportOptions,
  type ExportResult,
  exportOptionsSchema,
  type Job,
  type Json,
  type LeakOverride,
  leakOverrideSchema,
} from '../../shared/model/index.js';
import { parseQuery } from '../../shared/query/index.js';
import { type ExportControl, exportDataset } from './export.js';
import { refuseExisting } from './partial-folder.js';
import { wantedPrivacy } from './privacy/row-redactor.js';
import type { ExportSource } from './source.js';
import { splitter } from './split.js';

/** Kind of the jobs that write datasets. */
export const exportJobKind = 'export';

/** Who wants an export, and whether he takes on what is found in it. */
export interface ExportOrder {
  actor: AuditActor;
  allow_leaks: LeakOverride | null;
}

const paramsSchema = z.object({
  options: exportOptionsSchema,
  out: z.string(),
  actor: auditActorSchema,
  allow_leaks: leakOverrideSchema.nullable(),
});

/** Runs an export with a second look at its files, and writes down what came of it. */
export type GuardExport = (
  order: ExportOrder & { options: ExportOptions; out: string; control: Omit<ExportControl, 'check'> },
  write: (control: ExportControl) => Promise<ExportResult>,
) => Promise<ExportResult>;

/**
 * Exports as the API offers them: a job that writes. `folder` takes the datasets that were given no
 * place of their own. `source` is read when a job runs, on the thread that calls.
 */
export function createExports(options: {
  source: ExportSource;
  folder: string;
  startJob(kind: string, title: string, params: Json): Job;
  guard: GuardExport;
}) {
  const { source, folder, startJob, guard } = options;
  return {
    /** Throws what can be known before the job begins, so that the one who asked hears it at once. */
    async start(wanted: ExportOptions, out: string | null, order: ExportOrder): Promise<Job> {
      splitter(wanted.split, wanted.seed);
      source.redactor(wantedPrivacy(wanted));
      parseQuery(wanted.query, 'traces');
      const target = out ?? join(folder, freshName(wanted.layout));
      await refuseExisting(target);
      const title = `Export ${wanted.layout} as ${wanted.format}`;
      return startJob(exportJobKind, title, { options: wanted as unknown as Json, out: target, ...order });
    },

    /** The runner of `exportJobKind` jobs. */
    async run(
      params: Json,
      { signal, report }: { signal: AbortSignal; report(progress: number | null, message: string): void },
    ): Promise<Json> {
      const order = paramsSchema.parse(params);
      const result = await guard({ ...order, control: { signal, onProgress: report } }, (control) =>
        exportDataset(order.options, source, order.out, control),
      );
      return result as unknown as Json;
    },
  };
}

/** `tool-calls-20261121-093000-417`: sorts by time, safe on every file system. */
function freshName(layout: string): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').replace('.', '-').slice(0, -1);
  return `${layout}-${stamp}`;
}

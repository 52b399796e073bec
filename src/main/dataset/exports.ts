import { join } from 'node:path';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import {
  type AuditActor,
  auditActorSchema,
  type ExportOptions,
  type ExportResult,
  emptyLines,
  exportOptionsSchema,
  exportResultSchema,
  type Job,
  type Json,
  type LeakOverride,
  leakOverrideSchema,
} from '../../shared/model/index.js';
import { parseQuery } from '../../shared/query/index.js';
import type { JobControl, JobKind } from '../ground/job-kind.js';
import { type ExportControl, exportDataset } from './export.js';
import { packingProblem, problemOf, withOwnFormat } from './pairs.js';
import { refuseExisting } from './partial-folder.js';
import { wantedPrivacy } from './privacy/row-redactor.js';
import type { ExportSource } from './source.js';
import { splitter } from './split.js';
import { writtenDataset } from './written-dataset.js';

/** Who wants an export, and whether he takes on what is found in it. */
export interface ExportOrder {
  actor: AuditActor;
  allow_leaks: LeakOverride | null;
}

const exportParamsSchema = z.object({
  options: exportOptionsSchema,
  out: z.string(),
  actor: auditActorSchema,
  allow_leaks: leakOverrideSchema.nullable(),
});

/** Runs an export with a second look at its files, and writes down what came of it. */
export type GuardExport = (
  order: ExportOrder & { orders: readonly ExportOptions[]; out: string; control: Omit<ExportControl, 'check'> },
  write: (control: ExportControl) => Promise<ExportResult>,
) => Promise<ExportResult>;

/** The job that writes a dataset, looks through it for leaks, and gives it its place. */
export const exportKind: JobKind<
  z.infer<typeof exportParamsSchema>,
  ExportResult,
  { source: ExportSource; guard: GuardExport }
> = {
  id: 'export',
  title: 'Export',
  params: exportParamsSchema,
  result: exportResultSchema,
  lane: 'cpu',
  atOnce: 1,
  async run(params, job, { source, guard }) {
    const order = { ...params, options: withOwnFormat(params.options) };
    // What broke off left nothing at its place, so it is written again from the start, unless it was there already.
    const written = job.resumed === null ? null : await writtenDataset(order.options, order.out);
    job.checkpoint({ begun: true });
    if (written !== null)
      job.log('Everything was written when the job broke off; manifest.json counts what gave no row.');
    const result = await guard({ ...order, orders: [order.options], control: exportControl(job) }, (control) =>
      written === null ? exportDataset(order.options, source, order.out, control) : Promise.resolve(written),
    );
    for (const { name, rows, bytes } of result.files) job.log(`${name}: ${rows} rows, ${bytes} bytes`);
    for (const line of emptyLines(result)) job.log(line, 'warn');
    const skipped = result.skipped_count ?? result.skipped.length;
    if (skipped > 0) job.log(`${skipped} traces or branches are left out; manifest.json counts why`, 'warn');
    return result;
  },
};

function exportControl({ signal, progress, log }: JobControl): Omit<ExportControl, 'check'> {
  return { signal, onProgress: progress, onNote: log };
}

/**
 * Exports as the API offers them: the order of a job that writes. `folder` takes the datasets that were given no
 * place of their own.
 */
export function createExports(options: {
  source: ExportSource;
  folder: string;
  startJob(kind: string, title: string, params: Json): Promise<Job>;
}) {
  const { source, folder, startJob } = options;
  return {
    /** Throws what can be known before the job begins, so that the one who asked hears it at once. */
    async start(asked: ExportOptions, out: string | null, order: ExportOrder): Promise<Job> {
      const wanted = withOwnFormat(asked);
      splitter(wanted.split, wanted.seed);
      source.redactor(wantedPrivacy(wanted));
      parseQuery(wanted.query, 'traces');
      const problem = problemOf({ package: wanted.package ?? null, layout: wanted.layout }) ?? packingProblem(wanted);
      if (problem !== null) throw new SluiceError('validation_failed', problem);
      const target = out ?? join(folder, freshName(wanted.layout));
      await refuseExisting(target);
      const title = `Export ${wanted.layout} as ${wanted.format}`;
      return startJob(exportKind.id, title, { options: wanted as unknown as Json, out: target, ...order });
    },
  };
}

/** `tool-calls-20261121-093000-417`: sorts by time, safe on every file system. */
function freshName(layout: string): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').replace('.', '-').slice(0, -1);
  return `${layout}-${stamp}`;
}

import type { exportsContract } from '../../../shared/contract/datasets.js';
import type { Handlers } from '../../../shared/contract/operation.js';
import { createExports, planStep, pushKind, removeLeftovers } from '../../dataset/index.js';
import { redactorForExport } from '../../redact/index.js';
import type { EngineContext } from '../context.js';
import { exportSource } from '../export-source.js';
import { leakReports } from '../leak-reports.js';
import { mayNameFiles } from '../live/may-name-files.js';
import { namedDatasets } from '../named-datasets.js';

export type DatasetsPart = Awaited<ReturnType<typeof datasetsPart>>;

/** Exports, and what the second look at them found. */
export async function datasetsPart(context: EngineContext) {
  const { folder, reader, reading, live, secrets, keys, typed } = context;
  // What an export left half-written when its process was killed.
  await removeLeftovers(folder.exports);
  const source = exportSource(reader, {
    key: keys.pseudonym,
    consentRequired: () => live.state().policy.consent.required,
    redactor: (wanted) => redactorForExport({ ...live.rules(), key: keys.pseudonym, secrets }, wanted),
  });
  const start = typed.exports(createExports({ source, folder: folder.exports, startJob: context.startJob }).start);
  const leaks = leakReports({
    get: (jobId) => context.jobs().get(jobId),
    file: (jobId, name) => context.jobs().file(jobId, name),
    start: context.startJob,
  });
  const exports: Handlers<typeof exportsContract> = {
    preview(options, { principal }) {
      mayNameFiles(options, principal);
      return reading.preview(options);
    },
    start: ({ out, allow_leaks, ...options }, { actor }) => start(options, out, { actor, allow_leaks }),
  };
  const { startJob, work } = context;
  const named = namedDatasets({ folder: folder.datasets, source, startJob, work, typed, reading });
  const push = pushKind({
    env: process.env,
    plan: (asked, control) => work.step(planStep, asked, control),
    record: context.audit.record,
  });
  return { id: 'datasets', services: { ...named, exports, leaks }, jobs: [push], source };
}

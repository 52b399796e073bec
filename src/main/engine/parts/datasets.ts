import { createExports, exportJobKind, removeLeftovers } from '../../dataset/index.js';
import { redactorForExport } from '../../redact/index.js';
import type { EngineContext } from '../context.js';
import { exportGuard } from '../export-guard.js';
import { exportSource } from '../export-source.js';
import { leakReports } from '../leak-reports.js';

export type DatasetsPart = Awaited<ReturnType<typeof datasetsPart>>;

/** Exports, and what the second look at them found. */
export async function datasetsPart(context: EngineContext) {
  const { folder, reader, reading, live, vault, known, keys, typed } = context;
  // What an export left half-written when its process was killed.
  await removeLeftovers(folder.exports);
  const source = exportSource(reader, {
    consentRequired: () => live.state().policy.consent.required,
    redactor: (wanted) => redactorForExport({ ...live.rules(), key: keys.pseudonym, known }, wanted),
  });
  const exports = createExports({
    source,
    folder: folder.exports,
    startJob: context.startJob,
    guard: exportGuard({
      known: () => [...known, ...vault.values().map(({ value }) => value)],
      policy: () => live.state().policy,
      pseudonymKey: keys.pseudonym,
      record: context.audit.record,
    }),
  });
  return {
    id: 'datasets',
    services: {
      exports: { preview: reading.preview, start: typed.exports(exports.start) },
      leaks: leakReports({ file: (jobId, name) => context.jobs().file(jobId, name) }),
    },
    jobs: { [exportJobKind]: typed.jobs.told(exports.run) },
    source,
  };
}

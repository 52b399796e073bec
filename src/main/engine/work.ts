import { join } from 'node:path';
import type { Consent, Job, Tick } from '../../shared/model/index.js';
import {
  createExports,
  type ExportSource,
  exportJobKind,
  type GuardExport,
  removeLeftovers,
} from '../dataset/index.js';
import { readMessages } from '../decode/index.js';
import type { DataFolder } from '../home/folder.js';
import type { createLogger } from '../home/log.js';
import {
  createImports,
  createWatches,
  finalizeJob,
  finalizeJobKind,
  type IntakeQueue,
  importJobKind,
} from '../intake/index.js';
import { createJobs, type JobRunner } from '../jobs/index.js';
import type { openReader, StoreCommands } from '../store/index.js';
import { type Scan, validateJob, validateJobKind, validateStored, validateTrace } from '../validate/index.js';
import type { sealedText, typedText } from './typed-text.js';

interface WorkParts {
  folder: DataFolder;
  reader: ReturnType<typeof openReader>;
  intake: Pick<IntakeQueue, 'submitExchanges'>;
  stored(): Promise<void>;
  commands: StoreCommands;
  scan: Scan;
  typed: ReturnType<typeof typedText>;
  sealed: ReturnType<typeof sealedText>;
  guard: GuardExport;
  rowRedactor: ExportSource['redactor'];
  /** Jobs of other rooms. */
  runners: { [kind: string]: JobRunner };
  consentRequired(): boolean;
  /** What a file says of the right to use its traces, as it may be stored. */
  consentOf(value: unknown): Consent | null;
  tick(topics: Tick['topics']): void;
  log: ReturnType<typeof createLogger>;
}

/** What takes its time: exports, imports, followed session files, validation, and the jobs that they run as. */
export async function openWork(parts: WorkParts) {
  const { folder, reader, intake, stored, commands, scan, typed, sealed, guard, tick, log } = parts;
  // What an export left half-written when its process was killed.
  await removeLeftovers(folder.exports);
  const traceOf = (traceId: string) => reader.trace(traceId);
  const startJob: ReturnType<typeof createJobs>['start'] = (kind, title, params) =>
    jobs.start(kind, typed.jobs.title(title), typed.jobs.params(params));
  /** What a job tells may quote what it read. */
  const told =
    (run: JobRunner): JobRunner =>
    async (params, { signal, report }) =>
      typed.jobs.result(
        await run(params, { signal, report: (progress, message) => report(progress, typed.jobs.title(message)) }),
      );
  const intoStore = {
    submitExchanges: intake.submitExchanges,
    stored,
    exchange: (exchangeId: string) => reader.exchange(exchangeId, 0),
    traceIdByKey: (key: string) => reader.traceIdByKey(key),
    readMessages,
    consentOf: parts.consentOf,
  };
  /** What rows of datasets are made of. */
  const source: ExportSource = {
    traces: (query, signal) => reader.iterateTraces(query, signal),
    count: (query) => reader.countTraces(query),
    callMessages: (callId) => reader.callMessages(callId),
    traceSummary: (traceId) => reader.traceSummary(traceId),
    consentRequired: parts.consentRequired,
    redactor: parts.rowRedactor,
    droppedEntities: (traceId) => reader.droppedEntities(traceId),
  };
  const exports = createExports({
    source,
    folder: folder.exports,
    startJob,
    guard,
  });
  const imports = createImports({
    ...intoStore,
    startJob,
    settled: (jobId) => jobs.settled(jobId),
    nameOf: (file) => typed.clean(file, 'name'),
    sealed,
    validate: (traceIds) => validateStored(traceIds, traceOf, scan),
  });
  const watches = createWatches({
    ...intoStore,
    stateFile: join(folder.root, 'watched.json'),
    onError: (error) => log.error({ name: (error as Error).name }, 'watch_failed'),
  });
  const jobs = createJobs({
    store: {
      jobs: (cursor, limit) => reader.jobs(cursor, limit),
      job: (jobId) => reader.job(jobId),
      saveJob: (job: Job) => commands.saveJob({ ...job, error: typed.jobs.error(job.error) }),
    },
    runners: {
      ...parts.runners,
      [exportJobKind]: told(exports.run),
      [importJobKind]: told(imports.run),
      [finalizeJobKind]: finalizeJob({
        stored,
        trace: traceOf,
        validate: (trace) => validateTrace(trace, scan),
      }),
      [validateJobKind]: validateJob({
        count: (query) => reader.countTraces(query),
        traces: (query, signal) => reader.iterateTraces(query, signal),
        scan,
      }),
    },
    onChange: () => tick(['jobs']),
    onState: ({ job_id, kind, state }) => log.info({ job_id, kind, state }, 'job_state'),
    onError: (error, job) => log.error({ job_id: job.job_id, name: (error as Error).name }, 'job_failed'),
  });
  return { exports, source, imports, watches, jobs, startJob };
}

import { join } from 'node:path';
import type { Job, Tick } from '../../shared/model/index.js';
import { createExports, exportJobKind, removeLeftovers } from '../dataset/index.js';
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
import { createJobs } from '../jobs/index.js';
import type { openReader } from '../store/index.js';
import { type Scan, validateJob, validateJobKind, validateStored, validateTrace } from '../validate/index.js';

interface WorkParts {
  folder: DataFolder;
  reader: ReturnType<typeof openReader>;
  intake: Pick<IntakeQueue, 'submitExchanges'>;
  stored(): Promise<void>;
  write(method: string, args: unknown[]): Promise<unknown>;
  scan: Scan;
  tick(topics: Tick['topics']): void;
  log: ReturnType<typeof createLogger>;
}

/** What takes its time: exports, imports, followed session files, validation, and the jobs that they run as. */
export async function openWork({ folder, reader, intake, stored, write, scan, tick, log }: WorkParts) {
  // What an export left half-written when its process was killed.
  await removeLeftovers(folder.exports);
  const traceOf = (traceId: string) => reader.trace(traceId);
  const startJob: ReturnType<typeof createJobs>['start'] = (kind, title, params) => jobs.start(kind, title, params);
  const intoStore = {
    submitExchanges: intake.submitExchanges,
    stored,
    exchange: (exchangeId: string) => reader.exchange(exchangeId, 0),
    traceIdByKey: (key: string) => reader.traceIdByKey(key),
    readMessages,
  };
  const exports = createExports({
    source: {
      traces: (query, signal) => reader.iterateTraces(query, signal),
      count: (query) => reader.countTraces(query),
      callMessages: (callId) => reader.callMessages(callId),
      traceSummary: (traceId) => reader.traceSummary(traceId),
    },
    folder: folder.exports,
    startJob,
  });
  const imports = createImports({
    ...intoStore,
    startJob,
    settled: (jobId) => jobs.settled(jobId),
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
      saveJob: (job: Job) => write('saveJob', [job]),
    },
    runners: {
      [exportJobKind]: exports.run,
      [importJobKind]: imports.run,
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
    onError: (error, job) => log.error({ job_id: job.job_id, name: (error as Error).name }, 'job_failed'),
  });
  return { exports, imports, watches, jobs };
}

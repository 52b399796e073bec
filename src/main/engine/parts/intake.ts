import { join } from 'node:path';
import { importNote, type importsContract, type watchesContract } from '../../../shared/contract/intake.js';
import type { Handlers } from '../../../shared/contract/operation.js';
import { found } from '../../../shared/errors.js';
import { sentKey } from '../../../shared/sent-keys.js';
import type { Intake } from '../../api/index.js';
import { readCall, readMessages } from '../../decode/index.js';
import { createImports, createIntakeQueue, createWatches, type IntakeQueue } from '../../intake/index.js';
import type { EngineContext } from '../context.js';
import { sentBodies } from '../live/sent.js';
import { takingFor } from '../live/taking.js';
import type { ConsentPart } from './consent.js';

export type IntakePart = ReturnType<typeof intakePart>;
type Consents = Pick<ConsentPart, 'imported' | 'sent'>;

/** Before the names that programs and files have for their traces, in the order in which they are looked up. */
const nameSpaces = ['ingest', 'pr-telemetry', 'execution-trace'];

/** What others captured: sent over the API, in files, in session files that are followed. */
export function intakePart(context: EngineContext, consent: Consents) {
  const entry = context.options.threads.intake;
  return intakeServices(context, consent, (queue) => sentBodies({ entry, parts: { readMessages }, queue }));
}

/** @param bodies reads what is sent and puts it into the queue */
export function intakeServices(
  context: EngineContext,
  consent: Consents,
  bodies: (queue: IntakeQueue) => ReturnType<typeof sentBodies>,
) {
  const { folder, reader, work, stored, typed, threads, log } = context;
  const queue = createIntakeQueue({
    inject: context.inject,
    stored,
    counters: () => ({
      pending: threads.pending(),
      processed: threads.piped.get('processed'),
      journal_bytes: threads.captured.get('journal_bytes'),
    }),
  });
  const intoStore = {
    submitExchanges: queue.submitExchanges,
    stored,
    exchange: (exchangeId: string) => reader.exchange(exchangeId, 0),
    traceIdByKey: (key: string) => reader.traceIdByKey(key),
    hasTrace: (traceId: string) => reader.traceSummary(traceId) !== null,
    readMessages,
    readCall,
    consentOf: consent.imported,
  };
  const files = createImports({
    startJob: context.startJob,
    settled: (jobId) => context.jobs().settled(jobId),
    nameOf: (file) => typed.clean(file, 'name'),
    seal: context.sealed.seal,
  });
  work.answerIntake({ ...takingFor(queue), uploaded: files.uploaded });
  const follower = createWatches({
    ...intoStore,
    stateFile: join(folder.root, 'watched.json'),
    onError: (error) => log.error({ name: (error as Error).name }, 'watch_failed'),
  });
  const sent = bodies(queue);
  const { reads } = context.reading;
  const intake: Intake = {
    open: sent.open,
    async upload(name, bytes, as, actor) {
      const job = await files.upload(name, bytes, as);
      await context.audit.record({ ...importNote(job.job_id, as), actor });
      return job;
    },
    stored,
    backpressure: queue.backpressure,
    trace: (traceId) => reads.traceHead(traceId),
    knownEvents: (traceId, eventIds) => reads.knownEvents(traceId, eventIds),
    async traceIdOf(name) {
      for (const space of nameSpaces) {
        const traceId = await reads.traceIdByKey(`${space}:${name}`);
        if (traceId !== null) return traceId;
      }
      return null;
    },
    apartFrom: (traceId) => reads.traceIdByKey(sentKey(`rest:${traceId}`)),
    consent: consent.sent,
  };
  const imports: Handlers<typeof importsContract> = {
    list: () => files.list(),
    start: ({ path, as }) => files.startFile(path, as),
  };
  const watches: Handlers<typeof watchesContract> = {
    start: ({ folders, as }) => follower.start(folders, as),
    list: () => follower.list(),
    get: ({ watch_id }) => found(follower.get(watch_id), 'watch'),
    end: async ({ watch_id }) => found(await follower.end(watch_id), 'watch'),
  };
  return {
    id: 'intake',
    services: { intake, imports, watches },
    /** For the oracle's runs. */
    startRun: files.startRun,
    backpressure: queue.backpressure,
    end: () => Promise.all([follower.close(), sent.close()]),
    endMs: 30_000,
  };
}

import { join } from 'node:path';
import type { Intake } from '../../api/services.js';
import { readMessages } from '../../decode/index.js';
import { createImports, createIntakeQueue, createWatches, finalizeKind } from '../../intake/index.js';
import type { EngineContext } from '../context.js';
import { sentBodies } from '../live/sent.js';
import { takingFor } from '../live/taking.js';
import type { ConsentPart } from './consent.js';

export type IntakePart = ReturnType<typeof intakePart>;

/** What others captured: sent over the API, in files, in session files that are followed. */
export function intakePart(context: EngineContext, consent: Pick<ConsentPart, 'imported'>) {
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
    readMessages,
    consentOf: consent.imported,
  };
  const imports = createImports({
    startJob: context.startJob,
    settled: (jobId) => context.jobs().settled(jobId),
    nameOf: (file) => typed.clean(file, 'name'),
    seal: context.sealed.seal,
  });
  work.answerIntake({ ...takingFor(queue), uploaded: imports.uploaded });
  const watches = createWatches({
    ...intoStore,
    stateFile: join(folder.root, 'watched.json'),
    onError: (error) => log.error({ name: (error as Error).name }, 'watch_failed'),
  });
  const sent = sentBodies({ entry: context.options.threads.intake, parts: { readMessages }, queue });
  const { submitExchanges, backpressure } = queue;
  const intake: Intake = { submitExchanges, backpressure, stored, open: sent.open };
  return {
    id: 'intake',
    services: {
      intake,
      imports,
      watches,
      startFinalize: (traceId: string) =>
        context.startJob(finalizeKind.id, `Finalize ${traceId}`, { trace_id: traceId }),
    },
    backpressure: queue.backpressure,
    end: () => Promise.all([watches.close(), sent.close()]),
    endMs: 30_000,
  };
}

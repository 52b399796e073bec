import type { Consent, Json } from '../../../shared/model/index.js';
import { type ConsentTools, type RetentionTools, retentionDetails } from '../../privacy/index.js';
import type { StoreReader } from '../../store/index.js';
import type { EngineCalls, StoreChanges } from './engine-calls.js';

/** Who it is about stays out of the audit log. */
export function consentDetails(consent: Consent | null, traces: number): { [key: string]: Json } {
  if (consent === null) return { traces, forgotten: true };
  const { basis, scope, licence, provider_terms } = consent;
  return { traces, basis, scope, licence, provider_terms };
}

/** Setting the consents of many traces. */
export function consentChanges(
  changes: Pick<StoreChanges, 'setConsents'>,
  engine: Pick<EngineCalls, 'changed' | 'record'>,
): ConsentTools['consents'] {
  return {
    async set(traceIds, consent) {
      const there = await changes.setConsents(traceIds, consent);
      await engine.changed(['traces']);
      return there;
    },
    finished: (consent, traces, actor) =>
      engine.record({ action: 'consent_set', actor, details: consentDetails(consent, traces) }),
  };
}

/** What retention reads here and has deleted by the store's only writer. */
export function retentionTools(parts: {
  reader: Pick<StoreReader, 'retention'>;
  changes: StoreChanges;
  engine: Pick<EngineCalls, 'changed' | 'record' | 'settings' | 'sweepJobLogs' | 'tracesDeleted'>;
}): RetentionTools['retention'] {
  const { changes, engine } = parts;
  const { retention } = parts.reader;
  return {
    rules: async () => (await engine.settings()).retention,
    store: {
      traces: (guard, after, limit) => retention.traces(guard, after, limit),
      exchanges: (before, after, limit) => retention.exchanges(before, after, limit),
      keptLabelled: (guard) => retention.keptLabelled(guard),
      finishedJobs: (before) => retention.finishedJobs(before),
      use: () => retention.use(),
      deleteTraces: changes.deleteOldTraces,
      deleteExchanges: changes.deleteLooseExchanges,
      deleteJobs: changes.deleteOldJobs,
      tidyTexts: changes.tidyTexts,
      giveBack: changes.giveBackSpace,
    },
    async finished(report, actor) {
      if (report.traces > 0) await engine.tracesDeleted();
      if (report.exchanges > 0) await engine.changed(['traces', 'exchanges']);
      if (report.jobs > 0) await engine.sweepJobLogs();
      await engine.record({ action: 'retention', actor, details: retentionDetails(report) });
    },
  };
}

import type { AuditActor, Consent, GivenConsent, Json, NewConsent } from '../../../shared/model/index.js';
import { newConsentSchema } from '../../../shared/model/index.js';
import { parseQuery } from '../../../shared/query/index.js';
import type { Settings } from '../../../shared/settings.js';
import type { ConsentService, RetentionService } from '../../api/services.js';
import {
  type ConsentGate,
  consentKind,
  foreignConsent,
  hasRetention,
  recordConsent,
  retentionDetails,
  retentionKind,
  subjectOf,
} from '../../privacy/index.js';
import { createPseudonyms } from '../../redact/index.js';
import { type EngineContext, engineActor } from '../context.js';

const daily = 24 * 3600 * 1000;

export type ConsentPart = ReturnType<typeof consentPart>;

/** Consents and retention, with the store behind them and everything written down in the audit log. */
export function consentPart(context: EngineContext) {
  const { reader, commands, redactor, settings, startJob, tick, log } = context;
  const { record } = context.audit;
  const pseudonyms = createPseudonyms(context.keys.pseudonym);
  const gate: ConsentGate = {
    redact: (text) => redactor.text(text).text,
    pseudonym: (text) => pseudonyms('PERSON', text),
  };
  const set = async (traceIds: string[], consent: Consent | null) => {
    const found = await commands.setConsents(traceIds, consent);
    tick(['traces']);
    return found;
  };
  const setRule = (session: string | null, consent: Consent | null) => commands.setConsentRule(session, consent);

  const consent: ConsentService = {
    async set(traceId, given, actor) {
      const consent = given && recordConsent(given, { by: recordedBy(actor) }, gate);
      const found = await set([traceId], consent);
      if (found > 0)
        await record({ action: 'consent_set', actor, target: traceId, details: consentDetails(consent, found) });
      return context.reading.reads.consent(traceId);
    },
    startSet(query, given, actor) {
      // A query that does not parse is told at once, not by the job.
      parseQuery(query, 'traces');
      const consent = given && recordConsent(given, { by: recordedBy(actor) }, gate);
      return startJob('consent', query === '' ? 'Set the consent of all traces' : `Set the consent of ${query}`, {
        query,
        consent,
        actor: { ...actor },
      });
    },
    given: (given, actor, source) => recordConsent(given, { by: recordedBy(actor), source }, gate),
  };

  const retention: RetentionService = {
    start: (dryRun, actor) =>
      startJob('retention', dryRun ? 'What retention would delete' : 'Retention', {
        dry_run: dryRun,
        actor: { ...actor },
      }),
  };

  const kinds = [
    consentKind({
      traces: (options) => reader.traces(options),
      count: (query) => reader.countTraces(query),
      set,
      finished: (consent, traces, actor) =>
        record({ action: 'consent_set', actor, details: consentDetails(consent, traces) }),
    }),
    retentionKind({
      rules: () => settings.current().retention,
      store: {
        traces: (guard, after, limit) => reader.retention.traces(guard, after, limit),
        exchanges: (before, after, limit) => reader.retention.exchanges(before, after, limit),
        keptLabelled: (guard) => reader.retention.keptLabelled(guard),
        finishedJobs: (before) => reader.retention.finishedJobs(before),
        use: () => reader.retention.use(),
        deleteTraces: commands.deleteOldTraces,
        deleteExchanges: commands.deleteLooseExchanges,
        deleteJobs: commands.deleteOldJobs,
        tidyTexts: commands.tidyTexts,
        giveBack: commands.giveBackSpace,
      },
      async finished(report, actor) {
        if (report.exchanges > 0) tick(['traces', 'exchanges']);
        if (report.jobs > 0) await context.jobs().sweepLogs();
        await record({ action: 'retention', actor, details: retentionDetails(report) });
      },
    }),
  ];

  /** The settings' default as it may lie on disk. */
  const cleanDefault = (given: NewConsent): NewConsent => ({
    ...given,
    subject: given.subject && subjectOf(given.subject, given.keep_subject, gate),
    licence: given.licence && gate.redact(given.licence),
    provider_terms_note: given.provider_terms_note && gate.redact(given.provider_terms_note),
  });

  /** A change of settings with the names in it replaced. */
  const cleanSettings = (patch: Partial<Settings>): Partial<Settings> =>
    patch.consent_default ? { ...patch, consent_default: cleanDefault(patch.consent_default) } : patch;

  /** From now on new traces have the default that the settings name. */
  async function applyDefault(): Promise<void> {
    const { consent_default: given } = settings.current();
    await setRule(null, given && recordConsent(given, { by: 'settings' }, gate));
  }

  function startRetention(): void {
    try {
      if (hasRetention(settings.current().retention)) retention.start(false, engineActor);
    } catch (error) {
      log.error({ name: (error as Error).name }, 'retention_failed');
    }
  }

  let timer: NodeJS.Timeout | undefined;
  return {
    id: 'consent',
    services: { consent, retention },
    jobs: kinds,
    cleanSettings,
    applyDefault,
    /** Traces of this session from now on; what is left out is as the default has it. */
    async applyToRun(session: string, given: GivenConsent | null): Promise<void> {
      const whole = given && newConsentSchema.parse({ ...settings.current().consent_default, ...given });
      // As the pipeline stores the session's name.
      await setRule(gate.redact(session), whole && recordConsent(whole, { by: 'run' }, gate));
    },
    /** What a file brings for its traces; null where it is no consent. */
    imported: (value: unknown) => foreignConsent(value, { by: 'import' }, gate),
    async begin(): Promise<void> {
      // A name that was written into the file by hand does not stay there.
      const { consent_default } = settings.file();
      const clean = cleanSettings({ consent_default });
      if (JSON.stringify(clean) !== JSON.stringify({ consent_default })) settings.set(clean);
      await applyDefault();
      startRetention();
      timer = setInterval(startRetention, daily).unref();
    },
    end: () => clearInterval(timer),
  };
}

function recordedBy(actor: AuditActor): string {
  return actor.token_id === null ? 'studio' : `api ${actor.token_id}`;
}

/** Who it is about stays out of the audit log. */
function consentDetails(consent: Consent | null, traces: number): { [key: string]: Json } {
  if (consent === null) return { traces, forgotten: true };
  const { basis, scope, licence, provider_terms } = consent;
  return { traces, basis, scope, licence, provider_terms };
}

import type { consentContract, retentionContract } from '../../../shared/contract/consent.js';
import type { Handlers } from '../../../shared/contract/operation.js';
import { found } from '../../../shared/errors.js';
import type { AuditActor, Consent, ConsentPatch, NewConsent } from '../../../shared/model/index.js';
import { newConsentSchema } from '../../../shared/model/index.js';
import { parseQuery } from '../../../shared/query/index.js';
import type { Settings } from '../../../shared/settings.js';
import { type ConsentGate, foreignConsent, hasRetention, recordConsent, subjectOf } from '../../privacy/index.js';
import { createPseudonyms } from '../../redact/index.js';
import { type EngineContext, engineActor } from '../context.js';
import { consentDetails } from '../work/keeping.js';

const daily = 24 * 3600 * 1000;

export type ConsentPart = ReturnType<typeof consentPart>;

/** Consents and retention, with the store behind them and everything written down in the audit log. */
export function consentPart(context: EngineContext) {
  const { commands, redactor, settings, startJob, tick, log } = context;
  const { record } = context.audit;
  const { reads } = context.reading;
  const pseudonyms = createPseudonyms(context.keys.pseudonym);
  const gate: ConsentGate = {
    redact: (text) => redactor.text(text).text,
    pseudonym: (text) => pseudonyms('PERSON', text),
  };
  const set = async (traceIds: string[], consent: Consent | null) => {
    const there = await commands.setConsents(traceIds, consent);
    tick(['traces']);
    return there;
  };
  const setRule = (session: string | null, consent: Consent | null) => commands.setConsentRule(session, consent);

  const consent: Handlers<typeof consentContract> = {
    get: async ({ trace_id }) => found(await reads.consent(trace_id), 'trace'),
    history: async ({ trace_id, cursor, limit }) =>
      found(await reads.consentHistory(trace_id, cursor ?? null, limit), 'trace'),
    async set({ trace_id, consent: patch }, { actor }) {
      found(await reads.consent(trace_id), 'trace');
      const consent = patch && recordConsent(patch, { by: recordedBy(actor) }, gate);
      const there = await set([trace_id], consent);
      if (there > 0)
        await record({ action: 'consent_set', actor, target: trace_id, details: consentDetails(consent, there) });
      return found(await reads.consent(trace_id), 'trace');
    },
    setAll({ query, trace_ids, consent: patch }, { actor }) {
      // A query that does not parse is told at once, not by the job.
      parseQuery(query, 'traces');
      const consent = patch && recordConsent(patch, { by: recordedBy(actor) }, gate);
      const meant = trace_ids === undefined ? 'all traces' : `${trace_ids.length} picked traces`;
      return startJob('consent', query === '' ? `Set the consent of ${meant}` : `Set the consent of ${query}`, {
        query,
        ...(trace_ids && { trace_ids }),
        consent,
        actor: { ...actor },
      });
    },
    overview: () => reads.consentOverview(context.live.state().policy.consent.required),
  };

  const startRetention = (dryRun: boolean, actor: AuditActor) =>
    startJob('retention', dryRun ? 'What retention would delete' : 'Retention', {
      dry_run: dryRun,
      actor: { ...actor },
    });
  const retention: Handlers<typeof retentionContract> = {
    start: ({ dry_run }, { actor }) => startRetention(dry_run, actor),
  };

  /** The settings' default as it may lie on disk. */
  const cleanDefault = (consent: NewConsent): NewConsent => ({
    ...consent,
    subject: consent.subject && subjectOf(consent.subject, consent.keep_subject, gate),
    licence: consent.licence && gate.redact(consent.licence),
    provider_terms_note: consent.provider_terms_note && gate.redact(consent.provider_terms_note),
  });

  /** A change of settings with the names in it replaced. */
  const cleanSettings = (patch: Partial<Settings>): Partial<Settings> =>
    patch.consent_default ? { ...patch, consent_default: cleanDefault(patch.consent_default) } : patch;

  /** From now on new traces have the default that the settings name. */
  async function applyDefault(): Promise<void> {
    const { consent_default: defaultConsent } = settings.current();
    await setRule(null, defaultConsent && recordConsent(defaultConsent, { by: 'settings' }, gate));
  }

  async function retain(): Promise<void> {
    try {
      if (hasRetention(settings.current().retention)) await startRetention(false, engineActor);
    } catch (error) {
      log.error({ name: (error as Error).name }, 'retention_failed');
    }
  }

  let timer: NodeJS.Timeout | undefined;
  return {
    id: 'consent',
    services: { consent, retention },
    cleanSettings,
    applyDefault,
    /** Traces of this session from now on; what is left out is as the default has it. */
    async applyToRun(session: string, patch: ConsentPatch | null): Promise<void> {
      const whole = patch && newConsentSchema.parse({ ...settings.current().consent_default, ...patch });
      // As the pipeline stores the session's name.
      await setRule(gate.redact(session), whole && recordConsent(whole, { by: 'run' }, gate));
    },
    /** As it may travel with what a program sends: no plain name in it. */
    sent: (patch: ConsentPatch, actor: AuditActor, source: string) =>
      recordConsent(patch, { by: recordedBy(actor), source }, gate),
    /** What a file brings for its traces; null where it is no consent. */
    imported: (value: unknown) => foreignConsent(value, { by: 'import' }, gate),
    async begin(): Promise<void> {
      // A name that was written into the file by hand does not stay there.
      const { consent_default } = settings.file();
      const clean = cleanSettings({ consent_default });
      if (JSON.stringify(clean) !== JSON.stringify({ consent_default })) settings.set(clean);
      await applyDefault();
      await retain();
      timer = setInterval(() => void retain(), daily).unref();
    },
    end: () => clearInterval(timer),
  };
}

function recordedBy(actor: AuditActor): string {
  return actor.token_id === null ? 'studio' : `api ${actor.token_id}`;
}

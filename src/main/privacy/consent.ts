import { setImmediate as breathe } from 'node:timers/promises';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import {
  type AuditActor,
  auditActorSchema,
  type Consent,
  type ConsentOverview,
  type ConsentPatch,
  consentSchema,
  newConsentSchema,
  type Page,
  type TraceSummary,
  traceIdsSchema,
} from '../../shared/model/index.js';
import type { JobKind } from '../ground/job-kind.js';

const consentParamsSchema = z.object({
  query: z.string(),
  trace_ids: traceIdsSchema.optional(),
  consent: consentSchema.nullable(),
  actor: auditActorSchema,
});
const consentResultSchema = z.object({ traces: z.number().int() });
type ConsentResult = z.infer<typeof consentResultSchema>;

/** What changes typed text into what may be stored. */
export interface ConsentGate {
  /** With everything that the policy replaces. */
  redact(text: string): string;
  /** Of a whole text, as a person's. */
  pseudonym(text: string): string;
}

export interface RecordedBy {
  /** `settings`, `run`, `import`, `api <token id>`, `studio`. */
  by: string;
  /** Where the capture comes from; the store says it where this is not known. */
  source?: string;
}

const placeholder = /^<[A-Z][A-Z0-9_]*_(?:[0-9a-f]{8}|MASKED)>$/;

/**
 * A consent as it is stored. Consents name people, so the subject becomes a pseudonym: the one that the person has in the
 * captures where the typed text is a value that is found there (an email address, say), else one of the whole text. Who
 * types it again finds it again. `keep_subject` keeps what the policy itself would leave.
 */
export function recordConsent(patch: ConsentPatch, { by, source = '' }: RecordedBy, gate: ConsentGate): Consent {
  const { keep_subject, subject, given_at, ...rest } = newConsentSchema.parse(patch);
  return consentSchema.parse({
    version: 1,
    ...rest,
    subject: subject === null ? null : subjectOf(subject, keep_subject, gate),
    given_at: given_at === null ? null : new Date(given_at).toISOString(),
    licence: rest.licence && gate.redact(rest.licence),
    provider_terms_note: rest.provider_terms_note && gate.redact(rest.provider_terms_note),
    source: gate.redact(source),
    recorded_by: by,
    recorded_at: new Date().toISOString(),
  } satisfies Consent);
}

export function subjectOf(typed: string, keep: boolean, gate: ConsentGate): string {
  const text = typed.trim();
  const redacted = gate.redact(text);
  if (keep || placeholder.test(redacted) || text === '') return redacted;
  return gate.pseudonym(text);
}

/** A consent that a file or a request brings: an earlier export's as it is, but its subject must be no plain name. */
export function foreignConsent(value: unknown, recorded: RecordedBy, gate: ConsentGate): Consent | null {
  const whole = consentSchema.safeParse(value);
  if (whole.success) {
    const { version: _, source, recorded_by: __, recorded_at: ___, ...fields } = whole.data;
    return recordConsent(fields, { ...recorded, source: recorded.source ?? source }, gate);
  }
  const parsed = newConsentSchema.safeParse(value);
  return parsed.success ? recordConsent(parsed.data, recorded, gate) : null;
}

/** What setting many consents needs. */
export interface ConsentTools {
  reader: {
    traces(options: {
      query: string;
      traceIds?: readonly string[] | undefined;
      limit: number;
      cursor: string | null;
    }): Page<TraceSummary>;
    countTraces(query: string, traceIds?: readonly string[]): number;
  };
  consents: {
    set(traceIds: string[], consent: Consent | null): Promise<number>;
    finished(consent: Consent | null, traces: number, actor: AuditActor): Promise<unknown>;
  };
}

/** Jobs that set the consent of everything that a query finds. Begun again one sets the same again. */
export const consentKind: JobKind<z.infer<typeof consentParamsSchema>, ConsentResult, ConsentTools> = {
  id: 'consent',
  title: 'Consents',
  params: consentParamsSchema,
  result: consentResultSchema,
  lane: 'cpu',
  atOnce: 1,
  again: () => true,
  async run({ query, trace_ids, consent, actor }, control, { reader, consents }) {
    const total = reader.countTraces(query, trace_ids);
    let done = 0;
    // Newest first by time and id: what a change takes out of the query lies before the cursor.
    for (let cursor: string | null = null; ; ) {
      const page: Page<TraceSummary> = reader.traces({ query, traceIds: trace_ids, limit: 100, cursor });
      const traceIds = page.items.map(({ trace_id }) => trace_id);
      if (traceIds.length > 0) done += await consents.set(traceIds, consent);
      const work = { done, total: Math.max(total, done), unit: 'traces' };
      control.progress(total === 0 ? null : Math.min(1, done / total), `${done} of ${work.total} traces`, work);
      cursor = page.next_cursor;
      if (cursor === null) {
        await consents.finished(consent, done, actor);
        return { traces: done };
      }
      await breathe();
      if (control.signal.aborted) throw new SluiceError('job_cancelled', 'Setting consents was cancelled.');
    }
  },
};

interface OverviewDependencies {
  count(query: string): number;
  values(field: string): { value: string; count: number }[];
  required: boolean;
}

export function consentOverview({ count, values, required }: OverviewDependencies): ConsentOverview {
  return {
    traces: count(''),
    with_consent: count('consent:yes'),
    basis: values('consent.basis'),
    scope: values('consent.scope'),
    licence: values('licence'),
    terms: values('terms'),
    required,
  };
}

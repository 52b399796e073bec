import { describe, expect, it } from 'vitest';
import { consentKind, foreignConsent, recordConsent } from '../../../src/main/privacy/index.js';
import {
  allowedBy,
  type Consent,
  consentBehindGate,
  consentPatchSchema,
  consentProblem,
  newConsentSchema,
} from '../../../src/shared/model/index.js';
import { settingsPatchSchema } from '../../../src/shared/settings.js';
import { jobControl } from '../../support/job-kinds.js';

const gate = {
  redact: (text: string) => text.replace(/\S+@\S+/g, '<EMAIL_0123abcd>'),
  pseudonym: () => '<PERSON_89abcdef>',
};
const made = (given: Parameters<typeof recordConsent>[0]) => recordConsent(given, { by: 'studio' }, gate);

describe('a consent that is recorded', () => {
  it('keeps no name: a known value by its own pseudonym, any other text by that of a person', () => {
    expect(made({ subject: 'ada@example.com' }).subject).toBe('<EMAIL_0123abcd>');
    expect(made({ subject: ' Ada Lovelace ' }).subject).toBe('<PERSON_89abcdef>');
    expect(made({ subject: 'Ada, ada@example.com' }).subject).toBe('<PERSON_89abcdef>');
    expect(made({ subject: '<PERSON_11111111>' }).subject).toBe('<PERSON_11111111>');
    expect(made({ subject: 'participant 12', keep_subject: true }).subject).toBe('participant 12');
    expect(made({ subject: 'mail ada@example.com', keep_subject: true }).subject).toBe('mail <EMAIL_0123abcd>');
    expect(made({ provider_terms_note: 'says ada@example.com' }).provider_terms_note).toBe('says <EMAIL_0123abcd>');
  });

  it('has times in UTC, and defaults that allow nothing', () => {
    expect(made({ given_at: '2026-11-21T10:00:00+02:00' }).given_at).toBe('2026-11-21T08:00:00.000Z');
    const empty = made({});
    expect(empty).toMatchObject({ basis: 'unknown', scope: [], licence: null, provider_terms: 'unknown' });
    expect(allowedBy(empty)).toEqual([]);
    expect(allowedBy({ ...empty, scope: ['training'] })).toEqual([]);
    expect(allowedBy({ ...empty, basis: 'public', scope: ['training'] })).toEqual(['training']);
  });

  it('takes a file’s in either form, and nothing else', () => {
    const whole: Consent = { ...made({ basis: 'contract' }), subject: 'Ada Lovelace', source: 'proxy' };
    expect(foreignConsent(whole, { by: 'import' }, gate)).toMatchObject({
      basis: 'contract',
      subject: '<PERSON_89abcdef>',
      source: 'proxy',
      recorded_by: 'import',
    });
    expect(foreignConsent({ licence: 'MIT' }, { by: 'import' }, gate)?.licence).toBe('MIT');
    for (const wrong of [null, 7, { basis: 'hope' }, { licence: 'MIT', more: 1 }]) {
      expect(foreignConsent(wrong, { by: 'import' }, gate)).toBeNull();
    }
  });

  it('loses only its dates to a policy that replaces dates', () => {
    const consent = made({ basis: 'public', given_at: '2026-11-21T10:00:00Z' });
    const at = '2026-11-22T00:00:00.000Z';
    expect(consentBehindGate(consent, at)).toEqual(consent);
    const masked = { ...consent, given_at: '<DATE_TIME_MASKED>', recorded_at: '<DATE_TIME_MASKED>' };
    expect(consentBehindGate(masked, at)).toEqual({ ...consent, given_at: null, recorded_at: at });
    expect(consentBehindGate({ ...consent, basis: '<X_MASKED>' }, at)).toBeNull();
  });

  it('can be given in part without its defaults filled in, settings too', () => {
    expect(consentPatchSchema.parse({ licence: 'MIT' })).toEqual({ licence: 'MIT' });
    expect(newConsentSchema.parse({ licence: 'MIT' })).toMatchObject({ licence: 'MIT', basis: 'unknown' });
    expect(consentPatchSchema.safeParse({ scope: ['Not A Word'] }).success).toBe(false);
    expect(consentPatchSchema.safeParse({ licenses: 'MIT' }).success).toBe(false);
    expect(settingsPatchSchema.parse({ tunnel: ['a.example'] })).toEqual({ tunnel: ['a.example'] });
  });
});

describe('what a consent allows to be exported', () => {
  const rules = { scope: 'training', required: true };
  const allowed = made({ basis: 'consent', scope: ['training'] });
  it.each<[string, Consent | null, typeof rules, string | null]>([
    ['a consent for it', allowed, rules, null],
    ['none', null, rules, 'no consent'],
    ['none where none is asked for', null, { ...rules, required: false }, null],
    ['one for something else', allowed, { ...rules, scope: 'sharing' }, 'no consent for sharing'],
    ['one without a ground', { ...allowed, basis: 'unknown' }, rules, 'consent without a basis'],
    ['terms that forbid it', { ...allowed, provider_terms: 'restricted' }, rules, 'provider terms forbid training'],
    [
      'such terms where no consent is asked for',
      { ...allowed, provider_terms: 'restricted' },
      { ...rules, required: false },
      'provider terms forbid training',
    ],
    [
      'such terms for another use',
      { ...allowed, provider_terms: 'restricted', scope: ['evaluation'] },
      { ...rules, scope: 'evaluation' },
      null,
    ],
  ])('%s', (_, consent, wanted, problem) => {
    expect(consentProblem(consent, wanted)).toBe(problem);
  });
});

describe('setting consents in bulk', () => {
  it('goes through every page, and stops where it is cancelled', async () => {
    const ids = Array.from({ length: 250 }, (_, index) => `trace-${index}`);
    const set: string[][] = [];
    const told: number[] = [];
    const run = (signal: AbortSignal) =>
      consentKind.run({ query: '', consent: null, actor: { kind: 'studio', token_id: null } }, jobControl({ signal }), {
        reader: {
          traces: ({ limit, cursor }) => {
            const from = Number(cursor ?? 0);
            const items = ids.slice(from, from + limit).map((trace_id) => ({ trace_id }) as never);
            return { items, next_cursor: from + limit < ids.length ? String(from + limit) : null };
          },
          countTraces: () => ids.length,
        },
        consents: {
          set: async (some) => set.push(some) && some.length,
          finished: async (_, traces) => told.push(traces),
        },
      });
    expect(await run(new AbortController().signal)).toEqual({ traces: 250 });
    expect(set.flat()).toEqual(ids);
    expect(told).toEqual([250]);
    set.length = 0;
    await expect(run(AbortSignal.abort())).rejects.toMatchObject({ code: 'job_cancelled' });
    expect(set).toHaveLength(1);
  });
});

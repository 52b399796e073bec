import { describe, expect, it } from 'vitest';
import { type Consent, consentSchema } from '../../../../src/shared/model/index.js';
import { newTrace, origin, record } from '../records.js';
import { agentRun, store, type TestStore } from '../support.js';

const list = { query: '', limit: 50, cursor: null };

function consent(change: Partial<Consent> = {}): Consent {
  return {
    version: 1,
    subject: '<PERSON_0a1b2c3d>',
    given_at: '2026-11-01T10:00:00.000Z',
    basis: 'consent',
    scope: ['training', 'evaluation'],
    licence: 'CC-BY-4.0',
    provider_terms: 'allowed',
    provider_terms_note: null,
    source: '',
    recorded_by: 'studio',
    recorded_at: '2026-11-21T09:00:00.000Z',
    ...change,
  };
}

function open(target: TestStore, change: Parameters<typeof newTrace>[0] = {}, given?: Consent): string {
  const trace = newTrace(change);
  target.writer.save(
    record(trace.trace_id, {
      new_trace: trace,
      trace_patch: { ended_at: origin, ...(given === undefined ? {} : { consent: given }) },
    }),
  );
  return trace.trace_id;
}
const found = (target: TestStore, query: string) =>
  target.reader.traces({ ...list, query }).items.map(({ trace_id }) => trace_id);

describe('the consent of a trace', () => {
  it('is kept with every state it had, and the trace is found by what holds now', async () => {
    const target = store();
    agentRun(target);
    const id = target.reader.traces(list).items[0]?.trace_id ?? '';
    expect(target.reader.trace(id)?.consent).toBeNull();
    expect(target.reader.consent(id)).toEqual({ trace_id: id, consent: null, origin: 'inherited', changes: 0 });
    expect(found(target, 'consent:no')).toEqual([id]);

    expect(await target.writer.writes.setConsents([id], consent())).toBe(1);
    expect(target.reader.trace(id)?.consent).toMatchObject({ basis: 'consent', source: expect.stringMatching(/./) });
    for (const query of [
      'consent:yes',
      'consent.basis:consent',
      'consent.scope:training',
      'consent.scope:eval*',
      'licence:cc-by-4.0',
      'terms:allowed',
      'consent.subject:"<PERSON_0a1b2c3d>"',
    ]) {
      expect(found(target, query), query).toEqual([id]);
      expect(found(target, `-${query}`), query).toEqual([]);
      expect(target.reader.toolCalls({ ...list, query }).items.length, query).toBeGreaterThan(0);
    }
    expect(target.reader.fieldValues('traces', 'licence', 'cc', 5)).toEqual([{ value: 'CC-BY-4.0', count: 1 }]);

    // Withdrawn: it stays known who said what, and allows nothing.
    await target.writer.writes.setConsents([id], consent({ scope: [] }));
    expect(found(target, 'consent:yes')).toEqual([]);
    expect(found(target, 'consent:no consent.basis:consent')).toEqual([id]);
    expect(found(target, 'consent.scope:training')).toEqual([]);
    const page = target.reader.consentHistory(id, null, 1);
    expect(page?.items.map((event) => event.consent?.scope)).toEqual([[]]);
    const rest = target.reader.consentHistory(id, page?.next_cursor ?? '', 10);
    expect(rest?.items.map((event) => event.consent?.scope)).toEqual([['training', 'evaluation']]);
    expect(rest?.next_cursor).toBeNull();
  });

  it('says the same again without another entry, and refuses what is no consent', async () => {
    const target = store();
    const id = open(target);
    await target.writer.writes.setConsents([id], consent());
    await target.writer.writes.setConsents([id], consent({ recorded_at: '2026-12-01T00:00:00.000Z' }));
    expect(target.reader.consent(id)?.changes).toBe(1);
    const wrong = { ...consent(), basis: 'hope' } as unknown as Consent;
    await expect(target.writer.writes.setConsents([id], wrong)).rejects.toMatchObject({ code: 'validation_failed' });
    expect(await target.writer.writes.setConsents(['01940000-0000-7000-8000-000000000009'], consent())).toBe(0);
  });

  it('is that of the trace that spawned it as long as nobody says otherwise', async () => {
    const target = store();
    const parent = open(target);
    const child = open(target, { parent_trace_id: parent });
    const grandchild = open(target, { parent_trace_id: child });
    const next = open(target, { predecessor_trace_id: parent });
    await target.writer.writes.setConsents([grandchild], consent({ basis: 'contract' }));
    await target.writer.writes.setConsents([parent], consent());
    expect(target.reader.consent(child)).toMatchObject({ origin: 'inherited', consent: { basis: 'consent' } });
    expect(target.reader.consent(next)).toMatchObject({ origin: 'inherited', consent: { basis: 'consent' } });
    expect(target.reader.consent(grandchild)).toMatchObject({ origin: 'own', consent: { basis: 'contract' } });
    expect(new Set(found(target, 'consent.basis:consent'))).toEqual(new Set([parent, child, next]));
    // Forgotten: it goes by its parent again, and whoever comes later does too.
    await target.writer.writes.setConsents([grandchild], null);
    expect(target.reader.consent(grandchild)).toMatchObject({ origin: 'inherited', consent: { basis: 'consent' } });
    const late = open(target, { parent_trace_id: grandchild });
    expect(target.reader.consent(late)?.consent?.basis).toBe('consent');
    await target.writer.writes.setConsents([parent], null);
    for (const id of [parent, child, next, grandchild, late]) expect(target.reader.consent(id)?.consent).toBeNull();
    expect(found(target, 'consent:yes')).toEqual([]);
  });

  it('follows a parent that becomes known only later', async () => {
    const target = store();
    const child = open(target);
    const parent = open(target);
    await target.writer.writes.setConsents([parent], consent());
    target.writer.save(record(child, { trace_patch: { ended_at: origin, parent_trace_id: parent } }, origin + 1));
    expect(target.reader.consent(child)).toMatchObject({ origin: 'inherited', consent: { basis: 'consent' } });
    expect(found(target, 'consent:yes is:subagent')).toEqual([child]);
  });

  it('comes of the rule of a run, else of the rule for all, when a trace is opened', async () => {
    const target = store();
    const before = open(target);
    await target.writer.writes.setConsentRule(null, consent({ basis: 'own_data', subject: null }));
    await target.writer.writes.setConsentRule('study', consent({ licence: 'MIT' }));
    const plain = open(target);
    const ofRun = open(target, { source: { kind: 'proxy', client: 'curl/8', session: 'study' } });
    expect(target.reader.consent(before)?.consent).toBeNull();
    expect(target.reader.consent(plain)).toMatchObject({ origin: 'inherited', consent: { basis: 'own_data' } });
    expect(target.reader.consent(ofRun)).toMatchObject({
      origin: 'own',
      consent: { licence: 'MIT', source: 'proxy curl/8' },
    });
    await target.writer.writes.setConsentRule('study', null);
    const later = open(target, { source: { kind: 'proxy', session: 'study' } });
    expect(target.reader.consent(later)?.consent?.basis).toBe('own_data');
  });

  it('is brought by a record once, and never takes back what was said', async () => {
    const target = store();
    await target.writer.writes.setConsentRule(null, consent({ basis: 'public' }));
    const brought = open(target, {}, consent({ source: 'rest ci', recorded_by: 'api' }));
    expect(target.reader.consent(brought)).toMatchObject({ origin: 'own', consent: { source: 'rest ci' } });
    await target.writer.writes.setConsents([brought], consent({ scope: [] }));
    target.writer.save(record(brought, { trace_patch: { ended_at: origin, consent: consent() } }, origin + 2));
    expect(target.reader.consent(brought)?.consent?.scope).toEqual([]);
    expect(consentSchema.safeParse(target.reader.trace(brought)?.consent).success).toBe(true);
  });

  it('goes with its trace and leaves nothing behind', async () => {
    const target = store();
    const empty = target.rows();
    const id = open(target, {}, consent());
    await target.writer.writes.setConsents([id], consent({ scope: ['sharing'] }));
    await target.writer.writes.deleteTrace(id);
    expect({ ...target.rows(), state: 0 }).toEqual({ ...empty, state: 0 });
    expect(target.integrity()).toBe('ok');
  });

  it('ends in a ring of links', async () => {
    const target = store();
    const one = open(target);
    const two = open(target, { parent_trace_id: one });
    target.writer.save(record(one, { trace_patch: { ended_at: origin, parent_trace_id: two } }, origin + 3));
    expect(await target.writer.writes.setConsents([one], consent())).toBe(1);
    expect(target.reader.consent(two)?.consent?.basis).toBe('consent');
  });
});

import { describe, expect, it } from 'vitest';
import { testId } from '../../support/traces.js';
import { runningApi } from './support.js';

const put = (body: unknown) => ({
  method: 'PUT',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const post = (body: unknown) => ({ ...put(body), method: 'POST' });

describe('consents over REST', () => {
  it('are said, shown with their history, and hold no plain name', async () => {
    const { ask } = await runningApi();
    const path = `/traces/${testId(1, 0)}/consent`;
    expect(await (await ask(path)).json()).toMatchObject({ consent: null, origin: 'inherited', changes: 0 });
    const said = await ask(
      path,
      put({ subject: 'Ada Lovelace', basis: 'consent', scope: ['training'], licence: 'MIT' }),
    );
    expect(said.status).toBe(200);
    expect(await said.json()).toMatchObject({
      origin: 'own',
      consent: {
        version: 1,
        subject: expect.stringMatching(/^<PERSON_\w{8}>$/),
        provider_terms: 'unknown',
        recorded_by: 'studio',
      },
    });
    await ask(path, put(null));
    const history = (await (await ask(`${path}/history?limit=1`)).json()) as { items: unknown[]; next_cursor: string };
    expect(history.items).toMatchObject([{ consent: null }]);
    const rest = await (await ask(`${path}/history?cursor=${history.next_cursor}`)).json();
    expect(rest).toMatchObject({ items: [{ consent: { licence: 'MIT' } }], next_cursor: null });
    expect(await (await ask('/consents')).json()).toMatchObject({ traces: 3, required: false });
  });

  it('refuse what is no consent, and unknown traces', async () => {
    const { ask } = await runningApi();
    for (const body of [{ basis: 'hope' }, { licenses: 'MIT' }, { scope: ['Two Words'] }, { given_at: 'yesterday' }]) {
      expect((await ask(`/traces/${testId(1, 0)}/consent`, put(body))).status, JSON.stringify(body)).toBe(422);
    }
    expect((await ask(`/traces/${testId(9, 9)}/consent`, put({}))).status).toBe(404);
    expect((await ask(`/traces/${testId(9, 9)}/consent/history`)).status).toBe(404);
  });

  it('are set in bulk and old traces deleted as jobs, by admins alone', async () => {
    const { ask, tokens } = await runningApi();
    const bulk = await ask('/consents', post({ query: '', consent: { basis: 'own_data', scope: ['training'] } }));
    expect(bulk.status).toBe(202);
    expect(bulk.headers.get('location')).toMatch(/^\/jobs\//);
    expect(await (await ask('/retention', post({ dry_run: true }))).json()).toMatchObject({ kind: 'retention' });
    const { token } = tokens.create({ name: 'reader', scopes: ['review'] });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    expect((await ask('/retention', { ...post({}), headers })).status).toBe(403);
    expect((await ask('/consents', { ...post({ query: '', consent: null }), headers })).status).toBe(403);
    expect((await ask(`/traces/${testId(1, 1)}/consent`, { ...put({ licence: 'MIT' }), headers })).status).toBe(200);
  });

  it('travel with a trace that is sent, never among its metadata', async () => {
    const { ask, journal } = await runningApi();
    const trace = {
      schema_version: '1',
      developer_id: 'dev',
      bug_id: 'BUG-1',
      repo: { name: 'harbour', url: 'https://example.test/harbour', branch: 'main', commit_before: 'a1' },
      start_time: '2026-11-21T09:00:00Z',
      consent: { subject: 'Ada Lovelace', basis: 'contract', licence: 'MIT' },
    };
    expect((await ask('/traces', post(trace))).status).toBe(201);
    const body = Buffer.from(journal.exchanges.at(-1)?.request.body ?? []).toString();
    expect(body).not.toContain('Lovelace');
    const record = JSON.parse(body);
    expect(record.trace.consent).toMatchObject({
      subject: expect.stringMatching(/^<PERSON_\w{8}>$/),
      basis: 'contract',
      source: 'rest',
    });
    expect(record.trace.metadata.consent).toBeUndefined();
    expect((await ask('/traces', post({ ...trace, consent: { basis: 'hope' } }))).status).toBe(422);
  });
});

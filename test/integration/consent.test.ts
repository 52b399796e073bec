import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Router } from '../../src/main/api/rpc/router.js';
import type { Settings } from '../../src/shared/settings.js';
import { type Engine, sluice, startEngine } from '../support/engine.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { searchDatabase, searchFiles } from '../support/planted.js';

/** Consents and retention with a real engine: commands, REST, exports, and what is left after deleting. */

const person = ['Ottilie', 'Quirinus', 'Bramblewood'].join(' ');

let engine: Engine;
let model: ModelServer;

beforeAll(async () => {
  model = await startModelServer();
  engine = await startEngine(['--upstream', `stub=${model.url}`]);
});
afterAll(async () => {
  await engine?.dispose();
  await model?.close();
});

const ask = (words: string) =>
  fetch(`${engine.ready.proxy}/stub/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.1', messages: [{ role: 'user', content: words }] }),
  }).then((response) => response.text());

/** One call to the gateway of a run's own port; an agent of its own goes by no proxy variables. */
const client = `const { Agent, request } = require('node:http');
  const options = { method: 'POST', agent: new Agent(), headers: { 'content-type': 'application/json' } };
  request(process.env.HTTP_PROXY + '/stub/v1/chat/completions', options, (answer) => answer.resume()).end(
    JSON.stringify({ model: 'gpt-5.1', messages: [{ role: 'user', content: process.argv[1] }] }));`;

const ids = async (query: string): Promise<string[]> =>
  (await engine.api(`/traces?limit=200&query=${encodeURIComponent(query)}`)).items.map(
    ({ trace_id }: { trace_id: string }) => trace_id,
  );

async function finished(job: { job_id: string }) {
  // biome-ignore lint/suspicious/noExplicitAny: results of every kind of job
  return engine.until<any>(`/jobs/${job.job_id}`, (now: any) => (/queued|running/.test(now.state) ? null : now));
}

describe('consents', () => {
  it('are given to a run, kept without the name, and found', async () => {
    const file = join(engine.ready.data_dir, 'study.json');
    writeFileSync(file, JSON.stringify({ subject: person, basis: 'consent', scope: ['training'] }));
    const flags = ['run', '--data-dir', engine.ready.data_dir, '--session', 'study', '--consent', file];
    const run = await sluice([
      ...flags,
      '--licence',
      'CC-BY-4.0',
      '--json',
      '--',
      process.execPath,
      '-e',
      client,
      'xylophone',
    ]);
    rmSync(file);
    const summary = JSON.parse(run.stderr.trim().split('\n').at(-1) ?? '');
    expect(summary, run.stderr).toMatchObject({ exit_code: 0, calls: 1 });
    const [id] = summary.trace_ids;
    const trace = await engine.api(`/traces/${id}`);
    expect(trace.consent).toMatchObject({
      version: 1,
      subject: expect.stringMatching(/^<PERSON_[0-9a-f]{8}>$/),
      basis: 'consent',
      scope: ['training'],
      licence: 'CC-BY-4.0',
      recorded_by: 'run',
    });
    // Whoever types the name again finds what is of that person.
    expect(await ids(`consent.subject:"${trace.consent.subject}"`)).toEqual([id]);
    expect(await ids('consent:yes licence:CC-BY-4.0 consent.scope:training')).toEqual([id]);
    const again = await engine.api(`/traces/${id}/consent`, {
      method: 'PUT',
      body: { subject: person, basis: 'contract' },
    });
    expect(again.consent.subject).toBe(trace.consent.subject);
    await engine.api(`/traces/${id}/consent`, { method: 'PUT', body: { ...pick(trace.consent), keep_subject: false } });
    expect((await engine.api(`/traces/${id}/consent/history`)).items).toHaveLength(3);

    // The next run of that name says nothing, and the rule of the last one is gone.
    const silent = await sluice([
      'run',
      '--data-dir',
      engine.ready.data_dir,
      '--session',
      'study-2',
      '--json',
      '--',
      process.execPath,
      '-e',
      client,
      'marimba',
    ]);
    const other = JSON.parse(silent.stderr.trim().split('\n').at(-1) ?? '').trace_ids[0];
    expect((await engine.api(`/traces/${other}`)).consent).toBeNull();
    const wrong = await sluice([
      'run',
      '--data-dir',
      engine.ready.data_dir,
      '--consent',
      '{"basis":"hope"}',
      '--',
      'true',
    ]);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('basis') });
  });

  it('travel with traces that are sent and imported', async () => {
    const trace = {
      schema_version: '1',
      developer_id: 'dev-1',
      bug_id: 'BUG-glockenspiel',
      repo: { name: 'harbour', url: 'https://example.test/harbour', branch: 'main', commit_before: 'a1' },
      start_time: '2026-11-20T09:00:00Z',
      end_time: '2026-11-20T09:10:00Z',
      consent: {
        subject: person,
        basis: 'contract',
        scope: ['training'],
        licence: 'MIT',
        given_at: '2026-11-19T00:00:00Z',
      },
    };
    const { token } = await engine.api('/tokens', { body: { name: 'ci-box', scopes: ['ingest'] } });
    const sent = await engine.api('/traces', { body: trace, headers: { authorization: `Bearer ${token}` } });
    await engine.settled();
    const stored = await engine.api(`/traces/${sent.trace_id}`);
    expect(stored.consent).toMatchObject({
      basis: 'contract',
      source: 'rest ci-box',
      given_at: '2026-11-19T00:00:00.000Z',
    });
    expect(stored.metadata.consent).toBeUndefined();
    expect(stored.consent.recorded_by).toMatch(/^api /);

    // Out as whole traces, and into another folder: the consent comes along.
    const out = join(engine.ready.data_dir, 'whole');
    const flags = ['--layout', 'traces', '--format', 'jsonl', '--out', out, '--keep-pseudonyms', '--json'];
    const exported = await sluice(['export', '--data-dir', engine.ready.data_dir, '--query', 'licence:MIT', ...flags]);
    expect(exported.code, exported.stderr).toBe(0);
    await using second = await startEngine();
    const imported = await sluice(['import', '--data-dir', second.ready.data_dir, '--json', join(out, 'data.jsonl')]);
    expect(imported.code, imported.stderr).toBe(0);
    await second.settled();
    const [copy] = (await second.api('/traces?query=licence:MIT')).items;
    expect((await second.api(`/traces/${copy.trace_id}`)).consent).toMatchObject({
      subject: stored.consent.subject,
      basis: 'contract',
      recorded_by: 'import',
    });
    rmSync(out, { recursive: true });
  });

  it('decide what an export takes where the policy asks for them', async () => {
    await ask('cimbalom');
    await engine.settled();
    const out = (name: string) => join(engine.ready.data_dir, name);
    const start = async (name: string, consent: object) =>
      finished(await engine.api('/exports', { body: { layout: 'traces', format: 'jsonl', out: out(name), consent } }));
    await engine.api('/policy', { method: 'PUT', body: { consent: { required: true } } });
    expect(await engine.api('/consents')).toMatchObject({ required: true, with_consent: 2 });

    const strict = await start('strict', {});
    expect(strict, JSON.stringify(strict.error)).toMatchObject({ state: 'done', result: { traces: 2 } });
    const manifest = JSON.parse(readFileSync(join(out('strict'), 'manifest.json'), 'utf8'));
    expect(manifest.skipped['no consent']).toBeGreaterThan(0);
    expect(manifest.consent).toMatchObject({
      required: true,
      override: null,
      traces: { licence: { 'CC-BY-4.0': 1, MIT: 1 } },
    });
    const [forbidden] = await ids('licence:MIT');
    await engine.api(`/traces/${forbidden}/consent`, {
      method: 'PUT',
      body: { basis: 'contract', scope: ['training'], provider_terms: 'restricted' },
    });
    expect((await start('stricter', {})).result.traces).toBe(1);
    const all = await start('all', { override: true });
    expect(all.result.traces).toBe((await ids('')).length);
    const beside = await sluice([
      ...['export', '--data-dir', engine.ready.data_dir, '--layout', 'openai-chat', '--format', 'jsonl'],
      ...['--out', out('chat'), '--json'],
    ]);
    expect(beside.code, beside.stderr).toBe(0);
    expect(readFileSync(join(out('chat'), 'consent.jsonl'), 'utf8')).toContain('CC-BY-4.0');
    const { items } = await engine.api('/audit-log?limit=50');
    expect(items.some((entry: { details: object }) => 'consent_override' in entry.details)).toBe(true);
    for (const name of ['strict', 'stricter', 'all', 'chat']) rmSync(out(name), { recursive: true, force: true });
    await engine.api('/policy', { method: 'PUT', body: {} });
  });

  it('are set for everything that a query finds', async () => {
    const job = await finished(
      await engine.api('/consents', {
        body: { query: 'consent:no', consent: { basis: 'own_data', scope: ['evaluation'] } },
      }),
    );
    expect(job.state).toBe('done');
    expect(job.result.traces).toBeGreaterThan(1);
    expect(await ids('consent.basis:own_data consent.scope:evaluation')).toHaveLength(job.result.traces);
  });

  it('hold no plain name anywhere', async () => {
    const planted = { whole: person, surname: person.split(' ')[2] as string };
    expect(searchFiles(engine.ready.data_dir, planted)).toEqual([]);
    expect(searchDatabase(join(engine.ready.data_dir, 'sluice.db'), planted).found).toEqual([]);
    expect(engine.log()).not.toContain(planted.surname);
  });
});

describe('retention', () => {
  it('says what would go, deletes the oldest until it fits, and leaves everything else whole', async () => {
    for (let index = 0; index < 40; index++) {
      await ask(
        `Errand ${index} of the hurdygurdy${index}: ${Array.from({ length: 500 }, () => crypto.randomUUID()).join(' ')}`,
      );
    }
    await engine.settled();
    const all = await ids('');
    const [reviewed] = await ids('hurdygurdy0');
    await engine.api(`/traces/${reviewed}/review`, { method: 'PUT', body: { label: 'accepted' } });
    const now = await sluice(['retention', '--data-dir', engine.ready.data_dir, '--dry-run', '--json']);
    const nothing = JSON.parse(now.stdout);
    expect(nothing).toMatchObject({ dry_run: true, traces: 0, within_size: null });

    const limit = Math.max(1024 ** 2, Math.round(nothing.bytes_before * 0.7));
    await settings({ retention: { max_age_days: null, max_bytes: limit, keep_labelled: true } });
    const dry = await finished(await engine.api('/retention', { body: { dry_run: true } }));
    expect(dry.result.by_size).toBeGreaterThan(0);
    expect(await ids('')).toHaveLength(all.length);

    const run = await sluice(['retention', '--data-dir', engine.ready.data_dir]);
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout).toMatch(/^Deleted \d+ traces \(0 for their age, \d+ for the size\)/);
    const left = await ids('');
    expect(left.length).toBeLessThan(all.length);
    expect(left).toContain(reviewed);
    expect(all.slice(0, 5).every((id) => left.includes(id))).toBe(true);

    const gone = all.filter((id) => !left.includes(id));
    for (const id of gone) expect((await engine.fetch(`/traces/${id}`)).status).toBe(404);
    for (let index = 0; index < 40; index++) {
      for (const id of await ids(`hurdygurdy${index}`)) expect(left).toContain(id);
    }
    const checked = await finished(await engine.api('/validate', { body: { query: '' } }));
    expect(checked.result).toMatchObject({ traces: left.length, invalid: 0, reports: [] });
    const { items } = await engine.api('/audit-log?limit=20');
    const entry = items.find(({ action }: { action: string }) => action === 'retention');
    expect(entry.details).toMatchObject({ traces: gone.length, by_age: 0, within_size: true });
    expect(entry.details.bytes_after).toBeLessThanOrEqual(limit);
    expect(await engine.api('/audit-log/verify')).toMatchObject({ valid: true });
  });
});

const pick = ({ subject, basis, scope, licence }: { [name: string]: unknown }) => ({ subject, basis, scope, licence });

/** As the studio does it. */
async function settings(patch: Partial<Settings>): Promise<void> {
  const url = `${engine.ready.api.replace('http', 'ws')}/rpc`;
  const connectionParams = { token: engine.ready.token };
  const socket = createWSClient({ url, WebSocket: WebSocket as never, connectionParams });
  await createTRPCClient<Router>({ links: [wsLink({ client: socket })] }).settings.set.mutate(patch);
  await socket.close();
}

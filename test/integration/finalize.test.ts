import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Router } from '../../src/main/api/rpc/router.js';
import type { Settings } from '../../src/shared/settings.js';
import { type Engine, startEngine } from '../support/engine.js';
import { type ModelRequest, type ModelServer, startModelServer } from '../support/model-server.js';

// biome-ignore lint/suspicious/noExplicitAny: answers of the API
type Any = any;

const pullRequest = (name: string, steps: string[], more: object = {}) => ({
  trace_id: name,
  developer_id: 'dev-1',
  repo: {
    name: 'shop',
    url: 'https://git.example/shop.git',
    branch: 'main',
    commit_before: 'abc',
    commit_after: 'def',
    test_command: 'pytest -q',
  },
  start_time: '2026-03-01T10:00:00Z',
  events: steps.map((content) => ({
    event_type: 'reasoning_step',
    timestamp: '2026-03-01T10:01:00Z',
    data: { content },
  })),
  ...more,
});

function verdict({ json }: ModelRequest): string {
  const names = Object.keys(json.response_format.json_schema.schema.properties.dimensions?.properties ?? {});
  return JSON.stringify({
    dimensions: Object.fromEntries(names.map((name) => [name, 0.8])),
    feedback: 'Careful work.',
    evidence: [],
  });
}

/** Hears webhooks; answers the first of each delivery with 500. */
async function receiver() {
  const heard: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server: Server = createServer(async (request, response) => {
    const body = await text(request);
    const again = heard.some(({ headers }) => headers['sluice-delivery'] === request.headers['sluice-delivery']);
    heard.push({ headers: request.headers, body });
    response.writeHead(again ? 200 : 500).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { heard, url: `http://127.0.0.1:${port}/hook?key=abc`, close: () => server.close() };
}

describe('POST /traces/:id/finalize', () => {
  let engine: Engine;
  let server: ModelServer;
  beforeAll(async () => {
    server = await startModelServer();
    server.otherwise((request) => ({ text: verdict(request), usage: { input: 200, output: 50 } }));
    engine = await startEngine();
  });
  afterAll(async () => {
    await engine.dispose();
    await server.close();
  });

  const setSettings = async (patch: Partial<Settings>) => {
    const socket = createWSClient({
      url: `${engine.ready.api.replace('http', 'ws')}/rpc`,
      WebSocket: WebSocket as never,
      connectionParams: { token: engine.ready.token },
    });
    try {
      await createTRPCClient<Router>({ links: [wsLink({ client: socket })] }).settings.set.mutate(patch);
    } finally {
      await socket.close();
    }
  };
  const addProfile = async (name: string) => {
    await engine.api('/models', {
      body: {
        name,
        preset: 'custom',
        base_url: `${server.url}/v1/`,
        model: `${name}-1`,
        price: { input: 1, output: 10 },
      },
    });
    await engine.api(`/models/${name}/agree`, { body: { host: new URL(server.url).host } });
  };
  const sent = (name: string, steps: string[], more: object = {}) =>
    engine.api('/traces', { body: pullRequest(name, steps, more) });
  const finalize = (name: string, body?: object, headers: Record<string, string> = {}): Promise<Any> =>
    engine.api(`/traces/${name}/finalize`, { method: 'POST', ...(body && { body }), headers });
  const jobOf = (jobId: string): Promise<Any> =>
    engine.until(`/jobs/${jobId}`, (job: Any) => (['done', 'failed'].includes(job.state) ? job : null));

  it('waits, and without a model says why nothing was judged, in the trace too; what was sent stays', async () => {
    await sent('plain', ['The cache is stale.']);
    const whole = await finalize('plain');
    expect(whole).toMatchObject({
      completion_status: 'completed',
      qa_status: 'none',
      qa_results: { reasoning_score: null, reasoning_feedback: expect.stringContaining('No model profile') },
    });
    expect(whole.steps).toHaveLength(1);
    const { job_id, ...trace } = whole;
    expect(await engine.api('/traces/plain')).toEqual(trace);
    const { result } = await engine.api(`/jobs/${job_id}`);
    expect(result.tests).toMatchObject({ run_id: null, qa_status: 'none', verdict: null });
    // Where the repository lies is for the user to say.
    expect(result.tests.reason).toContain('git.example/shop');
    expect(result.validation).toMatchObject({ valid: true });

    await sent('judged', ['The cache is stale.'], {
      qa_results: { tests_passed: true, reasoning_score: 4.5, reasoning_feedback: 'Clear.' },
    });
    expect((await finalize('judged')).qa_results).toEqual({
      tests_passed: true,
      reasoning_score: 4.5,
      reasoning_feedback: 'Clear.',
    });
    await sent('asked-not-to', ['The cache is stale.']);
    expect((await finalize('asked-not-to', { judge: false, qa: false })).qa_results).toBeNull();
    expect(server.requests).toEqual([]);
  });

  it('has the reasoning judged by the profile that was agreed to, of several by the one that is named', async () => {
    await addProfile('first');
    await sent('careful', ['I think the cache is stale.', 'Ran the tests.']);
    const whole = await finalize('careful');
    expect(whole.qa_results).toEqual({ reasoning_score: 4, reasoning_feedback: 'Careful work.' });
    expect(whole.scores).toMatchObject([{ kind: 'judge', value: 4, judge_model: 'first-1' }]);
    expect(server.requests).toHaveLength(1);
    // Again: from the cache, and no second score.
    expect((await finalize('careful')).scores).toHaveLength(1);
    expect(server.requests).toHaveLength(1);

    await sent('silent', []);
    expect((await finalize('silent')).qa_results).toMatchObject({
      reasoning_score: null,
      reasoning_feedback: expect.stringContaining('no reasoning'),
    });

    await addProfile('second');
    await sent('which', ['Which of the two?']);
    const { qa_results } = await finalize('which');
    expect(qa_results.reasoning_feedback).toContain('Several model profiles');
    expect((await finalize('which', { judge: { profile: 'second' } })).scores).toMatchObject([
      { judge_model: 'second-1' },
    ]);
    await setSettings({ judge: { profile: 'first', on_finalize: true } });
    await sent('by-settings', ['The settings know.']);
    expect((await finalize('by-settings')).scores).toMatchObject([{ judge_model: 'first-1' }]);
    const unknown = await engine.fetch('/traces/which/finalize', { body: { judge: { profile: 'third' } } });
    expect([unknown.status, ((await unknown.json()) as Any).error.code]).toEqual([404, 'model_profile_missing']);
  });

  it('says in the trace that the model failed', async () => {
    server.otherwise(() => ({ raw: '{"error":{"message":"no such model"}}', status: 400 }));
    await sent('failing', ['The model fails.']);
    const { qa_results } = await finalize('failing', { judge: { profile: 'first' } });
    expect(qa_results.reasoning_score).toBeNull();
    expect(qa_results.reasoning_feedback).toMatch(/\S/);
    server.otherwise((request) => ({ text: verdict(request), usage: { input: 200, output: 50 } }));
  });

  it('answers at once where it is asked to, and tells addresses of the settings of its end', async () => {
    const hook = await receiver();
    await expect(setSettings({ webhooks: [{ url: hook.url, kinds: ['tests'] }] })).rejects.toThrow(
      /no jobs of the kind tests/,
    );
    await setSettings({ webhooks: [{ url: hook.url, kinds: ['finalize'] }] });
    await sent('later', ['Later.']);
    const answer = await engine.fetch('/traces/later/finalize', {
      method: 'POST',
      headers: { prefer: 'respond-async' },
    });
    expect([answer.status, answer.headers.get('preference-applied')]).toEqual([202, 'respond-async']);
    const begun = (await answer.json()) as Any;
    expect(begun).toEqual({ job_id: expect.any(String), trace_id: expect.any(String), qa_status: 'pending' });
    expect(await jobOf(begun.job_id)).toMatchObject({ state: 'done', kind: 'finalize' });
    await expect.poll(() => hook.heard.length).toBe(2);
    const { secret } = await engine.api('/webhooks/secret');
    for (const { headers, body } of hook.heard) {
      expect(JSON.parse(body)).toEqual({
        job_id: begun.job_id,
        kind: 'finalize',
        state: 'done',
        trace_id: begun.trace_id,
      });
      const signed = `${headers['sluice-timestamp']}.${body}`;
      expect(headers['sluice-signature']).toBe(createHmac('sha256', secret).update(signed).digest('hex'));
    }
    expect(await engine.api('/webhooks/test', { method: 'POST' })).toMatchObject({
      items: [{ url: hook.url, delivered: false, detail: expect.stringContaining('500') }],
    });
    hook.close();
  });

  it('goes on when its client leaves; a stop is answered, and the next start goes on', async () => {
    const hanging = Promise.withResolvers<void>();
    server.otherwise(async (request) => {
      await hanging.promise;
      return { text: verdict(request), usage: { input: 200, output: 50 } };
    });
    await sent('left', ['Left alone.']);
    const leaving = new AbortController();
    const url = new URL('/traces/left/finalize', engine.ready.api);
    const init = { method: 'POST', headers: { authorization: `Bearer ${engine.ready.token}` }, signal: leaving.signal };
    const left = fetch(url, init).catch((error: Error) => error.name);
    const { items } = await engine.until('/jobs?limit=1', (page: Any) => page.items[0]?.state === 'running' && page);
    leaving.abort();
    expect(await left).toBe('AbortError');
    const waits = engine.fetch('/traces/left/finalize', { method: 'POST' });
    await engine.until('/jobs?limit=2', (page: Any) => page.items.every(({ state }: Any) => state === 'running'));
    const dataDir = engine.ready.data_dir;
    const [answer] = await Promise.all([waits, engine.stop()]);
    expect(answer.status).toBe(202);
    const { job_id } = (await answer.json()) as Any;
    hanging.resolve();
    server.otherwise((request) => ({ text: verdict(request), usage: { input: 200, output: 50 } }));
    const before = engine;
    engine = await startEngine([], { dataDir });
    for (const id of [job_id, items[0].job_id]) expect(await jobOf(id)).toMatchObject({ state: 'done' });
    expect((await engine.api('/traces/left')).qa_results).toMatchObject({ reasoning_score: 4 });
    await before.dispose();
  });
});

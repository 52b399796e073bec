import { request } from 'node:http';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { allows } from '../../../src/main/api/auth.js';
import { type Router, router } from '../../../src/main/api/rpc/router.js';
import { type TokenScope, tokenScopes } from '../../../src/shared/model/index.js';
import { onCleanup, runningApi } from './support.js';

interface Document {
  paths: { [path: string]: { [method: string]: { description?: string } } };
}

const id = '01999999-9999-7999-8999-999999999999';

async function apiWithTokens() {
  const running = await runningApi();
  const given = Object.fromEntries(
    tokenScopes.map((scope) => [scope, running.tokens.create({ name: scope, scopes: [scope] })]),
  ) as unknown as Record<TokenScope, { token: string; token_id: string }>;
  const send = (token: string, path: string, init: RequestInit = {}) =>
    fetch(`${running.api.url}${path}`, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
  return { ...running, tokens: given, file: running.tokens, send };
}

describe('every way in', () => {
  it('of REST says in its description which scope it asks for', async () => {
    const { ask } = await runningApi();
    const { paths } = (await (await ask('/openapi.json')).json()) as Document;
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { description }] of Object.entries(methods)) {
        expect([method, path, description]).toEqual([
          method,
          path,
          expect.stringMatching(/Scope: `(ingest|read|review|admin)`\.|Needs no token\./),
        ]);
      }
    }
  });

  it('of RPC names a scope', () => {
    const procedures = Object.entries(
      router._def.procedures as unknown as { [path: string]: { _def: { meta?: object } } },
    );
    expect(procedures.length).toBeGreaterThan(30);
    for (const [path, procedure] of procedures) {
      expect([path, procedure._def.meta]).toEqual([path, { scope: expect.stringMatching(/^(read|review|admin)$/) }]);
    }
  });
});

describe('a scope', () => {
  const opened: [method: string, path: string, scope: TokenScope][] = [
    ['GET', '/traces', 'read'],
    ['GET', '/status', 'read'],
    ['GET', '/openapi.json', 'read'],
    ['GET', `/traces/${id}/effects`, 'read'],
    ['PUT', `/traces/${id}/review`, 'review'],
    ['POST', '/traces', 'ingest'],
    ['POST', `/traces/${id}/events`, 'ingest'],
    ['POST', `/traces/${id}/finalize`, 'ingest'],
    ['POST', '/ingest', 'ingest'],
    ['POST', '/v1/traces', 'ingest'],
    ['DELETE', `/traces/${id}`, 'admin'],
    ['GET', '/datasets/calls/versions/1/files', 'read'],
    ['GET', '/datasets/calls/versions/1/files/data.jsonl', 'read'],
    ['POST', '/datasets/calls/versions/1/files/data.jsonl/code', 'read'],
    ['POST', '/exports', 'admin'],
    ['POST', '/qa', 'admin'],
    ['POST', '/qa/reap', 'admin'],
    ['GET', '/qa/runs', 'read'],
    ['PUT', `/traces/${id}/repository`, 'review'],
    ['GET', '/webhooks/secret', 'admin'],
    ['POST', '/webhooks/test', 'admin'],
    ['POST', '/runs', 'admin'],
    ['GET', '/tokens', 'admin'],
    ['POST', '/tokens', 'admin'],
    ['DELETE', `/tokens/${id}`, 'admin'],
  ];
  it('opens its own routes and no other', async () => {
    const { tokens, send } = await apiWithTokens();
    for (const [method, path, needed] of opened) {
      for (const scope of tokenScopes) {
        const init: RequestInit =
          method === 'GET' || method === 'DELETE'
            ? { method }
            : { method, body: '{}', headers: { 'content-type': 'application/json' } };
        const answer = await send(tokens[scope].token, path, init);
        const may = allows({ token_id: null, scopes: [scope] }, needed);
        expect([method, path, scope, answer.status === 403]).toEqual([method, path, scope, !may]);
        if (!may) {
          expect(await answer.json()).toMatchObject({ error: { code: 'forbidden', details: { scope: needed } } });
        }
      }
    }
  });

  it('holds for RPC too, and a revoked token opens nothing on a connection that stands', async () => {
    const { api, tokens, file } = await apiWithTokens();
    const socket = createWSClient({
      url: `ws://127.0.0.1:${api.port}/rpc`,
      WebSocket: WebSocket as never,
      connectionParams: { token: tokens.read.token },
    });
    onCleanup(() => socket.close());
    const client = createTRPCClient<Router>({ links: [wsLink({ client: socket })] });
    expect((await client.traces.list.query({})).items).toHaveLength(3);
    await expect(client.settings.get.query()).rejects.toMatchObject({ data: { sluice: { code: 'forbidden' } } });
    await expect(client.tokens.list.query()).rejects.toMatchObject({ data: { sluice: { code: 'forbidden' } } });
    file.revoke(tokens.read.token_id);
    await expect(client.traces.list.query({})).rejects.toMatchObject({ data: { sluice: { code: 'unauthorized' } } });
  });
});

describe('a token that is revoked', () => {
  it('ends the log that it follows, and the abort reaches who writes it', async () => {
    const { tokens, file, send, services, startJob } = await apiWithTokens();
    const { job_id } = await startJob('export', 'Export', { layout: 'traces', format: 'jsonl' });
    let left = 0;
    services.jobOutput.log = async function* (_job, _after, _follow, signal) {
      yield { seq: 1, at: '2026-11-21T09:00:00.000000Z', level: 'info', text: 'running' };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      left += 1;
    };
    const follow = async (token: string) => {
      const answer = await send(token, `/jobs/${job_id}/log`, { headers: { accept: 'text/event-stream' } });
      const reader = (answer.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
      expect((await reader.read()).value).toContain('retry');
      return reader;
    };
    const [reader, other] = [await follow(tokens.read.token), await follow(tokens.review.token)];
    const ended = (async () => {
      while (!(await reader.read()).done) {
        // What was on its way.
      }
      return 'closed';
    })().catch(() => 'cut off');
    file.revoke(tokens.read.token_id);
    expect(await ended).toBe('cut off');
    await expect.poll(() => left).toBe(1);
    // Whoever else follows is left alone.
    await other.cancel();
    await expect.poll(() => left).toBe(2);
    expect((await send(tokens.read.token, `/jobs/${job_id}/log`)).status).toBe(401);
  });

  it('ends an upload that it began', async () => {
    const { tokens, file, services, api } = await apiWithTokens();
    const begun = Promise.withResolvers<void>();
    const cut = Promise.withResolvers<unknown>();
    services.intake.upload = async (_name, bytes) => {
      try {
        for await (const chunk of bytes) {
          expect(chunk.length).toBe(8);
          begun.resolve();
        }
      } catch (error) {
        cut.resolve(error);
      }
      throw new Error('cut off');
    };
    const upload = request(`${api.url}/import?name=endless.jsonl`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.admin.token}`, 'content-type': 'application/octet-stream' },
    });
    const failed = new Promise((resolve) => upload.on('error', resolve));
    upload.write('{"a":1}\n');
    await begun.promise;
    file.revoke(tokens.admin.token_id);
    await Promise.all([failed, cut.promise]);
  });

  it('closes its RPC connection, with its subscriptions, and no other', async () => {
    const { tokens, file, api, token, listeners } = await apiWithTokens();
    const codes: number[] = [];
    const subscribe = async (given: string) => {
      const socket = createWSClient({
        url: `ws://127.0.0.1:${api.port}/rpc`,
        WebSocket: WebSocket as never,
        connectionParams: { token: given },
        retryDelayMs: () => 60_000,
        onClose: (cause) => codes.push(cause?.code ?? 0),
      });
      onCleanup(() => socket.close());
      const started = Promise.withResolvers<void>();
      createTRPCClient<Router>({ links: [wsLink({ client: socket })] }).live.ticks.subscribe(undefined, {
        onStarted: () => started.resolve(),
      });
      await started.promise;
    };
    await subscribe(tokens.read.token);
    await subscribe(token);
    await expect.poll(() => listeners.size).toBe(2);
    file.revoke(tokens.read.token_id);
    await expect.poll(() => codes).toEqual([4401]);
    await expect.poll(() => listeners.size).toBe(1);
  });

  it('still hears that it was revoked', async () => {
    const { tokens, send } = await apiWithTokens();
    const { token, token_id } = tokens.admin;
    expect((await send(token, `/tokens/${token_id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await send(token, '/tokens')).status).toBe(401);
  });
});

describe('/tokens', () => {
  it('makes, shows once, lists and revokes', async () => {
    const { ask, send } = await apiWithTokens();
    const made = await ask('/tokens', {
      method: 'POST',
      body: JSON.stringify({ name: 'ci', scopes: ['ingest'] }),
      headers: { 'content-type': 'application/json' },
    });
    expect(made.status).toBe(201);
    const { token, token_id } = (await made.json()) as { token: string; token_id: string };
    const listed = await (await ask('/tokens')).text();
    expect(listed).toContain(token_id);
    expect(listed).not.toContain(token);
    expect((await send(token, '/health')).status).toBe(200);
    expect((await send(token, '/traces')).status).toBe(403);
    expect((await ask(`/tokens/${token_id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await send(token, '/traces')).status).toBe(401);
    expect((await ask(`/tokens/${token_id}`, { method: 'DELETE' })).status).toBe(404);
  });

  it.each([
    {},
    { name: 'x' },
    { name: '', scopes: ['read'] },
    { name: 'x', scopes: [] },
    { name: 'x', scopes: ['root'] },
  ])('refuses %j', async (body) => {
    const { ask } = await runningApi();
    const headers = { 'content-type': 'application/json' };
    expect((await ask('/tokens', { method: 'POST', body: JSON.stringify(body), headers })).status).toBe(422);
  });
});

describe('the rate limit', () => {
  it('holds for each token by itself, for writing, and not for the studio', async () => {
    const { settings, file, tokens, send, token } = await apiWithTokens();
    settings.set({ rate_limit_per_minute: 3 });
    const other = file.create({ name: 'other', scopes: ['ingest'] });
    const write = (sender: string) =>
      send(sender, '/ingest', {
        method: 'POST',
        body: JSON.stringify({ trace_id: 't', event_type: 'message', payload: {} }),
        headers: { 'content-type': 'application/json' },
      });
    for (let count = 0; count < 3; count++) expect((await write(tokens.ingest.token)).status).toBe(202);
    const limited = await write(tokens.ingest.token);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await limited.json()).toMatchObject({ error: { code: 'rate_limited', details: { limit: 3 } } });
    expect((await write(other.token)).status).toBe(202);
    for (let count = 0; count < 5; count++) expect((await write(token)).status).toBe(202);
    for (let count = 0; count < 5; count++) expect((await send(tokens.read.token, '/traces')).status).toBe(200);
  });
});

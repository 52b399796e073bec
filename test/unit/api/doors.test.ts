import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createOneTimeCodes } from '../../../src/main/api/one-time-codes.js';
import type { Router } from '../../../src/main/api/rpc/router.js';
import { mayAllow } from '../../../src/main/engine/live/may-allow.js';
import { mayNameFiles } from '../../../src/main/engine/live/may-name-files.js';
import { createWrongTokens } from '../../../src/main/ground/floods.js';
import type { TokenScope } from '../../../src/shared/model/index.js';
import type { RedactionPolicy } from '../../../src/shared/policy-file.js';
import { firstOf, onCleanup, runningApi } from './support.js';

function clientOf(port: number, token: string) {
  const socket = createWSClient({
    url: `ws://127.0.0.1:${port}/rpc`,
    WebSocket: WebSocket as never,
    connectionParams: { token },
    retryDelayMs: () => 60_000,
  });
  onCleanup(() => socket.close());
  return createTRPCClient<Router>({ links: [wsLink({ client: socket })] });
}

async function running(...scopes: TokenScope[]) {
  const api = await runningApi();
  const { token } = api.tokens.create({ name: 'one', scopes });
  return { ...api, client: clientOf(api.api.port, token), given: token };
}

describe('allowing a value by its pseudonym', () => {
  it('takes admin for a secret', async () => {
    const { client, live } = await running('review');
    await expect(client.findings.allow.mutate({ pseudonym: '<API_KEY_0a1b2c3d>' })).rejects.toMatchObject({
      data: { sluice: { code: 'forbidden', details: { scope: 'admin' } } },
    });
    expect(live.state().policy.allow_pseudonyms).toEqual([]);
  });

  it('takes admin for personal data that the policy names', () => {
    const reviewer = { token_id: 'one', scopes: ['review' as const] };
    const allow = (actions: Pick<RedactionPolicy, 'actions'>['actions']) =>
      mayAllow('<PERSON_0a1b2c3d>', { actions }, reviewer);
    expect(() => allow({ PERSON: 'pseudonym' })).toThrow(expect.objectContaining({ code: 'forbidden' }));
    expect(() => allow({ EMAIL: 'pseudonym' })).not.toThrow();
  });

  it('of a secret is the studio’s own to do', () => {
    const studio = { token_id: null, scopes: ['admin' as const] };
    expect(() => mayAllow('<API_KEY_0a1b2c3d>', { actions: {} }, studio)).not.toThrow();
  });
});

it('only admin names a file of the machine in a preview', () => {
  const context = { tokens: 4096, tokenizer: '/etc/hostname' };
  for (const scopes of [['read'], ['review', 'ingest']] satisfies TokenScope[][]) {
    expect(() => mayNameFiles({ context }, { token_id: 'one', scopes })).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    );
    mayNameFiles({ context: { ...context, tokenizer: 'cl100k_base' } }, { token_id: 'one', scopes });
    mayNameFiles({}, { token_id: 'one', scopes });
  }
  mayNameFiles({ context }, { token_id: 'two', scopes: ['admin'] });
});

describe('the rate limit', () => {
  it('counts RPC and REST together', async () => {
    const { client, settings, reads, given, api } = await running('ingest', 'review');
    settings.set({ rate_limit_per_minute: 3 });
    const trace_id = firstOf(await reads.traces({ query: '', limit: 1, cursor: null, viewer: '' }))?.trace_id as string;
    const write = () => client.reviews.set.mutate({ trace_id, patch: { label: 'accepted' } });
    await write();
    await write();
    const send = () =>
      fetch(`${api.url}/ingest`, {
        method: 'POST',
        body: JSON.stringify({ trace_id: 't', event_type: 'message', payload: {} }),
        headers: { 'content-type': 'application/json', authorization: `Bearer ${given}` },
      });
    expect((await send()).status).toBe(202);
    expect((await send()).status).toBe(429);
    await expect(write()).rejects.toMatchObject({ data: { sluice: { code: 'rate_limited', details: { limit: 3 } } } });
    expect((await client.traces.list.query({})).items).toHaveLength(3);
  });
});

describe('silent sockets', () => {
  // Only Linux has all of 127.0.0.0/8 without being told.
  const addresses = process.platform === 'linux' ? [1, 4] : [1];

  it.each(addresses)('do not keep out one that speaks, from %i address(es)', async (count) => {
    const { api, token } = await runningApi();
    const silent = Array.from({ length: 80 }, (_, at) => {
      const localAddress = `127.0.0.${1 + (at % count)}`;
      return new WebSocket(`ws://127.0.0.1:${api.port}/rpc`, { localAddress });
    });
    for (const socket of silent) socket.on('error', () => undefined);
    onCleanup(async () => {
      for (const socket of silent) socket.terminate();
    });
    await Promise.all(
      silent.map(
        (socket) => new Promise<void>((resolve) => socket.on('open', () => resolve()).on('close', () => resolve())),
      ),
    );
    const late = new WebSocket(`ws://127.0.0.1:${api.port}/rpc`);
    onCleanup(async () => late.terminate());
    const opened = await new Promise<unknown>((resolve) => {
      late.on('open', () => resolve('open')).on('error', resolve);
    });
    expect(opened).toBe('open');
    expect((await clientOf(api.port, token).traces.list.query({})).items).toHaveLength(3);
    // Those that gave way were the oldest; never more than may be there have stayed.
    const there = silent.filter(({ readyState }) => readyState === WebSocket.OPEN);
    expect(there.length).toBeLessThanOrEqual(count === 1 ? 32 : 64);
    expect(there).toContain(silent.at(-1));
  });
});

describe('wrong tokens', () => {
  it('are told so later and later, by address; right ones are not', async () => {
    let now = 0;
    const wrong = createWrongTokens(
      async () => {},
      () => now,
    );
    const told: string[] = [];
    for (let count = 0; count < 21; count++) void wrong.slow('10.0.0.1').then(() => told.push('many'));
    await wrong.slow('10.0.0.2');
    expect(told).toHaveLength(20);
    now = 60_000;
    await wrong.slow('10.0.0.1');
  });
});

it('refused credentials are counted in the audit log, over REST, RPC and codes, and none of them is written', async () => {
  const { api, audit, token } = await runningApi();
  const wrong = `wrong-${token}`;
  await fetch(`${api.url}/traces`, { headers: { authorization: `Bearer ${wrong}` } });
  const body = JSON.stringify({ code: wrong });
  await fetch(`${api.url}/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  await expect(clientOf(api.port, wrong).traces.list.query({})).rejects.toThrow();
  const { items } = await audit.list(null, 10);
  expect(items).toMatchObject([{ action: 'credentials_refused', details: { door: 'api', count: 1 } }]);
  expect(JSON.stringify(items)).not.toContain(token);
});

it('a zero byte in an address or a path is the client’s fault', async () => {
  const { ask } = await runningApi();
  for (const path of ['/%00', '/assets/%00', '/jobs/%00', '/exchanges/a%00b']) {
    expect([path, (await ask(path)).status]).toEqual([path, 404]);
  }
});

it('a file that is no dataset takes admin', async () => {
  const { api, startJob, given } = await running('read');
  const job = await startJob('subject-export', 'Everything held on a subject', {});
  const answer = await fetch(`${api.url}/jobs/${job.job_id}/files/subject.json`, {
    headers: { authorization: `Bearer ${given}` },
  });
  expect(answer.status).toBe(403);
});

describe('a code for the browser', () => {
  it('is worth the token once', async () => {
    const { api, token, ask } = await runningApi();
    const { code } = (await (await ask('/session-codes', { method: 'POST' })).json()) as { code: string };
    expect(code).not.toContain(token);
    const exchange = () =>
      fetch(`${api.url}/session`, {
        method: 'POST',
        body: JSON.stringify({ code }),
        headers: { 'content-type': 'application/json' },
      });
    expect(await (await exchange()).json()).toEqual({ token });
    expect((await exchange()).status).toBe(401);
  });

  it('is worth nothing after a minute', () => {
    let now = 0;
    const codes = createOneTimeCodes<string>(() => now);
    const code = codes.make('token');
    now = 60_001;
    expect(codes.take(code)).toBeNull();
  });

  it('stands for nobody else’s token, and is made by admin only', async () => {
    const { api, given } = await running('read');
    const headers = { authorization: `Bearer ${given}` };
    expect((await fetch(`${api.url}/session-codes`, { method: 'POST', headers })).status).toBe(403);
  });
});

import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Router } from '../../src/main/api/rpc/router.js';
import { type Engine, startEngine } from '../support/engine.js';
import { shownBy } from '../support/planted.js';

/** What a person operates by: a line for each request and each refusal, and nothing of what was sent in any of them. */

const planted = {
  query: `AIza${'Qu3_'.repeat(8)}abc`,
  path: `gsk_${'Pa7'.repeat(17)}`,
  header: `ghp_${'Hea1'.repeat(9)}`,
  host: `ghp-${'h0st'.repeat(9)}`,
  origin: `ghp-${'0rig'.repeat(9)}`,
  body: `sk-proj-${'B0dy5'.repeat(9)}`,
  token: `slt_${'T0k3'.repeat(10)}`,
  procedure: `procedure${'Na7e'.repeat(9)}`,
  input: `glpat-${'In5p-'.repeat(4)}`,
  word: 'quietly-violet-submarine',
};

interface Line {
  level: number;
  msg: string;
  [field: string]: unknown;
}

let engine: Engine;
let token: string;
let tokenId: string;

beforeAll(async () => {
  engine = await startEngine([], { env: { SLUICE_LOG_LEVEL: 'info' } });
  const made = await engine.api('/tokens', { body: { name: 'reader', scopes: ['read', 'ingest'] } });
  token = made.token;
  tokenId = made.token_id;
});
afterAll(() => engine?.dispose());

const lines = (from = 0): Line[] =>
  engine
    .log()
    .slice(from)
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

/** Waits for the line that fits. */
async function logged(fields: Partial<Line>): Promise<Line> {
  for (;;) {
    const found = lines().find((line) => Object.entries(fields).every(([name, value]) => line[name] === value));
    if (found !== undefined) return found;
    await new Promise((wake) => setTimeout(wake, 20));
  }
}

const bearer = (given: string) => ({ anonymous: true, headers: { authorization: `Bearer ${given}` } });

/** Exactly as given, whatever fetch would make of it. */
function raw(port: string, path: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, headers, method, agent: false }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end();
  });
}

function rpc(given: string) {
  const socket = createWSClient({
    url: `${engine.ready.api.replace(/^http/, 'ws')}/rpc`,
    WebSocket: WebSocket as never,
    connectionParams: { token: given },
    retryDelayMs: () => 60_000,
  });
  return { client: createTRPCClient<Router>({ links: [wsLink({ client: socket })] }), close: () => socket.close() };
}

describe('the log', () => {
  it('has one line for a request: pattern, status, time, token and trace', async () => {
    const traceId = randomUUID();
    const answer = await engine.fetch(`/traces/${traceId}?note=${planted.query}`, bearer(token));
    expect(answer.status).toBe(404);
    expect(await logged({ msg: 'request', trace_id: traceId })).toMatchObject({
      level: 30,
      via: 'rest',
      route: '/traces/:id',
      method: 'GET',
      status: 404,
      ms: expect.any(Number),
      token_id: tokenId,
    });
    await engine.fetch('/health', { anonymous: true });
    expect(await logged({ msg: 'request', route: '/health' })).toMatchObject({ status: 200, token_id: null });
    expect(await logged({ msg: 'request', route: '/tokens' })).toMatchObject({ status: 201, token_id: 'studio' });
    const { client, close } = rpc(engine.ready.token);
    await client.traces.get.query({ trace_id: traceId }).catch(() => undefined);
    close();
    expect(await logged({ via: 'rpc', route: 'traces.get' })).toMatchObject({
      msg: 'request',
      method: 'query',
      status: 404,
      token_id: 'studio',
      trace_id: traceId,
    });
    expect(lines().filter((line) => line['trace_id'] === traceId)).toHaveLength(2);
  });

  it('has a warning for every refusal, by what it was refused for', async () => {
    const { port } = new URL(engine.ready.api);
    const authorization = `Bearer ${token}`;
    const host = `127.0.0.1:${port}`;
    const refused = (fields: object) => logged({ msg: 'request_refused', level: 40, ...fields });

    expect((await engine.fetch('/traces', bearer(planted.token))).status).toBe(401);
    await refused({ reason: 'token', route: '/traces', token_id: null });
    expect((await engine.fetch('/tokens', bearer(token))).status).toBe(403);
    await refused({ reason: 'scope', route: '/tokens', token_id: tokenId });
    expect(await raw(port, '/status', { authorization, host: `${planted.host}.example:${port}` })).toBe(403);
    await refused({ reason: 'host', route: '/status' });
    expect(await raw(port, '/runs', { authorization, host, origin: `https://${planted.origin}.example` }, 'POST')).toBe(
      403,
    );
    await refused({ reason: 'origin', route: '/runs' });
    const studio = { authorization: `Bearer ${engine.ready.token}`, host };
    expect(await raw(port, `/${planted.path}`, studio)).toBe(404);
    expect(await raw(port, `/traces/${planted.path}%00`, studio)).toBe(404);
    await refused({ reason: 'path' });
    expect(await raw(port, `/traces?query=${planted.query}`, studio, 'DELETE')).toBe(405);
    await refused({ reason: 'command', via: 'rest' });

    const reader = rpc(token);
    await expect(reader.client.settings.get.query()).rejects.toThrow();
    await refused({ reason: 'scope', via: 'rpc', route: 'settings.get', token_id: tokenId });
    const unknown = reader.client as unknown as { traces: Record<string, { query(input: string): Promise<unknown> }> };
    await expect(unknown.traces[planted.procedure]?.query(planted.input)).rejects.toThrow();
    await refused({ reason: 'command', via: 'rpc', route: null, token_id: tokenId });
    reader.close();
    const stranger = rpc(planted.token);
    await expect(stranger.client.status.get.query()).rejects.toThrow();
    await refused({ reason: 'token', via: 'rpc', route: 'status.get', token_id: null });
    stranger.close();

    const proxy = new URL(engine.ready.proxy).port;
    expect(await raw(proxy, `/${planted.path}/v1/messages`, { host: `127.0.0.1:${proxy}` })).toBe(404);
    await refused({ via: 'proxy', reason: 'path' });
    expect(
      await raw(proxy, '/openai/v1/x', { host: `127.0.0.1:${proxy}`, origin: `https://${planted.origin}.example` }),
    ).toBe(403);
    await refused({ via: 'proxy', reason: 'origin' });
    expect(await raw(proxy, '/openai/v1/x', { host: `${planted.host}.example` })).toBe(403);
    await refused({ via: 'proxy', reason: 'host' });
  });

  it('never has content, values or tokens', async () => {
    const said = `${planted.word} ${planted.body}`;
    const headers = { 'user-agent': planted.header, 'x-session-id': planted.header, traceparent: planted.header };
    const ways: [string, unknown, string?][] = [
      [`/traces?query=${planted.query}`, undefined],
      [`/traces/${planted.path}`, undefined],
      [`/exchanges/${planted.path}?note=${planted.query}`, undefined],
      [`/ingest?key=${planted.query}`, { trace_id: said, event_type: said, payload: { content: said } }],
      ['/ingest', { trace_id: { [said]: said } }],
      ['/v1/traces', { resourceSpans: said }],
      ['/traces', { events: [{ type: said }], [said]: said }],
      [`/traces/${planted.path}/events`, { events: [{ type: 'message', content: said }] }],
      [`/traces/${planted.path}/review`, { note: said }, 'PUT'],
      ['/import', { path: `/${planted.path}`, as: planted.word }],
      [`/import?name=${planted.path}.jsonl`, { messages: said }],
      ['/exports', { out: `/${planted.path}`, format: planted.word }],
      ['/settings', { host: planted.host, [said]: said }, 'PATCH'],
      ['/policy', { version: 2, [said]: said }, 'PUT'],
    ];
    for (const [path, body, method] of ways) {
      const asked = { headers, ...(body === undefined ? {} : { body }), ...(method === undefined ? {} : { method }) };
      await (await engine.fetch(path, asked)).arrayBuffer();
    }
    const port = new URL(engine.ready.api).port;
    const authorization = `Bearer ${engine.ready.token}`;
    const text = { authorization, host: `127.0.0.1:${port}`, 'content-type': 'application/json' };
    expect(await raw(port, `/ingest?%${planted.query}`, { ...text, 'content-length': '0' }, 'POST')).toBe(400);
    expect(await raw(port, `/traces/%${planted.path}`, text)).toBe(400);
    const { client, close } = rpc(engine.ready.token);
    const asked = [
      client.traces.list.query({ query: `${planted.input} ${said}` }),
      client.traces.get.query({ trace_id: planted.input }),
      client.exchanges.get.query({ exchange_id: planted.input }),
    ];
    await Promise.allSettled(asked);
    close();
    await logged({ via: 'rpc', route: 'exchanges.get' });
    await engine.settled();
    const secrets = { ...planted, main_token: engine.ready.token, scoped_token: token };
    expect(shownBy(engine.log(), secrets)).toEqual([]);
  });

  it('is not flooded by what is refused: a count stands for the rest', async () => {
    const from = engine.log().length;
    for (let count = 0; count < 15; count++) {
      expect((await engine.fetch(`/exchanges?n=${count}`, bearer(planted.token))).status).toBe(401);
    }
    expect(await engine.stop()).toBe(0);
    const told = lines(from).filter(({ msg, route }) => msg === 'request_refused' && route === '/exchanges');
    expect(told.length).toBeLessThan(15);
    expect(told.reduce((sum, { count }) => sum + (count as number), 0)).toBe(15);
    expect(lines(from).filter(({ msg, route }) => msg === 'request' && route === '/exchanges')).toEqual([]);
    expect(shownBy(engine.log(), planted)).toEqual([]);
  });
});

import { writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Router } from '../../src/main/api/rpc/router.js';
import { type Engine, startEngine } from '../support/engine.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { shownBy } from '../support/planted.js';

/** Secrets where a client chooses the words that the live view, the status and the metrics show while it runs. */

const planted = {
  client: `ghp_${'C1ie'.repeat(9)}`,
  session: `glpat-${'Se5s-'.repeat(4)}`,
  model: `sk-proj-${'M0d3l'.repeat(9)}`,
  path: `gsk_${'Pa7'.repeat(17)}`,
  query: `AIza${'Qu3_'.repeat(8)}abc`,
  host: `ghp_${'h0st'.repeat(9)}`,
  refused_client: `ghp_${'Rc1e'.repeat(9)}`,
  command: `ghp_${'Cmd7'.repeat(9)}`,
  policy: `ghp_${'Po1i'.repeat(9)}`,
};

let engine: Engine;
let model: ModelServer;
let answer = () => {};

beforeAll(async () => {
  model = await startModelServer();
  model.otherwise(async () => {
    await new Promise<void>((resolve) => (answer = resolve));
    return { text: 'done' };
  });
  engine = await startEngine(['--upstream', `openai=${model.url}`, '--intercept', '*.localhost']);
});
afterAll(async () => {
  answer();
  await engine?.dispose();
  await model?.close();
});

function rpc() {
  const socket = createWSClient({
    url: `${engine.ready.api.replace(/^http/, 'ws')}/rpc`,
    WebSocket: WebSocket as never,
    connectionParams: { token: engine.ready.token },
  });
  return { client: createTRPCClient<Router>({ links: [wsLink({ client: socket })] }), close: () => socket.close() };
}

/** Everything that a reader can ask for while it runs, as text. */
async function shown(): Promise<string> {
  const { client, close } = rpc();
  try {
    const over = await Promise.all([client.live.inFlight.query(), client.status.get.query()]);
    const rest = ['/health', '/status', '/metrics', '/exchanges', '/traces', '/jobs', '/audit', '/policy'];
    const texts = await Promise.all(rest.map(async (path) => (await engine.fetch(path)).text()));
    return [...over.map((each) => JSON.stringify(each)), ...texts].join('\n');
  } finally {
    close();
  }
}

async function inFlight() {
  const { client, close } = rpc();
  try {
    for (;;) {
      const list = await client.live.inFlight.query();
      if (list.some(({ model: named }) => named !== null)) return list;
      await new Promise((wake) => setTimeout(wake, 50));
    }
  } finally {
    close();
  }
}

describe('what is shown while it runs', () => {
  it('of requests under way has no secret in client, session, model and URL', async () => {
    const { hostname, port } = new URL(engine.ready.proxy);
    const body = JSON.stringify({ model: planted.model, messages: [{ role: 'user', content: 'hello' }] });
    const outgoing = httpRequest({
      host: hostname,
      port,
      method: 'POST',
      path: `/s/${planted.session}/openai/v1/chat/completions?key=${planted.query}`,
      headers: {
        'content-type': 'application/json',
        'user-agent': `${planted.client}/1.0`,
        'x-session-id': planted.session,
      },
    });
    const ended = new Promise((resolve) => outgoing.on('response', (response) => response.resume().on('end', resolve)));
    outgoing.end(body);
    const list = await inFlight();
    const gone = expect.stringMatching(/<(TOKEN|API_KEY)_[0-9a-f]{8}>/);
    expect(list).toMatchObject([{ method: 'POST', client: gone, session: gone, model: gone }]);
    expect(shownBy(JSON.stringify(list), planted)).toEqual([]);
    expect(shownBy(await shown(), planted)).toEqual([]);
    answer();
    await ended;
    await engine.settled();
    expect(shownBy(await shown(), planted)).toEqual([]);
  });

  it('of clients that refuse our certificate has no secret in host and name', async () => {
    const { hostname, port } = new URL(engine.ready.proxy);
    const outgoing = httpRequest({
      host: hostname,
      port,
      method: 'CONNECT',
      path: `${planted.host}.localhost:443`,
      headers: { 'user-agent': `${planted.refused_client}/1.0` },
      agent: false,
    });
    const socket = await new Promise<import('node:net').Socket>((resolve, reject) => {
      outgoing.on('connect', (response, raw) =>
        response.statusCode === 200
          ? resolve(raw as never)
          : reject(new Error(`CONNECT was answered ${response.statusCode}`)),
      );
      outgoing.on('error', reject);
      outgoing.end();
    });
    await new Promise<void>((resolve) => {
      connect({ socket, servername: 'some.localhost', ca: [] }).on('error', () => resolve());
    });
    const refusals = await engine.until('/status', (status) => status.refusals.length > 0 && status.refusals);
    const gone = expect.stringMatching(/<TOKEN_[0-9a-f]{8}>/);
    expect(refusals).toMatchObject([{ host: gone, client: gone, count: 1 }]);
    expect(shownBy(await shown(), planted)).toEqual([]);
  });

  it('of what went past the proxy has no secret in the command', async () => {
    const { run_id } = await engine.api('/runs', { body: { session: `run ${planted.session}` } });
    const last_at = new Date().toISOString();
    const bypassed = [{ command: planted.command.slice(0, 64), address: '203.0.113.7', port: 443, last_at }];
    await engine.api(`/runs/${run_id}/end`, { body: { bypassed } });
    expect((await engine.api('/status')).bypassed).toMatchObject([{ port: 443 }]);
    expect(shownBy(await shown(), planted)).toEqual([]);
  });

  it('of a policy file that does not hold has no secret in what is wrong with it', async () => {
    writeFileSync(join(engine.ready.data_dir, 'policy.json'), JSON.stringify({ version: 2, [planted.policy]: 'mask' }));
    const problems = await engine.until(
      '/status',
      (status) => status.policy_problems.length > 0 && status.policy_problems,
    );
    expect(problems).toMatchObject([expect.stringMatching(/<TOKEN_[0-9a-f]{8}>/)]);
    expect(shownBy(engine.log(), planted)).toEqual([]);
    expect(shownBy(await shown(), planted)).toEqual([]);
  });
});

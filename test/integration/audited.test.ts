import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Router } from '../../src/main/api/rpc/router.js';
import type { AuditAction, AuditEntry, Job } from '../../src/shared/model/index.js';
import { type Engine, startEngine } from '../support/engine.js';

/** What is written down of what a token does, over REST and RPC. */

let dataDir: string;
let engine: Engine;
let given: { token: string; token_id: string };
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-audited-'));
  engine = await startEngine([], { dataDir });
  given = await engine.api('/tokens', { body: { name: 'pipeline', scopes: ['admin'] } });
});
afterAll(async () => {
  await engine?.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

const asToken = () => ({ anonymous: true, headers: { authorization: `Bearer ${given.token}` } });
const actor = () => ({ kind: 'token', token_id: given.token_id });
const written = async (action: AuditAction): Promise<AuditEntry[]> =>
  (await engine.api(`/audit-log?limit=200&action=${action}`)).items;

async function overRpc<T>(ask: (client: ReturnType<typeof createTRPCClient<Router>>) => Promise<T>): Promise<T> {
  const socket = createWSClient({
    url: `${engine.ready.api.replace('http', 'ws')}/rpc`,
    WebSocket: WebSocket as never,
    connectionParams: { token: given.token },
  });
  try {
    return await ask(createTRPCClient<Router>({ links: [wsLink({ client: socket })] }));
  } finally {
    await socket.close();
  }
}

const trace = {
  schema_version: '1',
  developer_id: 'dev',
  bug_id: 'BUG-1',
  repo: { name: 'harbour', url: 'https://example.test/harbour', branch: 'main', commit_before: 'a1' },
  start_time: '2026-11-21T09:00:00Z',
};

it('what is sent is one entry an hour for each way, with how often; a trace that is finalized is one', async () => {
  for (const trace_id of ['one', 'two', 'three']) {
    const body = { trace_id, event_type: 'message', payload: { role: 'user', content: 'hello' } };
    await engine.api('/ingest', { ...asToken(), body });
  }
  const { trace_id } = await engine.api('/traces', { ...asToken(), body: trace });
  await engine.api(`/traces/${trace_id}/events`, {
    ...asToken(),
    body: { events: [{ type: 'file_open', timestamp: '2026-11-21T09:00:01Z', file: 'src/a.py' }] },
  });
  await engine.api('/v1/traces', { ...asToken(), body: { resourceSpans: [] } });
  const ways = (await written('ingest')).map(({ details }) => [details['way'], details['count']]);
  expect(ways.reverse()).toEqual([
    ['ingest', 1],
    ['traces', 1],
    ['events', 1],
    ['otlp', 1],
  ]);
  await engine.api(`/traces/${trace_id}/finalize`, { ...asToken(), body: {} });
  expect(await written('finalize')).toMatchObject([{ actor: actor(), target: trace_id }]);
});

it('files that are imported, by path and sent, over REST and RPC', async () => {
  const path = join(dataDir, 'somebody.jsonl');
  writeFileSync(path, `${JSON.stringify({ messages: [{ role: 'user', content: 'hello' }] })}\n`);
  const byPath = await engine.api<Job>('/import', { ...asToken(), body: { path } });
  const sent = await fetch(new URL('/import?name=somebody.jsonl', engine.ready.api), {
    method: 'POST',
    headers: { ...asToken().headers, 'content-type': 'application/octet-stream' },
    body: readFileSync(path),
  });
  const byRpc = await overRpc((client) => client.imports.start.mutate({ path }));
  const entries = await written('import');
  const jobs = [byPath.job_id, ((await sent.json()) as Job).job_id, byRpc.job_id];
  expect(entries.map(({ target }) => target).reverse()).toEqual(jobs);
  for (const entry of entries) expect(entry.actor).toEqual(actor());
  expect(JSON.stringify(entries)).not.toContain('somebody');
});

it('labels, over REST and RPC, by their fields', async () => {
  const { trace_id } = (await engine.api('/traces?limit=1')).items[0];
  await engine.api(`/traces/${trace_id}/review`, { ...asToken(), method: 'PUT', body: { label: 'accepted' } });
  await overRpc((client) => client.reviews.set.mutate({ trace_id, patch: { note: 'a remark', rating: 4 } }));
  const entries = await written('review_changed');
  expect(entries).toMatchObject([
    { actor: actor(), target: trace_id, details: { fields: ['rating', 'note'] } },
    { actor: actor(), target: trace_id, details: { fields: ['label'] } },
  ]);
  expect(JSON.stringify(entries)).not.toContain('a remark');
});

it('datasets that are built, and each of their files that is fetched', async () => {
  await engine.settled();
  const { job_id } = await engine.api<Job>('/exports', { ...asToken(), body: { layout: 'traces', format: 'jsonl' } });
  await engine.until(`/jobs/${job_id}`, ({ state }: Job) => state === 'done');
  expect(await written('export_written')).toMatchObject([{ actor: actor(), details: { layout: 'traces' } }]);
  await (await engine.fetch(`/jobs/${job_id}/files/data.jsonl`, asToken())).arrayBuffer();
  expect(await written('file_downloaded')).toMatchObject([
    { actor: actor(), target: job_id, details: { file: 'data.jsonl' } },
  ]);
});

it('bodies that a token reads, over REST and RPC, and credentials that are refused', async () => {
  const { exchange_id } = (await engine.api('/exchanges?limit=1')).items[0];
  await engine.api(`/exchanges/${exchange_id}`, asToken());
  await engine.api(`/exchanges/${exchange_id}/body/request`, asToken());
  await overRpc(async (client) => {
    await client.exchanges.get.query({ exchange_id });
    await client.exchanges.body.query({ exchange_id, side: 'request', offset: 0, limit: 10 });
  });
  expect(await written('bodies_read')).toMatchObject([{ actor: actor(), details: { count: 1 } }]);
  for (const path of ['/traces', '/exchanges']) {
    await engine.fetch(path, { anonymous: true, headers: { authorization: 'Bearer wrong' } });
  }
  expect(await written('credentials_refused')).toMatchObject([{ details: { door: 'api', count: 1 } }]);
});

it('what was counted is written with its number when the engine stops', async () => {
  await engine.stop();
  engine = await startEngine([], { dataDir });
  const counts = async (action: AuditAction) => (await written(action)).map(({ details }) => details['count']);
  expect(await counts('bodies_read')).toEqual([3, 1]);
  expect(await counts('credentials_refused')).toEqual([1, 1]);
  expect((await written('ingest'))[0]?.details).toMatchObject({ way: 'ingest', count: 2 });
});

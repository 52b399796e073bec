import { createTRPCClient, createWSClient, TRPCClientError, wsLink } from '@trpc/client';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Router } from '../../../src/main/api/rpc/router.js';
import { SluiceError } from '../../../src/shared/errors.js';
import type { Tick } from '../../../src/shared/model/index.js';
import { testId } from '../../support/traces.js';
import { onCleanup, runningApi } from './support.js';

function rpcClient(port: number, token: string) {
  const socket = createWSClient({
    url: `ws://127.0.0.1:${port}/rpc`,
    WebSocket: WebSocket as never,
    connectionParams: { token },
    retryDelayMs: () => 60_000,
  });
  onCleanup(() => socket.close());
  return createTRPCClient<Router>({ links: [wsLink({ client: socket })] });
}

async function failure(promise: Promise<unknown>): Promise<TRPCClientError<Router>> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TRPCClientError);
  return error as TRPCClientError<Router>;
}

/** How the upgrade went: `open`, or the status it was refused with. */
function upgrade(url: string, headers: { [name: string]: string } = {}): Promise<'open' | number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { headers });
    socket.on('open', () => {
      socket.terminate();
      resolve('open');
    });
    socket.on('unexpected-response', (request, answer) => {
      resolve(answer.statusCode ?? 0);
      answer.resume();
      request.destroy();
    });
    socket.on('error', () => undefined);
  });
}

function closeCode(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.on('close', resolve));
}

describe('RPC', () => {
  it('answers queries and mutations', async () => {
    const { api, token } = await runningApi();
    const client = rpcClient(api.port, token);
    expect((await client.traces.list.query({})).items).toHaveLength(3);
    expect(await client.status.get.query()).toMatchObject({ status: 'healthy' });
    const changed = await client.reviews.set.mutate({ trace_id: testId(1, 0), patch: { label: 'accepted' } });
    expect([changed.previous.label, changed.current.label]).toEqual([null, 'accepted']);
  });

  it('sends ticks, merged for a slow reader, and forgets who left', async () => {
    const { api, token, tick, listeners } = await runningApi();
    const client = rpcClient(api.port, token);
    const heard: Tick[] = [];
    const started = Promise.withResolvers<void>();
    const stop = client.live.ticks.subscribe(undefined, {
      onStarted: () => started.resolve(),
      onData: (data) => heard.push(data),
    });
    await started.promise;
    await expect.poll(() => listeners.size).toBe(1);
    tick('traces');
    tick('jobs');
    tick('traces', 'live');
    await expect.poll(() => heard.at(-1)?.seq).toBe(3);
    expect(new Set(heard.flatMap((one) => one.topics))).toEqual(new Set(['traces', 'jobs', 'live']));
    for (let count = 0; count < 50; count += 1) {
      tick('live');
      await expect.poll(() => heard.at(-1)?.seq, { interval: 1 }).toBe(4 + count);
    }
    stop.unsubscribe();
    await expect.poll(() => listeners.size).toBe(0);
  });

  it('brings expected failures with code, next step and details', async () => {
    const { api, token, logged } = await runningApi();
    const client = rpcClient(api.port, token);
    const missing = await failure(client.traces.get.query({ trace_id: testId(9, 9) }));
    expect(missing.data?.sluice).toMatchObject({ code: 'not_found', next: expect.any(String) });
    const query = await failure(client.traces.list.query({ query: 'bad:x' }));
    expect(query.data?.sluice).toMatchObject({ code: 'query_invalid', details: { start: 0, end: 3, word: 'bad' } });
    const input = await failure(client.traces.list.query({ limit: 1000 }));
    expect(input.data?.sluice).toMatchObject({ code: 'validation_failed', details: [{ path: 'limit' }] });
    expect(logged).toEqual([]);
  });

  it('brings failures of a mutation that the engine refused later', async () => {
    const { api, token, commands } = await runningApi();
    commands.deleteTrace = async () => {
      throw new SluiceError('engine_busy', 'The writer is busy.');
    };
    const error = await failure(rpcClient(api.port, token).traces.delete.mutate({ trace_id: testId(1, 0) }));
    expect(error.message).toBe('The writer is busy.');
    expect(error.data?.sluice).toMatchObject({ code: 'engine_busy' });
  });

  it('hides what nobody expected and logs it once', async () => {
    const { api, token, reads, logged } = await runningApi();
    reads.traces = () => {
      throw new TypeError('cannot read secret-content');
    };
    const error = await failure(rpcClient(api.port, token).traces.list.query({}));
    expect(error.data?.sluice).toMatchObject({ code: 'internal' });
    expect(JSON.stringify([error.message, error.shape])).not.toMatch(/secret-content|\.ts:/);
    expect(logged).toHaveLength(1);
    expect(JSON.stringify(logged)).not.toContain('secret-content');
  });

  it('does nothing without the token, says so, and hangs up', async () => {
    const { api, token, commands } = await runningApi();
    let touched = false;
    commands.deleteTrace = async () => {
      touched = true;
      return true;
    };
    for (const wrong of ['', `${token}x`, token.slice(1)]) {
      const client = rpcClient(api.port, wrong);
      const error = await failure(client.traces.delete.mutate({ trace_id: testId(1, 0) }));
      expect(error.data).toMatchObject({ code: 'UNAUTHORIZED', sluice: { code: 'unauthorized' } });
    }
    const bare = new WebSocket(`ws://127.0.0.1:${api.port}/rpc`);
    expect(await closeCode(bare)).toBe(4401);
    expect(touched).toBe(false);
  });

  it('refuses the upgrade by Host, Origin and path', async () => {
    const { api } = await runningApi();
    const url = `ws://127.0.0.1:${api.port}/rpc`;
    expect(await upgrade(url, { origin: `http://127.0.0.1:${api.port}` })).toBe('open');
    expect(await upgrade(url)).toBe('open');
    expect(await upgrade(url, { origin: 'http://evil.example' })).toBe(403);
    expect(await upgrade(url, { origin: 'null' })).toBe(403);
    expect(await upgrade(url, { host: `evil.example:${api.port}` })).toBe(403);
    expect(await upgrade(`ws://127.0.0.1:${api.port}/traces`)).toBe(404);
    expect(await upgrade(`ws://127.0.0.1:${api.port}/rpcx`)).toBe(404);
  });

  it('ends a connection whose message is too large, and lives on', async () => {
    const { api, token } = await runningApi();
    const socket = new WebSocket(`ws://127.0.0.1:${api.port}/rpc?connectionParams=1`);
    socket.on('error', () => undefined);
    const closed = closeCode(socket);
    socket.on('open', () => socket.send('x'.repeat(2 * 1024 * 1024)));
    expect(await closed).toBe(1009);
    const broken = new WebSocket(`ws://127.0.0.1:${api.port}/rpc?connectionParams=1`);
    const brokenClosed = closeCode(broken);
    broken.on('open', () => broken.send('{not json'));
    await brokenClosed;
    expect((await rpcClient(api.port, token).traces.list.query({})).items).toHaveLength(3);
  });

  it('says goodbye when the engine stops, subscriptions or not', async () => {
    const { api, token, listeners } = await runningApi();
    const client = rpcClient(api.port, token);
    client.live.ticks.subscribe(undefined, { onData: () => undefined });
    await expect.poll(() => listeners.size).toBe(1);
    const silent = new WebSocket(`ws://127.0.0.1:${api.port}/rpc?connectionParams=1`);
    await new Promise((resolve) => silent.on('open', resolve));
    const code = closeCode(silent);
    await api.close(5000);
    expect(await code).toBe(1001);
    expect(listeners.size).toBe(0);
  });
});

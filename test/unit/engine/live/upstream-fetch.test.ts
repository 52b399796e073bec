import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { upstreamFetch } from '../../../../src/main/engine/live/upstream-fetch.js';
import { type ConnectProxy, startConnectProxy } from '../../../support/connect-proxy.js';
import { modelsAt } from '../../../support/language-models.js';
import { type ModelServer, startModelServer } from '../../../support/model-server.js';

describe('the engine’s own calls', () => {
  let proxy: ConnectProxy;
  let server: ModelServer;
  const settings = { noProxy: [] as string[], insecure: false, isOwn: () => false };
  const through = () => upstreamFetch(() => ({ ...settings, upstreamProxy: proxy.url }));
  beforeAll(async () => {
    [proxy, server] = [await startConnectProxy(), await startModelServer()];
  });
  afterEach(() => {
    proxy.asked.length = 0;
    proxy.refuse = null;
  });
  afterAll(async () => {
    await proxy.close();
    await server.close();
  });

  it('go by the upstream proxy with its credentials, which the server never sees', async () => {
    server.say({ raw: JSON.stringify({ ok: 'é' }), status: 201, headers: { 'x-a': '1' } });
    const response = await through()(`${server.url}/v1/x?y=1`, {
      method: 'POST',
      body: '{"é":1}',
      headers: { 'content-type': 'application/json', authorization: 'Bearer k' },
    });
    expect([response.status, response.headers.get('x-a'), await response.json()]).toEqual([201, '1', { ok: 'é' }]);
    expect(proxy.asked).toEqual([{ authority: `127.0.0.1:${server.port}`, credentials: 'user:open sesame' }]);
    const { method, path, headers, json } = server.requests.at(-1) ?? {};
    expect([method, path, json]).toEqual(['POST', '/v1/x?y=1', { é: 1 }]);
    expect(headers).toMatchObject({ authorization: 'Bearer k', host: `127.0.0.1:${server.port}` });
    expect(headers).not.toHaveProperty('proxy-authorization');
  });

  it('pass it by for hosts that go without, and where none is set', async () => {
    for (const options of [
      { ...settings, upstreamProxy: proxy.url, noProxy: ['127.0.0.1'] },
      { ...settings, upstreamProxy: null },
    ]) {
      server.say({ raw: 'direct' });
      expect(await (await upstreamFetch(() => options)(`${server.url}/x`)).text()).toBe('direct');
    }
    expect(proxy.asked).toEqual([]);
  });

  it('are unpacked, break off with what breaks off, and end when they are given up', async () => {
    const { port } = server;
    server.say({ raw: gzipSync('packed'), headers: { 'content-encoding': 'gzip' } });
    expect(await (await through()(`http://127.0.0.1:${port}/x`)).text()).toBe('packed');
    server.say({ raw: gzipSync('x'.repeat(100_000)), headers: { 'content-encoding': 'gzip' }, cutAfterBytes: 60 });
    await expect((await through()(`http://127.0.0.1:${port}/x`)).text()).rejects.toThrow();
    server.say({ raw: 'x'.repeat(1000), cutAfterBytes: 10 });
    await expect((await through()(`http://127.0.0.1:${port}/x`)).text()).rejects.toThrow();
    server.say({ raw: 'late', delayMs: 60_000 });
    await expect(through()(`http://127.0.0.1:${port}/x`, { signal: AbortSignal.timeout(100) })).rejects.toThrow();
  });

  it('name the proxy where it refuses, and do not come back by our own', async () => {
    proxy.refuse = 407;
    await expect(through()(`${server.url}/x`)).rejects.toMatchObject({ code: 'upstream_proxy_failed' });
    const own = upstreamFetch(() => ({ ...settings, upstreamProxy: proxy.url, isOwn: (port) => port === proxy.port }));
    await expect(own(`${server.url}/x`)).rejects.toMatchObject({ code: 'proxy_loop' });
  });

  it('of models go this way: bombs are cut off, redirects not followed, a refusal is told as it is', async () => {
    const { models } = await modelsAt(`${server.url}/v1`, {}, { fetch: through() });
    const ask = (cache_key: string) =>
      models.complete({
        profile: 'test',
        messages: [{ role: 'user', content: 'Judge.' }],
        schema: z.object({ score: z.number() }),
        schema_name: 'verdict',
        max_tokens: 100,
        timeout_ms: 50_000,
        purpose: 'judge',
        cache_key,
        signal: new AbortController().signal,
      });
    server.say({ text: '{"score": 1}' });
    expect(await ask('1')).toMatchObject({ reply: { score: 1 } });
    server.say({ raw: Buffer.alloc(64 * 1024 * 1024, 32), encoding: 'gzip' });
    await expect(ask('2')).rejects.toMatchObject({ code: 'model_answer_invalid' });
    server.say({ raw: '', status: 302, headers: { location: 'http://elsewhere.example/' } });
    await expect(ask('3')).rejects.toMatchObject({ code: 'model_redirected' });
    proxy.refuse = 403;
    await expect(ask('4')).rejects.toMatchObject({ code: 'upstream_proxy_failed' });
    expect(new Set(proxy.asked.map(({ authority }) => authority))).toEqual(new Set([`127.0.0.1:${server.port}`]));
  });
});

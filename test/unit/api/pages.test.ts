import { describe, expect, it } from 'vitest';
import { startApi } from '../../../src/main/api/index.js';
import { firstOf, onCleanup, rawRequest, runningApi } from './support.js';

describe('the studio’s pages', () => {
  it('need no token and may load nothing from elsewhere', async () => {
    const { api } = await runningApi();
    const page = await rawRequest(api.port, { path: '/' });
    expect(page.status).toBe(200);
    expect(page.body).toContain('<title>Sluice</title>');
    expect(page.headers).toMatchObject({
      'content-type': expect.stringMatching(/^text\/html/),
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    const policy = String(page.headers['content-security-policy']).split('; ');
    expect(policy).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data:",
      "font-src 'self'",
      `connect-src 'self' ws://127.0.0.1:${api.port} wss://127.0.0.1:${api.port}`,
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    const asset = await rawRequest(api.port, { path: '/assets/main-3f2a.js' });
    expect(asset.status).toBe(200);
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(asset.headers['content-type']).toMatch(/javascript/);
  });

  it('end at their folder', async () => {
    const { api, token } = await runningApi();
    const paths = [
      '/../outside.txt',
      '/assets/../../outside.txt',
      '/%2e%2e/outside.txt',
      '/..%2foutside.txt',
      '/assets/..%5c..%5coutside.txt',
      '//etc/passwd',
      '/.env',
      '/assets/',
      '/assets/%00',
    ];
    for (const path of paths) {
      const answer = await rawRequest(api.port, { path, headers: { authorization: `Bearer ${token}` } });
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.body).not.toMatch(/outside|SECRET|root:/);
    }
  });

  it('say how to build them where they are missing, while the API works', async () => {
    const { api, ask } = await runningApi({ uiDir: '/does/not/exist' });
    const page = await rawRequest(api.port, { path: '/' });
    expect(page.status).toBe(503);
    expect(page.body).toContain('npm run build');
    expect((await ask('/traces')).status).toBe(200);
  });
});

describe('startApi', () => {
  it('says which port is in use', async () => {
    const { api, operations, services } = await runningApi();
    await expect(
      startApi({ operations, services, host: '127.0.0.1', port: api.port, uiDir: '/none' }),
    ).rejects.toMatchObject({
      code: 'port_in_use',
      details: { port: api.port },
    });
  });

  it('gives an address that a client can use', async () => {
    const { operations, services } = await runningApi();
    const everywhere = await startApi({ operations, services, host: '0.0.0.0', port: 0, uiDir: '/none' });
    onCleanup(() => everywhere.close(0));
    expect(everywhere.url).toBe(`http://127.0.0.1:${everywhere.port}`);
    expect((await fetch(`${everywhere.url}/health`)).status).toBe(200);
  });

  it('lets an open answer finish when it closes, then takes nothing more', async () => {
    const { api, reads, commands, ask } = await runningApi();
    const gate = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    const { setReview } = commands;
    commands.setReview = async (traceId, patch, reviewer, bulk) => {
      entered.resolve();
      await gate.promise;
      return setReview(traceId, patch, reviewer, bulk);
    };
    const items = [firstOf(await reads.traces({ query: '', limit: 1, cursor: null, viewer: '' }))];
    const open = ask(`/traces/${items[0]?.trace_id}/review`, {
      method: 'PUT',
      body: '{"rating":3}',
      headers: { 'content-type': 'application/json' },
    });
    await entered.promise;
    const closing = api.close(10_000);
    gate.resolve();
    expect(await (await open).json()).toMatchObject({ rating: 3 });
    await closing;
    await expect(fetch(`${api.url}/health`)).rejects.toThrow();
  });

  it('ends answers that outlast the grace', async () => {
    const { api, commands, ask } = await runningApi();
    const entered = Promise.withResolvers<void>();
    commands.deleteTrace = () => {
      entered.resolve();
      return new Promise(() => {});
    };
    const stuck = ask('/traces/019aa000-0001-7000-8000-000000000000', { method: 'DELETE' }).catch(() => 'ended');
    await entered.promise;
    await api.close(20);
    expect(await stuck).toBe('ended');
  });
});

import { describe, expect, it } from 'vitest';
import { createRequestGuard, tokenMatches } from '../../../src/main/api/auth.js';
import { rawRequest, runningApi } from './support.js';

const guarded = [
  '/metrics',
  '/openapi.json',
  '/docs',
  '/docs/json',
  '/docs/static/swagger-ui.css',
  '/traces',
  '/tool-calls',
  '/exchanges',
  '/jobs',
  '/nothing',
];

describe('token', () => {
  it.each(guarded)('is needed for %s', async (path) => {
    const { api, token } = await runningApi();
    const wrong = [
      {},
      { authorization: 'Bearer' },
      { authorization: 'Bearer ' },
      { authorization: `Bearer ${token}x` },
      { authorization: `Bearer ${token.slice(0, -1)}` },
      { authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` },
      { authorization: token },
      { cookie: `token=${token}; sluice_docs=${token}` },
    ];
    for (const headers of wrong) {
      const answer = await rawRequest(api.port, { path, headers: headers as { [name: string]: string } });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
      expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'unauthorized' } });
      expect(answer.body).not.toContain(token);
    }
    const right = await rawRequest(api.port, { path, headers: { authorization: `bearer ${token}` } });
    expect(right.status).not.toBe(401);
  });

  it('in the address opens the documentation only, and by a cookie that is not the token', async () => {
    const { api, token } = await runningApi();
    expect((await rawRequest(api.port, { path: `/traces?token=${token}` })).status).toBe(401);
    expect((await rawRequest(api.port, { path: '/docs?token=wrong' })).status).toBe(401);
    const opened = await rawRequest(api.port, { path: `/docs?token=${token}` });
    expect([opened.status, opened.headers.location]).toEqual([303, '/docs/']);
    const cookie = String(opened.headers['set-cookie']);
    expect(cookie).toMatch(/; Path=\/docs; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(token);
    const headers = { cookie: cookie.split(';')[0] as string };
    const page = await rawRequest(api.port, { path: '/docs/', headers });
    expect(page.body).toContain('swagger-ui');
    for (const asset of [...page.body.matchAll(/(?:src|href)="\.\/([^"]+)"/g)]) {
      expect((await rawRequest(api.port, { path: `/docs/${asset[1]}`, headers })).status).toBe(200);
    }
    expect((await rawRequest(api.port, { path: '/docs/json', headers })).status).toBe(200);
    expect((await rawRequest(api.port, { path: '/traces', headers })).status).toBe(401);
    expect((await rawRequest(api.port, { path: '/openapi.json', headers })).status).toBe(401);
  });

  it('is compared whole', () => {
    expect(tokenMatches('abc', 'abc')).toBe(true);
    for (const given of ['', 'ab', 'abcd', 'ABC', null, undefined, ['abc'], { length: 3 }]) {
      expect(tokenMatches(given, 'abc')).toBe(false);
    }
  });
});

describe('Host', () => {
  it('must be this server, for pages, health and data alike', async () => {
    const { api, token } = await runningApi({ allowedHosts: ['studio.example', 'other.example:8443'] });
    const { port } = api;
    const ask = (host: string, path: string) =>
      rawRequest(port, { path, headers: { host, authorization: `Bearer ${token}` } });
    const good = [
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      `LOCALHOST:${port}`,
      `[::1]:${port}`,
      `192.168.1.5:${port}`,
      'studio.example',
      'studio.example:9999',
      'other.example:8443',
    ];
    for (const host of good) expect([host, (await ask(host, '/traces')).status]).toEqual([host, 200]);
    const bad = [
      `evil.example:${port}`,
      `localhost.evil.example:${port}`,
      `127.0.0.1.evil.example:${port}`,
      `127.0.0.1:${port + 1}`,
      '127.0.0.1',
      'localhost',
      'other.example',
      `user@127.0.0.1:${port}`,
      `127.0.0.1:${port}#`,
      `[::1:${port}`,
    ];
    for (const host of bad) {
      for (const path of ['/traces', '/health', '/', '/nothing']) {
        const answer = await ask(host, path);
        expect([host, path, answer.status]).toEqual([host, path, 403]);
        expect(JSON.parse(answer.body).error.code).toBe('host_rejected');
      }
    }
  });

  it('may be the configured name', () => {
    const guard = createRequestGuard({ host: 'Workshop.lan', port: () => 7691, allowedHosts: [] });
    const check = (host: string, ...more: string[]) =>
      guard.check({ headers: { host }, rawHeaders: [host, ...more].flatMap((each) => ['Host', each]) } as never, true);
    expect(() => check('workshop.lan:7691')).not.toThrow();
    expect(() => check('workshop.lan')).toThrow('Host');
    for (const host of ['other.lan:7691', '', ':7691']) expect(() => check(host)).toThrow('Host');
    expect(() => guard.check({ headers: {}, rawHeaders: [] } as never, false)).toThrow('Host');
    expect(() => check('workshop.lan:7691', 'workshop.lan:7691')).toThrow('Host');
  });
});

describe('Origin', () => {
  it('must be our own; an opaque one may read only', async () => {
    const { api, token } = await runningApi({ allowedHosts: ['dev.example:5173'] });
    const { port } = api;
    const ask = (origin: string, method = 'GET') =>
      rawRequest(port, {
        method,
        path: method === 'GET' ? '/traces' : '/exports',
        headers: { origin, host: `127.0.0.1:${port}`, authorization: `Bearer ${token}` },
      });
    for (const origin of [`http://127.0.0.1:${port}`, 'http://dev.example:5173', 'null']) {
      expect([origin, (await ask(origin)).status]).toEqual([origin, 200]);
    }
    const bad = [
      'http://evil.example',
      `http://evil.example:${port}`,
      `http://localhost:${port}`,
      `http://127.0.0.1:${port + 1}`,
      `ftp://127.0.0.1:${port}`,
      `http://127.0.0.1:${port}/path`,
      'http://dev.example',
      'file://',
      '',
    ];
    for (const origin of bad) {
      const answer = await ask(origin);
      expect([origin, answer.status]).toEqual([origin, 403]);
      expect(JSON.parse(answer.body).error.code).toBe('origin_rejected');
    }
    expect((await ask('null', 'POST')).status).toBe(403);
  });

  it('is never given permission by a header', async () => {
    const { api, token } = await runningApi();
    const preflight = await rawRequest(api.port, {
      method: 'OPTIONS',
      path: '/traces',
      headers: {
        origin: 'http://evil.example',
        'access-control-request-method': 'GET',
        authorization: `Bearer ${token}`,
      },
    });
    expect(preflight.status).toBe(403);
    for (const path of ['/health', '/traces', '/']) {
      const answer = await rawRequest(api.port, { path, headers: { authorization: `Bearer ${token}` } });
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

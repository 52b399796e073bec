import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCapture, type TestCapture } from '../../support/capture.js';

let origin: Server;
let endless: TcpServer;
let t: TestCapture;
let asked = 0;
const portOf = (server: Server | TcpServer) => (server.address() as AddressInfo).port;
const outside = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

beforeAll(async () => {
  origin = createServer((incoming, response) => {
    asked += 1;
    response.end(JSON.stringify(incoming.headers));
  });
  endless = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      const head = `HTTP/1.1 103 Early Hints\r\nLink: <${'x'.repeat(1000)}>\r\n\r\n`.repeat(50);
      const more = () => {
        while (!socket.destroyed && socket.write(head));
      };
      socket.on('drain', more);
      more();
    });
  });
  for (const server of [origin, endless])
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  t = await startTestCapture(
    { intercept: [], upstreams: { here: `http://127.0.0.1:${portOf(origin)}/base` } },
    '0.0.0.0',
  );
});
afterAll(async () => {
  await t.stop();
  origin.closeAllConnections();
  for (const server of [origin, endless]) server.close();
});

/** Writes text to the proxy and gives back what came until the connection ended. */
function raw(text: string, host = '127.0.0.1', port = t.port): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, allowHalfOpen: true }, () => socket.write(text));
    let seen = '';
    socket.setTimeout(10_000, () => socket.destroy());
    socket.on('data', (chunk) => {
      seen += chunk.toString('latin1');
    });
    socket.on('end', () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => resolve(seen));
  });
}
const get = (path: string, fields = '') =>
  raw(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${fields}Connection: close\r\n\r\n`);
const basic = (password: string) =>
  `Proxy-Authorization: Basic ${Buffer.from(`any:${password}`).toString('base64')}\r\n`;

describe('the gateway and web pages', () => {
  it('takes what programs send', async () => {
    expect(await get('/here/x')).toMatch(/^HTTP\/1.1 200/);
    expect(await get('/here/x', 'Sec-Fetch-Site: none\r\n')).toMatch(/^HTTP\/1.1 200/);
  });

  it.each(['Origin: https://evil.example', 'Origin: null', 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Site: same-site'])(
    'refuses %s',
    async (field) => {
      const before = asked;
      const plain = await get('/here/x', `${field}\r\n`);
      expect(plain).toMatch(/^HTTP\/1.1 403/);
      expect(plain).toContain('origin_rejected');
      const upgrade = await raw(
        `GET /here/x HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${field}\r\n\r\n`,
      );
      expect(upgrade).toMatch(/^HTTP\/1.1 403/);
      expect(asked).toBe(before);
    },
  );

  it.each([
    '127.evil.example',
    '127.0.0.1.nip.io',
    '0.0.0.0',
    '[::ffff:127.0.0.1]',
    '192.0.2.2',
    'localhost.evil.example',
    '127.0.0.1\r\nHost: 127.0.0.1',
  ])('refuses the host %s, which a page may have made its own', async (host) => {
    const seen = await raw(`GET /here/x HTTP/1.1\r\nHost: ${host}:${t.port}\r\nConnection: close\r\n\r\n`);
    expect(seen).toMatch(/^HTTP\/1.1 403/);
    expect(seen).toContain('host_rejected');
  });

  it.each(['127.0.0.1', '127.3.2.1', 'localhost', 'a.localhost', '[::1]'])('takes the host %s', async (host) => {
    const seen = await raw(`GET /here/x HTTP/1.1\r\nHost: ${host}:${t.port}\r\nConnection: close\r\n\r\n`);
    expect(seen).toMatch(/^HTTP\/1.1 200/);
  });

  it('takes an origin that the settings allow', async () => {
    const settings = { intercept: [], tunnel: [], upstream_proxy: null, no_proxy: [], insecure_upstream: true };
    const upstreams = { here: `http://127.0.0.1:${portOf(origin)}/base` };
    const apply = (allowed_origins: string[]) =>
      t.capture.update({ ...settings, upstreams, allowed_origins, body_limit_bytes: 1024 * 1024 });
    apply(['https://app.example']);
    expect(await get('/here/x', 'Origin: https://app.example\r\nSec-Fetch-Site: cross-site\r\n')).toMatch(/ 200 /);
    expect(await get('/here/x', 'Origin: https://app.example.evil\r\n')).toMatch(/ 403 /);
    apply([]);
  });

  it.each([
    '/here/../x',
    '/here/%2e%2E/x',
    '/here/a/..',
    '/here/..%2fx',
    '/here/..\\x',
    '/here/..;/x',
    '/here/..%3Ba=b/x',
    '/here/%252e%252e/x',
    '/here/..%25252fx',
    '/here/.%00./x',
    '/here/..%20/x',
    '/here/%c0%ae%c0%ae/x',
    '/here/%u002e%u002e/x',
    '/here/x#/../y',
  ])('refuses %s', async (path) => {
    expect(await get(path)).toMatch(/^HTTP\/1.1 400/);
    expect(await get('/here/a..b?c=../d')).toMatch(/^HTTP\/1.1 200/);
  });
});

describe('loops', () => {
  it.each(['0.0.0.0', '127.0.0.2', '2130706433', '0x7f000001', '[::ffff:127.0.0.1]', 'localhost', '127.1'])(
    'are seen through %s',
    async (host) => {
      const seen = await get(`http://${host}:${t.port}/here/x`);
      expect(seen).toMatch(/^HTTP\/1.1 508/);
      expect(seen).toContain('proxy_loop');
    },
  );

  it('are refused and leave nothing behind where a tunnel is asked for', async () => {
    // No Via tells of a tunnel: it is seen where it ends.
    for (const host of ['0.0.0.0', '127.1', '0x7f.1', '2130706433', '[::ffff:7f00:1]', ...(outside ? [outside] : [])]) {
      const seen = await raw(`CONNECT ${host}:${t.port} HTTP/1.1\r\nHost: q\r\n\r\n\x16\x03\x01\0\x05`);
      expect(seen).toMatch(/^HTTP\/1.1 50[28][\s\S]*proxy_loop/);
    }
    expect(t.counters.get('tunnels_open')).toBe(0);
  });

  it('are none where a run asks its own port for the gateway', async () => {
    const run = await t.capture.openRun('run_1', { session: 'a run', credential: '00'.repeat(32) });
    try {
      const gateway = `127.0.0.1:${t.port}`;
      const plain = `GET http://${gateway}/here/x HTTP/1.1\r\nHost: ${gateway}\r\nConnection: close\r\n\r\n`;
      const before = asked;
      expect(await raw(plain, '127.0.0.1', run)).toMatch(/^HTTP\/1.1 200/);
      const tunnel = `CONNECT ${gateway} HTTP/1.1\r\nHost: ${gateway}\r\n\r\n`;
      const inside = `GET /here/y HTTP/1.1\r\nHost: ${gateway}\r\nConnection: close\r\n\r\n`;
      expect(await raw(tunnel + inside, '127.0.0.1', run)).toMatch(/ 200 Connection[\s\S]*HTTP\/1.1 200/);
      expect(asked).toBe(before + 2);
      const seen = (await t.exchanges(1)).filter(({ session }) => session === 'a run');
      expect(seen.map(({ via, url }) => [via, new URL(url).pathname])).toEqual([
        ['gateway', '/base/x'],
        ['gateway', '/base/y'],
      ]);
      const page = plain.replace('Connection', 'Origin: https://evil.example\r\nConnection');
      expect(await raw(page, '127.0.0.1', run)).toMatch(/^HTTP\/1.1 403/);
      expect(await raw(plain.replace('/here/x', '/none/x'), '127.0.0.1', run)).toMatch(/^HTTP\/1.1 404/);
    } finally {
      await t.capture.closeRun('run_1');
    }
  });

  it('are seen by the Via that every request carries', async () => {
    const answer = await get(`http://127.0.0.1:${portOf(origin)}/`);
    const via = /"via":"([^"]+)"/.exec(answer)?.[1];
    expect(via).toMatch(/^1.1 sluice-/);
    expect(await get(`http://127.0.0.1:${portOf(origin)}/`, `Via: 1.0 other, ${via}\r\n`)).toMatch(/ 508 /);
    expect(await get(`http://127.0.0.1:${portOf(origin)}/`, 'Via: 1.1 other\r\n')).toMatch(/ 200 /);
  });
});

it('ends informational heads that never end', async () => {
  const seen = await get(`http://127.0.0.1:${portOf(endless)}/`);
  expect(seen.length).toBeLessThan(2_000_000);
  expect(seen).toContain('upstream_protocol');
  const [last] = (await t.exchanges(1)).slice(-1);
  expect(last).toMatchObject({ state: 'failed', error: { code: 'upstream_protocol' } });
});

describe.skipIf(outside === undefined)('off loopback', () => {
  const ask = (fields: string) =>
    raw(
      `GET http://127.0.0.1:${portOf(origin)}/ HTTP/1.1\r\nHost: x\r\n${fields}Connection: close\r\n\r\n`,
      outside as string,
    );

  it('takes a token of scope proxy only, and gives up the connection of all others', async () => {
    expect(await ask(basic('test-token'))).toMatch(/^HTTP\/1.1 200/);
    expect(await ask(basic('main-token'))).toMatch(/^HTTP\/1.1 407/);
    const kept = await raw('GET http://x.example/ HTTP/1.1\r\nHost: x\r\n\r\n', outside as string);
    expect(kept).toMatch(/^HTTP\/1.1 407[\s\S]*connection: close/i);
    const tunnel = await raw('CONNECT x.example:443 HTTP/1.1\r\nHost: x\r\n\r\n', outside as string);
    expect(tunnel).toMatch(/^HTTP\/1.1 407/);
  });

  it('slows whoever tries tokens, and nobody who has one', async () => {
    const began = performance.now();
    for (let count = 0; count < 26; count++) expect(await ask(basic(`try-${count}`))).toMatch(/^HTTP\/1.1 407/);
    expect(performance.now() - began).toBeGreaterThan(500);
    const tunnel = `CONNECT x.example:443 HTTP/1.1\r\nHost: x\r\n${basic('try')}\r\n`;
    expect(await raw(tunnel, outside as string)).toMatch(/^HTTP\/1.1 407/);
    expect(await ask(basic('test-token'))).toMatch(/^HTTP\/1.1 200/);
  });
});

it('answers 500 when something fails that nobody expected', async () => {
  const seen: Error[] = [];
  const broken = await startTestCapture({}, '0.0.0.0', {
    proxyHashes: () => {
      throw new TypeError('odd');
    },
    onException: (error) => seen.push(error),
  });
  try {
    if (outside === undefined) return;
    const text = 'GET http://x.example/ HTTP/1.1\r\nHost: x\r\n\r\n';
    expect(await raw(text, outside, broken.port)).toMatch(/^HTTP\/1.1 500/);
    expect(seen[0]?.message).toBe('odd');
  } finally {
    await broken.stop();
  }
});

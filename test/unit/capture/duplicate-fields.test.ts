import { mkdtempSync } from 'node:fs';
import { connect as connectHttp2, createSecureServer, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, createServer, type Server, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLeafIssuer, loadOrCreateCa } from '../../../src/main/capture/ca.js';
import { startTestCapture, type TestCapture } from '../../support/capture.js';
import { openTunnel } from '../../support/tunnel.js';

const twice = (name: string, one: string, other: string) => `${name}: ${one}\r\n${name}: ${other}\r\n`;
const answer =
  `HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n${twice('ETag', '"a"', '"b"')}\r\n` +
  `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: etag\r\n${twice('Content-Type', 'text/one', 'text/two')}` +
  `${twice('Content-Language', 'de', 'en')}${twice('Set-Cookie', 'a=1', 'b=2')}${twice('X-Any', '1', '2')}\r\n` +
  `4\r\nbody\r\n0\r\n${twice('ETag', '"c"', '"d"')}\r\n`;
let http1: Server;
let http2: ReturnType<typeof createSecureServer>;
let t: TestCapture;
const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  const ca = await loadOrCreateCa(mkdtempSync(join(tmpdir(), 'sluice-origin-')));
  const { cert, key } = await (await createLeafIssuer(ca))('localhost');
  http1 = createServer({ cert, key, ALPNProtocols: ['http/1.1'] }, (socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.write(answer));
  });
  http2 = createSecureServer({ cert, key });
  http2.on('stream', (stream) => {
    stream.additionalHeaders({ ':status': 103, link: '</a.css>' });
    stream.respond({ ':status': 200, 'set-cookie': ['a=1', 'b=2'], 'x-any': ['1', '2'] }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': ['1', '2'] }));
    stream.end('body');
  });
  for (const server of [http1, http2]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t = await startTestCapture();
});
afterAll(async () => {
  await t.stop();
  for (const server of [http1, http2]) server.close();
});

async function secure(port: number, protocol: 'h2' | 'http/1.1'): Promise<TLSSocket> {
  const socket = await openTunnel(t.proxy, `localhost:${port}`);
  return new Promise((resolve, reject) => {
    const tls = connectTls({ socket, servername: 'localhost', ca: t.ca, ALPNProtocols: [protocol] }, () =>
      resolve(tls),
    );
    tls.on('error', reject);
  });
}

async function overHttp2(port: number) {
  const socket = await secure(port, 'h2');
  const session = connectHttp2(`https://localhost:${port}`, { createConnection: () => socket });
  const stream = session.request({ ':path': '/' });
  const seen: { hints?: IncomingHttpHeaders; head?: IncomingHttpHeaders; trailers?: IncomingHttpHeaders } = {};
  stream.on('headers', (headers) => (seen.hints = headers));
  stream.on('response', (headers) => (seen.head = headers));
  stream.on('trailers', (headers) => (seen.trailers = headers));
  let body = '';
  for await (const chunk of stream.setEncoding('utf8')) body += chunk;
  session.close();
  return { ...seen, body };
}

describe('fields that stand twice where one is allowed', () => {
  it('reach an HTTP/2 client as the first or joined, in a 103, the head and the trailers', async () => {
    const { hints, head, trailers, body } = await overHttp2(portOf(http1));
    expect(hints).toMatchObject({ ':status': 103, link: '</a.css>', etag: '"a"' });
    expect(head).toMatchObject({
      ':status': 200,
      'content-type': 'text/one',
      'content-language': 'de, en',
      'set-cookie': ['a=1', 'b=2'],
      'x-any': '1, 2',
    });
    expect(body).toBe('body');
    expect(trailers).toMatchObject({ etag: '"c"' });
    const exchange = (await t.exchanges(1)).at(-1);
    expect(exchange).toMatchObject({ state: 'complete', response: { status: 200 } });
    expect(exchange?.response?.headers.filter(([name]) => name === 'Content-Type')).toEqual([
      ['Content-Type', 'text/one'],
      ['Content-Type', 'text/two'],
    ]);
    expect(exchange?.response?.informational[0]?.headers.filter(([name]) => name === 'ETag')).toHaveLength(2);
    expect(exchange?.response?.trailers).toEqual([
      ['ETag', '"c"'],
      ['ETag', '"d"'],
    ]);
  });

  it('reach an HTTP/1 client as they came', async () => {
    const socket = await secure(portOf(http1), 'http/1.1');
    socket.write(`GET / HTTP/1.1\r\nHost: localhost:${portOf(http1)}\r\nTE: trailers\r\nConnection: close\r\n\r\n`);
    let seen = '';
    for await (const chunk of socket.setEncoding('latin1')) seen += chunk;
    expect(seen).toContain('HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nETag: "a"\r\nETag: "b"\r\n\r\n');
    expect(seen).toContain('Content-Type: text/one\r\nContent-Type: text/two\r\n');
    expect(seen).toMatch(/body\r\n0\r\nETag: "c"\r\nETag: "d"\r\n\r\n$/);
  });

  it('are passed on from HTTP/2 too', async () => {
    const { hints, head, trailers, body } = await overHttp2(portOf(http2));
    expect([hints?.link, head?.['set-cookie'], head?.['x-any'], body]).toEqual([
      '</a.css>',
      ['a=1', 'b=2'],
      '1, 2',
      'body',
    ]);
    expect(trailers).toMatchObject({ 'x-sum': '1, 2' });
  });
});

import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect as connectHttp2, createSecureServer } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, rootCertificates, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createLeafIssuer, loadOrCreateCa } from '../../../src/main/capture/ca.js';
import { startTestCapture, type TestCapture } from '../../support/capture.js';

let t: TestCapture;
let port: number;
let plainTcpPort: number;
let seenProtocols: string[] = [];
const closers: (() => void)[] = [];
const big = randomBytes(1_000_000);

beforeAll(async () => {
  const originCa = await loadOrCreateCa(mkdtempSync(join(tmpdir(), 'sluice-origin-')));
  const leaf = await (await createLeafIssuer(originCa))('localhost');
  const origin = createSecureServer({ cert: leaf.cert, key: leaf.key, allowHTTP1: true }, (incoming, response) => {
    seenProtocols.push(incoming.httpVersion);
    if (incoming.url === '/big') response.end(big);
    else if (incoming.url === '/trailers') {
      response.write('with ');
      response.addTrailers({ 'x-end': 'yes' });
      response.end('trailers');
    } else if (incoming.url === '/hang') response.write('start');
    else {
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      incoming.on('end', () => {
        response.setHeader('x-bytes', bytes);
        response.end(`you sent ${bytes}`);
      });
    }
  });
  const sockets = new WebSocketServer({ noServer: true });
  sockets.on('connection', (socket) =>
    socket.on('message', (data, binary) => socket.send(binary ? data : `echo ${data}`)),
  );
  origin.on('upgrade', (request, socket, head) =>
    sockets.handleUpgrade(request, socket as Socket, head, (ws) => sockets.emit('connection', ws)),
  );
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  port = (origin.address() as AddressInfo).port;
  const tcp = createTcpServer((socket) => {
    socket.write('server speaks first\n');
    socket.on('data', (chunk) => socket.write(`tcp ${chunk}`));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
  plainTcpPort = (tcp.address() as AddressInfo).port;
  closers.push(
    () => origin.close(),
    () => tcp.close(),
  );
  t = await startTestCapture({ intercept: ['localhost'] });
});
afterAll(async () => {
  await t.stop();
  for (const close of closers) close();
});

function openTunnel(authority: string): Promise<{ status: number; socket: Socket; head: Buffer }> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      host: '127.0.0.1',
      port: t.port,
      method: 'CONNECT',
      path: authority,
      headers: { 'user-agent': 'unit-client/1' },
    });
    outgoing.on('connect', (response, socket, head) =>
      resolve({ status: response.statusCode as number, socket: socket as Socket, head }),
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}
async function openTls(alpn: string[], ca = t.ca, servername = 'localhost'): Promise<TLSSocket> {
  const { socket } = await openTunnel(`localhost:${port}`);
  return new Promise((resolve, reject) => {
    const secure = connectTls({ socket, servername, ca: [...rootCertificates, ca], ALPNProtocols: alpn }, () =>
      resolve(secure),
    );
    secure.on('error', (error) => {
      socket.destroy();
      reject(error);
    });
  });
}
async function settled() {
  await new Promise((resolve) => setTimeout(resolve, 40));
  return t.exchanges(1);
}

describe('CONNECT', () => {
  it('intercepts HTTP/1.1 with a certificate that verifies', async () => {
    const socket = await openTls(['http/1.1']);
    const certificate = socket.getPeerCertificate(true);
    expect(certificate.subjectaltname).toBe('DNS:localhost');
    seenProtocols = [];
    const body = await new Promise<Buffer>((resolve, reject) => {
      httpsRequest(
        { createConnection: () => socket, host: 'localhost', path: '/big', headers: { host: `localhost:${port}` } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('end', () => resolve(Buffer.concat(chunks)));
        },
      )
        .on('error', reject)
        .end();
    });
    expect(body.equals(big)).toBe(true);
    expect(seenProtocols).toEqual(['1.1']);
    expect((await settled()).at(-1)).toMatchObject({
      via: 'intercept',
      url: `https://localhost:${port}/big`,
      state: 'complete',
      client: { protocol: 'http/1.1' },
    });
  });

  it('intercepts HTTP/2 and speaks it to the upstream, with parallel streams, bodies and trailers', async () => {
    const socket = await openTls(['h2']);
    const session = connectHttp2(`https://localhost:${port}`, { createConnection: () => socket });
    seenProtocols = [];
    const get = (path: string, body?: Buffer) =>
      new Promise<{ body: Buffer; trailers: unknown }>((resolve, reject) => {
        const stream = session.request({ ':path': path, ':method': body ? 'POST' : 'GET' }, { endStream: !body });
        const chunks: Buffer[] = [];
        let trailers: unknown;
        stream.on('data', (chunk) => chunks.push(chunk));
        stream.on('trailers', (headers) => {
          trailers = { ...headers };
        });
        stream.on('end', () => resolve({ body: Buffer.concat(chunks), trailers }));
        stream.on('error', reject);
        if (body) stream.end(body);
      });
    const [a, b, c] = await Promise.all([get('/big'), get('/post', big), get('/trailers')]);
    expect(a.body.equals(big)).toBe(true);
    expect(b.body.toString()).toBe(`you sent ${big.length}`);
    expect(c.body.toString()).toBe('with trailers');
    expect(c.trailers).toMatchObject({ 'x-end': 'yes' });
    expect(new Set(seenProtocols)).toEqual(new Set(['2.0']));
    const hang = session.request({ ':path': '/hang' });
    await new Promise((resolve) => hang.once('data', resolve));
    hang.close(8);
    const exchanges = await settled();
    expect(exchanges.at(-1)).toMatchObject({
      state: 'aborted',
      url: `https://localhost:${port}/hang`,
      client: { protocol: 'h2' },
    });
    session.close();
  });

  it('passes WebSocket frames both ways and keeps them', async () => {
    const secure = await openTls(['http/1.1']);
    const ws = new WebSocket(`wss://localhost:${port}/socket`, { createConnection: () => secure } as never);
    await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject));
    ws.send('hello');
    expect(String(await new Promise((resolve) => ws.once('message', resolve)))).toBe('echo hello');
    ws.send(big, { binary: true });
    expect(Buffer.from((await new Promise((resolve) => ws.once('message', resolve))) as Buffer).equals(big)).toBe(true);
    ws.close();
    await new Promise((resolve) => ws.once('close', resolve));
    const exchange = (await settled()).at(-1);
    expect(exchange).toMatchObject({ kind: 'websocket', state: 'complete', response: { status: 101 } });
    expect(exchange?.request.bytes).toBeGreaterThan(big.length);
    expect(exchange?.response?.bytes).toBeGreaterThan(big.length);
  });

  it('names a client that does not trust the CA', async () => {
    await expect(openTls(['http/1.1'], rootCertificates[0] as string)).rejects.toThrow();
    const exchanges = await settled();
    expect(exchanges.at(-1)).toMatchObject({
      kind: 'connect',
      state: 'failed',
      error: { code: 'client_refused_certificate' },
    });
    expect(t.refusals.at(-1)).toMatchObject({ host: 'localhost', client: 'unit-client/1' });
  });

  it('tunnels other hosts untouched, also where the server speaks first', async () => {
    const { status, socket, head } = await openTunnel(`127.0.0.1:${plainTcpPort}`);
    expect(status).toBe(200);
    let seen = head.toString();
    socket.on('data', (chunk) => {
      seen += chunk;
    });
    socket.write('\x00\x01ping');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(seen).toBe('server speaks first\ntcp \x00\x01ping');
    expect(t.counters.get('tunnels_open')).toBe(1);
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(t.counters.get('tunnels_open')).toBe(0);
  });

  it('answers 502 to CONNECT where nothing listens, and to requests whose upstream is down', async () => {
    const { status } = await openTunnel('127.0.0.1:1');
    expect(status).toBe(502);
    const { socket } = await openTunnel('localhost:1');
    const text = await new Promise<string>((resolve) => {
      let seen = '';
      socket.on('data', (chunk) => {
        seen += chunk;
      });
      socket.on('close', () => resolve(seen));
      socket.write('GET / HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n');
    });
    expect(text).toContain('502');
    expect(text).toContain('upstream_refused');
  });

  it('refuses bad TLS of the upstream with 502 when it has to verify', async () => {
    const strict = await startTestCapture({ intercept: ['localhost'], insecure_upstream: false });
    try {
      const socket = connect(strict.port, '127.0.0.1');
      socket.write(`CONNECT localhost:${port} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
      await new Promise((resolve) => socket.once('data', resolve));
      const secure = connectTls({ socket, servername: 'localhost', ca: strict.ca });
      secure.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      let seen = '';
      secure.on('data', (chunk) => {
        seen += chunk;
      });
      await new Promise((resolve) => secure.once('close', resolve));
      expect(seen).toContain('502');
      expect(seen).toContain('upstream_tls');
      expect((await strict.exchanges(1)).at(-1)?.error?.code).toBe('upstream_tls');
    } finally {
      await strict.stop();
    }
  });
});

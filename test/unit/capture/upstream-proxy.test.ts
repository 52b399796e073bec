import { createServer, request, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestCapture, type TestCapture } from '../../support/capture.js';
import { makeCertificates } from '../../support/certificates.js';

/** A small forward proxy that asks for credentials and notes what it was asked for. */
function corporateProxy(asked: string[]): Server {
  const allowed = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
  const proxy = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    if (incoming.headers['proxy-authorization'] !== allowed) {
      response.writeHead(407).end();
      return;
    }
    const { 'proxy-authorization': _secret, ...headers } = incoming.headers;
    const url = new URL(incoming.url as string);
    const onward = request(
      { host: url.hostname, port: url.port, path: url.pathname, method: incoming.method, headers },
      (answer) => {
        response.writeHead(answer.statusCode as number, answer.headers);
        answer.pipe(response);
      },
    );
    incoming.pipe(onward);
  });
  proxy.on('connect', (incoming, socket: Socket, head: Buffer) => {
    asked.push(`CONNECT ${incoming.url}`);
    if (incoming.headers['proxy-authorization'] !== allowed) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const [host, port] = (incoming.url as string).split(':') as [string, string];
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  return proxy;
}

const asked: string[] = [];
const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};
let plainPort: number;
let securePort: number;
let proxyPort: number;
const servers: Server[] = [];
let t: TestCapture;

beforeAll(async () => {
  const certificates = await makeCertificates();
  const plain = createServer((incoming, response) =>
    response.end(`plain ${incoming.headers['proxy-authorization'] ?? 'clean'}`),
  );
  const secure = createHttpsServer({ key: certificates.key, cert: certificates.cert }, (_incoming, response) =>
    response.end('secure'),
  );
  const proxy = corporateProxy(asked);
  servers.push(plain, secure, proxy);
  [plainPort, securePort, proxyPort] = (await Promise.all(servers.map(listening))) as [number, number, number];
  t = await startTestCapture({ upstream_proxy: `http://user:p%40ss@127.0.0.1:${proxyPort}`, no_proxy: [] });
});
afterAll(async () => {
  await t.stop();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});
beforeEach(() => {
  asked.length = 0;
});

function get(port: number, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, agent: false }, (incoming) => {
      let body = '';
      incoming.on('data', (chunk) => {
        body += chunk;
      });
      incoming.on('end', () => resolve({ status: incoming.statusCode as number, body }));
    })
      .on('error', reject)
      .end();
  });
}

async function getSecure(alpn: string[]): Promise<string> {
  const socket = connect(t.port, '127.0.0.1');
  socket.write(`CONNECT localhost:${securePort} HTTP/1.1\r\nHost: localhost:${securePort}\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  const secure = connectTls({ socket, servername: 'localhost', ca: t.ca, ALPNProtocols: alpn });
  secure.write('GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  let seen = '';
  secure.on('data', (chunk) => {
    seen += chunk;
  });
  await new Promise((resolve) => secure.once('close', resolve));
  return seen;
}

describe('upstream proxy', () => {
  it('takes plain HTTP in absolute-form, with credentials that go no further', async () => {
    expect(await get(t.port, `http://127.0.0.1:${plainPort}/a`)).toEqual({ status: 200, body: 'plain clean' });
    expect(asked).toEqual([`GET http://127.0.0.1:${plainPort}/a`]);
  });

  it('takes TLS by CONNECT', async () => {
    expect(await getSecure(['http/1.1'])).toContain('secure');
    expect(asked).toEqual([`CONNECT localhost:${securePort}`]);
  });

  it('is passed by for hosts that are excepted', async () => {
    t.capture.update({
      intercept: ['localhost'],
      tunnel: [],
      allowed_origins: [],
      upstreams: {},
      upstream_proxy: `http://user:p%40ss@127.0.0.1:${proxyPort}`,
      no_proxy: ['127.0.0.1'],
      insecure_upstream: true,
      body_limit_bytes: 1_000_000,
    });
    expect((await get(t.port, `http://127.0.0.1:${plainPort}/b`)).body).toBe('plain clean');
    expect(asked).toEqual([]);
  });

  it('is named when it refuses', async () => {
    t.capture.update({
      intercept: ['localhost'],
      tunnel: [],
      allowed_origins: [],
      upstreams: {},
      upstream_proxy: `http://wrong:x@127.0.0.1:${proxyPort}`,
      no_proxy: [],
      insecure_upstream: true,
      body_limit_bytes: 1_000_000,
    });
    const text = await getSecure(['http/1.1']);
    expect(text).toContain('502');
    expect(text).toContain('upstream_proxy_failed');
  });
});

describe('stopping', () => {
  it('lets an open response finish, whole', async () => {
    const body = Buffer.alloc(2_000_000, 'x');
    const slow = createServer((_incoming, response) => {
      response.writeHead(200, { 'content-length': body.length });
      response.write(body.subarray(0, 10));
      setTimeout(() => response.end(body.subarray(10)), 150);
    });
    const port = await listening(slow);
    const own = await startTestCapture();
    const answer = get(own.port, `http://127.0.0.1:${port}/slow`);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const stopped = own.capture.stop(5000);
    expect((await answer).body).toHaveLength(body.length);
    await stopped;
    slow.close();
  });
});

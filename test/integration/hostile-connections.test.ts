import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer, request as httpsRequest, type Server } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates, type TestCertificates } from '../support/certificates.js';
import { type Engine, startEngine } from '../support/engine.js';
import { openTls, openTunnel } from '../support/tunnel.js';

/** What may come over a socket, seen from outside: refused or forwarded, never a crash and never a stuck connection. */

const mib = 1024 * 1024;
let engine: Engine;
let certificates: TestCertificates;
let origin: Server;
let authority: string;
let ca: string;

/** Bytes that are cheap to make and tell when one is missing or out of place. */
function* pattern(total: number): Generator<Buffer> {
  const block = Buffer.from(Array.from({ length: 65_536 }, (_, index) => (index * 7919 + (index >> 8)) % 256));
  for (let left = total; left > 0; left -= block.length) yield left < block.length ? block.subarray(0, left) : block;
}
function hashOf(total: number): string {
  const hash = createHash('sha256');
  for (const block of pattern(total)) hash.update(block);
  return hash.digest('hex');
}

beforeAll(async () => {
  certificates = await makeCertificates(['localhost', '127.0.0.1']);
  origin = createServer(
    { key: certificates.key, cert: certificates.cert, maxHeaderSize: 8 * mib },
    (incoming, response) => {
      const [path, size] = (incoming.url as string).split('?');
      if (path === '/bytes') {
        response.writeHead(200, { 'content-type': 'application/octet-stream' });
        void (async () => {
          for (const block of pattern(Number(size))) if (!response.write(block)) await once(response, 'drain');
          response.end();
        })();
      } else if (path === '/headers') {
        response.writeHead(200, Array.from({ length: 100_000 }, (_, index) => [`x-${index}`, 'v']).flat());
        response.end('many');
      } else {
        const hash = createHash('sha256');
        incoming.on('data', (chunk) => hash.update(chunk));
        incoming.on('end', () => response.end(hash.digest('hex')));
      }
    },
  );
  origin.listen(0, '127.0.0.1');
  await once(origin, 'listening');
  authority = `localhost:${(origin.address() as AddressInfo).port}`;
  engine = await startEngine(['--intercept', 'localhost'], { env: { NODE_EXTRA_CA_CERTS: certificates.caPath } });
  ca = readFileSync(engine.ready.ca, 'utf8');
});
afterAll(async () => {
  await engine?.dispose();
  origin?.closeAllConnections();
  origin?.close();
  certificates?.dispose();
});

/** One request inside a TLS tunnel of its own. */
async function ask(path: string, body?: Iterable<Buffer>): Promise<{ response: IncomingMessage; socket: TLSSocket }> {
  const socket = await openTls(engine.ready.proxy, authority, { ca, ALPNProtocols: ['http/1.1'] });
  const outgoing = httpsRequest({
    createConnection: () => socket,
    path,
    method: body ? 'POST' : 'GET',
    headers: { host: authority },
  });
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  for (const chunk of body ?? []) if (!outgoing.write(chunk)) await once(outgoing, 'drain');
  outgoing.end();
  const [response] = await answered;
  return { response, socket };
}
async function textOf({ response, socket }: Awaited<ReturnType<typeof ask>>): Promise<string> {
  let text = '';
  for await (const chunk of response) text += chunk;
  socket.destroy();
  return text;
}
async function expectStillServing(): Promise<void> {
  expect(await textOf(await ask('/echo', [Buffer.from('still there?')]))).toBe(
    createHash('sha256').update('still there?').digest('hex'),
  );
  expect((await engine.api('/health')).status).toBe('healthy');
  expect((await engine.api('/status')).restarts).toEqual({ capture: 0, pipeline: 0 });
}
function open(): Promise<Socket> {
  const socket = connect(Number(new URL(engine.ready.proxy).port), '127.0.0.1');
  socket.on('error', () => {});
  return once(socket, 'connect').then(() => socket);
}
/** Everything that comes until the other side closes. */
async function answerTo(socket: Socket, bytes: string | Buffer, end = true): Promise<string> {
  let seen = '';
  socket.on('data', (chunk) => {
    seen += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  if (end) socket.end(bytes);
  else socket.write(bytes);
  await closed;
  return seen;
}

describe('heads', () => {
  it('of 100,000 fields in a request are refused, and nothing of them goes on', async () => {
    const fields = Array.from({ length: 100_000 }, (_, index) => `x-${index}: v\r\n`).join('');
    const head = `GET http://${authority}/ HTTP/1.1\r\nhost: ${authority}\r\n${fields}\r\n`;
    expect(await answerTo(await open(), head)).toMatch(/^HTTP\/1\.1 431 /);
    await expectStillServing();
  });

  it('of 100,000 fields in a response become a 502 that says so, and the exchange is kept', async () => {
    const asked = await ask('/headers');
    expect(asked.response.statusCode).toBe(502);
    expect(JSON.parse(await textOf(asked)).error).toMatchObject({ code: 'upstream_protocol' });
    await engine.settled();
    const { items } = await engine.api(`/exchanges?limit=1`);
    expect(items).toMatchObject([{ state: 'failed', error: { code: 'upstream_protocol' } }]);
    await expectStillServing();
  });

  it('that never end hold nobody else up', async () => {
    const slow = await Promise.all(Array.from({ length: 100 }, open));
    for (const socket of slow) socket.write('POST /openai/v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ');
    const drip = setInterval(() => {
      for (const socket of slow) socket.write('a');
    }, 50);
    for (let turn = 0; turn < 10; turn++) await expectStillServing();
    clearInterval(drip);
    for (const socket of slow) socket.destroy();
    // None of them was a request.
    expect((await engine.api('/status')).capture.in_flight).toBe(0);
  });
});

describe('bytes that are no HTTP', () => {
  it('at random, on the port: every connection is closed and the next one served', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => answerTo(await open(), randomBytes(1 + index * 97))),
    );
    for (const answer of answers) expect(answer === '' || answer.startsWith('HTTP/1.1 4')).toBe(true);
    await expectStillServing();
  });

  it('at random, where TLS was expected', async () => {
    for (let index = 0; index < 10; index++) {
      const tunnel = await openTunnel(engine.ready.proxy, authority);
      await answerTo(tunnel, Buffer.concat([Buffer.from([0x16, 3, 1]), randomBytes(200)]));
    }
    await expectStillServing();
  });

  it('plain HTTP where TLS was expected is answered, not left waiting', async () => {
    const tunnel = await openTunnel(engine.ready.proxy, authority);
    const answer = await answerTo(tunnel, `GET / HTTP/1.1\r\nhost: ${authority}\r\nconnection: close\r\n\r\n`, false);
    // The server speaks only TLS: that the request did not get there is what can be said.
    expect(answer).toMatch(/^HTTP\/1\.1 (400|502) /);
    await expectStillServing();
  });
});

describe('TLS clients', () => {
  it('that do not know our CA are named, with what to do', async () => {
    const count = ({ refusals }: { refusals: { count: number }[] }) => refusals[0]?.count ?? 0;
    const before = count(await engine.api('/status'));
    await expect(openTls(engine.ready.proxy, authority, { ca: certificates.ca })).rejects.toThrow(/certificate/);
    const refusal = await engine.until('/status', (status) => count(status) > before && status.refusals[0]);
    expect(refusal).toMatchObject({ host: 'localhost', client: 'tunnel-client/1', reason: expect.any(String) });
    expect((refusal as { fix: string }).fix).toMatch(/sluice (?:-- )?ca install/);
    await engine.settled();
    const { items } = await engine.api('/exchanges?limit=1');
    expect(items[0]).toMatchObject({ kind: 'connect', error: { code: 'client_refused_certificate' } });
    await expectStillServing();
  });

  it('that are too old, or leave in the middle of the handshake, disturb nobody', async () => {
    const old = { ca, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(openTls(engine.ready.proxy, authority, old)).rejects.toThrow();
    for (let turn = 0; turn < 20; turn++) {
      const tunnel = await openTunnel(engine.ready.proxy, authority);
      const secure = connectTls({ socket: tunnel, servername: 'localhost', ca });
      secure.on('error', () => {});
      setTimeout(() => tunnel.destroy(), turn % 4);
      await new Promise((resolve) => tunnel.once('close', resolve));
    }
    await expectStillServing();
  });
});

describe('large bodies', () => {
  const size = 200 * mib;
  const resident = () =>
    Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${engine.ready.pid}/status`, 'utf8'))?.[1]) * 1024;
  /** The highest growth of the engine's memory while `work` runs; null where the system does not tell. */
  async function growth<T>(work: () => Promise<T>): Promise<{ result: T; bytes: number | null }> {
    if (process.platform !== 'linux') return { result: await work(), bytes: null };
    const before = resident();
    let peak = before;
    const timer = setInterval(() => {
      peak = Math.max(peak, resident());
    }, 20);
    const result = await work();
    await engine.settled();
    clearInterval(timer);
    return { result, bytes: peak - before };
  }

  it('pass byte for byte in both directions, are kept cut, and do not stay in memory', async () => {
    const wanted = hashOf(size);
    const down = await growth(async () => {
      const { response, socket } = await ask(`/bytes?${size}`);
      const hash = createHash('sha256');
      for await (const chunk of response) hash.update(chunk);
      socket.destroy();
      return hash.digest('hex');
    });
    expect(down.result).toBe(wanted);
    const [received] = (await engine.api('/exchanges?limit=1')).items;
    expect(received).toMatchObject({ state: 'complete', response_bytes: size });
    expect((await engine.api(`/exchanges/${received.exchange_id}`)).response.truncated).toBe(true);

    const up = await growth(async () => textOf(await ask('/echo', pattern(size))));
    expect(up.result).toBe(wanted);
    const [sent] = (await engine.api('/exchanges?limit=1')).items;
    expect((await engine.api(`/exchanges/${sent.exchange_id}`)).request).toMatchObject({ truncated: true });
    for (const { bytes } of [down, up]) if (bytes !== null) expect(bytes).toBeLessThan(size / 2);
    await expectStillServing();
  });
});

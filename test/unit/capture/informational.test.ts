import { mkdtempSync } from 'node:fs';
import { connect, createSecureServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { connect as connectTls, createServer, type Server, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLeafIssuer, loadOrCreateCa } from '../../../src/main/capture/ca.js';
import { startTestCapture, type TestCapture } from '../../support/capture.js';
import { openTunnel } from '../../support/tunnel.js';

/** Heads that announce an answer which never comes, to a client that speaks HTTP/2 and reads nothing. */

const hint = `</${'a'.repeat(4000)}.css>; rel=preload`;
const streams = 20;
let http1: Server;
let http2: ReturnType<typeof createSecureServer>;
let t: TestCapture;
let sent = 0;
const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  const ca = await loadOrCreateCa(mkdtempSync(join(tmpdir(), 'sluice-origin-')));
  const { cert, key } = await (await createLeafIssuer(ca))('localhost');
  http1 = createServer({ cert, key, ALPNProtocols: ['http/1.1'] }, (socket) => {
    const head = `HTTP/1.1 103 Early Hints\r\nLink: ${hint}\r\n\r\n`;
    const more = () => {
      do sent += head.length;
      while (!socket.destroyed && socket.write(head));
    };
    socket.on('error', () => {});
    socket.on('drain', more);
    socket.once('data', more);
  });
  http2 = createSecureServer({ cert, key });
  http2.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => {});
    const more = () => {
      if (stream.destroyed || stream.closed) return;
      stream.additionalHeaders({ ':status': 103, link: hint });
      sent += hint.length;
      setImmediate(more);
    };
    more();
  });
  http2.on('session', (session) => session.on('error', () => {}));
  for (const server of [http1, http2]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t = await startTestCapture();
});
afterAll(async () => {
  await t.stop();
  for (const server of [http1, http2]) server.close();
});

/** A connection that speaks HTTP/2 and never reads. */
async function deaf(port: number): Promise<TLSSocket> {
  const socket = await openTunnel(t.proxy, `localhost:${port}`);
  return new Promise((resolve, reject) => {
    const tls = connectTls({ socket, servername: 'localhost', ca: t.ca, ALPNProtocols: ['h2'] }, () => resolve(tls));
    tls.on('error', reject);
    tls.pause();
  });
}

/** A frame of RFC 9113 §4.1. */
function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** GET https://localhost:PORT/ as a header block: indexed fields of RFC 7541's static table, the authority as a literal. */
function request(stream: number, port: number): Buffer {
  const authority = Buffer.from(`localhost:${port}`);
  const block = Buffer.concat([Buffer.from([0x82, 0x84, 0x87, 0x41, authority.length]), authority]);
  return frame(1, 0x05, stream, block);
}

describe.each(['HTTP/1.1', 'HTTP/2'])('an upstream of %s that announces an answer without end', (protocol) => {
  it('is given up after a bounded number of heads, though its client reads nothing', async () => {
    const port = portOf(protocol === 'HTTP/2' ? http2 : http1);
    const before = (await t.exchanges(0)).length;
    sent = 0;
    const client = await deaf(port);
    client.write(
      Buffer.concat([
        Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
        frame(4, 0, 0, new Uint8Array(0)),
        ...Array.from({ length: streams }, (_, at) => request(2 * at + 1, port)),
      ]),
    );
    const ended = (await t.exchanges(before + streams)).slice(before);
    expect(ended).toHaveLength(streams);
    for (const exchange of ended)
      expect(exchange).toMatchObject({ state: 'failed', error: { code: 'upstream_protocol' } });
    // What the proxy could have kept of it at most, beside what lies in the sockets' buffers.
    expect(sent).toBeLessThan(streams * 8 * 1024 * 1024);
    client.destroy();
  });
});

describe('a client of HTTP/2 that reads slowly', () => {
  const connections = 4;
  const rounds = 60;
  const perRound = 8;

  it('makes no memory grow, however many such answers it asks for, and is told why each was given up', async () => {
    const before = (await t.exchanges(0)).length;
    const port = portOf(http1);
    const clients = await Promise.all(Array.from({ length: connections }, () => deaf(port)));
    for (const client of clients)
      client.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0, new Uint8Array(0))]));
    const begun = process.memoryUsage.rss();
    let most = begun;
    let read = 0;
    for (let round = 0; round < rounds; round++) {
      for (const client of clients) {
        const first = 2 * round * perRound + 1;
        client.write(Buffer.concat(Array.from({ length: perRound }, (_, at) => request(first + 2 * at, port))));
        // Some of what came, which is always less than what more is announced.
        read += client.read(2048)?.length ?? 0;
      }
      await setTimeout(10);
      most = Math.max(most, process.memoryUsage.rss());
    }
    const ended = (await t.exchanges(before + 1)).slice(before);
    for (const exchange of ended)
      expect(exchange).toMatchObject({ state: 'failed', error: { code: 'upstream_protocol' } });
    expect(read).toBeGreaterThan(0);
    // All that was asked for may announce 256 kB each: 480 MB. Of that no connection has more under way than it may hold.
    expect(most - begun).toBeLessThan(connections * 64 * 1024 * 1024);
    for (const client of clients) client.destroy();
    // Others are served meanwhile and afterwards, and one that reads hears the reason.
    const socket = await openTunnel(t.proxy, `localhost:${port}`);
    const tls = connectTls({ socket, servername: 'localhost', ca: t.ca, ALPNProtocols: ['h2'] });
    const session = connect(`https://localhost:${port}`, { createConnection: () => tls });
    const stream = session.request({ ':path': '/' });
    const [status, body] = await new Promise<[unknown, string]>((resolve, reject) => {
      let answered: unknown;
      let text = '';
      stream.on('response', (headers) => {
        answered = headers[':status'];
      });
      stream.on('data', (chunk) => {
        text += chunk;
      });
      stream.on('end', () => resolve([answered, text])).on('error', reject);
    });
    session.destroy();
    expect(status).toBe(502);
    expect(JSON.parse(body)).toMatchObject({
      error: { code: 'upstream_protocol', message: expect.stringContaining('without end') },
    });
  });
});

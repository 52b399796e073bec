import { createServer, type Server } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';
import type { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCapture, type TestCapture } from '../../support/capture.js';

const total = 96 * 1024 * 1024;
/** What the system's own socket buffers on both sides of the proxy may hold, and far less than the whole. */
const held = total / 3;
const chunk = Buffer.alloc(64 * 1024, 'x');
let http: Server;
let plain: TcpServer;
let t: TestCapture;
/** Bytes that the upstream could get rid of so far. */
let sent = 0;
const portOf = (server: Server | TcpServer) => (server.address() as AddressInfo).port;

/** Writes until all is written, no faster than it is taken. */
function pour(to: Writable): void {
  let left = total;
  sent = 0;
  const more = () => {
    while (left > 0) {
      left -= chunk.length;
      if (!to.write(chunk, () => (sent += chunk.length))) return;
    }
  };
  to.on('drain', more).on('error', () => {});
  more();
}

beforeAll(async () => {
  http = createServer((_, response) => pour(response));
  http.on('upgrade', (_request, socket: Socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    pour(socket);
  });
  plain = createTcpServer((socket) => pour(socket));
  for (const server of [http, plain])
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  t = await startTestCapture({ intercept: [], body_limit_bytes: 1024 });
});
afterAll(async () => {
  await t.stop();
  http.closeAllConnections();
  for (const server of [http, plain]) server.close();
});

/** A client that sends this and reads nothing until it is told to; then it answers how many bytes came. */
function slow(text: string) {
  const socket = connect(t.port, '127.0.0.1', () => socket.write(text));
  socket.on('error', () => {});
  return {
    /** Resolves when nothing more is taken from the upstream. */
    async stalled(): Promise<number> {
      for (let last = -1; ; ) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        if (sent === last && sent > 0) return sent;
        last = sent;
      }
    },
    rest: () =>
      new Promise<number>((resolve) => {
        let seen = 0;
        socket.on('data', (data: Buffer) => {
          seen += data.length;
          if (seen >= total) resolve(seen);
        });
      }),
    /** The connection itself, once the proxy has answered. */
    answered: () => new Promise<Socket>((resolve) => socket.once('data', () => resolve(socket))),
    end: () => socket.destroy(),
  };
}

describe('a client that does not read', () => {
  it.each([
    ['a response', () => `GET http://127.0.0.1:${portOf(http)}/ HTTP/1.1\r\nHost: x\r\n\r\n`],
    [
      'a WebSocket',
      () =>
        `GET http://127.0.0.1:${portOf(http)}/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    ],
    [
      'a tunnel in which the server speaks first',
      () => `CONNECT 127.0.0.1:${portOf(plain)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    ],
    ['a tunnel', () => `CONNECT 127.0.0.1:${portOf(plain)} HTTP/1.1\r\nHost: x\r\n\r\nEHLO x\r\n`],
  ])('stops %s, which then comes whole', async (_name, text) => {
    const client = slow(text());
    try {
      expect(await client.stalled()).toBeLessThan(held);
      expect(await client.rest()).toBeGreaterThanOrEqual(total);
    } finally {
      client.end();
    }
  });
});

describe('an upstream that does not read', () => {
  it('stops what a client sends through a WebSocket and a tunnel', async () => {
    const deaf = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (head) => {
        if (head.includes('websocket'))
          socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
        socket.pause();
      });
    });
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    const authority = `127.0.0.1:${portOf(deaf)}`;
    try {
      for (const text of [
        `GET http://${authority}/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
        `CONNECT ${authority} HTTP/1.1\r\nHost: x\r\n\r\n`,
      ]) {
        const client = slow(text);
        const socket = await client.answered();
        pour(socket);
        expect(await client.stalled()).toBeLessThan(held);
        client.end();
      }
    } finally {
      deaf.close();
    }
  });
});

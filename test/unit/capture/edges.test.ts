import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCapture, type TestCapture } from '../../support/capture.js';

const tail = Buffer.alloc(32_000_000, 'x');
let origin: Server;
let odd: TcpServer;
let bulk: TcpServer;
let halfClosed: TcpServer;
let t: TestCapture;
let hangClosed: (() => void) | undefined;
const portOf = (server: Server | TcpServer) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  origin = createServer((incoming, response) => {
    if (incoming.url === '/hang') {
      response.write('start');
      response.once('close', () => hangClosed?.());
    } else if (incoming.url === '/trailer') {
      response.writeHead(200, { trailer: 'x-sum' });
      response.end('body');
    } else if (incoming.url === '/early') {
      // Answers before the body is there and takes the rest at leisure.
      response.writeHead(200, { 'content-length': 2 });
      response.end('ok');
      incoming.resume();
    } else if (incoming.url === '/host') response.end(incoming.headers.host);
    else response.end('answer');
  });
  // Both framings at once: the length lies, the chunks count.
  odd = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (head) =>
      socket.write(
        head.toString().startsWith('HEAD')
          ? 'HTTP/1.1 200 OK\r\nTrailer: x-sum\r\nContent-Length: 4\r\n\r\n'
          : 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n',
      ),
    );
  });
  bulk = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(tail));
  });
  halfClosed = createTcpServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    socket.resume().once('end', () => setTimeout(() => socket.end('after your end'), 50));
  });
  for (const server of [origin, odd, bulk, halfClosed])
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  t = await startTestCapture({ intercept: [] });
});
afterAll(async () => {
  await t.stop();
  origin.closeAllConnections();
  for (const server of [origin, odd, bulk, halfClosed]) server.close();
});

/** Writes text to the proxy and gives back what came until `until` appeared or the connection ended. */
function raw(text: string, until?: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(t.port, '127.0.0.1', () => socket.write(text));
    let seen = '';
    socket.setTimeout(3000, () => socket.destroy());
    socket.on('data', (chunk) => {
      seen += chunk.toString('latin1');
      if (until !== undefined && seen.includes(until)) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(seen));
  });
}
const url = (server: Server | TcpServer, path: string) => `http://127.0.0.1:${portOf(server)}${path}`;

describe('framing', () => {
  it('sends the Host that the target names, whatever the client says', async () => {
    const seen = await raw(`GET ${url(origin, '/host')} HTTP/1.1\r\nHost: elsewhere\r\nConnection: close\r\n\r\n`);
    expect(seen).toMatch(new RegExp(`127\\.0\\.0\\.1:${portOf(origin)}$`));
  });

  it('believes the chunks where a response also states a length', async () => {
    const seen = await raw(`GET ${url(odd, '/')} HTTP/1.1\r\nHost: x\r\n\r\n`, '0\r\n\r\n');
    expect(seen.toLowerCase()).not.toContain('content-length');
    expect(seen).toContain('hello');
    expect(seen).toContain(' world');
    const last = (await t.exchanges(1)).at(-1);
    expect(Buffer.from(last?.response?.body ?? []).toString()).toBe('hello world');
  });

  it('passes a response that announces trailers to clients that cannot have them', async () => {
    expect(await raw(`GET ${url(origin, '/trailer')} HTTP/1.0\r\n\r\n`)).toMatch(/^HTTP\/1.1 200[\s\S]*body$/);
    expect(await raw(`HEAD ${url(odd, '/')} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 200/,
    );
  });
});

describe('requests that outlive their exchange', () => {
  it('reads on after a refusal, so that the connection serves the next request', async () => {
    const body = 'b'.repeat(300_000);
    const seen = await raw(
      `POST http://127.0.0.1:1/ HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}` +
        `GET ${url(origin, '/')} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    expect(seen).toContain('502');
    expect(seen).toMatch(/200 OK[\s\S]*answer$/);
  });

  it('takes the rest of a body that was answered early, without writing it to the journal', async () => {
    const before = (await t.exchanges(0)).length;
    const socket = connect(t.port, '127.0.0.1');
    const answered = new Promise((resolve) => socket.once('data', resolve));
    socket.write(`POST ${url(origin, '/early')} HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\nfirst`);
    await answered;
    await t.exchanges(before + 1);
    const position = t.capture.journalPosition();
    const next = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(chunk.toString())));
    socket.write(Buffer.alloc(1_999_995));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(t.capture.journalPosition()).toEqual(position);
    socket.write(`GET ${url(origin, '/')} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(await next).toContain('200 OK');
    socket.destroy();
  });

  it('lets go of pipelined requests whose client has left', async () => {
    const before = (await t.exchanges(0)).length;
    const closed = new Promise<void>((resolve) => {
      hangClosed = resolve;
    });
    const hang = `GET ${url(origin, '/hang')} HTTP/1.1\r\nHost: x\r\n\r\n`;
    await raw(hang + hang, 'start');
    await closed;
    const exchanges = await t.exchanges(before + 2);
    expect(exchanges.slice(before).map(({ state }) => state)).toEqual(['aborted', 'aborted']);
    expect(t.counters.get('in_flight')).toBe(0);
  });
});

describe('tunnels', () => {
  const tunnel = (server: TcpServer) => {
    const socket = connect({ host: '127.0.0.1', port: t.port, allowHalfOpen: true });
    const authority = `127.0.0.1:${portOf(server)}`;
    socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
    return new Promise<typeof socket>((resolve) => socket.once('data', () => resolve(socket)));
  };

  it('deliver to a slow reader what was sent before the end', async () => {
    const socket = await tunnel(bulk);
    socket.write('\x00go');
    let seen = 0;
    let waited = false;
    socket.on('data', (chunk) => {
      seen += chunk.length;
      if (seen > tail.length - 12_000_000 && !waited) {
        waited = true;
        socket.pause();
        setTimeout(() => socket.resume(), 300);
      }
    });
    await new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
    socket.destroy();
    expect(seen).toBe(tail.length);
  });

  it('pass on that the client has said everything', async () => {
    const socket = await tunnel(halfClosed);
    socket.end('\x00all');
    let seen = '';
    socket.on('data', (chunk) => {
      seen += chunk;
    });
    await new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
    expect(seen).toBe('after your end');
  });

  it('leave protocols alone that only begin like HTTP', async () => {
    const socket = await tunnel(bulk);
    socket.once('data', () => socket.destroy());
    socket.write('EHLO client.example\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect((await t.exchanges(0)).some(({ method }) => method === 'EHLO')).toBe(false);
    expect(t.counters.get('client_protocol_errors')).toBe(0);
  });
});

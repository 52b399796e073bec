import { createHash, randomBytes } from 'node:crypto';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCapture, type TestCapture } from '../../support/capture.js';

let origin: Server;
let originPort: number;
let t: TestCapture;
const big = randomBytes(3_000_000);

beforeAll(async () => {
  origin = createServer((incoming, response) => {
    const url = incoming.url as string;
    if (url === '/big') {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': big.length });
      response.end(big);
    } else if (url === '/chunks') {
      response.writeHead(200, { 'content-type': 'text/event-stream', trailer: 'x-sum' });
      response.write('data: 1\n\n');
      goOn = () => {
        response.addTrailers({ 'x-sum': 'abc' });
        response.end('data: 2\n\n');
      };
    } else if (url === '/late') {
      lateAsked?.(() => response.writeHead(200, { 'content-length': 4 }).end('late'));
    } else if (url === '/hints') {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.end('after hints');
    } else if (url === '/none') {
      response.writeHead(204).end();
    } else if (url === '/cut') {
      response.writeHead(200, { 'content-length': 100 });
      response.write('only this');
      setTimeout(() => response.destroy(), 20);
    } else if (url === '/hang') {
      response.write('start');
      response.once('close', () => hangClosed?.());
    } else if (url === '/odd') {
      response.writeHead(200, ['Set-Cookie', 'a=1', 'X-Mixed-CASE', 'v', 'Set-Cookie', 'b=2']);
      response.end('odd');
    } else {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk) => chunks.push(chunk));
      incoming.on('end', () => {
        const body = Buffer.concat(chunks);
        response.setHeader('x-got', createHash('sha256').update(body).digest('hex'));
        response.setHeader('x-trailer', JSON.stringify(incoming.trailers));
        response.end(
          JSON.stringify({ method: incoming.method, url, bytes: body.length, headers: incoming.rawHeaders }),
        );
      });
    }
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  originPort = (origin.address() as AddressInfo).port;
  t = await startTestCapture({ upstreams: { local: `http://127.0.0.1:${originPort}/base` } });
});
let hangClosed: (() => void) | undefined;
/** The origin was asked for what comes late; it answers when it is told. */
let lateAsked: ((answer: () => void) => void) | undefined;
/** Lets the origin send the second chunk. */
let goOn: (() => void) | undefined;

afterAll(async () => {
  await t.stop();
  origin.closeAllConnections();
  origin.close();
});

interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  raw: string[];
  body: Buffer;
  trailers: NodeJS.Dict<string>;
  informational: number[];
}
function through(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: Buffer | Buffer[]; onChunk?: () => void } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const informational: number[] = [];
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: t.port,
        method: options.method ?? 'GET',
        path: path.startsWith('/') ? path : `http://127.0.0.1:${originPort}/${path}`,
        headers: { host: path.startsWith('/') ? `127.0.0.1:${t.port}` : `127.0.0.1:${originPort}`, ...options.headers },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk) => {
          chunks.push(chunk);
          options.onChunk?.();
        });
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode as number,
            headers: incoming.headers,
            raw: incoming.rawHeaders,
            body: Buffer.concat(chunks),
            trailers: incoming.trailers,
            informational,
          }),
        );
      },
    );
    outgoing.on('information', (info) => informational.push(info.statusCode));
    outgoing.on('error', reject);
    for (const chunk of [options.body ?? []].flat()) outgoing.write(chunk);
    outgoing.end();
  });
}
const last = async () => {
  await new Promise((resolve) => setTimeout(resolve, 30));
  return (await t.exchanges(1)).at(-1) as Awaited<ReturnType<TestCapture['exchanges']>>[number];
};

describe('forward proxy and gateway', () => {
  it('passes bodies byte for byte and captures them', async () => {
    const answer = await through('big');
    expect(answer.body.equals(big)).toBe(true);
    const exchange = await last();
    expect(exchange.state).toBe('complete');
    expect(Buffer.from(exchange.response?.body ?? []).equals(big)).toBe(true);
    expect(exchange.response?.bytes).toBe(big.length);
    expect(exchange.url).toBe(`http://127.0.0.1:${originPort}/big`);
  });

  it('passes request bodies, with length and chunked', async () => {
    const whole = await through('post', {
      method: 'POST',
      body: big,
      headers: { 'content-length': String(big.length) },
    });
    expect(whole.headers['x-got']).toBe(createHash('sha256').update(big).digest('hex'));
    const chunked = await through('post', { method: 'POST', body: [big.subarray(0, 1000), big.subarray(1000)] });
    expect(chunked.headers['x-got']).toBe(createHash('sha256').update(big).digest('hex'));
    const exchange = await last();
    expect(Buffer.from(exchange.request.body).equals(big)).toBe(true);
  });

  it('streams at once, with trailers', async () => {
    // The origin says the second only when the client has the first.
    const answer = await through('chunks', { onChunk: () => goOn?.() });
    expect(answer.body.toString()).toBe('data: 1\n\ndata: 2\n\n');
    expect(answer.trailers).toEqual({ 'x-sum': 'abc' });
    const exchange = await last();
    expect(exchange.response?.trailers).toEqual([['x-sum', 'abc']]);
    expect(exchange.response?.chunks).toHaveLength(2);
  });

  it('passes informational responses, 204, HEAD and odd headers as they are', async () => {
    expect(await through('hints')).toMatchObject({ informational: [103], status: 200 });
    expect((await last()).response?.informational[0]?.status).toBe(103);
    expect((await through('none')).status).toBe(204);
    const head = await through('big', { method: 'HEAD' });
    expect(head.headers['content-length']).toBe(String(big.length));
    expect(head.body.length).toBe(0);
    const odd = await through('odd');
    expect(odd.raw.slice(0, 6)).toEqual(['Set-Cookie', 'a=1', 'X-Mixed-CASE', 'v', 'Set-Cookie', 'b=2']);
    const empty = JSON.parse(
      (await through('post', { method: 'POST', headers: { 'content-length': '0' } })).body.toString(),
    );
    expect(empty.headers).not.toContain('Transfer-Encoding');
  });

  it('cuts the client off when the upstream cut its body, and keeps what came', async () => {
    await expect(through('cut')).rejects.toThrow();
    const exchange = await last();
    expect(exchange).toMatchObject({ state: 'failed', error: { code: 'upstream_reset' } });
    expect(Buffer.from(exchange.response?.body ?? []).toString()).toBe('only this');
  });

  it('cancels the upstream when the client goes away and keeps the exchange as aborted', async () => {
    const closed = new Promise<void>((resolve) => {
      hangClosed = resolve;
    });
    const outgoing = request(
      { host: '127.0.0.1', port: t.port, path: `http://127.0.0.1:${originPort}/hang` },
      (incoming) => {
        incoming.on('error', () => {});
        incoming.once('data', () => outgoing.destroy());
      },
    );
    outgoing.on('error', () => {});
    outgoing.end();
    await closed;
    expect(await last()).toMatchObject({ state: 'aborted', error: { code: 'client_aborted' } });
  });

  it('answers 502 with what happened and what to do', async () => {
    const answer = await through(`/nowhere/x`);
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body.toString()).error.code).toBe('upstream_unknown');
    const refused = await new Promise<{ status: number; body: string }>((resolve, reject) => {
      request({ host: '127.0.0.1', port: t.port, path: 'http://127.0.0.1:1/x' }, (incoming) => {
        let body = '';
        incoming.on('data', (chunk) => {
          body += chunk;
        });
        incoming.on('end', () => resolve({ status: incoming.statusCode as number, body }));
      })
        .on('error', reject)
        .end();
    });
    expect(refused.status).toBe(502);
    expect(JSON.parse(refused.body).error).toMatchObject({ code: 'upstream_refused' });
    expect(await last()).toMatchObject({ state: 'failed', error: { code: 'upstream_refused' } });
  });

  it('routes the gateway by upstream name and session', async () => {
    const answer = JSON.parse(
      (
        await through('/s/my%20run/local/v1/x?y=1', {
          method: 'POST',
          body: Buffer.from('{}'),
          headers: { 'content-length': '2' },
        })
      ).body.toString(),
    );
    expect(answer.url).toBe('/base/v1/x?y=1');
    expect(answer.headers).toContain(`127.0.0.1:${originPort}`);
    expect(await last()).toMatchObject({
      via: 'gateway',
      upstream_name: 'local',
      session: 'my run',
      session_source: 'path',
      url: `http://127.0.0.1:${originPort}/base/v1/x?y=1`,
    });
  });

  it('lets the upstream decide about Expect: 100-continue', async () => {
    const answer = await through('post', {
      method: 'POST',
      body: Buffer.from('hello'),
      headers: { 'content-length': '5', expect: '100-continue' },
    });
    expect(JSON.parse(answer.body.toString()).bytes).toBe(5);
  });

  it('answers a client that closes its sending side at once', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: t.port, allowHalfOpen: true }, () => {
        socket.end(`GET http://127.0.0.1:${originPort}/chunks HTTP/1.1\r\nHost: x\r\n\r\n`);
      });
      let seen = '';
      socket.on('data', (chunk) => {
        seen += chunk;
        goOn?.();
        goOn = undefined;
      });
      socket.on('end', () => resolve(seen));
      socket.on('error', reject);
    });
    expect(text).toContain('data: 2');
  });

  it('answers a client that closes its sending side at once also where that is read late', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: t.port, allowHalfOpen: true }, () => {
        socket.write(`GET http://127.0.0.1:${originPort}/late HTTP/1.1\r\nHost: x\r\n\r\n`);
      });
      lateAsked = (answer) => {
        socket.end();
        // Proxy and client share this thread: what the client sent is read when it is free again.
        setImmediate(() => {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
          let turns = 20;
          const later = () => (turns-- > 0 ? setImmediate(later) : answer());
          later();
        });
      };
      let seen = '';
      socket.on('data', (chunk) => {
        seen += chunk;
      });
      socket.on('end', () => resolve(seen));
      socket.on('error', reject);
    });
    expect(text).toMatch(/^HTTP\/1.1 200[\s\S]*late$/);
  });

  it('refuses what is not HTTP, too large heads and loops with the right status', async () => {
    const raw = (text: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(t.port, '127.0.0.1', () => socket.write(text));
        let seen = '';
        socket.on('data', (chunk) => {
          seen += chunk;
        });
        socket.on('close', () => resolve(seen));
        socket.on('error', () => resolve(seen));
      });
    expect(await raw('\x16\x03\x01 nonsense\r\n\r\n')).toContain('400 Bad Request');
    const headers = Array.from({ length: 100_000 }, (_, i) => `h${i}: v\r\n`).join('');
    expect(await raw(`GET http://127.0.0.1:${originPort}/ HTTP/1.1\r\nHost: x\r\n${headers}\r\n`)).toContain('431');
    expect(await raw(`GET http://127.0.0.1:${t.port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toContain(
      '508',
    );
    expect(await raw('GET /openai/v1/models HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')).toContain(
      '403',
    );
  });
});

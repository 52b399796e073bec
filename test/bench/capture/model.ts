import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { serveJobs } from './child.js';
import { markerLength, responseTemplates, type Template } from './dialogue.js';

/** The model behind the benchmark: one port for short answers, read as cheaply as can be, and one for long bodies. */

export interface ModelJob {
  cert: string;
  key: string;
}

export interface ModelPorts {
  short: number;
  long: number;
}

const answers = responseTemplates();

/** Answers whole requests with a content-length; what it spends is not what is to be measured. */
function converse(socket: TLSSocket): void {
  let received: Buffer = Buffer.alloc(0);
  let scratch: Buffer = Buffer.alloc(0);
  let next = 0;
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const headEnd = received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const length = /\r\ncontent-length: *(\d+)/i.exec(received.toString('latin1', 0, headEnd))?.[1];
    if (received.length < headEnd + 4 + Number(length ?? 0)) return;
    const template = answers[next++ % answers.length] as Template;
    if (scratch.length !== template.bytes.length) scratch = Buffer.alloc(template.bytes.length);
    template.bytes.copy(scratch);
    const marker = received.indexOf('"[', headEnd) + 2;
    for (const at of template.holes) received.copy(scratch, at, marker, marker + markerLength);
    received = Buffer.alloc(0);
    socket.write(scratch);
  });
}

const stamp = () => (Number(process.hrtime.bigint()) / 1e6).toFixed(4);

serveJobs<ModelJob, ModelPorts>(async (identity) => {
  const short = createTlsServer({ ...identity, ALPNProtocols: ['http/1.1'] }, converse);
  const long = createHttpsServer(identity, (request, response) => {
    const url = new URL(request.url ?? '/', 'https://model');
    const number = (name: string) => Number(url.searchParams.get(name) ?? 0);
    request.on('error', () => {});
    if (url.pathname === '/bytes') {
      request.resume();
      sendBytes(number('size'), url.searchParams.has('chunked'), url.searchParams.get('type') ?? '').catch(() => {});
    } else if (url.pathname === '/sink') {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      request.on('end', () => response.end(JSON.stringify({ bytes })));
    } else {
      request.resume();
      request.on('end', () => stream(number('chunks'), number('gap')));
    }

    async function sendBytes(size: number, chunked: boolean, type: string): Promise<void> {
      const gone = new AbortController();
      response.on('close', () => gone.abort());
      response.writeHead(200, { 'content-type': type, ...(chunked ? {} : { 'content-length': size }) });
      const piece = Buffer.from('"some text of a long answer" '.repeat(2260)).subarray(0, 65_536);
      for (let left = size; left > 0 && !response.destroyed; left -= piece.length) {
        const more = response.write(left < piece.length ? piece.subarray(0, left) : piece);
        if (!more && !response.destroyed) await once(response, 'drain', { signal: gone.signal });
      }
      response.end();
    }

    function stream(chunks: number, gapMs: number): void {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      let sent = 0;
      const event = () => {
        sent += 1;
        response.write(
          `data: {"t":${stamp()},"id":"chatcmpl-stream","object":"chat.completion.chunk","created":1790000000,"model":"gpt-5.2","choices":[{"index":0,"delta":{"content":" word"},"finish_reason":null}]}\n\n`,
        );
        if (sent < chunks) return;
        clearInterval(timer);
        response.end('data: [DONE]\n\n');
      };
      const timer = setInterval(event, gapMs);
      response.on('close', () => clearInterval(timer));
      event();
    }
  });
  long.keepAliveTimeout = 120_000;
  for (const server of [short, long]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  return { short: (short.address() as AddressInfo).port, long: (long.address() as AddressInfo).port };
});

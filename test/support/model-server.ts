import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { makeCertificates, type TestCertificates } from './certificates.js';
import { type ApiFormat, formatOf, type ModelTurn, renderers } from './model-formats.js';

export type { ApiFormat, ModelTurn, ScriptedToolCall } from './model-formats.js';

// biome-ignore lint/suspicious/noExplicitAny: bodies of several vendors' APIs
export type JsonObject = { [key: string]: any };

const encoders = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync, zstd: zstdCompressSync };

/** How the bytes of an answer go out. */
export interface Delivery {
  /** Pause before the headers, in milliseconds. */
  delayMs?: number;
  /** Pause between the pieces of the body, in milliseconds. */
  gapMs?: number;
  /** Cuts the body into pieces of this size instead of one per event. */
  pieceBytes?: number;
  /** Destroys the connection after so many bytes of the body. */
  cutAfterBytes?: number;
  encoding?: keyof typeof encoders;
  status?: number;
  headers?: Record<string, string>;
  trailers?: Record<string, string>;
}

/** Bytes of the test's own making, instead of a model's answer. */
export interface RawAnswer extends Delivery {
  raw: string | Uint8Array | readonly (string | Uint8Array)[];
}

export type Answer = (ModelTurn & Delivery) | RawAnswer;

export interface ModelRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** As it came. */
  bytes: Buffer;
  /** The parsed body (gzip and zstd undone), {} when it is not a JSON object. */
  json: JsonObject;
  format: ApiFormat | null;
}

export interface ModelServer {
  /** Without a trailing slash and without /v1. */
  url: string;
  port: number;
  /** For NODE_EXTRA_CA_CERTS and the like; empty for plain HTTP. */
  caPath: string;
  /** Everything that was asked, in order. */
  requests: ModelRequest[];
  /** The body bytes written for each request, in the same order; complete once the client has them. */
  sent: Buffer[];
  /** Answers given one by one; when they are used up, `otherwise` answers. */
  say(...answers: Answer[]): void;
  /** Answers whatever nothing was scripted for. By default `You said: <last user text>`. */
  otherwise(answer: (request: ModelRequest) => Answer | Promise<Answer>): void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ModelServerOptions {
  tls?: boolean;
  /** HTTP/2 and HTTP/1.1 by ALPN; implies TLS. */
  http2?: boolean;
  /** Names and addresses in the certificate. */
  hosts?: readonly string[];
}

function parse(bytes: Buffer, headers: IncomingHttpHeaders): JsonObject {
  const encoding = headers['content-encoding'];
  const plain = encoding === 'gzip' ? gunzipSync(bytes) : encoding === 'zstd' ? zstdDecompressSync(bytes) : bytes;
  try {
    const value: unknown = JSON.parse(plain.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

function lastUserText({ json }: ModelRequest): string {
  const list = json['messages'] ?? json['input'] ?? [];
  if (typeof list === 'string') return list;
  const content = (list as JsonObject[]).findLast((item) => item['role'] === 'user')?.['content'] ?? '';
  if (typeof content === 'string') return content;
  return (content as JsonObject[]).map((part) => part['text'] ?? '').join('');
}

/** The status, headers and body pieces of an answer. */
function render(answer: Answer, request: ModelRequest, serial: number) {
  if ('raw' in answer) {
    const list = Array.isArray(answer.raw) ? answer.raw : [answer.raw];
    return {
      type: 'application/octet-stream',
      pieces: list.map((piece) => Buffer.from(piece)),
      streamed: list.length > 1,
    };
  }
  if (!request.format) {
    const body = { error: { message: `Nothing is scripted for ${request.path}`, type: 'not_found_error' } };
    return { type: 'application/json', pieces: [Buffer.from(JSON.stringify(body))], streamed: false, status: 404 };
  }
  const { whole, events } = renderers[request.format](answer, request.json, serial);
  if (request.json['stream'] !== true && !request.path.includes(':streamGenerateContent')) {
    return { type: 'application/json', pieces: [Buffer.from(JSON.stringify(whole))], streamed: false };
  }
  return { type: 'text/event-stream; charset=utf-8', pieces: events.map((text) => Buffer.from(text)), streamed: true };
}

function cut(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

async function deliver(
  answer: Answer,
  request: ModelRequest,
  serial: number,
  response: ServerResponse,
  sent: Buffer[],
) {
  const { type, pieces, streamed, status } = { status: 200, ...render(answer, request, serial) };
  let parts = pieces;
  if (answer.encoding) parts = [encoders[answer.encoding](Buffer.concat(parts))];
  if (answer.pieceBytes) parts = cut(Buffer.concat(parts), answer.pieceBytes);
  if (answer.delayMs) await sleep(answer.delayMs);
  response.writeHead(answer.status ?? status, {
    'content-type': type,
    'x-request-id': `req_${serial}`,
    ...(answer.encoding ? { 'content-encoding': answer.encoding } : {}),
    ...(streamed || answer.trailers ? {} : { 'content-length': String(Buffer.concat(parts).length) }),
    ...(answer.trailers ? { trailer: Object.keys(answer.trailers).join(', ') } : {}),
    ...answer.headers,
  });
  let room = answer.cutAfterBytes ?? Number.POSITIVE_INFINITY;
  for (const [index, part] of parts.entries()) {
    if (index > 0 && answer.gapMs) await sleep(answer.gapMs);
    if (response.destroyed) return;
    const bytes = part.subarray(0, room);
    room -= bytes.length;
    sent[serial] = Buffer.concat([sent[serial] ?? Buffer.alloc(0), bytes]);
    if (!response.write(bytes)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    if (room <= 0) {
      // Let what was written leave first: the client must see a body that stops, not a refused request.
      await sleep(20);
      response.destroy();
      return;
    }
  }
  if (answer.trailers) response.addTrailers(answer.trailers);
  response.end();
}

/** A model behind real sockets that says what the test scripts: OpenAI chat and responses, Anthropic messages, Gemini. */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const tls = options.tls === true || options.http2 === true;
  const certificates: TestCertificates | null = tls ? await makeCertificates(options.hosts) : null;
  const requests: ModelRequest[] = [];
  const sent: Buffer[] = [];
  const script: Answer[] = [];
  let otherwise: (request: ModelRequest) => Answer | Promise<Answer> = (request) => ({
    text: `You said: ${lastUserText(request)}`,
  });

  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const path = incoming.url ?? '/';
    const request: ModelRequest = {
      method: incoming.method ?? 'GET',
      path,
      headers: incoming.headers,
      bytes,
      json: parse(bytes, incoming.headers),
      format: formatOf(path.split('?')[0] ?? ''),
    };
    const serial = requests.push(request) - 1;
    sent[serial] = Buffer.alloc(0);
    await deliver(script.shift() ?? (await otherwise(request)), request, serial, response, sent);
  };
  const listener = (incoming: IncomingMessage, response: ServerResponse) => {
    // A client that goes away in the middle is what some tests are about.
    handle(incoming, response).catch(() => response.destroy());
  };

  const identity = certificates && { key: certificates.key, cert: certificates.cert };
  const server = !identity
    ? createHttpServer(listener)
    : options.http2
      ? // Node's compatibility layer has the methods used here; its types only do not say so.
        createSecureServer({ ...identity, allowHTTP1: true }, listener as never)
      : createHttpsServer(identity, listener);
  const sockets = new Set<Socket>();
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  };
  server.on('connection', track);
  server.on('secureConnection', track);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
    certificates?.dispose();
  };
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    caPath: certificates?.caPath ?? '',
    requests,
    sent,
    say: (...answers) => script.push(...answers),
    otherwise: (answer) => {
      otherwise = answer;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

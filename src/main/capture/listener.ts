import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, isIP, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { SluiceError } from '../../shared/errors.js';
import type { CapturedClient, HeaderList } from '../../shared/model/index.js';
import { createWrongTokens } from '../ground/floods.js';
import { type ClientExchange, http1Client, http2Client } from './client.js';
import { answerError, errorBody, forward, type SessionName, startRecorder, type Upstreams } from './forward.js';
import { cameFromHere, pairs } from './headers.js';
import { withoutOwnMark } from './own-calls.js';
import { errorRecord, type RecorderContext } from './recorder.js';
import { type RefusedRequest, refusedRequest } from './refusals.js';
import { forwardTarget, gatewayTarget, interceptTarget, parseAuthority, type Target } from './target.js';
import type { UpstreamOptions } from './upstream/connect.js';
import { maxHeaderBytes } from './upstream/http1.js';
import { forwardWebSocket, isWebSocketUpgrade } from './websocket.js';

/** What a CONNECT told us about the connection that requests now come over. */
export interface ConnectContext {
  host: string;
  port: number;
  secure: boolean;
}

export interface ListenerContext {
  recorder: RecorderContext;
  /** For the engine's own calls of models, by the mark that they have. */
  unrecorded: RecorderContext;
  ownMark: string;
  upstreams: Upstreams;
  upstreamOptions(): UpstreamOptions;
  gatewayUpstreams(): Record<string, string>;
  /** Whether this is the address of a listener of this engine, spelled as clients are given it. */
  isListener(host: string, port: number): boolean;
  /** SHA-256 in hex of what opens this port off loopback. */
  proxyHashes(): string[];
  /** Web origins that may use the gateway. */
  allowedOrigins(): string[];
  onRefused(reason: RefusedRequest): void;
  /** An error that nobody expected; it was answered with 500. */
  onException(error: Error): void;
  /** Takes over a CONNECT: answers it, and hands decrypted connections back by `serve`. */
  onConnect(request: IncomingMessage, socket: Socket, head: Buffer, listener: Listener, run: SessionName): void;
  /** True once the engine drains: new requests are refused. */
  draining(): boolean;
}

export interface Listener {
  port: number;
  /** Serves requests on a connection that came out of a CONNECT. */
  serve(socket: Socket | TLSSocket, protocol: 'http1' | 'h2', connect: ConnectContext): void;
  /** Serves a connection as if it had been made to this port. */
  take(socket: Socket): void;
  idle(): void;
  close(): Promise<void>;
}

/** So long this thread may have waited for something to read: what a client sent at once has been read by then. */
const halfCloseMs = 500;
const flushTurnMs = 20;
const flushTurns = 100;
const refusedMs = 2000;
let connections = 0;

interface ConnectionState {
  number: number;
  connect?: ConnectContext;
  remoteAddress: string;
  remotePort: number;
  requests: number;
  /** This thread's waiting time when the last request came, in ms. A busy thread reads late what was sent at once: only its waiting counts. */
  waitedBefore: number;
  /** Bytes sent on this connection when the last request came: more since then means that the answer has begun. */
  sentBefore: number;
}
const states = new WeakMap<Socket, ConnectionState>();

/** How long this thread has waited for events since it began, in ms. */
const waited = () => performance.eventLoopUtilization().idle;

/** Requests that came over this connection so far. */
export function requestsOn(socket: Socket): number {
  return states.get(socket)?.requests ?? 0;
}

/** Opens one proxy port. `run` names everything that comes over it (`sluice run`). Rejects with port_in_use. */
export async function openListener(
  host: string,
  port: number,
  run: SessionName,
  context: ListenerContext,
): Promise<Listener> {
  const options: ServerOptions & { shouldUpgradeCallback?: (request: IncomingMessage) => boolean } = {
    maxHeaderSize: maxHeaderBytes,
    keepAlive: true,
    noDelay: true,
    // Agents pause for minutes between calls; a connection that we closed first would fail their next request.
    keepAliveTimeout: 10 * 60_000,
    headersTimeout: 60_000,
    requestTimeout: 0,
    shouldUpgradeCallback: isWebSocketUpgrade,
  };
  const server: Server & { httpAllowHalfOpen?: boolean } = createServer(options);
  server.maxHeadersCount = 0;
  server.httpAllowHalfOpen = true;
  const http2 = createHttp2Server({
    maxSessionMemory: 64,
    settings: { maxConcurrentStreams: 1000, enablePush: false, maxHeaderListSize: maxHeaderBytes },
    ...({ maxHeaderListPairs: 4000 } as object),
  });
  const sockets = new Set<Socket>();
  // Each is counted where it is refused.
  const wrongTokens = createWrongTokens(async () => {});

  function stateOf(socket: Socket): ConnectionState {
    let state = states.get(socket);
    if (!state) {
      connections += 1;
      state = {
        number: connections,
        remoteAddress: socket.remoteAddress ?? '',
        remotePort: socket.remotePort ?? 0,
        requests: 0,
        waitedBefore: 0,
        sentBefore: 0,
      };
      states.set(socket, state);
    }
    return state;
  }

  function clientInfo(socket: Socket, protocol: CapturedClient['protocol']): CapturedClient {
    const state = stateOf(socket);
    return { address: state.remoteAddress, port: state.remotePort, connection: state.number, protocol };
  }

  /** At once, but to whoever tries credentials: these refusals are told one after the other. */
  function tellRefusal(error: SluiceError, socket: Socket, tried: string | undefined, tell: () => void): void {
    if (error.code !== 'proxy_auth_required' || tried === undefined) tell();
    else void wrongTokens.slow(stateOf(socket).remoteAddress).then(tell);
  }

  function handle(client: ClientExchange, path: string, socket: Socket, headers: IncomingMessage['headers']): void {
    let target: Target;
    const state = stateOf(socket);
    state.requests += 1;
    const { connect } = state;
    try {
      target = resolve(path, connect, headers, socket);
    } catch (thrown) {
      const error = expected(thrown);
      const challenge: HeaderList =
        error.code === 'proxy_auth_required' ? [['proxy-authenticate', 'Basic realm="Sluice"']] : [];
      // Whoever was not let in keeps no connection; HTTP/2 has none of its own here.
      if (client.info.protocol !== 'h2') challenge.push(['connection', 'close']);
      tellRefusal(error, socket, headers['proxy-authorization'], () => {
        answerError(client, error, challenge);
        client.resumeRequest();
      });
      return;
    }
    const name = sessionOf(target);
    if (context.draining()) {
      const error = new SluiceError('shutting_down', 'The studio is stopping.');
      startRecorder(client, target, name, context.recorder).finish('failed', errorRecord(error));
      answerError(client, error);
      return;
    }
    const own = withoutOwnMark(client.headers, context.ownMark);
    if (own === null) forward(client, target, name, context.recorder, context.upstreams);
    else forward({ ...client, headers: own }, target, name, context.unrecorded, context.upstreams);
  }

  /** What is told to a client; an error that nobody expected is reported and told as such. */
  function expected(thrown: unknown): SluiceError {
    if (thrown instanceof SluiceError) {
      const reason = refusedRequest(thrown.code);
      if (reason !== null) context.onRefused(reason);
      return thrown;
    }
    context.onException(thrown as Error);
    return new SluiceError('internal', 'The proxy failed on this request.');
  }

  function resolve(
    path: string,
    connect: ConnectContext | undefined,
    headers: IncomingMessage['headers'],
    socket: Socket,
  ): Target {
    if (cameFromHere(headers.via))
      throw new SluiceError('proxy_loop', 'The request has come through this proxy before.');
    if (connect) {
      if (path.startsWith('/') || path === '*') return interceptTarget(connect, connect.secure, path);
      return { ...forwardTarget(path), via: 'intercept' };
    }
    checkCredentials(socket, headers['proxy-authorization'], context.proxyHashes);
    if (!path.startsWith('/')) {
      const target = forwardTarget(path);
      if (isOwnPort(target, server)) throw new SluiceError('proxy_loop', 'The request asks this proxy for itself.');
      // Clients that send everything to their proxy ask a run's port for the gateway: they mean the gateway.
      if (!target.secure && context.isListener(target.host, target.port)) return throughGateway(target.path);
      return target;
    }
    // Off loopback the credentials have already said that this is no web page.
    if (isLoopback(socket.remoteAddress ?? '')) checkGatewayHost(headers.host, host);
    return throughGateway(path);

    function throughGateway(path: string): Target {
      checkGatewayOrigin(headers, context.allowedOrigins());
      return gatewayTarget(path, { ...context.gatewayUpstreams(), ...run.upstreams });
    }
  }

  function sessionOf(target: Target): SessionName {
    return target.session === undefined ? run : { ...run, session: target.session, source: 'path' };
  }

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const socket = request.socket;
    const state = stateOf(socket);
    state.waitedBefore = waited();
    state.sentBefore = socket.bytesWritten;
    const version = request.httpVersion === '1.0' ? 'http/1.0' : 'http/1.1';
    handle(
      http1Client(request, response, clientInfo(socket, version)),
      request.url as string,
      socket,
      fieldsOf(request),
    );
  }

  server.on('request', onRequest);
  // The upstream decides whether to say 100, not we.
  server.on('checkContinue', onRequest);
  server.on('checkExpectation', onRequest);
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    stateOf(socket);
    try {
      if (stateOf(socket).connect)
        throw new SluiceError('request_target_invalid', 'CONNECT inside CONNECT is not supported.');
      checkCredentials(socket, request.headers['proxy-authorization'], context.proxyHashes);
      if (cameFromHere(request.headers.via))
        throw new SluiceError('proxy_loop', 'The request has come through this proxy before.');
      if (context.draining()) throw new SluiceError('shutting_down', 'The studio is stopping.');
      const authority = parseAuthority(request.url ?? '', 443);
      if (!authority) throw new SluiceError('request_target_invalid', 'CONNECT needs host:port.');
      if (isOwnPort(authority, server)) throw new SluiceError('proxy_loop', 'The request asks this proxy for itself.');
      if (context.isListener(authority.host, authority.port)) {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        if (head.length > 0) socket.unshift(head);
        listener.take(socket);
        return;
      }
      context.onConnect(request, socket, head, listener, run);
    } catch (thrown) {
      const error = expected(thrown);
      tellRefusal(error, socket, request.headers['proxy-authorization'], () => refuseRaw(socket, error));
    }
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    stateOf(socket).requests += 1;
    try {
      const target = resolve(request.url as string, stateOf(socket).connect, fieldsOf(request), socket);
      forwardWebSocket(
        request,
        socket,
        head,
        clientInfo(socket, 'http/1.1'),
        target,
        sessionOf(target),
        context.recorder,
        context.upstreamOptions(),
      ).catch((error) => {
        context.onException(error);
        socket.destroy();
      });
    } catch (thrown) {
      const error = expected(thrown);
      tellRefusal(error, socket, request.headers['proxy-authorization'], () => refuseRaw(socket, error));
    }
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable || socket.destroyed) {
      socket.destroy();
      return;
    }
    context.recorder.counters.add('client_protocol_errors');
    const status =
      error.code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? '408 Request Timeout'
          : '400 Bad Request';
    const body = errorBody(
      new SluiceError('client_protocol', `The request could not be read as HTTP (${error.code ?? 'unknown'}).`),
    );
    socket.end(
      `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body.toString()}`,
    );
    // A client that goes on sending would otherwise keep the connection half open.
    setTimeout(() => socket.destroy(), 2000).unref();
  });
  http2.on('stream', (stream, headers, _flags, raw: string[]) => {
    const socket = stream.session?.socket as Socket | undefined;
    const number = stream.session && http2Sockets.get(stream.session);
    if (!socket || !number) {
      stream.close();
      return;
    }
    handle(http2Client(stream, headers, raw, clientInfo(number, 'h2')), String(headers[':path']), number, {
      host: String(headers[':authority'] ?? ''),
      ...(headers.via === undefined ? {} : { via: String(headers.via) }),
    });
  });
  http2.on('sessionError', () => {});
  const http2Sockets = new WeakMap<object, Socket>();
  let servedSocket: Socket | undefined;
  http2.on('session', (session) => {
    // The session's own socket is a guarded proxy object; our state hangs on the real one.
    if (servedSocket) http2Sockets.set(session, servedSocket);
    session.on('error', () => {});
  });

  function onConnection(socket: Socket): void {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    socket.on('end', () => {
      // A client that says all at once and closes its sending side still wants its answer. One that closes later,
      // while it waits or reads, has gone away: Node would keep the upstream busy for nobody. No TLS client half-closes.
      const state = stateOf(socket);
      const atOnce = waited() - state.waitedBefore < halfCloseMs && socket.bytesWritten === state.sentBefore;
      if ('encrypted' in socket || !atOnce) socket.destroy();
    });
  }
  server.on('connection', onConnection);
  await new Promise<void>((resolveListen, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE' || error.code === 'EACCES'
          ? new SluiceError(
              'port_in_use',
              `The proxy port ${host}:${port} ${error.code === 'EACCES' ? 'may not be opened by this user' : 'is already in use'}.`,
              { host, port },
            )
          : error,
      ),
    );
    server.listen({ host, port, backlog: 1024 }, resolveListen);
  });
  server.on('error', () => {});

  const listener: Listener = {
    port: (server.address() as AddressInfo).port,
    serve(socket, protocol, connect) {
      const parent = (socket as TLSSocket & { _parent?: Socket })._parent;
      const before = parent ? states.get(parent) : states.get(socket);
      states.set(socket, {
        ...(before ?? stateOf(socket)),
        connect,
        requests: 0,
        waitedBefore: waited(),
        sentBefore: socket.bytesWritten,
      });
      if (protocol === 'h2') {
        onConnection(socket);
        servedSocket = socket;
        http2.emit('connection', socket);
        servedSocket = undefined;
      } else server.emit('connection', socket);
    },
    take: (socket) => server.emit('connection', socket),
    idle: () => server.closeIdleConnections(),
    async close() {
      const closed = new Promise<void>((resolveClose) => server.close(() => resolveClose()));
      // What was answered last may still be on its way to the client: sockets go when they have nothing left to send.
      for (let turn = 0; turn < flushTurns && sockets.size > 0; turn++) {
        server.closeIdleConnections();
        await new Promise((resolveTurn) => setTimeout(resolveTurn, flushTurnMs));
        if ([...sockets].every((socket) => socket.writableLength === 0)) break;
      }
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return listener;
}

function isOwnPort(target: { host: string; port: number }, server: Server): boolean {
  const address = server.address() as AddressInfo | null;
  return address !== null && target.port === address.port && isLoopback(target.host);
}

export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  // A name may begin with 127 too, and lead anywhere.
  const literal = isIP(name) !== 0 && (name === '::1' || /^(::ffff:)?127\./.test(name));
  return literal || name === 'localhost' || name.endsWith('.localhost');
}

/** Off loopback nobody uses the proxy without a token made for it: any user name, the token as password. */
function checkCredentials(socket: Socket, authorization: string | undefined, proxyHashes: () => string[]): void {
  if (isLoopback(socket.remoteAddress ?? '')) return;
  const match = /^(basic|bearer) +([A-Za-z0-9+/=._~-]+)$/i.exec(authorization ?? '');
  let credential = match?.[2] ?? '';
  if (match?.[1]?.toLowerCase() === 'basic')
    credential = Buffer.from(credential, 'base64')
      .toString('utf8')
      .replace(/^[^:]*:/, '');
  const hash = createHash('sha256').update(credential).digest();
  let opens = false;
  for (const proxyHash of proxyHashes()) if (timingSafeEqual(hash, Buffer.from(proxyHash, 'hex'))) opens = true;
  if (!opens)
    throw new SluiceError('proxy_auth_required', 'Connections from another machine need a token of scope proxy.');
}

/** A request with two Host fields names nobody: whoever reads it behind us might take the other (RFC 9112 §3.2). */
function fieldsOf({ headers, rawHeaders }: IncomingMessage): IncomingMessage['headers'] {
  const hosts = pairs(rawHeaders).filter(([name]) => name.toLowerCase() === 'host');
  return hosts.length > 1 ? { ...headers, host: undefined } : headers;
}

const unspecified = new Set(['0.0.0.0', '::']);

/** A web page that points its own host name at this port must not reach local upstreams through the gateway. */
function checkGatewayHost(hostHeader: string | undefined, bound: string): void {
  const name = parseAuthority(hostHeader ?? '', 80)?.host.toLowerCase();
  // Browsers say where a page comes from only to addresses that they trust: not to 0.0.0.0, nor to a mapped 127.0.0.1.
  const trusted = name !== undefined && isLoopback(name) && !name.startsWith('::ffff:');
  const own = name === bound.toLowerCase() && !unspecified.has(name);
  if (!trusted && !own && name !== 'host.docker.internal') {
    throw new SluiceError('host_rejected', 'The gateway answers only to its own address.');
  }
}

/**
 * Any page in a browser can send to this port, and read WebSockets from it; programs send neither of these fields. `none`
 * is what the user typed himself.
 */
function checkGatewayOrigin(headers: IncomingMessage['headers'], allowed: string[]): void {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (origin === undefined ? site === undefined || site === 'none' : allowed.includes(origin.toLowerCase())) return;
  throw new SluiceError(
    'origin_rejected',
    `The gateway takes no requests of web pages (${origin ?? `Sec-Fetch-Site: ${String(site)}`}). A page that is an agent itself can be allowed under Allowed origins in the settings.`,
  );
}

function refuseRaw(socket: Socket, error: SluiceError): void {
  socket.on('error', () => {});
  const body = errorBody(error);
  const challenge = error.code === 'proxy_auth_required' ? 'Proxy-Authenticate: Basic realm="Sluice"\r\n' : '';
  socket.end(
    `HTTP/1.1 ${error.status} ${error.code}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${challenge}Connection: close\r\n\r\n${body.toString()}`,
  );
  // A client that keeps its side open would otherwise hold the connection.
  setTimeout(() => socket.destroy(), refusedMs).unref();
}

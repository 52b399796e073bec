import type { EventEmitter } from 'node:events';
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { contentLength, flat, header, pairs } from '../headers.js';
import { connectSecure, proxyAuthorization, proxyFor, refuseOwn, type UpstreamOptions } from './connect.js';
import type { UpstreamEvents, UpstreamExchange, UpstreamRequest } from './upstream.js';

const connectTimeoutMs = 30_000;
export const maxHeaderBytes = 256 * 1024;
/** These authenticate the connection, not the request: whatever comes over it is the user's (RFC 4559 §6, MS-NTHT). */
const ofTheConnection = /^\s*(ntlm|negotiate)\b/i;
/** What a server that closed an idle connection makes of the next request on it. */
const staleCodes = new Set(['ECONNRESET', 'EPIPE']);

export interface Http1Upstreams {
  start(request: UpstreamRequest, events: UpstreamEvents, fresh: boolean): UpstreamExchange;
  /** The way to upstreams has changed: later requests use connections made from now on. */
  refresh(): void;
  close(): void;
}

/**
 * HTTP/1.1 to upstreams over kept-alive connections, shared by all clients but those that authenticate a connection: these
 * get connections of their own, for as long as theirs lasts.
 */
export function http1Upstreams(options: () => UpstreamOptions): Http1Upstreams {
  let agents = makeAgents(options, shared);
  let pinned = new Map<EventEmitter, Agents>();

  function agentsFor({ connection, headers }: UpstreamRequest): Agents {
    const own = pinned.get(connection);
    if (own) return own;
    if (!ofTheConnection.test(header(headers, 'authorization') ?? '')) return agents;
    const made = makeAgents(options, { keepAlive: true, maxSockets: 1 });
    pinned.set(connection, made);
    connection.once('close', () => {
      if (pinned.get(connection) === made) pinned.delete(connection);
      destroy(made);
    });
    return made;
  }

  return {
    start(request, events, fresh) {
      const { target } = request;
      const settings = options();
      const proxy = target.secure ? null : proxyFor(target, settings);
      const headers = flat(request.headers);
      if (!request.hasBody && /^(POST|PUT|PATCH)$/.test(request.method) && contentLength(request.headers) === null) {
        // Without it Node would announce a chunked body that the client never sent.
        headers.push('Content-Length', '0');
      }
      if (request.hasBody && contentLength(request.headers) === null) headers.push('Transfer-Encoding', 'chunked');
      headers.push('Connection', fresh ? 'close' : 'keep-alive');
      if (proxy) for (const [name, value] of Object.entries(proxyAuthorization(proxy))) headers.push(name, value);
      const outgoing = (target.secure ? httpsRequest : httpRequest)({
        host: proxy ? proxy.hostname.replace(/^\[|\]$/g, '') : target.host,
        port: proxy ? proxy.port || 80 : target.port,
        method: request.method,
        path: proxy ? target.url : target.path,
        headers,
        setHost: false,
        agent: agentsFor(request)[target.secure ? 'secure' : 'plain'][fresh ? 'fresh' : 'kept'],
        // Model servers behind odd gateways answer odd heads; a lenient parser on this side harms nobody.
        insecureHTTPParser: true,
        maxHeaderSize: maxHeaderBytes,
        ...(target.secure
          ? { servername: isIP(target.host) ? '' : target.host, rejectUnauthorized: !settings.insecure }
          : {}),
      });
      // A head with Expect has to leave before the body is there.
      if (request.hasBody && header(request.headers, 'expect') !== undefined) outgoing.flushHeaders();
      return follow(outgoing, events);
    },
    refresh() {
      const before = [agents, ...pinned.values()];
      agents = makeAgents(options, shared);
      pinned = new Map();
      // Connections in use finish what they carry; they will not be used again.
      for (const { plain, secure } of before)
        for (const idle of [...Object.values(plain.kept.freeSockets), ...Object.values(secure.kept.freeSockets)])
          for (const socket of idle ?? []) socket.destroy();
    },
    close() {
      for (const each of [agents, ...pinned.values()]) destroy(each);
    },
  };
}

const shared = {
  keepAlive: true,
  maxSockets: Number.POSITIVE_INFINITY,
  maxFreeSockets: 256,
  scheduling: 'lifo' as const,
};
type Agents = ReturnType<typeof makeAgents>;

function makeAgents(options: () => UpstreamOptions, pool: ConstructorParameters<typeof HttpAgent>[0]) {
  return {
    plain: { kept: new PlainAgent(options, pool), fresh: new PlainAgent(options, { keepAlive: false }) },
    secure: { kept: new SecureAgent(options, pool), fresh: new SecureAgent(options, { keepAlive: false }) },
  };
}

function destroy(agents: Agents): void {
  for (const { kept, fresh } of Object.values(agents)) {
    kept.destroy();
    fresh.destroy();
  }
}

function follow(outgoing: ClientRequest, events: UpstreamEvents): UpstreamExchange {
  let response: IncomingMessage | undefined;
  let done = false;
  /** Paused before there was a response: while informational heads wait for a slow client. */
  let held = false;
  const fail = (error: Error) => {
    if (done) return;
    done = true;
    const stale =
      outgoing.reusedSocket && response === undefined && staleCodes.has((error as NodeJS.ErrnoException).code ?? '');
    events.error(error, stale);
  };
  outgoing.once('socket', (socket) => {
    if (!socket.connecting && !outgoing.reusedSocket) return;
    if (outgoing.reusedSocket) return;
    const timer = setTimeout(
      () => outgoing.destroy(Object.assign(new Error('no connection within 30 s'), { code: 'ETIMEDOUT' })),
      connectTimeoutMs,
    );
    const clear = () => clearTimeout(timer);
    socket.once('secureConnect', clear).once('close', clear).once('error', clear);
    if (!('encrypted' in socket)) socket.once('connect', clear);
  });
  outgoing.on('continue', () => events.continue());
  outgoing.on('information', (info) => {
    if (info.statusCode !== 100) events.informational(info.statusCode, pairs(info.rawHeaders));
  });
  outgoing.on('error', fail);
  outgoing.on('drain', () => events.drain());
  outgoing.on('response', (incoming) => {
    response = incoming;
    events.head(
      incoming.statusCode as number,
      incoming.statusMessage ?? '',
      incoming.httpVersion,
      pairs(incoming.rawHeaders),
    );
    incoming.on('data', (chunk: Buffer) => {
      if (!done) events.data(chunk);
    });
    incoming.on('end', () => {
      if (done) return;
      done = true;
      events.end(pairs(incoming.rawTrailers));
    });
    incoming.on('error', fail);
    incoming.on('close', () => {
      // Every response closes: the error, whose stack is dear, is made for those that were cut off.
      if (!done) fail(Object.assign(new Error('the response was cut off'), { code: 'ECONNRESET' }));
    });
  });
  return {
    write: (chunk) => outgoing.destroyed || outgoing.write(chunk),
    end(trailers) {
      if (outgoing.destroyed) return;
      try {
        if (trailers.length > 0) outgoing.addTrailers(trailers);
      } catch {
        // Trailers that were read leniently can hold what must not be written; the body is whole without them.
      }
      outgoing.end();
    },
    pause() {
      if (response) response.pause();
      else {
        held = true;
        outgoing.socket?.pause();
      }
    },
    resume() {
      if (held) outgoing.socket?.resume();
      held = false;
      response?.resume();
    },
    cancel() {
      done = true;
      outgoing.on('error', () => {});
      outgoing.destroy();
    },
  };
}

/** Node's own pooling; a connection that came back to us is refused. */
class PlainAgent extends HttpAgent {
  constructor(
    private readonly upstreamOptions: () => UpstreamOptions,
    options: ConstructorParameters<typeof HttpAgent>[0],
  ) {
    super(options);
  }

  override createConnection(...args: Parameters<HttpAgent['createConnection']>): Duplex | null | undefined {
    const socket = super.createConnection(...args);
    return socket instanceof Socket ? refuseOwn(socket, this.upstreamOptions()) : socket;
  }
}

/** Keeps Node's own pooling and session resumption; only the way through an upstream proxy is ours. */
class SecureAgent extends HttpsAgent {
  constructor(
    private readonly upstreamOptions: () => UpstreamOptions,
    options: ConstructorParameters<typeof HttpsAgent>[0],
  ) {
    super({ ...options, ALPNProtocols: ['http/1.1'] } as ConstructorParameters<typeof HttpsAgent>[0]);
  }

  override createConnection(
    options: { host: string; port: number },
    callback: (error: Error | null, socket?: Duplex) => void,
  ): Duplex | undefined {
    const endpoint = { host: options.host, port: Number(options.port), secure: true };
    const settings = this.upstreamOptions();
    if (!proxyFor(endpoint, settings)) {
      return refuseOwn(super.createConnection(options as never, callback as never) as Socket, settings);
    }
    connectSecure(endpoint, settings, ['http/1.1']).then((socket) => callback(null, socket), callback);
    return undefined;
  }
}

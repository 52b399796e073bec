import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { contentLength, flat, header, pairs } from '../headers.js';
import { connectSecure, proxyAuthorization, proxyFor, refuseOwn, type UpstreamOptions } from './connect.js';
import type { UpstreamEvents, UpstreamExchange, UpstreamRequest } from './upstream.js';

const connectTimeoutMs = 30_000;
export const maxHeaderBytes = 256 * 1024;
/** What a server that closed an idle connection makes of the next request on it. */
const staleCodes = new Set(['ECONNRESET', 'EPIPE']);

export interface Http1Upstreams {
  start(request: UpstreamRequest, events: UpstreamEvents, fresh: boolean): UpstreamExchange;
  /** The way to upstreams has changed: later requests use connections made from now on. */
  refresh(): void;
  close(): void;
}

/** HTTP/1.1 to upstreams over kept-alive connections, shared by all clients. */
export function http1Upstreams(options: () => UpstreamOptions): Http1Upstreams {
  let agents = makeAgents(options);

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
        agent: agents[target.secure ? 'secure' : 'plain'][fresh ? 'fresh' : 'kept'],
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
      const before = agents;
      agents = makeAgents(options);
      // Connections in use finish what they carry; they will not be used again.
      for (const idle of Object.values({ ...before.plain.kept.freeSockets, ...before.secure.kept.freeSockets })) {
        for (const socket of idle ?? []) socket.destroy();
      }
    },
    close() {
      for (const { kept, fresh } of Object.values(agents)) {
        kept.destroy();
        fresh.destroy();
      }
    },
  };
}

function makeAgents(options: () => UpstreamOptions) {
  const pool = {
    keepAlive: true,
    maxSockets: Number.POSITIVE_INFINITY,
    maxFreeSockets: 256,
    scheduling: 'lifo' as const,
  };
  return {
    plain: { kept: new PlainAgent(options, pool), fresh: new PlainAgent(options, { keepAlive: false }) },
    secure: { kept: new SecureAgent(options, pool), fresh: new SecureAgent(options, { keepAlive: false }) },
  };
}

function follow(outgoing: ClientRequest, events: UpstreamEvents): UpstreamExchange {
  let response: IncomingMessage | undefined;
  let done = false;
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
    pause: () => response?.pause(),
    resume: () => response?.resume(),
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

  override createConnection(...given: Parameters<HttpAgent['createConnection']>): Duplex | null | undefined {
    const socket = super.createConnection(...given);
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

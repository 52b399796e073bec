import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';
import type { HeaderList } from '../../../shared/model/index.js';
import { http2Headers, pairs } from '../headers.js';
import type { Target } from '../target.js';
import { connectSecure, type UpstreamOptions } from './connect.js';
import type { UpstreamEvents, UpstreamExchange, UpstreamRequest } from './upstream.js';

const rememberHttp1Ms = 10 * 60_000;
const idleMs = 5 * 60_000;

export interface Http2Upstreams {
  /** A session to the target's origin, or null where it speaks only HTTP/1.1. Throws what the connection threw. */
  session(target: Target): Promise<ClientHttp2Session | null>;
  start(session: ClientHttp2Session, request: UpstreamRequest, events: UpstreamEvents): UpstreamExchange;
  /** The way to upstreams has changed: later requests use connections made from now on. */
  refresh(): void;
  close(): void;
}

/** HTTP/2 to upstreams, one session per origin. Which origins speak only HTTP/1.1 is remembered for ten minutes. */
export function http2Upstreams(options: () => UpstreamOptions): Http2Upstreams {
  const sessions = new Map<string, Promise<ClientHttp2Session | null>>();
  const live = new Set<ClientHttp2Session>();

  async function open(origin: string, target: Target, forget: () => void): Promise<ClientHttp2Session | null> {
    const socket = await connectSecure(target, options(), ['h2', 'http/1.1']);
    if (socket.alpnProtocol !== 'h2') {
      socket.destroy();
      setTimeout(forget, rememberHttp1Ms).unref();
      return null;
    }
    const session = connect(origin, {
      createConnection: () => socket,
      settings: { enablePush: false },
      maxSessionMemory: 64,
    });
    live.add(session);
    session.once('close', () => {
      live.delete(session);
      forget();
    });
    session.once('goaway', forget);
    session.on('error', forget);
    session.setTimeout(idleMs, () => {
      forget();
      session.close();
    });
    return session;
  }

  return {
    async session(target) {
      const origin = `https://${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
      for (;;) {
        const openSession = sessions.get(origin);
        const session = await (openSession ?? begin(origin, target));
        if (session === null || !(session.closed || session.destroyed)) return session;
        sessions.delete(origin);
      }
    },
    start: startStream,
    refresh() {
      sessions.clear();
      for (const session of live) session.close();
    },
    close() {
      for (const session of live) session.destroy();
    },
  };

  function begin(origin: string, target: Target): Promise<ClientHttp2Session | null> {
    const forget = () => {
      if (sessions.get(origin) === opening) sessions.delete(origin);
    };
    const opening: Promise<ClientHttp2Session | null> = open(origin, target, forget);
    sessions.set(origin, opening);
    opening.catch(forget);
    return opening;
  }
}

function startStream(session: ClientHttp2Session, request: UpstreamRequest, events: UpstreamEvents): UpstreamExchange {
  const { target } = request;
  const authority = request.headers.find(([name]) => name.toLowerCase() === 'host')?.[1];
  const stream: ClientHttp2Stream = session.request(
    {
      ':method': request.method,
      ':scheme': 'https',
      ':authority': authority ?? `${target.host}:${target.port}`,
      ':path': target.path,
      ...http2Headers(request.headers),
    },
    { endStream: !request.hasBody, waitForTrailers: true },
  );
  let done = false;
  let headed = false;
  let outTrailers: HeaderList = [];
  let inTrailers: HeaderList = [];
  stream.on('continue', () => {
    if (!done) events.continue();
  });
  stream.on('headers', (headers: IncomingHttpHeaders & { ':status'?: number }, _flags: number, raw: string[]) => {
    const status = headers[':status'] ?? 0;
    if (status !== 100 && !done) events.informational(status, fields(raw));
  });
  stream.on('response', (headers, _flags, raw: string[]) => {
    headed = true;
    events.head(headers[':status'] as number, '', '2.0', fields(raw));
  });
  stream.on('trailers', (_headers: IncomingHttpHeaders, _flags: number, raw: string[]) => {
    inTrailers = fields(raw);
  });
  stream.on('data', (chunk: Buffer) => {
    if (!done) events.data(chunk);
  });
  stream.on('end', () => {
    if (done || stream.rstCode !== constants.NGHTTP2_NO_ERROR) return;
    // A body of length zero ends without a response head when the stream was refused.
    if (!headed) return;
    done = true;
    events.end(inTrailers);
  });
  stream.on('wantTrailers', () => {
    try {
      stream.sendTrailers(http2Headers(outTrailers));
    } catch {
      // Without its trailers the stream would never end.
      stream.sendTrailers({});
    }
  });
  stream.on('drain', () => events.drain());
  const fail = (error: Error) => {
    if (done) return;
    done = true;
    const refused =
      stream.rstCode === constants.NGHTTP2_REFUSED_STREAM || (!headed && (session.destroyed || session.closed));
    events.error(error, refused);
  };
  stream.on('error', fail);
  stream.on('close', () =>
    fail(Object.assign(new Error(`stream closed with code ${stream.rstCode}`), { code: 'ECONNRESET' })),
  );
  return {
    write: (chunk) => stream.destroyed || stream.write(chunk),
    end(trailers) {
      outTrailers = trailers;
      if (!stream.destroyed) stream.end();
    },
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    cancel() {
      done = true;
      stream.close(constants.NGHTTP2_CANCEL);
    },
  };
}

/** Fields of an HTTP/2 head as they came, without pseudo-fields. */
function fields(raw: string[]): HeaderList {
  return pairs(raw).filter(([name]) => !name.startsWith(':'));
}

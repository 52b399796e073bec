import type { EventEmitter } from 'node:events';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { CapturedClient, HeaderList } from '../../shared/model/index.js';
import { contentLength, flat, http2Headers, pairs } from './headers.js';

/** The client's side of one exchange, the same for HTTP/1 and HTTP/2. */
export interface ClientExchange {
  info: CapturedClient;
  /** What the request came over; `close` when the client has gone. */
  connection: EventEmitter;
  method: string;
  httpVersion: string;
  /** As sent, Host included (HTTP/2: from :authority). */
  headers: HeaderList;
  hasBody: boolean;
  onData(listener: (chunk: Buffer) => void): void;
  onEnd(listener: (trailers: HeaderList) => void): void;
  /** The client went away before the response was finished. */
  onAbort(listener: () => void): void;
  onDrain(listener: () => void): void;
  pauseRequest(): void;
  resumeRequest(): void;
  /** Tells the client to go on after `Expect: 100-continue`. */
  continue(): void;
  /** False: wait for drain. */
  informational(status: number, headers: HeaderList): boolean;
  head(status: number, statusText: string, headers: HeaderList): void;
  /** False: wait for drain. */
  write(chunk: Uint8Array): boolean;
  end(trailers: HeaderList): void;
  /** Cuts the connection (or the stream), so that the client sees that the response is not whole. */
  cut(): void;
  headSent(): boolean;
}

export function http1Client(request: IncomingMessage, response: ServerResponse, info: CapturedClient): ClientExchange {
  const headers = pairs(request.rawHeaders);
  const { method, httpVersion } = request as { method: string; httpVersion: string };
  response.sendDate = false;
  let wrote = false;
  let drained = () => {};
  return {
    info,
    connection: request.socket,
    method,
    httpVersion,
    headers,
    hasBody: request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0,
    onData: (listener) => request.on('data', listener),
    onEnd: (listener) => request.on('end', () => listener(pairs(request.rawTrailers))),
    onAbort: (listener) => {
      response.on('close', () => {
        if (!response.writableFinished) listener();
      });
    },
    onDrain: (listener) => {
      drained = listener;
      response.on('drain', listener);
    },
    pauseRequest: () => request.pause(),
    resumeRequest: () => request.resume(),
    continue: () => response.writeContinue(),
    informational(status, list) {
      // Node offers 100, 102 and 103 only, and 103 only with a link; pipelined responses must not be overtaken.
      const socket = response.socket as (typeof response.socket & { _httpMessage?: unknown }) | null;
      if (!socket || socket._httpMessage !== response || response.headersSent) return true;
      const lines = list.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      const room = socket.write(
        `HTTP/1.1 ${status} ${status === 103 ? 'Early Hints' : status === 102 ? 'Processing' : 'Information'}\r\n${lines}\r\n`,
        'latin1',
      );
      // The response itself tells only of what was written through it.
      if (!room) socket.once('drain', drained);
      return room;
    },
    head: (status, statusText, list) => {
      // Node refuses to announce trailers where the framing has no room for them.
      const chunked =
        httpVersion !== '1.0' && method !== 'HEAD' && status !== 204 && status !== 304 && contentLength(list) === null;
      const fields = chunked ? list : list.filter(([name]) => name.toLowerCase() !== 'trailer');
      response.writeHead(status, statusText || STATUS_CODES[status] || '', flat(fields));
      // The first chunk mostly follows in the same turn and then shares a packet with the head.
      setImmediate(() => {
        if (!wrote && !response.destroyed) response.flushHeaders();
      });
    },
    write(chunk) {
      wrote = true;
      return response.destroyed || response.write(chunk);
    },
    end(trailers) {
      wrote = true;
      try {
        if (trailers.length > 0) response.addTrailers(trailers);
      } catch {
        // Trailers that were read leniently can hold what must not be written; the body is whole without them.
      }
      response.end();
    },
    cut: () => response.destroy(),
    headSent: () => response.headersSent,
  };
}

export function http2Client(
  stream: ServerHttp2Stream,
  received: IncomingHttpHeaders,
  rawHeaders: string[],
  info: CapturedClient,
): ClientExchange {
  const headers: HeaderList = [];
  if (received[':authority'] !== undefined) headers.push(['host', received[':authority']]);
  // HTTP/2 may split the cookies over several fields, HTTP/1 knows only one (RFC 9113 §8.2.3).
  const cookies: string[] = [];
  for (const [name, value] of pairs(rawHeaders)) {
    if (name.startsWith(':') || (name === 'host' && headers[0]?.[0] === 'host')) continue;
    if (name === 'cookie') cookies.push(value);
    else headers.push([name, value]);
  }
  if (cookies.length > 0) headers.push(['cookie', cookies.join('; ')]);
  let trailersIn: HeaderList = [];
  let trailersOut: HeaderList = [];
  stream.on('trailers', (_trailers: IncomingHttpHeaders, _flags: number, raw: string[] | undefined) => {
    trailersIn = raw ? pairs(raw) : [];
  });
  stream.on('wantTrailers', () =>
    carried(
      () => stream.sendTrailers(http2Headers(trailersOut)),
      // Without its trailers the stream would never end.
      () => stream.sendTrailers({}),
    ),
  );
  // A stream error always comes with close, which is where it is dealt with.
  stream.on('error', () => {});
  return {
    info,
    connection: stream.session ?? stream,
    method: String(received[':method']),
    httpVersion: '2.0',
    headers,
    hasBody: !stream.endAfterHeaders,
    onData: (listener) => stream.on('data', listener),
    onEnd: (listener) => stream.on('end', () => listener(trailersIn)),
    onAbort: (listener) => {
      stream.on('close', () => {
        if (!stream.writableFinished || stream.rstCode !== constants.NGHTTP2_NO_ERROR) listener();
      });
    },
    onDrain: (listener) => stream.on('drain', listener),
    pauseRequest: () => stream.pause(),
    resumeRequest: () => stream.resume(),
    continue: () => {
      if (!stream.destroyed && !stream.headersSent) stream.additionalHeaders({ ':status': 100 });
    },
    informational: (status, list) => {
      if (stream.destroyed || stream.headersSent) return true;
      // A hint that HTTP/2 cannot carry is left out; the answer does not need it.
      carried(
        () => stream.additionalHeaders({ ':status': status, ...http2Headers(list) }),
        () => {},
      );
      // HTTP/2 has no flow control for heads: that they are few is all that bounds them.
      return true;
    },
    head: (status, _statusText, list) => {
      if (stream.destroyed) return;
      const bodyless = status === 204 || status === 304 || received[':method'] === 'HEAD';
      stream.respond(
        { ':status': status, ...http2Headers(list) },
        bodyless ? { endStream: true } : { waitForTrailers: true },
      );
    },
    write: (chunk) => stream.destroyed || stream.write(chunk),
    end(trailers) {
      trailersOut = trailers;
      if (!stream.destroyed && !stream.writableEnded) stream.end();
    },
    cut: () => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
    headSent: () => stream.headersSent,
  };
}

/** Writes a head; gives it up where HTTP/2 cannot carry what was read leniently. */
function carried(write: () => void, giveUp: () => void): void {
  try {
    write();
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).startsWith('ERR_')) throw error;
    giveUp();
  }
}

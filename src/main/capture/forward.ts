import { SluiceError } from '../../shared/errors.js';
import type { HeaderList } from '../../shared/model/index.js';
import type { ClientExchange } from './client.js';
import { contentLength, endToEnd, responseFields, viaField } from './headers.js';
import { ExchangeRecorder, errorRecord, type RecorderContext } from './recorder.js';
import type { Target } from './target.js';
import { upstreamError } from './upstream/errors.js';
import { type Http1Upstreams, maxHeaderBytes } from './upstream/http1.js';
import type { Http2Upstreams } from './upstream/http2.js';
import type { UpstreamEvents, UpstreamExchange, UpstreamRequest } from './upstream/upstream.js';

/**
 * An answer may be announced this often, and with as many bytes as a head may have; what comes beyond is no answer any more. Over
 * HTTP/1 a client that reads slowly slows the upstream too. HTTP/2 has no flow control for heads: there this is what bounds them.
 */
const mostInformational = 1000;
const mostInformationalBytes = maxHeaderBytes;

export interface Upstreams {
  http1: Http1Upstreams;
  http2: Http2Upstreams;
}

/**
 * Carries one exchange from client to upstream and back. Chunks are passed on as they come; the copy goes to the
 * recorder. The client gets its last byte only after the exchange is in the journal.
 */
export function forward(
  client: ClientExchange,
  target: Target,
  session: SessionName,
  context: RecorderContext,
  upstreams: Upstreams,
): void {
  const recorder = startRecorder(client, target, session, context);
  const request: UpstreamRequest = {
    method: client.method,
    target,
    headers: outgoingHeaders(client, target),
    hasBody: client.hasBody,
    connection: client.connection,
  };
  let upstream: UpstreamExchange | undefined;
  let requestEnded = !client.hasBody;
  let expected: number | null = null;
  let received = 0;
  let closed = false;
  let retried = false;
  let announced = 0;
  let announcedBytes = 0;
  /** Request chunks that came while no connection was there yet. */
  let early: Uint8Array[] = [];

  const events: UpstreamEvents = {
    continue() {
      announced += 1;
      if (announced === 1) client.continue();
      else if (announced > mostInformational) failEndless();
    },
    informational(status, headers) {
      if (closed) return;
      announced += 1;
      for (const [name, value] of headers) announcedBytes += name.length + value.length;
      if (announced > mostInformational || announcedBytes > mostInformationalBytes) return failEndless();
      recorder.informational(status, headers);
      if (!client.informational(status, endToEnd(headers))) upstream?.pause();
    },
    head(status, statusText, httpVersion, headers) {
      recorder.responseHead(status, statusText, httpVersion, headers);
      const bodyless = client.method === 'HEAD' || status === 204 || status === 304;
      const fields = responseFields(headers);
      expected = bodyless ? 0 : contentLength(fields);
      if (expected === 0) recorder.finish('complete');
      try {
        client.head(status, statusText, fields);
      } catch (error) {
        // A head that was read leniently can hold what must not be written.
        fail(
          new SluiceError('upstream_protocol', `${target.host}:${target.port}: the response head cannot be passed on`, {
            reason: (error as NodeJS.ErrnoException).code ?? 'invalid',
          }),
        );
      }
    },
    data(chunk) {
      received += chunk.byteLength;
      recorder.responseChunk(chunk);
      if (expected !== null && received >= expected) recorder.finish('complete');
      if (!client.write(chunk)) upstream?.pause();
      context.counters.add('bytes_out', chunk.byteLength);
    },
    end(trailers) {
      closed = true;
      recorder.finish('complete', undefined, trailers);
      client.end(endToEnd(trailers));
      if (requestEnded) return;
      // Answered before the request was whole: the upstream takes no more of it, and unread it would block the client.
      upstream?.cancel();
      client.resumeRequest();
    },
    drain: () => client.resumeRequest(),
    error(error, untouched) {
      if (closed) return;
      const replay = untouched && !retried ? recorder.requestTee.replayable() : null;
      if (replay) {
        retried = true;
        void open([...replay]);
        return;
      }
      fail(upstreamError(error, `${target.host}:${target.port}`));
    },
  };

  function fail(error: SluiceError): void {
    if (closed) return;
    closed = true;
    upstream?.cancel();
    recorder.finish('failed', errorRecord(error));
    if (client.headSent()) client.cut();
    else answerError(client, error);
    // What the client still sends has nowhere to go; unread, it would block the connection.
    client.resumeRequest();
  }

  function failEndless(): void {
    fail(
      new SluiceError(
        'upstream_protocol',
        `${target.host}:${target.port}: informational heads without end and no answer`,
      ),
    );
  }

  async function open(replay: Uint8Array[]): Promise<void> {
    upstream = undefined;
    try {
      const http2 = client.info.protocol === 'h2' && target.secure ? await upstreams.http2.session(target) : null;
      if (closed) return;
      upstream = http2
        ? upstreams.http2.start(http2, request, events)
        : upstreams.http1.start(request, events, retried);
    } catch (error) {
      fail(upstreamError(error, `${target.host}:${target.port}`));
      return;
    }
    for (const chunk of [...replay, ...early]) upstream.write(chunk);
    early = [];
    if (requestEnded) upstream.end(recorder.requestTrailers);
    else client.resumeRequest();
  }

  client.onAbort(() => {
    if (closed) return;
    closed = true;
    upstream?.cancel();
    recorder.finish(
      'aborted',
      errorRecord(
        new SluiceError('client_aborted', 'The client closed the connection before the response was complete.'),
      ),
    );
  });
  client.onDrain(() => upstream?.resume());
  if (client.hasBody) {
    client.onData((chunk) => {
      if (closed) return;
      recorder.requestChunk(chunk);
      if (!upstream) {
        early.push(chunk);
        client.pauseRequest();
      } else if (!upstream.write(chunk)) client.pauseRequest();
    });
  } else client.resumeRequest();
  client.onEnd((trailers) => {
    if (requestEnded) return;
    requestEnded = true;
    if (closed) return;
    recorder.requestTrailers = trailers;
    upstream?.end(trailers);
  });
  void open([]);
}

export interface SessionName {
  session?: string;
  source?: 'path' | 'run';
  /** Headers that the run's requests are recorded with, where they have none of the name. */
  noted?: HeaderList;
  /** Gateway upstreams of the run alone, by name. */
  upstreams?: { [name: string]: string };
}

export function namedBy({ session, source, noted }: SessionName) {
  return {
    ...(session === undefined ? {} : { session, sessionSource: source ?? ('run' as const) }),
    ...(noted === undefined ? {} : { noted }),
  };
}

export function startRecorder(
  client: ClientExchange,
  target: Target,
  session: SessionName,
  context: RecorderContext,
): ExchangeRecorder {
  return new ExchangeRecorder(context, {
    kind: 'http',
    target,
    method: client.method,
    client: client.info,
    httpVersion: client.httpVersion,
    headers: client.headers,
    ...namedBy(session),
  });
}

/** The catalogue's error as JSON, in the shape that the API uses too. */
export function errorBody(error: SluiceError): Buffer {
  return Buffer.from(`${JSON.stringify({ error: error.toJSON() })}\n`);
}

export function answerError(client: ClientExchange, error: SluiceError, headers: HeaderList = []): void {
  const body = errorBody(error);
  client.head(error.status, '', [
    ['content-type', 'application/json'],
    ['content-length', String(body.length)],
    ['x-sluice-error', error.code],
    ...headers,
  ]);
  if (client.method !== 'HEAD') client.write(body);
  client.end([]);
}

function outgoingHeaders(client: ClientExchange, target: Target): HeaderList {
  const list = [...endToEnd(client.headers), viaField(client.httpVersion)];
  if (target.hostHeader === undefined) return list;
  return [['Host', target.hostHeader], ...list.filter(([name]) => name.toLowerCase() !== 'host')];
}

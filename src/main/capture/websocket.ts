import { request as httpRequest, type IncomingMessage, ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SluiceError } from '../../shared/errors.js';
import type { CapturedClient, HeaderList } from '../../shared/model/index.js';
import { deflateParameters } from '../ground/websocket-deflate.js';
import { http1Client } from './client.js';
import { answerError, namedBy, type SessionName } from './forward.js';
import { endToEnd, flat, header, pairs, responseFields, viaField } from './headers.js';
import { ExchangeRecorder, errorRecord, type RecorderContext } from './recorder.js';
import { SocketSpans } from './socket-spans.js';
import { watchTurns } from './socket-turns.js';
import type { Target } from './target.js';
import { connectSecure, connectSocket, type UpstreamOptions } from './upstream/connect.js';
import { upstreamError } from './upstream/errors.js';

export function isWebSocketUpgrade(request: IncomingMessage): boolean {
  return request.headers.upgrade?.trim().toLowerCase() === 'websocket';
}

/**
 * Carries a WebSocket: the handshake is forwarded with its own key and extensions, then both directions pass byte for
 * byte. The exchange is finished when either side closes, or where everything that was asked is answered.
 */
export async function forwardWebSocket(
  request: IncomingMessage,
  clientSocket: Socket,
  head: Buffer,
  info: CapturedClient,
  target: Target,
  session: SessionName,
  context: RecorderContext,
  options: UpstreamOptions,
): Promise<void> {
  const headers = pairs(request.rawHeaders);
  const record = () =>
    new ExchangeRecorder(context, {
      kind: 'websocket',
      target,
      method: request.method as string,
      client: info,
      httpVersion: request.httpVersion,
      headers,
      ...namedBy(session),
    });
  const recorder = record();
  const aborted = () =>
    recorder.finish(
      'aborted',
      errorRecord(new SluiceError('client_aborted', 'The client closed the connection during the handshake.')),
    );
  clientSocket.on('error', () => {});
  clientSocket.once('close', aborted);

  function refuse(error: SluiceError): void {
    recorder.finish('failed', errorRecord(error));
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(clientSocket);
    response.on('finish', () => clientSocket.end());
    answerError(http1Client(request, response, info), error, [['connection', 'close']]);
  }

  let upstreamSocket: Socket;
  try {
    upstreamSocket = target.secure
      ? await connectSecure(target, options, ['http/1.1'])
      : await connectSocket(target, options);
  } catch (error) {
    refuse(upstreamError(error, `${target.host}:${target.port}`));
    return;
  }
  if (recorder.finished) {
    upstreamSocket.destroy();
    return;
  }
  const kept: HeaderList = endToEnd(headers).filter(
    ([name]) => target.hostHeader === undefined || name.toLowerCase() !== 'host',
  );
  const outgoing = (target.secure ? httpsRequest : httpRequest)({
    method: request.method,
    path: target.path,
    headers: flat([
      ...(target.hostHeader === undefined ? [] : ([['Host', target.hostHeader]] as HeaderList)),
      ...kept,
      viaField(request.httpVersion),
      ['Connection', 'Upgrade'],
      ['Upgrade', header(headers, 'upgrade') as string],
    ]),
    setHost: false,
    host: target.host,
    port: target.port,
    ...(target.secure ? { servername: isIP(target.host) ? '' : target.host } : {}),
    createConnection: () => upstreamSocket,
  });
  clientSocket.once('close', () => outgoing.destroy());
  outgoing.once('error', (error) => {
    if (!recorder.finished) refuse(upstreamError(error, `${target.host}:${target.port}`));
  });
  outgoing.once('response', (response) => {
    // The upstream would not switch: its answer is an ordinary response.
    const list = pairs(response.rawHeaders);
    recorder.responseHead(response.statusCode as number, response.statusMessage ?? '', response.httpVersion, list);
    const answer = new ServerResponse(request);
    answer.shouldKeepAlive = false;
    answer.assignSocket(clientSocket);
    answer.on('finish', () => clientSocket.end());
    const client = http1Client(request, answer, info);
    try {
      client.head(response.statusCode as number, response.statusMessage ?? '', [
        ...responseFields(list),
        ['Connection', 'close'],
      ]);
    } catch {
      refuse(
        new SluiceError('upstream_protocol', `${target.host}:${target.port}: the response head cannot be passed on`),
      );
      return;
    }
    response.on('data', (chunk: Buffer) => {
      recorder.responseChunk(chunk);
      context.counters.add('bytes_out', chunk.byteLength);
      if (!client.write(chunk)) response.pause();
    });
    client.onDrain(() => response.resume());
    response.on('end', () => {
      recorder.finish('complete');
      client.end([]);
    });
    response.on('error', () => {
      recorder.finish(
        'failed',
        errorRecord(new SluiceError('upstream_reset', `${target.host}:${target.port}: the response was cut off`)),
      );
      client.cut();
    });
  });
  outgoing.once('upgrade', (response, socket, upstreamHead) => {
    clientSocket.off('close', aborted);
    const list = pairs(response.rawHeaders);
    const withHead = (each: ExchangeRecorder) => {
      each.responseHead(response.statusCode as number, response.statusMessage ?? '', response.httpVersion, list);
      return each;
    };
    const path = target.path.split('?', 1)[0] as string;
    const watch = watchTurns(path, deflateParameters(header(list, 'sec-websocket-extensions') ?? ''));
    const spans = new SocketSpans(withHead(recorder), () => withHead(record()), watch);
    const lines = list.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    clientSocket.write(`HTTP/1.1 ${response.statusCode} ${response.statusMessage}\r\n${lines}\r\n`, 'latin1');
    relay(clientSocket, head, socket as Socket, upstreamHead, spans, context);
  });
  outgoing.end();
}

function relay(
  client: Socket,
  clientHead: Buffer,
  upstream: Socket,
  upstreamHead: Buffer,
  spans: SocketSpans,
  context: RecorderContext,
): void {
  client.setTimeout(0);
  upstream.setTimeout(0);
  client.setNoDelay(true);
  upstream.setNoDelay(true);
  const fromClient = (chunk: Buffer) => spans.add('client', chunk);
  const fromUpstream = (chunk: Buffer) => {
    spans.add('server', chunk);
    context.counters.add('bytes_out', chunk.byteLength);
  };
  if (clientHead.length > 0) {
    fromClient(clientHead);
    upstream.write(clientHead);
  }
  if (upstreamHead.length > 0) {
    fromUpstream(upstreamHead);
    client.write(upstreamHead);
  }
  let ended = 0;
  const finish = (state: 'complete' | 'aborted') => {
    spans.finish(
      state,
      state === 'complete'
        ? undefined
        : errorRecord(new SluiceError('client_aborted', 'The connection was cut without a closing handshake.')),
    );
    // What one side said last may still be on its way to the other.
    client.destroySoon();
    upstream.destroySoon();
  };
  pass(client, upstream, fromClient, () => {
    ended += 1;
    if (ended === 2) spans.finish('complete');
  });
  pass(upstream, client, fromUpstream, () => {
    // The exchange is in the journal before the client learns that it is over.
    spans.finish('complete');
    ended += 1;
  });
  for (const socket of [client, upstream]) {
    socket.on('error', () => finish('aborted'));
    socket.on('close', (hadError) => finish(hadError ? 'aborted' : 'complete'));
  }
}

/** Chunks in order with backpressure; `copy` sees each before it is passed on. */
function pass(from: Duplex, to: Duplex, copy: (chunk: Buffer) => void, ended: () => void): void {
  from.on('data', (chunk: Buffer) => {
    copy(chunk);
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('end', () => {
    ended();
    to.end();
  });
}

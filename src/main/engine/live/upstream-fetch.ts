import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { connectSecure, connectSocket, proxyFor, type UpstreamOptions } from '../../capture/upstream/connect.js';
import { untilAborted } from '../../ground/job-kind.js';

const unpackers: { readonly [encoding: string]: typeof createGunzip | typeof createBrotliDecompress } = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * `fetch` for the engine's own calls as the settings say how the network is reached: by the upstream proxy's CONNECT, unless the host
 * is one of those that go without. Takes bodies that are text. Rejects with `upstream_proxy_failed` where the proxy refuses.
 */
export function upstreamFetch(settings: () => UpstreamOptions): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const secure = url.protocol === 'https:';
    const endpoint = {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
      secure,
    };
    const options = settings();
    if (proxyFor(endpoint, options) === null) return fetch(input, init);
    const signal = init?.signal ?? new AbortController().signal;
    const connecting = secure ? connectSecure(endpoint, options, ['http/1.1']) : connectSocket(endpoint, options);
    const socket = await untilAborted(connecting, signal).catch((error) => {
      connecting.then((late) => late.destroy()).catch(() => undefined);
      throw error;
    });
    const body = typeof init?.body === 'string' ? init.body : '';
    const sent = request({
      createConnection: () => socket,
      method: init?.method ?? 'GET',
      path: `${url.pathname}${url.search}`,
      headers: {
        ...Object.fromEntries(new Headers(init?.headers)),
        host: url.host,
        'content-length': Buffer.byteLength(body),
        // One call a connection.
        connection: 'close',
      },
      signal,
    });
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return answerOf(response);
  };
}

function answerOf(response: IncomingMessage): Response {
  const status = response.statusCode ?? 0;
  const headers = new Headers();
  for (const [name, values] of Object.entries(response.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  if (status === 204 || status === 205 || status === 304) {
    response.resume();
    return new Response(null, { status, headers });
  }
  const unpacker = unpackers[headers.get('content-encoding')?.toLowerCase() ?? '']?.();
  // What breaks off ends the other too; who reads hears of it.
  if (unpacker !== undefined) pipeline(response, unpacker).catch(() => undefined);
  const body = Readable.toWeb(unpacker ?? response) as ReadableStream<Uint8Array>;
  return new Response(body, { status, headers });
}

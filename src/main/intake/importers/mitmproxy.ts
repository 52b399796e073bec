import type { CapturedExchange, HeaderList, Micros } from '../../../shared/model/index.js';
import { lengthPrefixedId } from '../../ground/derived-ids.js';
import { framesOf, httpVersion, importedClient, importedMessage, type SocketFrame } from './exchanges.js';
import { timeOf } from './fields.js';
import type { Importer } from './importer.js';
import { convertLine, flowVersion, Handshakes, renamed } from './mitmproxy/old-flows.js';
import { type State, stateOf, textOf } from './mitmproxy/state.js';
import { readTnetstring, type TnetValue, tnetstrings } from './reading/tnetstring.js';

const id = 'mitmproxy';

/** Flow files of mitmproxy (`mitmdump -w`) of any version: HTTP flows, with WebSocket messages. */
export const mitmproxy = {
  id,
  title: 'mitmproxy flows',
  description:
    'Flow files that mitmproxy, mitmdump and mitmweb save: exchanges with their bodies, WebSocket messages too.',
  detect({ bytes }) {
    const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
    return /^\d{1,12}:\d{1,3}:(websocket|response|request|type|version|id|error|client_conn|server_conn|metadata|marked|intercepted|is_replay|comment|backup|timestamp_created|mode)[;,]/.test(
      start,
    )
      ? 1
      : 0;
  },
  async *read(input) {
    const handshakes = new Handshakes();
    for await (const piece of tnetstrings(input)) {
      const where = `byte ${piece.offset}`;
      if ('problem' in piece) {
        yield { skipped: { where, reason: piece.problem } };
        continue;
      }
      let state: TnetValue;
      try {
        state = readTnetstring(piece.bytes);
      } catch {
        yield { skipped: { where, reason: 'a damaged flow' } };
        continue;
      }
      const flow = handshakes.joined(stateOf(state));
      if (flow === null) continue;
      const exchange = exchangeOf(flow);
      if (typeof exchange === 'string') yield { skipped: { where, reason: exchange } };
      else yield { exchange };
    }
    for (const flow of handshakes.unanswered()) {
      const exchange = exchangeOf(flow);
      if (typeof exchange !== 'string') yield { exchange };
    }
  },
} satisfies Importer;

/** The formats before this one have other names for what is read, and WebSockets otherwise. */
const firstWithSockets = 12;

function exchangeOf(raw: State): CapturedExchange | string {
  const old = flowVersion(raw) < firstWithSockets;
  const flow = old ? renamed(raw) : raw;
  const type = textOf(flow['type']);
  if (type !== 'http') return `a ${type === undefined ? 'flow without type' : `${type.slice(0, 20)} flow`}`;
  const request = stateOf(flow['request']);
  const method = textOf(request['method']);
  const started = secondsOf(request['timestamp_start']) ?? secondsOf(flow['timestamp_created']);
  if (method === undefined || started === undefined)
    return old ? `no request (format ${flowVersion(raw)}; ${convertLine} converts old files)` : 'no request';
  const response = flow['response'] === null || flow['response'] === undefined ? null : stateOf(flow['response']);
  const version = httpVersion(textOf(request['http_version']));
  const socket = flow['websocket'] === null || flow['websocket'] === undefined ? null : stateOf(flow['websocket']);
  const frames = socket === null ? [] : socketFrames(socket, started);
  const up = socket === null ? { body: bodyOf(request), chunks: [] } : framesOf(frames, 'client');
  const failure = stateOf(flow['error']);
  const failed = textOf(failure['msg']);
  const headersAt = response === null ? undefined : secondsOf(response['timestamp_start']);
  const ended = [
    secondsOf(response?.['timestamp_end']),
    secondsOf(socket?.['timestamp_end']),
    secondsOf(failure['timestamp']),
    secondsOf(request['timestamp_end']),
    headersAt,
    started,
  ].reduce((last: Micros, at) => Math.max(last, at ?? 0), 0);
  const down =
    response === null ? null : socket === null ? { body: bodyOf(response), chunks: [] } : framesOf(frames, 'server');
  return {
    exchange_id: lengthPrefixedId(started, `import:${id}`, textOf(flow['id']) ?? ''),
    kind: socket === null ? 'http' : 'websocket',
    via: 'import',
    client: importedClient(version),
    method,
    url: urlOf(request),
    request: importedMessage(version, headersOf(request['headers']), up.body, {
      chunks: up.chunks,
      trailers: headersOf(request['trailers']),
    }),
    ...(response === null || down === null
      ? {}
      : {
          response: {
            ...importedMessage(
              httpVersion(textOf(response['http_version'])),
              headersOf(response['headers']),
              down.body,
              {
                chunks:
                  down.chunks.length > 0 || down.body.length === 0 || headersAt === undefined
                    ? down.chunks
                    : [{ offset: 0, at: headersAt }],
                trailers: headersOf(response['trailers']),
              },
            ),
            status: Number(response['status_code'] ?? 0),
            status_text: textOf(response['reason']) ?? '',
            informational: [],
          },
          ...(headersAt === undefined ? {} : { headers_at: headersAt }),
          ...(headersAt === undefined || down.body.length === 0 ? {} : { first_byte_at: headersAt }),
        }),
    started_at: started,
    ended_at: ended,
    state: response === null ? 'failed' : failed === undefined ? 'complete' : 'aborted',
    ...(failed === undefined && response !== null
      ? {}
      : {
          error: {
            code: failed === undefined ? 'import_no_response' : 'client_aborted',
            message: failed ?? 'The file holds no response.',
          },
        }),
  };
}

function urlOf(request: State): string {
  const scheme = textOf(request['scheme']) === 'http' ? 'http' : 'https';
  const port = Number(request['port'] ?? 0);
  // What the client named; in transparent mode `host` is an address.
  const named = headersOf(request['headers']).find(([name]) => name.toLowerCase() === 'host')?.[1];
  const host = (textOf(request['authority']) || named || textOf(request['host']) || 'unknown').replace(/:\d+$/, '');
  const usual = port === 0 || port === (scheme === 'http' ? 80 : 443);
  const path = textOf(request['path']) ?? '/';
  if (/^https?:\/\//.test(path)) return path;
  return `${scheme}://${host}${usual ? '' : `:${port}`}${path.startsWith('/') ? path : `/${path}`}`;
}

/** Messages: [opcode, from_client, content, timestamp, dropped, injected?]. */
function socketFrames(socket: State, started: Micros): SocketFrame[] {
  const messages = Array.isArray(socket['messages']) ? socket['messages'] : [];
  const frames = messages.flatMap((message): SocketFrame[] => {
    if (!Array.isArray(message)) return [];
    const [opcode, fromClient, content, at] = message;
    const payload = content instanceof Uint8Array ? content : Buffer.from(String(content ?? ''));
    return [
      {
        from: fromClient === true ? 'client' : 'server',
        opcode: Number(opcode) === 2 ? 2 : 1,
        payload,
        at: secondsOf(at) ?? started,
      },
    ];
  });
  const code = socket['close_code'];
  if (typeof code !== 'number') return frames;
  const payload = Buffer.concat([
    Buffer.from([(code >> 8) & 0xff, code & 0xff]),
    Buffer.from((textOf(socket['close_reason']) ?? '').slice(0, 60)),
  ]);
  const at = secondsOf(socket['timestamp_end']) ?? started;
  return [...frames, { from: socket['closed_by_client'] === true ? 'client' : 'server', opcode: 8, payload, at }];
}

function bodyOf(message: State): Uint8Array {
  const content = message['content'];
  return content instanceof Uint8Array ? content : new Uint8Array(0);
}

function headersOf(value: TnetValue | undefined): HeaderList {
  if (!Array.isArray(value)) return [];
  return value.flatMap(
    (pair): HeaderList => (Array.isArray(pair) ? [[textOf(pair[0]) ?? '', textOf(pair[1]) ?? '']] : []),
  );
}

function secondsOf(value: TnetValue | undefined): Micros | undefined {
  return typeof value === 'number' && value > 0 ? timeOf(value) : undefined;
}

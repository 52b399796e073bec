import type { CapturedExchange, HeaderList, Micros } from '../../../shared/model/index.js';
import { lengthPrefixedId } from '../../ground/derived-ids.js';
import { framesOf, httpVersion, importedClient, importedMessage, type SocketFrame } from './exchanges.js';
import { contentKey, isObject, type JsonObject, numberOf, objectOf, objectsOf, textOf, timeOf } from './fields.js';
import type { Importer } from './importer.js';
import { records } from './reading/values.js';

const id = 'har';

/**
 * HTTP Archive 1.2 (w3c.github.io/web-performance/specs/HAR/Overview.html) as Chrome, Firefox, mitmproxy and HTTP
 * Toolkit write it. Bodies stand without their content-encoding.
 */
export const har = {
  id,
  title: 'HTTP Archive',
  description:
    'HAR files of browsers, mitmproxy and HTTP Toolkit: exchanges with their bodies, WebSocket messages too.',
  detect({ values, shape }) {
    const log = values[0]?.['log'];
    if (shape === null || shape === 'array' || !isObject(log)) return 0;
    return Array.isArray(log['entries']) ? 1 : 'creator' in log || 'version' in log ? 0.8 : 0;
  },
  async *read(input) {
    /** How often an entry has come: equal ones are exchanges of their own. */
    const times = new Map<string, number>();
    for await (const entry of records(input, ['log.entries'])) {
      if ('skipped' in entry) {
        yield entry;
        continue;
      }
      const key = contentKey(entry.text);
      const before = times.get(key) ?? 0;
      times.set(key, before + 1);
      const exchange = exchangeOf(entry.value, before === 0 ? key : `${key} ${before}`);
      if (typeof exchange === 'string') yield { skipped: { where: entry.where, reason: exchange } };
      else yield { exchange };
    }
  },
} satisfies Importer;

/** The exchange of one entry, or why there is none. `key`: the entry's own. */
function exchangeOf(entry: JsonObject, key: string): CapturedExchange | string {
  const request = objectOf(entry['request']);
  const response = objectOf(entry['response']);
  const url = textOf(request['url']);
  const method = textOf(request['method']);
  if (url === undefined || method === undefined) return 'no request';
  if (!/^(https?|wss?):\/\//i.test(url)) return `not HTTP: ${url.slice(0, 12)}`;
  const started = timeOf(entry['startedDateTime']);
  if (started === undefined) return 'no time';
  const micros = (millis: number | undefined): Micros => Math.round(Math.max(0, millis ?? 0) * 1000);
  const timings = objectOf(entry['timings']);
  const phase = (name: string) => Math.max(0, numberOf(timings[name]) ?? 0);
  // `ssl` is a part of `connect`.
  const toHead = phase('blocked') + phase('dns') + phase('connect') + phase('send') + phase('wait');
  const ended = started + micros(numberOf(entry['time']) ?? toHead + phase('receive'));
  const version = httpVersion(textOf(request['httpVersion']));
  const status = numberOf(response['status']) ?? 0;
  const sent = requestBody(request);
  const received = responseBody(response);
  const frames = socketFrames(entry);
  const socket = frames.length > 0 || status === 101;
  const up = socket ? framesOf(frames, 'client') : { body: sent, chunks: [] };
  const down = socket
    ? framesOf(frames, 'server')
    : { body: received, chunks: [{ offset: 0, at: started + micros(toHead) }] };
  const head = started + micros(toHead);
  const failure = textOf(response['_error']) ?? textOf(entry['_error']);
  const responded = status > 0;
  const contentBytes = numberOf(objectOf(response['content'])['size']) ?? 0;
  return {
    exchange_id: lengthPrefixedId(started, `import:${id}`, key),
    kind: socket ? 'websocket' : 'http',
    via: 'import',
    client: importedClient(version),
    method,
    url: url.replace(/^ws/i, 'http'),
    request: importedMessage(version, headersOf(request['headers']), up.body, {
      decoded: true,
      chunks: up.chunks,
      ...(socket
        ? {}
        : {
            bytes:
              Math.max(0, numberOf(request['bodySize']) ?? 0) > 0 && sent.length === 0
                ? (numberOf(request['bodySize']) as number)
                : sent.length,
          }),
    }),
    ...(responded
      ? {
          response: {
            ...importedMessage(
              httpVersion(textOf(response['httpVersion']) ?? version),
              headersOf(response['headers']),
              down.body,
              {
                decoded: true,
                chunks: down.body.length === 0 ? [] : down.chunks,
                // A browser may have thrown the body away and kept its size.
                ...(socket || received.length > 0 ? {} : { bytes: contentBytes }),
              },
            ),
            status,
            status_text: textOf(response['statusText']) ?? '',
            informational: [],
          },
          headers_at: Math.min(head, ended),
          ...(down.body.length > 0 ? { first_byte_at: Math.min(head, ended) } : {}),
        }
      : {}),
    started_at: started,
    ended_at: frames.reduce((last, frame) => Math.max(last, frame.at), ended),
    state: responded ? 'complete' : 'failed',
    ...(responded ? {} : { error: { code: 'import_no_response', message: failure ?? 'The file holds no response.' } }),
  };
}

function headersOf(list: JsonObject[string] | undefined): HeaderList {
  return objectsOf(list).flatMap((header): HeaderList => {
    const name = textOf(header['name']);
    return name === undefined ? [] : [[name, typeof header['value'] === 'string' ? header['value'] : '']];
  });
}

function requestBody(request: JsonObject): Uint8Array {
  const post = objectOf(request['postData']);
  const text = textOf(post['text']);
  if (text !== undefined) return bytesOf(text, textOf(post['encoding']) ?? textOf(post['_encoding']));
  const params = objectsOf(post['params']);
  if (params.length === 0) return new Uint8Array(0);
  const form = new URLSearchParams();
  for (const { name, value } of params) form.append(String(name ?? ''), String(value ?? ''));
  return Buffer.from(form.toString());
}

function responseBody(response: JsonObject): Uint8Array {
  const content = objectOf(response['content']);
  const text = textOf(content['text']);
  return text === undefined ? new Uint8Array(0) : bytesOf(text, textOf(content['encoding']));
}

function bytesOf(text: string, encoding: string | undefined): Uint8Array {
  return Buffer.from(text, encoding?.toLowerCase() === 'base64' ? 'base64' : 'utf8');
}

/** `_webSocketMessages` of Chrome: {type: send | receive, time: seconds, opcode, data}; binary data is base64. */
function socketFrames(entry: JsonObject): SocketFrame[] {
  return objectsOf(entry['_webSocketMessages']).flatMap((message): SocketFrame[] => {
    const data = typeof message['data'] === 'string' ? message['data'] : '';
    const opcode = numberOf(message['opcode']) ?? 1;
    const at = timeOf(message['time']) ?? timeOf(entry['startedDateTime']) ?? 0;
    const from = message['type'] === 'send' || message['type'] === 'request' ? 'client' : 'server';
    return [{ from, opcode, payload: Buffer.from(data, opcode === 2 ? 'base64' : 'utf8'), at }];
  });
}

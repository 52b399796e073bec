import { readFileSync } from 'node:fs';
import { decodeExchange, readExchange } from '../../../src/main/decode/index.js';
import type {
  CapturedExchange,
  CapturedMessage,
  DecodedCall,
  DecodedExchange,
  HeaderList,
  ReadExchange,
  RedactedExchange,
} from '../../../src/shared/model/index.js';

export function fixture(path: string): Uint8Array {
  return readFileSync(new URL(`../../fixtures/${path}`, import.meta.url));
}

export const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');

export function message(body: Uint8Array | string, headers: HeaderList = []): CapturedMessage {
  const wire = typeof body === 'string' ? bytes(body) : body;
  return {
    http_version: '1.1',
    headers,
    trailers: [],
    body: wire,
    bytes: wire.length,
    truncated: false,
    chunks: wire.length === 0 ? [] : [{ offset: 0, at: 1_000_000 }],
  };
}

export interface Dependencies {
  url?: string;
  method?: string;
  kind?: CapturedExchange['kind'];
  state?: CapturedExchange['state'];
  status?: number;
  request?: CapturedMessage;
  response?: CapturedMessage | null;
}

export function captured(parts: Dependencies): CapturedExchange {
  const exchange: CapturedExchange = {
    exchange_id: '019aa000-0000-7000-8000-000000000001',
    kind: parts.kind ?? 'http',
    via: 'gateway',
    client: { address: '127.0.0.1', port: 50_000, connection: 1, protocol: 'http/1.1' },
    method: parts.method ?? 'POST',
    url: parts.url ?? 'https://api.openai.com/v1/chat/completions',
    request: parts.request ?? message(''),
    started_at: 900_000,
    ended_at: 2_000_000,
    state: parts.state ?? 'complete',
  };
  if (parts.response !== null) {
    exchange.response = {
      ...(parts.response ?? message('')),
      status: parts.status ?? 200,
      status_text: 'OK',
      informational: [],
    };
  }
  return exchange;
}

/** What redaction makes of an exchange in which there is nothing to redact. */
export function unredacted(read: ReadExchange): RedactedExchange {
  return { ...read, findings: [] } as unknown as RedactedExchange;
}

export function decode(exchange: CapturedExchange): DecodedExchange {
  return decodeAll(exchange)[0] as DecodedExchange;
}

/** The exchange and what it carried. */
export function decodeAll(exchange: CapturedExchange): DecodedExchange[] {
  return decodeExchange(unredacted(readExchange(exchange)));
}

export const jsonHeaders: HeaderList = [['Content-Type', 'application/json']];
export const sseHeaders: HeaderList = [['content-type', 'text/event-stream; charset=utf-8']];

const paths = {
  'openai-chat': 'https://api.openai.com/v1/chat/completions',
  'openai-responses': 'https://api.openai.com/v1/responses',
  'anthropic-messages': 'https://api.anthropic.com/v1/messages',
} as const;
export type FixtureFormat = keyof typeof paths;

/** The exchange of a format's request fixture and one of its response fixtures. */
export function fixtureExchange(format: FixtureFormat, name: string, change: Dependencies = {}): CapturedExchange {
  const headers = name.endsWith('.sse') ? sseHeaders : jsonHeaders;
  return captured({
    url: paths[format],
    request: message(fixture(`${format}/request.json`), jsonHeaders),
    response: change.response ?? message(fixture(`${format}/${name}`), headers),
    ...change,
  });
}

/** The call of an exchange that must be decodable. */
export function callOf(exchange: CapturedExchange): DecodedCall {
  const decoded = decode(exchange);
  if (decoded.call === null) throw new Error(`not decoded: ${decoded.decode_error?.message ?? decoded.format}`);
  return decoded.call;
}

export function responseOf(exchange: CapturedExchange): NonNullable<DecodedCall['response']> {
  const { response } = callOf(exchange);
  if (response === null) throw new Error('no response');
  return response;
}

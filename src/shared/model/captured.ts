import type { ErrorRecord, Micros } from './common.js';

/**
 * What capture hands on: one finished exchange as it went over the wire. Nothing in it is redacted, so it lives only
 * in memory and in the encrypted journal. Header lists keep the order and the spelling of the wire.
 */
export interface CapturedExchange {
  exchange_id: string;
  kind: 'http' | 'websocket' | 'connect';
  /**
   * How it reached us: absolute-form, inside an intercepted CONNECT, or origin-form at the gateway; `intake`: sent to the
   * API as a record; `import`: read from a file; `socket`: one turn of a WebSocket, whose exchange is `part_of`.
   */
  via: 'forward' | 'intercept' | 'gateway' | 'intake' | 'import' | 'socket';
  /** The exchange that this one was cut out of. */
  part_of?: string;
  /** Session named by `/s/<name>/` or by `sluice run --session`. */
  session?: string;
  /** `path`: the session stood in the URL and names one conversation; `run`: it names a whole run. */
  session_source?: 'path' | 'run';
  client: CapturedClient;
  /** Name of the upstream in gateway mode (`openai`, …). */
  upstream_name?: string;
  method: string;
  /** Absolute URL as sent upstream (`https://api.openai.com/v1/chat/completions?x=y`). */
  url: string;
  request: CapturedMessage;
  response?: CapturedResponse;
  started_at: Micros;
  /** Response head received from upstream. */
  headers_at?: Micros;
  /** First response body byte. */
  first_byte_at?: Micros;
  ended_at: Micros;
  state: 'complete' | 'aborted' | 'failed';
  error?: ErrorRecord;
}

export interface CapturedClient {
  address: string;
  port: number;
  /** Counts connections; two exchanges with the same number came over the same connection. */
  connection: number;
  protocol: 'http/1.0' | 'http/1.1' | 'h2';
}

export type HeaderList = [name: string, value: string][];

/** Request headers that say what a call is made for: they are kept, and not sent on. */
export const scenarioHeader = 'x-sluice-scenario';
export const modeHeader = 'x-sluice-mode';
export const promptHeader = 'x-sluice-prompt';

export interface CapturedMessage {
  http_version: string;
  headers: HeaderList;
  trailers: HeaderList;
  /** Body bytes as they were on the wire (still content-encoded, no transfer-encoding), cut at the capture limit. */
  body: Uint8Array;
  /** The whole body piece by piece, where it is too large to lie in memory; `body` is then only its beginning. */
  pieces?: () => Iterable<Uint8Array>;
  /** Body bytes that passed, which is more than `body.length` when it was cut. */
  bytes: number;
  truncated: boolean;
  /** When the body byte at `offset` (on the wire) arrived; first entry first, thinned out when there are many. */
  chunks: { offset: number; at: Micros }[];
  /** Of a socket that is captured in spans: what the compressed messages before this one left to go on from, in base64. */
  window?: string;
}

export interface CapturedResponse extends CapturedMessage {
  status: number;
  status_text: string;
  /** 1xx responses that were passed on before the final one. */
  informational: { status: number; headers: HeaderList }[];
}

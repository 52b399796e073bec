import type { EventEmitter } from 'node:events';
import type { HeaderList } from '../../../shared/model/index.js';
import type { Target } from '../target.js';

/** What is asked of an upstream: end-to-end fields only, Host included. */
export interface UpstreamRequest {
  method: string;
  target: Target;
  headers: HeaderList;
  hasBody: boolean;
  /** The client's connection. */
  connection: EventEmitter;
}

/** What comes back, in this order; `error` may come at any time and ends it. */
export interface UpstreamEvents {
  continue(): void;
  informational(status: number, headers: HeaderList): void;
  head(status: number, statusText: string, httpVersion: string, headers: HeaderList): void;
  data(chunk: Buffer): void;
  end(trailers: HeaderList): void;
  drain(): void;
  /** `untouched`: the upstream cannot have acted on the request, so it may be sent again. */
  error(error: Error, untouched: boolean): void;
}

/** One request under way at an upstream. */
export interface UpstreamExchange {
  /** False: wait for `drain`. */
  write(chunk: Uint8Array): boolean;
  end(trailers: HeaderList): void;
  pause(): void;
  resume(): void;
  cancel(): void;
}

import type { CapturedExchange, ErrorRecord } from '../../shared/model/index.js';
import type { ExchangeRecorder } from './recorder.js';
import type { Side, SocketWatch } from './socket-turns.js';

/**
 * Records what passes over a socket. Where everything that was asked is answered the span so far is put into the journal,
 * before the client has the last byte of the answer, and the next message begins an exchange of its own: so a socket that
 * stays open for hours is seen turn by turn, and a crash costs no answer. Pings and the closing between spans belong to none.
 */
export class SocketSpans {
  #recorder: ExchangeRecorder | null;
  readonly #next: () => ExchangeRecorder;
  readonly #watch: SocketWatch;
  /** Of both sides where the last span ended. */
  #windows: { [side in Side]?: string } = {};

  /**
   * @param first has the handshake already
   * @param next makes a recorder for the next span, with the same handshake
   */
  constructor(first: ExchangeRecorder, next: () => ExchangeRecorder, watch: SocketWatch) {
    this.#recorder = first;
    this.#next = next;
    this.#watch = watch;
  }

  add(side: Side, chunk: Uint8Array): void {
    let from = 0;
    const recordUpTo = (end: number) => {
      if (end > from) this.#record(side, from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end));
      from = end;
    };
    for (const event of this.#watch.read(side, chunk)) {
      if (event.type === 'begins') {
        if (this.#recorder !== null) continue;
        from = event.at;
        this.#recorder = this.#next();
        this.#recorder.windows = this.#windows;
      } else {
        recordUpTo(event.at);
        this.#windows = this.#windowsNow();
        this.finish('complete');
      }
    }
    recordUpTo(chunk.length);
  }

  #windowsNow(): { [side in Side]?: string } {
    const [client, server] = [this.#watch.window('client'), this.#watch.window('server')];
    return {
      ...(client === undefined ? {} : { client: Buffer.from(client).toString('base64') }),
      ...(server === undefined ? {} : { server: Buffer.from(server).toString('base64') }),
    };
  }

  #record(side: Side, bytes: Uint8Array): void {
    if (side === 'client') this.#recorder?.requestChunk(bytes);
    else this.#recorder?.responseChunk(bytes);
  }

  finish(state: CapturedExchange['state'], error?: ErrorRecord): void {
    this.#recorder?.finish(state, error);
    this.#recorder = null;
  }
}

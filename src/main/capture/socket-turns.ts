import { isObject, parseJson } from '../ground/json.js';
import { type DeflateParameters, type MessageInflater, messageInflater } from '../ground/websocket-deflate.js';
import { type Frame, readFrame } from '../ground/websocket-frames.js';

export type Side = 'client' | 'server';

/** What happens at a place in a chunk: a message begins, or everything that was asked is answered and nothing is under way. */
export interface SocketEvent {
  type: 'begins' | 'settled';
  /** Offset in the chunk. */
  at: number;
}

/** Watches a socket for the places where it may be cut into spans that can be read by themselves. */
export interface SocketWatch {
  /** Events of a chunk in order; none any more once the socket is not understood. */
  read(side: Side, chunk: Uint8Array): Iterable<SocketEvent>;
  /** What the messages so far left to the decompression of later ones; absent where that needs nothing. */
  window(side: Side): Uint8Array | undefined;
}

/** Larger messages, as they are and decompressed, are not looked at: the socket is then one exchange. Bytes. */
const largest = 16 * 1024 * 1024;

const answers = ['"response.completed"', '"response.failed"', '"response.incomplete"', '"response.cancelled"'];
const terminal = new Set(answers.map((quoted) => quoted.slice(1, -1)));

/**
 * Watches for the turns of OpenAI's Responses over WebSocket. A beginning that is sent ahead (`generate: false`) settles
 * nothing: its turn is the one that goes on from it.
 * @param path of the socket's URL, without query
 * @param deflate as the two sides agreed on it
 */
export function watchTurns(path: string, deflate: DeflateParameters | null): SocketWatch {
  const sides = {
    client: new Messages(deflate === null ? null : inflaterOf(deflate.clientNoContextTakeover)),
    server: new Messages(deflate === null ? null : inflaterOf(deflate.serverNoContextTakeover)),
  };
  let understood = !path.endsWith('/realtime');
  let speaksResponses = path.endsWith('/responses');
  let asked = 0;
  let answered = 0;
  let ahead = false;
  let failed = false;

  function fromClient(text: string): void {
    const asks = text.includes('"response.create"');
    // What a client sends first tells; others have a message of this name too.
    speaksResponses ||= asks && text.includes('"model"') && text.includes('"input"');
    if (!speaksResponses) understood = false;
    if (!asks) return;
    // An error that nothing else followed was the answer.
    if (failed) answered++;
    failed = false;
    asked++;
    ahead = /"generate"\s*:\s*false/.test(text);
  }

  function fromServer(text: string): void {
    if (!text.includes('"error"') && !answers.some((type) => text.includes(type))) return;
    const event = parseJson(text);
    if (!isObject(event) || typeof event['type'] !== 'string') return;
    if (terminal.has(event['type'])) failed = false;
    else if (event['type'] !== 'error') return;
    else if (typeof event['status'] !== 'number') {
      failed = true;
      return;
    }
    answered++;
  }

  return {
    *read(side, chunk) {
      if (!understood) return;
      const messages = sides[side];
      for (const event of messages.read(chunk)) {
        if ('begins' in event) {
          yield { type: 'begins', at: event.begins };
          continue;
        }
        if (event.text === null) {
          understood = false;
          return;
        }
        if (side === 'client') fromClient(event.text);
        else fromServer(event.text);
        if (side === 'client' || asked === 0 || answered < asked || ahead || !sides.client.isAtRest()) continue;
        asked = 0;
        answered = 0;
        yield { type: 'settled', at: event.end };
      }
    },
    window: (side) => sides[side].window(),
  };
}

const inflaterOf = (noContextTakeover: boolean) => ({
  inflater: messageInflater(!noContextTakeover),
  goesOn: !noContextTakeover,
});

/** Messages of one direction, from chunks that end anywhere. */
class Messages {
  readonly #deflate: { inflater: MessageInflater; goesOn: boolean } | null;
  #held: Uint8Array[] = [];
  #size = 0;
  #needed = 2;
  /** Frames of a message that is not complete. */
  #open: { first: Frame; parts: Uint8Array[]; size: number } | null = null;

  constructor(deflate: { inflater: MessageInflater; goesOn: boolean } | null) {
    this.#deflate = deflate;
  }

  /** No message and no frame is half there. */
  isAtRest(): boolean {
    return this.#size === 0 && this.#open === null;
  }

  window(): Uint8Array | undefined {
    const window = this.#deflate?.goesOn ? this.#deflate.inflater.window() : undefined;
    return window === undefined || window.length === 0 ? undefined : window;
  }

  /** Where messages begin in a chunk, and those that end in it; `text` is null for what cannot be read or is too large. */
  *read(chunk: Uint8Array): Generator<{ begins: number } | { text: string | null; end: number }> {
    const before = this.#size;
    this.#held.push(chunk);
    this.#size += chunk.length;
    if (before > 0 && this.#size < this.#needed) return;
    const bytes = this.#held.length === 1 ? chunk : Buffer.concat(this.#held, this.#size);
    const placeOf = (offset: number) => Math.max(0, offset - before);
    let at = 0;
    while (at < bytes.length) {
      const frame = readFrame(bytes, at);
      const invalid = 'fault' in frame && frame.fault === 'invalid';
      if ((((bytes[at] as number) & 0x0f) < 8 && at >= before) || invalid) yield { begins: placeOf(at) };
      if ('fault' in frame) {
        if (frame.fault === 'invalid' || frame.needed > largest) yield { text: null, end: placeOf(at) };
        else this.#needed = frame.needed;
        break;
      }
      at = frame.end;
      if (frame.opcode >= 8) continue;
      const message = this.#add(frame);
      if (message !== undefined) yield { text: message, end: placeOf(at) };
    }
    const rest = bytes.subarray(at);
    this.#held = rest.length === 0 ? [] : [rest];
    this.#size = rest.length;
  }

  /** The text of the message that this frame completes, '' for a binary one; undefined where it completes none. */
  #add(frame: Frame): string | null | undefined {
    this.#open ??= { first: frame, parts: [], size: 0 };
    const { first, parts } = this.#open;
    parts.push(frame.payload);
    this.#open.size += frame.payload.length;
    if (this.#open.size > largest) return null;
    if (!frame.fin) return undefined;
    this.#open = null;
    let payload = parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
    if (first.compressed) {
      if (this.#deflate === null) return null;
      try {
        payload = this.#deflate.inflater.inflate(payload, largest);
      } catch {
        return null;
      }
    }
    if (first.opcode !== 1) return '';
    return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8');
  }
}

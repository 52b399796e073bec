import { maxItemBytes } from '../importer.js';

export type Path = readonly (string | number)[];
export type Piece = { path: Path; text: string } | { path: Path; problem: string };

/** Containers beyond this depth are not descended into. */
const maxFrames = 8;
const maxKeyBytes = 65_536;

interface Frame {
  array: boolean;
  /** Member or element that stands next or now. */
  at: string | number;
  expect: 'first' | 'key' | 'colon' | 'value' | 'comma';
}

/**
 * Takes a JSON document (or several, one after the other) apart while it arrives. Containers that `into` chooses are
 * descended into; every other value is given whole, as text, in its order. What it holds is one value of at most
 * `maxItemBytes`; larger ones are passed over and named.
 */
export class JsonWalker {
  readonly #frames: Frame[] = [];
  readonly #into: (path: Path, kind: 'array' | 'object') => boolean;
  readonly #limit: number;
  #documents = 0;
  #started = false;
  /** What stopped the walk: nothing behind it can be placed. */
  #dead = false;
  // The value or key that is being taken.
  #taking: 'key' | 'value' | null = null;
  #form: 'string' | 'nested' | 'scalar' = 'scalar';
  #depth = 0;
  #quoted = false;
  #escaped = false;
  #parts: Uint8Array[] = [];
  #size = 0;

  constructor(into: (path: Path, kind: 'array' | 'object') => boolean, limit = maxItemBytes) {
    this.#into = into;
    this.#limit = limit;
  }

  *push(chunk: Uint8Array): Generator<Piece> {
    let i = 0;
    if (!this.#started && chunk.length > 0) {
      this.#started = true;
      // A byte order mark.
      if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) i = 3;
    }
    while (i < chunk.length && !this.#dead) {
      if (this.#taking === null) {
        yield* this.#structure(chunk[i] as number);
        // A value's first byte belongs to it.
        if (this.#taking === null) i += 1;
        continue;
      }
      const end = this.#scan(chunk, i);
      this.#keep(chunk.subarray(i, end.at));
      i = end.at;
      if (end.over) yield* this.#finish();
    }
  }

  *end(): Generator<Piece> {
    if (this.#dead) return;
    if (this.#taking === 'value' && this.#form === 'scalar') yield* this.#finish();
    else if (this.#taking !== null || this.#frames.length > 0) {
      yield { path: this.#path(), problem: 'the file ends inside it' };
    }
  }

  /** Where the value that begins now stands. */
  #path(): Path {
    const inner = this.#frames.map((frame) => frame.at);
    return this.#frames.length === 0 && this.#documents > 0 ? [this.#documents] : inner;
  }

  *#structure(byte: number): Generator<Piece> {
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return;
    const frame = this.#frames.at(-1);
    const closes = byte === 0x5d || byte === 0x7d;
    if (frame === undefined) {
      if (closes || byte === 0x2c || byte === 0x3a) yield* this.#stop();
      else this.#begin(byte);
    } else if (closes && (frame.expect === 'first' || frame.expect === 'comma')) {
      if (frame.array !== (byte === 0x5d)) yield* this.#stop();
      else {
        this.#frames.pop();
        this.#after();
      }
    } else if (frame.expect === 'comma') {
      if (byte !== 0x2c) yield* this.#stop();
      else {
        if (frame.array) frame.at = (frame.at as number) + 1;
        frame.expect = frame.array ? 'value' : 'key';
      }
    } else if (frame.expect === 'colon') {
      if (byte !== 0x3a) yield* this.#stop();
      else frame.expect = 'value';
    } else if (frame.expect === 'value' || frame.array) {
      if (closes || byte === 0x2c || byte === 0x3a) yield* this.#stop();
      else this.#begin(byte);
    } else if (byte !== 0x22) yield* this.#stop();
    else this.#take('key', 'string');
  }

  #begin(byte: number): void {
    const nested = byte === 0x7b || byte === 0x5b;
    const array = byte === 0x5b;
    const path = this.#path();
    if (nested && this.#frames.length < maxFrames && this.#into(path, array ? 'array' : 'object')) {
      this.#frames.push({ array, at: array ? 0 : '', expect: 'first' });
      return;
    }
    this.#take('value', nested ? 'nested' : byte === 0x22 ? 'string' : 'scalar');
  }

  #take(what: 'key' | 'value', form: 'string' | 'nested' | 'scalar'): void {
    this.#taking = what;
    this.#form = form;
    this.#depth = 0;
    this.#quoted = false;
    this.#escaped = false;
    this.#parts = [];
    this.#size = 0;
  }

  /** How far what is being taken goes in this chunk. */
  #scan(chunk: Uint8Array, from: number): { at: number; over: boolean } {
    const { length } = chunk;
    let i = from;
    if (this.#form === 'scalar') {
      for (; i < length; i += 1) {
        const c = chunk[i] as number;
        if (c === 0x2c || c === 0x5d || c === 0x7d || c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09)
          return { at: i, over: true };
      }
      return { at: i, over: false };
    }
    let quoted = this.#quoted;
    let escaped = this.#escaped;
    let depth = this.#depth;
    let over = false;
    for (; i < length && !over; i += 1) {
      const c = chunk[i] as number;
      if (quoted) {
        if (escaped) escaped = false;
        else if (c === 0x5c) escaped = true;
        else if (c === 0x22) {
          quoted = false;
          over = depth === 0;
        }
      } else if (c === 0x22) quoted = true;
      else if (c === 0x7b || c === 0x5b) depth += 1;
      else if (c === 0x7d || c === 0x5d) {
        depth -= 1;
        over = depth === 0;
      }
    }
    this.#quoted = quoted;
    this.#escaped = escaped;
    this.#depth = depth;
    return { at: i, over };
  }

  #keep(part: Uint8Array): void {
    this.#size += part.length;
    if (this.#size > (this.#taking === 'key' ? maxKeyBytes : this.#limit)) this.#parts = [];
    else this.#parts.push(part);
  }

  *#finish(): Generator<Piece> {
    const key = this.#taking === 'key';
    const tooLarge = this.#size > (key ? maxKeyBytes : this.#limit);
    const text = tooLarge ? '' : Buffer.concat(this.#parts).toString('utf8');
    this.#taking = null;
    this.#parts = [];
    if (key) {
      const frame = this.#frames.at(-1) as Frame;
      frame.at = keyOf(text);
      frame.expect = 'colon';
      return;
    }
    const path = this.#path();
    this.#after();
    if (tooLarge) yield { path, problem: `larger than ${this.#limit} bytes` };
    else yield { path, text };
  }

  #after(): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) this.#documents += 1;
    else frame.expect = 'comma';
  }

  *#stop(): Generator<Piece> {
    this.#dead = true;
    yield { path: this.#path(), problem: 'not JSON from here on' };
  }
}

function keyOf(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

/** `log.entries[3]`. */
export function placeOf(path: Path): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return text === '' ? 'the document' : text.replace(/^\./, '');
}

import type { Leaves } from './leaves.js';

const quote = 0x22;
const backslash = 0x5c;
const newline = 0x0a;

interface Frame {
  array: boolean;
  index: number;
  key: string;
  /** An object's member name stands next. */
  names: boolean;
}

/**
 * Finds the texts of JSON as it arrives: one value a line, or documents. It parses nothing, so it says the same of a file
 * that is whole and of one that is not.
 */
export class JsonLeaves {
  readonly #found: Leaves;
  readonly #lines: boolean;
  #stack: Frame[] = [];
  #line = 1;
  #string: Uint8Array[] | null = null;
  /** Backslashes that the string ends in so far. */
  #trail = 0;

  constructor(lines: boolean, found: Leaves) {
    this.#lines = lines;
    this.#found = found;
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let i = 0;
    while (i < bytes.length) i = this.#string === null ? this.#structure(bytes, i) : this.#text(bytes, i);
  }

  /** The file may end inside a text. */
  end(): void {
    const parts = this.#string;
    this.#string = null;
    if (parts !== null) this.#given(Buffer.concat(parts));
  }

  #structure(bytes: Buffer, i: number): number {
    const frame = this.#stack.at(-1);
    switch (bytes[i]) {
      case quote:
        this.#string = [];
        this.#trail = 0;
        break;
      case 0x7b:
        this.#stack.push({ array: false, index: 0, key: '', names: true });
        break;
      case 0x5b:
        this.#stack.push({ array: true, index: 0, key: '', names: false });
        break;
      case 0x7d:
      case 0x5d:
        this.#stack.pop();
        break;
      case 0x3a:
        if (frame !== undefined) frame.names = false;
        break;
      case 0x2c:
        if (frame?.array) frame.index += 1;
        else if (frame !== undefined) frame.names = true;
        break;
      case newline:
        this.#line += 1;
        // A line that was cut ends here all the same.
        if (this.#lines) this.#stack = [];
        break;
      default:
    }
    return i + 1;
  }

  #text(bytes: Buffer, from: number): number {
    const parts = this.#string as Uint8Array[];
    let end = bytes.indexOf(quote, from);
    if (this.#lines) {
      const broken = bytes.indexOf(newline, from);
      if (broken !== -1 && (end === -1 || broken < end)) {
        parts.push(bytes.subarray(from, broken));
        this.end();
        return broken;
      }
    }
    while (end !== -1 && this.#backslashes(bytes, from, end) % 2 === 1) end = bytes.indexOf(quote, end + 1);
    if (end === -1) {
      parts.push(bytes.subarray(from));
      this.#trail = this.#backslashes(bytes, from, bytes.length);
      return bytes.length;
    }
    parts.push(bytes.subarray(from, end));
    this.#string = null;
    this.#given(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts));
    return end + 1;
  }

  #backslashes(bytes: Buffer, from: number, end: number): number {
    let count = 0;
    while (end - count > from && bytes[end - count - 1] === backslash) count += 1;
    return end - count === from ? count + this.#trail : count;
  }

  #given(bytes: Uint8Array): void {
    const frame = this.#stack.at(-1);
    if (frame?.names) {
      frame.key = plain(bytes);
      return;
    }
    if (bytes.length > 0) this.#found(plain(bytes), this.#path());
  }

  #path(): string {
    const at = this.#lines ? `line ${this.#line}` : '';
    return this.#stack.reduce((path, { array, index, key }) => {
      if (array) return `${path}[${index}]`;
      return path === '' ? key : `${path}.${key}`;
    }, at);
  }
}

function plain(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

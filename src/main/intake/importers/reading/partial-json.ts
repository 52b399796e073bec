import type { Json } from '../../../../shared/model/index.js';

const maxDepth = 64;

/** Reads as much as there is of a JSON value whose text may be cut anywhere. Undefined where it is not JSON. */
export function partialJson(text: string, from = 0): { value: Json; end: number; whole: boolean } | undefined {
  const reader = new PartialReader(text, from);
  const value = reader.value(0);
  return value === undefined ? undefined : { value, end: reader.at, whole: !reader.cut };
}

class PartialReader {
  readonly #text: string;
  at: number;
  cut = false;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  value(depth: number): Json | undefined {
    this.#space();
    const c = this.#text[this.at];
    if (c === undefined) {
      this.cut = true;
      return undefined;
    }
    if (depth > maxDepth) return undefined;
    if (c === '{') return this.#object(depth);
    if (c === '[') return this.#array(depth);
    if (c === '"') return this.#string();
    return this.#scalar();
  }

  #object(depth: number): Json | undefined {
    const object: { [key: string]: Json } = {};
    this.at += 1;
    for (;;) {
      this.#space();
      const c = this.#text[this.at];
      if (c === undefined) return this.#stopped(object);
      if (c === '}') {
        this.at += 1;
        return object;
      }
      if (c === ',') {
        this.at += 1;
        continue;
      }
      if (c !== '"') return undefined;
      const key = this.#string();
      if (this.cut) return object;
      this.#space();
      if (this.#text[this.at] === undefined) return this.#stopped(object);
      if (key === undefined || this.#text[this.at] !== ':') return undefined;
      this.at += 1;
      const value = this.value(depth + 1);
      if (value !== undefined) Object.defineProperty(object, key, { value, enumerable: true, configurable: true });
      if (this.cut) return object;
      if (value === undefined) return undefined;
    }
  }

  #array(depth: number): Json | undefined {
    const array: Json[] = [];
    this.at += 1;
    for (;;) {
      this.#space();
      const c = this.#text[this.at];
      if (c === undefined) return this.#stopped(array);
      if (c === ']') {
        this.at += 1;
        return array;
      }
      if (c === ',') {
        this.at += 1;
        continue;
      }
      const value = this.value(depth + 1);
      if (value !== undefined) array.push(value);
      if (this.cut) return array;
      if (value === undefined) return undefined;
    }
  }

  #string(): string | undefined {
    const start = this.at;
    for (let i = start + 1; i < this.#text.length; i += 1) {
      const c = this.#text[i];
      if (c === '\\') i += 1;
      else if (c === '"') {
        this.at = i + 1;
        try {
          return JSON.parse(this.#text.slice(start, this.at)) as string;
        } catch {
          return undefined;
        }
      }
    }
    this.cut = true;
    this.at = this.#text.length;
    return this.#text.slice(start + 1);
  }

  #scalar(): Json | undefined {
    const match = /[^\s,\]}]*/y;
    match.lastIndex = this.at;
    const word = match.exec(this.#text)?.[0] ?? '';
    const end = this.at + word.length;
    try {
      const value = JSON.parse(word) as Json;
      this.at = end;
      return value;
    } catch {
      if (end === this.#text.length) this.cut = true;
      return undefined;
    }
  }

  #stopped<T>(value: T): T {
    this.cut = true;
    return value;
  }

  #space(): void {
    while (/\s/.test(this.#text[this.at] ?? '')) this.at += 1;
  }
}

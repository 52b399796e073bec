import type { Entity } from '../../../src/main/redact/index.js';
import { Random } from '../fuzz/random.js';

/** A value to plant, and what one would say of it. */
export interface Value {
  /** What it is, as the tables name it. */
  entity: Entity;
  /** Which form of it. */
  kind: string;
  text: string;
  /** As it is written where it is planted, e.g. a password in its URL; `text` is what must not remain. */
  written: string;
  /** As prose, keys of JSON and variables call it. */
  label: string;
  key: string;
  /** It stands for itself; otherwise it is only told by the name before it. */
  bare: boolean;
  /** Entities that are as right. */
  also?: readonly Entity[];
}

const alphabets: Readonly<Record<string, string>> = {
  w: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  u: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
  b: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  h: '0123456789abcdef',
  l: 'abcdefghijklmnopqrstuvwxyz0123456789',
  a: 'abcdefghijklmnopqrstuvwxyz',
  A: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  U: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
  T: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  d: '0123456789',
  n: '123456789',
};

/** `{w36}` becomes 36 letters and digits, `{h32}` hex, `{d4}` digits, …; all else stands for itself. */
export function fill(form: string, random: Random): string {
  return form.replace(/\{([a-zA-Z])(\d{1,3})\}/g, (_whole, name: string, count: string) =>
    characters(name, Number(count), random),
  );
}

export function characters(name: string, count: number, random: Random): string {
  const alphabet = alphabets[name] as string;
  return Array.from({ length: count }, () => alphabet[random.below(alphabet.length)]).join('');
}

/** A random that no other draw of the same run can disturb. */
export const fork = (random: Random): Random => new Random(random.below(2 ** 31));

import type { RewriteTally } from '../../../../shared/model/index.js';
import { type Packed, packText, unpackText } from '../../codec/pack.js';
import type { Rewriting } from './rewriting.js';

/** Rewrites texts of every form and counts what it read. */
export class Texts {
  readonly rewriting: Rewriting;
  tally: RewriteTally;

  constructor(rewriting: Rewriting, tally: RewriteTally) {
    this.rewriting = rewriting;
    this.tally = tally;
  }

  plain(text: string): string {
    this.tally.chars += text.length;
    return this.rewriting.text(this.rewriting.convert(text)).text;
  }

  orNull<T extends string | null>(text: T): T {
    return (text === null ? null : this.plain(text)) as T;
  }

  /** JSON text of any value: it stays JSON. */
  json(text: string): string {
    if (/^\s*[[{]/.test(text)) return this.plain(text);
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'string') {
      const after = this.plain(value);
      return after === value ? text : JSON.stringify(after);
    }
    // A number may be a card's; true, false and null say nothing.
    const after = typeof value === 'number' ? this.plain(text) : text;
    return after === text ? text : JSON.stringify(after);
  }

  jsonOrNull<T extends string | null>(text: T): T {
    return (text === null ? null : this.json(text)) as T;
  }

  /** Null where nothing changes. */
  packed(packed: Packed): Packed | null {
    const before = unpackText(packed);
    const after = this.json(before);
    return after === before ? null : packText(after);
  }

  /** The same of text that is no JSON. */
  packedText(packed: Packed): Packed | null {
    const before = unpackText(packed);
    const after = this.plain(before);
    return after === before ? null : packText(after);
  }

  /** A value whose name decides what it is: an id is no secret for being random. */
  named(name: string, value: string): string {
    const before = JSON.stringify({ [name]: value });
    const after = this.json(before);
    return after === before ? value : String((JSON.parse(after) as { [name: string]: unknown })[name] ?? value);
  }

  count(table: string, places = 1): void {
    this.tally.places[table] = (this.tally.places[table] ?? 0) + places;
  }
}

import { hash } from 'node:crypto';
import { formatWords, type ImportText } from '../../../shared/model/index.js';

/** A text of the file that was not given to the store yet. */
interface Leaf {
  bytes: number;
  place: string;
  /** Kept as long as there is room: what an importer joined or cut up is found by its lines. */
  text: string | null;
}

/** Characters of texts that wait to be found, and of texts given that were found nowhere. */
const maxHeld = 32 * 1024 * 1024;
const maxReasons = 40;
/** Work that looking for pieces may take: characters looked through. */
const maxSearched = 2_000_000_000;

const copied = 'a copy of what is stored';
const media = 'media, kept as size and hash';

/**
 * Keeps account of a file's texts: each was given to the store, or there is a reason why not. It compares what stands in
 * the file with what the importer gave, so no importer has to say it, and none can forget it.
 */
export class TextLedger {
  #bytes = 0;
  #stored = 0;
  /** By text; two of the same text wait behind each other. */
  readonly #waiting = new Map<string, Leaf[]>();
  /** Short words that say nothing by themselves, by text: how many. */
  readonly #plain = new Map<string, number>();
  readonly #given = new Set<string>();
  readonly #loose: string[] = [];
  #held = 0;
  #looseHeld = 0;
  readonly #skipped = new Map<string, string>();

  /** A text that stands in the file. */
  stands(text: string, place: string): void {
    const bytes = Buffer.byteLength(text);
    this.#bytes += bytes;
    const key = keyOf(text);
    if (isWord(text, place)) {
      this.#plain.set(key, (this.#plain.get(key) ?? 0) + 1);
      return;
    }
    const keep = this.#held + text.length <= maxHeld;
    if (keep) this.#held += text.length;
    const leaf = { bytes, place, text: keep ? text : null };
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) this.#waiting.set(key, [leaf]);
    else waiting.push(leaf);
  }

  /** A text that goes to the store; `otherwise`: how the file may have written it. */
  goes(exactText: string, otherwise?: () => string): void {
    let text = exactText;
    let key = keyOf(text);
    if (otherwise !== undefined && !this.#waiting.has(key)) {
      const other = otherwise();
      if (this.#waiting.has(keyOf(other))) {
        text = other;
        key = keyOf(other);
      }
    }
    const waiting = this.#waiting.get(key);
    const leaf = waiting?.shift();
    if (leaf !== undefined) {
      this.#stored += leaf.bytes;
      if (leaf.text !== null) this.#held -= leaf.text.length;
      if (waiting?.length === 0) this.#waiting.delete(key);
    } else {
      const count = this.#plain.get(key) ?? 0;
      if (count > 0) {
        this.#stored += Buffer.byteLength(text);
        if (count === 1) this.#plain.delete(key);
        else this.#plain.set(key, count - 1);
      } else if (!this.#given.has(key) && this.#looseHeld + text.length <= maxHeld) {
        this.#loose.push(text);
        this.#looseHeld += text.length;
      }
    }
    if (text.length >= 8) this.#given.add(key);
  }

  /** What stands at this place, and below it, was passed over. */
  passes(where: string, reason: string): void {
    this.#skipped.set(where, reason);
  }

  sum(): ImportText {
    const reasons = new Map<string, { bytes: number; count: number }>();
    const add = (reason: string, bytes: number, count = 1) => {
      const sum = reasons.get(reason) ?? { bytes: 0, count: 0 };
      reasons.set(reason, { bytes: sum.bytes + bytes, count: sum.count + count });
    };
    const pieces = this.#pieces();
    let stored = this.#stored;
    for (const [key, leaves] of this.#waiting) {
      for (const leaf of leaves) {
        const found = leaf.text === null ? 0 : pieces(leaf.text);
        stored += found;
        const left = leaf.bytes - found;
        if (left > 0) add(this.#reasonOf(key, leaf), left);
      }
    }
    for (const [key, count] of this.#plain) add(formatWords, Buffer.byteLength(key) * count, count);
    const sorted = [...reasons].sort((a, b) => b[1].bytes - a[1].bytes);
    const rest = sorted.slice(maxReasons);
    const skipped = sorted.slice(0, maxReasons).map(([reason, sum]) => ({ reason, ...sum }));
    if (rest.length > 0) {
      const sum = rest.reduce((a, [, b]) => ({ bytes: a.bytes + b.bytes, count: a.count + b.count }), {
        bytes: 0,
        count: 0,
      });
      skipped.push({ reason: `no place for ${rest.length} other fields`, ...sum });
    }
    return { bytes: this.#bytes, stored, skipped };
  }

  #reasonOf(key: string, { place, text }: Leaf): string {
    for (let at = place; at !== ''; at = at.slice(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['), 0))) {
      const reason = this.#skipped.get(at);
      if (reason !== undefined) return reason;
    }
    if (this.#given.has(key)) return copied;
    if (text !== null && text.length >= 256 && /^(data:[^,]*,)?[\w+/=-]+$/.test(text)) return media;
    const field = place.replace(/^(line|row|flow) \d+\.?/, '').replace(/\[\d+\]/g, '[]');
    return `no place for ${field === '' ? 'it' : field}`;
  }

  /** Tells how many bytes of a text went into texts that were joined or cut: by its lines, else as a piece of one. */
  #pieces(): (text: string) => number {
    const lines = new Set<string>();
    for (const text of this.#loose) for (const line of text.split('\n')) if (line.trim() !== '') lines.add(line.trim());
    const all = this.#loose.join('\n');
    let searched = 0;
    return (text) => {
      if (this.#loose.length === 0) return 0;
      searched += all.length;
      if (text.length >= 4 && searched <= maxSearched && all.includes(text)) return Buffer.byteLength(text);
      const own = text.split('\n');
      const found = own.filter((line) => line.trim() === '' || lines.has(line.trim()));
      if (found.length === own.length) return Buffer.byteLength(text);
      const filledLines = found.filter((line) => line.trim() !== '');
      // A text of which a title or a first line was made did not go anywhere.
      return own.length > 1 && filledLines.length * 2 > own.length ? Buffer.byteLength(filledLines.join('\n')) : 0;
    };
  }
}

/** Long texts are known by their hash. */
function keyOf(text: string): string {
  return text.length <= 200 ? text : hash('sha256', text, 'base64');
}

const spoken =
  /(^|[.\]])(text|content|message|prompt|completion|input|output|result|reasoning|thinking|query|question|answer|summary|value)(\[\d+\])*$/;

/** Without a space, and not where somebody speaks: an id, a time, a word that the format has for something. */
function isWord(text: string, place: string): boolean {
  if (text.length > 100 || spoken.test(place)) return false;
  return !/\s/.test(text) || /^\d{4}-\d\d-\d\d \d\d:\d\d[\d:.]*( ?UTC|Z|[+-]\d\d:?\d\d)?$/.test(text);
}

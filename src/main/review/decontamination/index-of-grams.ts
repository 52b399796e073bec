import { defaultWords, gramsOf, leastWords, wordsOf } from './grams.js';

/** Where a text stands that must not be trained on. */
export interface GramPlace {
  file: string;
  line: number;
}

export interface Hit extends GramPlace {
  /** Different n-grams that stand in both. */
  grams: number;
}

/** n-grams of texts that must not be trained on, with the place where each was seen first. */
export class GramIndex {
  readonly words: number;
  /** By number of words: shorter texts are compared as a whole. */
  readonly byLength = new Map<number, Map<number, GramPlace>>();
  texts = 0;
  /** Texts of too few words to be told from any other. */
  tooShort = 0;

  constructor(words: number = defaultWords) {
    this.words = words;
  }

  add(text: string, place: GramPlace): void {
    this.texts += 1;
    const count = wordsOf(text);
    if (count < Math.min(leastWords, this.words)) {
      this.tooShort += 1;
      return;
    }
    const length = Math.min(count, this.words);
    for (const gram of gramsOf(text, length)) this.put(length, gram, place);
  }

  put(length: number, gram: number, place: GramPlace): void {
    const gramPlaces = this.byLength.get(length) ?? new Map<number, GramPlace>();
    this.byLength.set(length, gramPlaces);
    if (!gramPlaces.has(gram)) gramPlaces.set(gram, place);
  }

  /** Different n-grams of all lengths. */
  get size(): number {
    return [...this.byLength.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** What of these texts stands here; null for nothing. */
  find(texts: readonly string[]): Hit | null {
    const found = new Set<number>();
    let first: GramPlace | null = null;
    for (const [length, gramPlaces] of this.byLength) {
      for (const text of texts) {
        for (const gram of gramsOf(text, length)) {
          const place = gramPlaces.get(gram);
          if (place === undefined) continue;
          first ??= place;
          found.add(gram);
        }
      }
    }
    return first === null ? null : { ...first, grams: found.size };
  }
}

/** Seeded random numbers (mulberry32): the same seed, the same database. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 ≤ x < 1 */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  below(count: number): number {
    return Math.floor(this.next() * count);
  }
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
  /** Small numbers often, large ones rarely, as words and tools are used. */
  skewed(count: number): number {
    return Math.floor(this.next() ** 5 * count);
  }
}

const syllables = 'ba ce di fo gu ha ji ko lu me na pi qua ri so tu ve wa xi yo ze sta bri clo dru'.split(' ');

/** `count` words that look like words, each its own. */
export function vocabulary(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    let rest = index + syllables.length;
    let word = '';
    while (rest > 0) {
      word += syllables[rest % syllables.length];
      rest = Math.floor(rest / syllables.length);
    }
    return word;
  });
}

/** About `chars` characters of sentences. */
export function prose(random: Random, words: readonly string[], chars: number): string {
  let text = '';
  while (text.length < chars) text += `${text === '' ? '' : ' '}${words[random.skewed(words.length)]}`;
  return text;
}

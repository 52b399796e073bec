import { prose, type Random, vocabulary } from '../store/random.js';

const corpusChars = 400_000;

/** Words of users, models and tools, cut from one long seeded text; two cuts are as unlike as two real texts. */
export class Texts {
  readonly #corpus: string;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
    this.#corpus = prose(random, vocabulary(8000), corpusChars);
  }

  cut(chars: number): string {
    const from = this.#corpus.indexOf(' ', this.#random.below(corpusChars - chars - 200)) + 1;
    return this.#corpus.slice(from, this.#corpus.lastIndexOf(' ', from + chars));
  }
  between(least: number, most: number): string {
    return this.cut(least + this.#random.below(most - least));
  }
  system(): string {
    return `You are a coding agent. ${this.between(2500, 6000)}`;
  }
  request(): string {
    return this.between(60, 500);
  }
  answer(): string {
    return this.between(40, 900);
  }
  toolResult(): string {
    return this.between(80, 3000);
  }
}

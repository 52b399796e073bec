import { Random, vocabulary } from '../store/random.js';

export interface Planted {
  texts: string[];
  /** Indices of texts that were made of one another, original first. */
  families: number[][];
}

/**
 * `count` texts of news length (80 to 1,200 words, 380 on average), a third of them made of another by changes: words replaced, put in
 * and left out at a rate of 0 to 8%, a lead or an end cut off, paragraphs that change places. Their similarity lies anywhere
 * between 0.4 and 1. The same seed gives the same texts.
 */
export function plantedDocuments(count: number, seed: number): Planted {
  const random = new Random(seed);
  const words = vocabulary(60_000);
  const texts: string[] = [];
  const families: number[][] = [];
  while (texts.length < count) {
    const original = article(random, words);
    const family = [texts.length];
    texts.push(original.join(' '));
    if (random.next() < 0.2) {
      const copies = 1 + random.skewed(8);
      for (let copy = 0; copy < copies && texts.length < count; copy++) {
        family.push(texts.length);
        texts.push(changed(original, random, words).join(' '));
      }
    }
    families.push(family);
  }
  return { texts, families };
}

function article(random: Random, words: readonly string[]): string[] {
  const length = Math.min(
    1200,
    Math.max(80, Math.round(300 * Math.exp((random.next() + random.next() + random.next() - 1.5) * 1.1))),
  );
  return Array.from({ length }, () => words[random.skewed(words.length)] as string);
}

function changed(original: readonly string[], random: Random, words: readonly string[]): string[] {
  const rate = random.next() ** 1.5 * 0.08;
  const out: string[] = [];
  for (const word of original) {
    if (random.next() >= rate) {
      out.push(word);
      continue;
    }
    const way = random.below(3);
    if (way < 2) out.push(words[random.skewed(words.length)] as string);
    if (way === 1) out.push(word);
  }
  const way = random.next();
  if (way < 0.15) return out.slice(Math.floor(out.length * random.next() * 0.15));
  if (way < 0.3) return out.slice(0, Math.ceil(out.length * (1 - random.next() * 0.15)));
  if (way < 0.4) {
    const cut = random.below(out.length);
    return [...out.slice(cut), ...out.slice(0, cut)];
  }
  return out;
}

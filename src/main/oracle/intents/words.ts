/** What a text is made of, for matching: words in lower case, ids and numbers as they are. */
export interface Token {
  /** The word without its ending; ids and numbers whole. */
  stem: string;
  word: string;
  /** Begins with a capital letter: a name, or a sentence. */
  capital: boolean;
}

/** "INV-0012", "3", "net", "e-mail" are one each. */
const word = /[A-Z]{2,5}-\d{4,}|\d+(?:[.,]\d+)*|[\p{L}][\p{L}\p{N}'’]*/gu;

/** At most so many are looked at: what is asked for stands at the beginning of long texts, or nowhere. */
const mostTokens = 400;

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const [found] of text.slice(0, mostTokens * 12).matchAll(word)) {
    if (tokens.length === mostTokens) break;
    const isId = /^[A-Z]+-\d/.test(found);
    const lower = isId ? found : found.toLowerCase();
    tokens.push({ word: lower, stem: isId ? found : stemOf(lower), capital: /^\p{Lu}/u.test(found) });
  }
  return tokens;
}

/** Endings of English words, off: "approved", "approves" and "approving" are one. */
export function stemOf(lower: string): string {
  if (lower.length <= 3 || /^\d/.test(lower)) return lower;
  for (const [ending, instead] of endings)
    if (lower.endsWith(ending) && lower.length - ending.length >= 3)
      return undoubled(lower.slice(0, lower.length - ending.length) + instead);
  return lower;
}

const endings: readonly (readonly [string, string])[] = [
  ["'s", ''],
  ['ies', 'y'],
  ['ied', 'y'],
  ['ing', ''],
  ['sses', 'ss'],
  ['ches', 'ch'],
  ['ed', ''],
  ['es', ''],
  ['ss', 'ss'],
  ['s', ''],
  ['e', ''],
];

const undoubled = (stem: string): string =>
  /([bdgmnprt])\1$/.test(stem) && stem.length > 4 ? stem.slice(0, -1) : stem;

/** A text in words, and where each stem stands. */
export interface Said {
  tokens: readonly Token[];
  places: ReadonlyMap<string, readonly number[]>;
}

export function saidIn(text: string): Said {
  const tokens = tokensOf(text);
  const places = new Map<string, number[]>();
  for (const [at, { stem }] of tokens.entries()) {
    const known = places.get(stem);
    if (known === undefined) places.set(stem, [at]);
    else known.push(at);
  }
  return { tokens, places };
}

/** Where the stems stand next to each other, at or behind a place; -1 where they do not. */
export function placeOf({ tokens, places }: Said, stems: readonly string[], from = 0): number {
  for (const at of places.get(stems[0] ?? '') ?? [])
    if (at >= from && stems.every((stem, offset) => tokens[at + offset]?.stem === stem)) return at;
  return -1;
}

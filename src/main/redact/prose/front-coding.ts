/**
 * Reads a front-coded word list (resources/redaction): a base-36 digit or capital says how many letters a word shares
 * with the one before it, the lower-case rest follows.
 */
export function readWords(lines: readonly string[]): Set<string> {
  const words = new Set<string>();
  for (const line of lines) {
    let word = '';
    for (const [, shared = '0', rest = ''] of line.matchAll(/([0-9A-Z])([a-z ]{0,64})/g)) {
      word = word.slice(0, Number.parseInt(shared, 36)) + rest;
      words.add(word);
    }
  }
  return words;
}

const special: Readonly<Record<string, string>> = {
  ø: 'o',
  ł: 'l',
  þ: 'th',
  ð: 'd',
  đ: 'd',
  æ: 'ae',
  œ: 'oe',
  ß: 'ss',
  ı: 'i',
  ə: 'e',
};

/** Lower case without accents, as the word lists are written. */
export function fold(word: string): string {
  const lower = word.toLowerCase();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
  if (/^[\x00-\x7f]*$/.test(lower)) return lower;
  return lower
    .replace(/[øłþðđæœßıə]/g, (letter) => special[letter] ?? letter)
    .normalize('NFD')
    .replace(/\p{M}/gu, '');
}

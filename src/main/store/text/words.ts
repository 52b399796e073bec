const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;

/**
 * A text as the index reads it: NUL, at which FTS5 would stop, is a space; every character of scripts that write no
 * spaces is a word by itself, so that a piece of a sentence is found as a phrase. Queries go through it as well.
 */
export function separated(text: string): string {
  const clean = text.includes('\0') ? text.replaceAll('\0', ' ') : text;
  // Most texts have none of them: looking is much cheaper than replacing.
  return /[\u3040-\u9fff\u{20000}-\u{3ffff}]/u.test(clean) ? clean.replace(unspaced, ' $& ') : clean;
}

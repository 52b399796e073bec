/** Characters of keys that a memo holds at most, twice: the young half and the old one. */
const mostChars = 4_000_000;

/**
 * Remembers what a pure function made of the texts it got lately. Clients resend their history with every call, so nearly
 * every text comes again; finding it costs a fraction of hashing it. Two generations bound it: what is asked for moves
 * to the young one, and when that is full the old one goes.
 */
export function memo<T>(make: (text: string) => T, most = mostChars): (text: string) => T {
  const memoized = memoBy((text: string) => make(text), most);
  return (text) => memoized(text, text);
}

/** The same for what is not a text, under a key that stands for it: equal keys must mean equal results. */
export function memoBy<I, T>(make: (input: I) => T, most = mostChars): (key: string, input: I) => T {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  let chars = 0;
  return (key, input) => {
    const cached = young.get(key);
    if (cached !== undefined) return cached;
    const made = old.get(key) ?? make(input);
    // An entry costs something besides its text.
    chars += key.length + 100;
    if (chars > most) {
      old = young;
      young = new Map();
      chars = key.length + 100;
    }
    young.set(key, made);
    return made;
  };
}

/** Shorter texts stand for themselves: a number would be no shorter. */
const shortestNumbered = 48;
let numbered = 0;
const numbers = memo(() => `#${++numbered};`);

/**
 * A short text that stands for a longer one in keys of memos: two texts never have the same. A text that was forgotten
 * meanwhile gets another one, and what was known of it is worked out anew.
 */
export function standIn(text: string): string {
  return text.length < shortestNumbered ? `${text.length}:${text};` : numbers(text);
}

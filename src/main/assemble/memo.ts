/** Characters of keys that a memo holds at most, twice: the young half and the old one. */
const mostChars = 4_000_000;

/**
 * Remembers what a pure function made of the texts it got lately. Clients resend their history with every call, so nearly
 * every text comes again; finding it costs a fraction of hashing it. Two generations bound it: what is asked for moves
 * to the young one, and when that is full the old one goes.
 */
export function memo<T>(make: (text: string) => T, most = mostChars): (text: string) => T {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  let chars = 0;
  return (text) => {
    const known = young.get(text);
    if (known !== undefined) return known;
    const made = old.get(text) ?? make(text);
    // An entry costs something besides its text.
    chars += text.length + 100;
    if (chars > most) {
      old = young;
      young = new Map();
      chars = text.length + 100;
    }
    young.set(text, made);
    return made;
  };
}

/** A pattern of somebody else's that ends soon whatever it is run on: where that cannot be known, it fits everything. */
export interface BoundedPattern {
  test(text: string): boolean;
  /** Itself as text: patterns are told apart by it. */
  toString(): string;
}

/** Characters of a pattern, and choices in it that each may double the work. */
const [longestPattern, mostChoices] = [300, 8] as const;
/** Characters of a text for so many repetitions: their product is what a search may take. */
const longestText = [100_000, 100_000, 2000, 250];

/**
 * A regular expression with backtracking takes a time that grows with a power of the text, once for each repetition in it, as long as
 * no repetition stands within another. Patterns that look around or back, repeat what is in brackets, or repeat more than three times are
 * not run; nor are others on texts that are too long for them.
 */
export function boundedPattern(source: string, flags: string): BoundedPattern {
  const name = () => `/${source}/${flags}`;
  const repetitions = repetitionsIn(source);
  const longest = repetitions === null ? undefined : longestText[repetitions];
  if (longest === undefined) return { test: () => true, toString: name };
  let expression: RegExp;
  try {
    expression = new RegExp(source, flags);
  } catch {
    return { test: () => true, toString: name };
  }
  return { toString: name, test: (text) => text.length > longest || expression.test(text) };
}

/** How many repetitions a search has; null where they do not say how long it takes. */
export function repetitionsIn(source: string): number | null {
  if (source.length > longestPattern) return null;
  // Classes and escapes are one character each.
  const plain = source.replace(/\\[1-9k]/g, '\u0000').replace(/\\[pPu]\{[^}]*\}|\\./gs, 'a');
  if (plain.includes('\u0000') || /\(\?[=!<]/.test(plain)) return null;
  const bare = plain.replace(/\[[^\]]*\]/g, 'a').replace(/\(\?:/g, '(');
  if (/\)(?:[*+]|\{)/.test(bare)) return null;
  const choices = (bare.match(/[?|]/g) ?? []).length;
  if (choices > mostChoices) return null;
  const ranges = [...bare.matchAll(/\{(\d*)(,?)(\d*)\}/g)].filter(([, from, comma, to]) => comma !== '' && from !== to);
  const repeated = (bare.match(/[*+]/g) ?? []).length + ranges.length;
  // One that may begin anywhere is tried everywhere.
  return repeated === 0 ? 0 : repeated + (bare.startsWith('^') && !bare.includes('|') ? 0 : 1);
}

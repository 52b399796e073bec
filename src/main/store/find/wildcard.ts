import type { Database } from 'better-sqlite3';

/** UTF-16 units of a value that a long wildcard pattern is compared with. */
const prefixUnits = 4096;
/** SQLite's own LIKE takes the product of both lengths, and more with each wildcard: it is for patterns below this. */
const likeUnits = 32;
const likeWildcards = 2;
const keptPatterns = 64;

interface Piece {
  text: string;
  /** How far a comparison that fails after so many units may fall back (Knuth, Morris, Pratt). */
  fallback: Int32Array;
}

/** Whether a LIKE pattern is so long, or has so many wildcards, that `wildcard` is to compare it. */
export function isHeavy(pattern: string): boolean {
  return pattern.length > likeUnits || pattern.split('%').length - 1 > likeWildcards;
}

/** Gives a connection `wildcard(value, pattern)`: LIKE in time linear in the value's first 4096 units and the pattern. */
export function installWildcard(db: Database): void {
  const compiled = new Map<string, Piece[]>();
  db.function('wildcard', { deterministic: true }, (value: unknown, pattern: unknown) => {
    if (typeof value !== 'string' || typeof pattern !== 'string') return null;
    let pieces = compiled.get(pattern);
    if (pieces === undefined) {
      if (compiled.size >= keptPatterns) compiled.clear();
      pieces = piecesOf(pattern);
      compiled.set(pattern, pieces);
    }
    return matches(value.slice(0, prefixUnits).toLowerCase(), pieces) ? 1 : 0;
  });
}

/** What stands between the wildcards of a LIKE pattern whose escape is a backslash. */
function piecesOf(pattern: string): Piece[] {
  const texts = [''];
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at] === '%') texts.push('');
    else {
      if (pattern[at] === '\\') at++;
      texts[texts.length - 1] += pattern[at] ?? '';
    }
  }
  return texts.map((text) => ({ text, fallback: fallbackOf(text) }));
}

function fallbackOf(text: string): Int32Array {
  const fallback = new Int32Array(text.length);
  for (let at = 1, length = 0; at < text.length; at++) {
    while (length > 0 && text[at] !== text[length]) length = fallback[length - 1] as number;
    if (text[at] === text[length]) length++;
    fallback[at] = length;
  }
  return fallback;
}

function matches(value: string, pieces: readonly Piece[]): boolean {
  const first = (pieces[0] as Piece).text;
  if (pieces.length === 1) return value === first;
  const last = (pieces.at(-1) as Piece).text;
  if (!value.startsWith(first) || !value.endsWith(last)) return false;
  const end = value.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    at = endOf(value, piece, at, end);
    if (at === -1) return false;
  }
  return at <= end;
}

/** Where the first occurrence from `start` on ends, or -1. */
function endOf(value: string, { text, fallback }: Piece, start: number, end: number): number {
  if (text === '') return start;
  for (let at = start, length = 0; at < end; at++) {
    while (length > 0 && value[at] !== text[length]) length = fallback[length - 1] as number;
    if (value[at] === text[length]) length++;
    if (length === text.length) return at + 1;
  }
  return -1;
}

import { SluiceError } from '../errors.js';
import type { Span } from './ast.js';

export interface QueryErrorDetails extends Span {
  /** The offending piece of the query. */
  word: string;
  message: string;
  /** What could stand there instead. */
  suggestions: string[];
}

/** The error that points at the offending word of a query. */
export function queryError(source: string, span: Span, message: string, suggestions: string[] = []): SluiceError {
  const word = source.slice(span.start, span.end);
  const details: QueryErrorDetails = { start: span.start, end: span.end, word, message, suggestions };
  const hint = suggestions.length > 0 ? ` Did you mean ${suggestions.slice(0, 3).join(', ')}?` : '';
  return new SluiceError('query_invalid', `${message}${hint}`, details);
}

/** Up to five of `known` that `word` may have been meant to be: same start first, then by edit distance (at most 2). */
export function closest(word: string, candidates: readonly string[]): string[] {
  const wanted = word.toLowerCase().slice(0, 32);
  return candidates
    .map((name) => ({ name, rank: wanted !== '' && name.startsWith(wanted) ? 0 : distance(wanted, name) }))
    .filter(({ rank, name }) => rank <= (name.length <= 3 ? 1 : 2))
    .sort((a, b) => a.rank - b.rank || a.name.localeCompare(b.name))
    .slice(0, 5)
    .map(({ name }) => name);
}

/** Levenshtein distance with swaps of neighbours counted once. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(
        (previous[j] as number) + 1,
        (current[j - 1] as number) + 1,
        (previous[j - 1] as number) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (before[j - 2] as number) + 1);
      }
      current.push(best);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] as number;
}

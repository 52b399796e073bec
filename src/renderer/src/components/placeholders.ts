import type { FindingAction } from '../../../shared/model/index.js';

/** `<EMAIL_7f3a9c21>` and `<PASSWORD>`: entity, then the pseudonym's hash where there is one. */
const placeholder = /<([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*?)(?:_([0-9a-f]{6,32}))?>/g;

export interface PlaceholderSpan {
  start: number;
  end: number;
  entity: string;
  hash: string | null;
}

/** Invented values among replacements, as one pattern; the same few lists of findings come for every text of a view. */
const patterns = new WeakMap<object, RegExp | null>();
const mostInvented = 500;

function inventedPattern(replacements: Replacements): RegExp | null {
  const before = patterns.get(replacements);
  if (before !== undefined) return before;
  const values = [...replacements.entries()].filter(([, { action }]) => action === 'surrogate').slice(0, mostInvented);
  const pattern =
    values.length === 0
      ? null
      : new RegExp(
          values
            .map(([value]) => value)
            .sort((a, b) => b.length - a.length)
            .map((value) => value.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
            .join('|'),
          'g',
        );
  patterns.set(replacements, pattern);
  return pattern;
}

/** Replacements of findings, with what is known of each. */
export type Replacements = ReadonlyMap<string, { entity: string; action: FindingAction }>;

/**
 * Where redaction put something into a text. Without a hash only what `known` (the findings' replacements) names
 * counts: ordinary text holds upper-case tags too.
 */
export function placeholderSpans(text: string, replacements?: Replacements): PlaceholderSpan[] {
  const spans: PlaceholderSpan[] = [];
  const invented = replacements && inventedPattern(replacements);
  for (const match of invented ? text.matchAll(invented) : []) {
    const [whole] = match;
    const entity = replacements?.get(whole)?.entity ?? '';
    spans.push({ start: match.index, end: match.index + whole.length, entity, hash: null });
  }
  if (!text.includes('<')) return spans;
  for (const match of text.matchAll(placeholder)) {
    const [whole, entity = '', hash] = match;
    if (!hash && !replacements?.has(whole)) continue;
    spans.push({ start: match.index, end: match.index + whole.length, entity, hash: hash ?? null });
  }
  // An invented value may hold what looks like a placeholder; one mark is enough.
  spans.sort((a, b) => a.start - b.start);
  return spans.filter(({ start }, at) => start >= (spans[at - 1]?.end ?? 0));
}

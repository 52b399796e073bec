/** `<EMAIL_7f3a9c21>` and `<PASSWORD>`: entity, then the pseudonym's hash where there is one. */
const placeholder = /<([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*?)(?:_([0-9a-f]{6,32}))?>/g;

export interface PlaceholderSpan {
  start: number;
  end: number;
  entity: string;
  hash: string | null;
}

/**
 * Where redaction put something into a text. Without a hash only what `known` (the findings' replacements) names
 * counts: ordinary text holds upper-case tags too.
 */
export function placeholderSpans(text: string, known?: { has(replacement: string): boolean }): PlaceholderSpan[] {
  const spans: PlaceholderSpan[] = [];
  if (!text.includes('<')) return spans;
  for (const match of text.matchAll(placeholder)) {
    const [whole, entity = '', hash] = match;
    if (!hash && !known?.has(whole)) continue;
    spans.push({ start: match.index, end: match.index + whole.length, entity, hash: hash ?? null });
  }
  return spans;
}

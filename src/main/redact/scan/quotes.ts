/** What closes each quote that opens. */
const closers: ReadonlyMap<string, string> = new Map([
  ["'", "'"],
  ['"', '"'],
  ['`', '`'],
  ['´', '´'],
  ['‘', '’'],
  ['’', '’'],
  ['‚', '‘’'],
  ['“', '”'],
  ['”', '”'],
  ['„', '“”'],
  ['«', '»'],
  ['»', '«'],
  ['‹', '›'],
  ['›', '‹'],
  ['「', '」'],
  ['『', '』'],
  ['＂', '＂'],
  ['＇', '＇'],
]);

/**
 * Where a find really ends: quotes that open directly before it close it, however many there are. Names and addresses may have an
 * apostrophe at their end, so those that look for them take the closing one along.
 */
export function beforeClosingQuote(text: string, start: number, end: number): number {
  let from = start - 1;
  let to = end;
  while (from >= 0 && to - 1 > start && closers.get(text.charAt(from))?.includes(text.charAt(to - 1))) {
    from -= 1;
    to -= 1;
  }
  return to;
}

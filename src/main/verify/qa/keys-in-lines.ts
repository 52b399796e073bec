/** Where a private key begins that does not end on the same line, and where one ends: a gate for single lines knows none of the others. */
const begins =
  /-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----(?!.*-----END )|PuTTY-User-Key-File-\d: /i;
const ends = /-----END |Private-MAC: /i;
/** Lines of the longest one: after so many it was none. */
const mostLines = 600;

type Tell = (line: string, level?: 'info' | 'warn') => void;

/** Tells line by line, of a private key only that there was one. */
export function withoutKeys(tell: Tell): Tell {
  let hidden = 0;
  return (line, level) => {
    if (hidden > 0) hidden = ends.test(line) || hidden === mostLines ? 0 : hidden + 1;
    else if (begins.test(line)) {
      hidden = 1;
      tell('[a private key, which is not shown]', level);
    } else tell(line, level);
  };
}

/** The same for lines of which the first may stand in the middle of a key. */
export function linesWithoutKeys(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => begins.test(line) || ends.test(line));
  const kept: string[] = [];
  const tell = withoutKeys((line) => kept.push(line));
  for (const line of first >= 0 && !begins.test(lines[first] ?? '') ? lines.slice(first + 1) : lines) tell(line);
  return kept;
}

export interface Told {
  id: string;
  /** The outcome in the runner's words; null where the test began and none came. */
  word: string | null;
}

/**
 * Tests of which a runner writes the name first and the outcome later, on the same line where nothing comes between: what a test (or one
 * beside it) writes itself may stand there, with ends of lines of its own. `ending`: an outcome at the end of a line, in its first group.
 */
export function toldApart(
  text: string,
  {
    named,
    over,
    ending,
  }: {
    /** The test that a line names, and what stands behind; null for none. */
    named(line: string): { id: string; rest: string } | null;
    /** Whether a line belongs to no test. */
    over(line: string): boolean;
    ending: RegExp;
  },
): Told[] {
  const tests: Told[] = [];
  /** A test whose outcome has not come; its word so far is the last that could be it. */
  let open: Told | null = null;
  for (const line of text.split('\n')) {
    const isOver = over(line);
    const begins = isOver ? null : named(line);
    if ((isOver || begins !== null) && open !== null) {
      tests.push(open);
      open = null;
    }
    if (isOver) continue;
    const word = ending.exec(begins?.rest ?? line);
    if (begins !== null) open = { id: begins.id, word: null };
    if (open === null || word === null) continue;
    open.word = word[1] as string;
    // By itself it is the runner's; behind other words it may be the test's own.
    if (word.index > 0) continue;
    tests.push(open);
    open = null;
  }
  if (open !== null) tests.push(open);
  return tests;
}

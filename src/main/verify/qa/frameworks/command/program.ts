/** Programs that start the one named behind them, and their words. */
const launchers = new Set(
  'npx bunx npm pnpm yarn bun bundle poetry pipenv uv pdm hatch rye env nice timeout xvfb-run time exec run dlx coverage python py php node ruby c8 nyc cross-env'.split(
    ' ',
  ),
);
/** Flags of launchers whose next word is their value. */
const withValue = new Set(['-W', '-X', '-d', '-u', '-C', '--with', '--package', '-p', '--require', '--import']);

/** The last part of a path, without what tells its kind: `./node_modules/.bin/jest.cmd` is `jest`. */
export function baseName(word: string): string {
  const name = word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1);
  return name.replace(/\.(?:c?js|mjs|cmd|exe|phar|bat|rb|py)$/, '').replace(/^(python|php|ruby)[\d.]+$/, '$1');
}

/** Where a program stands in a command, whatever starts it (`npx`, `python -m`, `bundle exec`, `env A=1`); -1 where it does not. */
export function programAt(argv: readonly string[], names: ReadonlySet<string>): number {
  for (const [at, word] of argv.entries()) {
    if (names.has(baseName(word))) return at;
    const passes =
      launchers.has(baseName(word)) ||
      word.startsWith('-') ||
      /^[A-Za-z_]\w*=/.test(word) ||
      /^\d+[smh]?$/.test(word) ||
      withValue.has(argv[at - 1] ?? '');
    if (!passes) return -1;
  }
  return -1;
}

/** The command with further words directly behind the word at a place. */
export function insertedAfter(argv: readonly string[], at: number, words: readonly string[]): string[] {
  return [...argv.slice(0, at + 1), ...words, ...argv.slice(at + 1)];
}

/** Without flags that would send the report elsewhere (`--flag=value` and `--flag value` alike), and without some that have no value. */
export function withoutFlags(
  argv: readonly string[],
  flags: readonly string[],
  switches: readonly string[] = [],
): string[] {
  const kept: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] as string;
    if (flags.includes(word)) {
      if (!(argv[at + 1] ?? '-').startsWith('-')) at++;
    } else if (!switches.includes(word) && ![...flags, ...switches].some((flag) => word.startsWith(`${flag}=`)))
      kept.push(word);
  }
  return kept;
}

/**
 * A command whose output is its report: what it writes goes into a file too, as it comes, whole, and its exit code stays.
 * @param errors whether its standard error goes there as well
 */
export function keepingOutput(argv: readonly string[], file: string, errors = false): string[] {
  const script = `f=$1; shift; { "$@"${errors ? ' 2>&1' : ''}; echo $? >"$f.code"; } | tee "$f"; exit "$(cat "$f.code")"`;
  return ['sh', '-c', script, 'sh', file, ...argv];
}

/** How the command line is called on this machine, and the data folder that it has to be told. */
export interface CommandLine {
  /** E.g. `sluice`, or how npm calls it in a working tree. */
  call: string;
  /** Absolute; null where it is the one that commands take by themselves. */
  data_dir: string | null;
}

/** A line to copy: `shownCommand(here, 'run', '-- your-agent')` gives `sluice run --data-dir /there -- your-agent`. */
export function shownCommand({ call, data_dir }: CommandLine, name: string, args = ''): string {
  const folder = data_dir === null ? '' : `--data-dir ${quotedWord(data_dir)}`;
  return [call, name, folder, args].filter((part) => part !== '').join(' ');
}

/** Quotes a word where a shell needs it: for POSIX shells, and as Windows has it what is a path of Windows. */
export function quotedWord(word: string): string {
  if (/^[A-Za-z0-9_./:=,@%+-]+$/.test(word)) return word;
  return /^[A-Za-z]:\\/.test(word) ? `"${word}"` : `'${word.replaceAll("'", `'\\''`)}'`;
}

import { quotedWord } from '../../../../shared/command-line.js';

/** What the traces of a run are made for, and in which mode; empty where nothing is said. */
export interface Purpose {
  scenario: string;
  mode: string;
}

export const noPurpose: Purpose = { scenario: '', mode: '' };

/** The line of a run that says it; other lines stay as they are. */
export function withPurpose(code: string, { scenario, mode }: Purpose): string {
  const said = scenario.trim();
  const flags = [
    ...(said === '' ? [] : ['--scenario', quotedWord(said)]),
    ...(mode === '' ? [] : ['--mode', quotedWord(mode)]),
  ];
  const split = / -- /.exec(code);
  if (flags.length === 0 || split === null || !/ run /.test(code.slice(0, split.index + 1))) return code;
  return `${code.slice(0, split.index)} ${flags.join(' ')}${code.slice(split.index)}`;
}

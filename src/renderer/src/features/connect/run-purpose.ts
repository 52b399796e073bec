import { quotedWord } from '../../../../shared/command-line.js';

/** What the traces of a run are made for, and in which mode; empty where nothing is said. */
export interface Purpose {
  scenario: string;
  mode: string;
}

export const noPurpose: Purpose = { scenario: '', mode: '' };

/** The line of a run that says it; other lines stay as they are. */
export function withPurpose(code: string, { scenario, mode }: Purpose): string {
  const trimmed = scenario.trim();
  const flags = [
    ...(trimmed === '' ? [] : ['--scenario', quotedWord(trimmed)]),
    ...(mode === '' ? [] : ['--mode', quotedWord(mode)]),
  ];
  // Where npm starts the command its own `--` comes before: the part that is the run's has the command behind it.
  const parts = code.split(' -- ');
  const at = parts.findIndex(
    (part, index) => /(^| )run( |$)/.test(part) && !/^run( |$)/.test(parts[index + 1] ?? 'run'),
  );
  if (flags.length === 0 || at === -1) return code;
  return parts.map((part, index) => (index === at ? [part, ...flags].join(' ') : part)).join(' -- ');
}

import type { ExportOptions } from '../../../../shared/model/index.js';

/** Quotes a word for POSIX shells where it needs it. */
function quote(word: string): string {
  return /^[A-Za-z0-9_./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The command line that does the same as the dialog. */
export function exportCommand(options: ExportOptions, out: string | null): string {
  const words = [
    'sluice',
    'export',
    '--layout',
    options.layout,
    '--format',
    options.format,
    '--out',
    out ?? './dataset',
  ];
  if (options.query !== '') words.push('--query', options.query);
  if (options.split) {
    const shares = Object.entries(options.split).map(([name, share]) => `${name}=${share}`);
    words.push('--split', shares.join(','), '--seed', String(options.seed));
  }
  return words.map(quote).join(' ');
}

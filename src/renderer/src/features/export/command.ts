import { quotedWord } from '../../../../shared/command-line.js';
import type { ExportOptions } from '../../../../shared/model/index.js';

/** Where the ids of picked traces lie for a command: the dialog saves them under this name. */
export const idsFile = 'trace-ids.txt';

/** What stands behind `sluice export` on a command line that does the same as the dialog. */
export function exportWords(options: ExportOptions, out: string | null): string {
  const words = ['--layout', options.layout, '--format', options.format, '--out', out ?? './dataset'];
  if (options.trace_ids !== undefined) words.push('--trace-ids', `./${idsFile}`);
  if (options.query !== '') words.push('--query', options.query);
  if (options.split) {
    const shares = Object.entries(options.split).map(([name, share]) => `${name}=${share}`);
    words.push('--split', shares.join(','), '--seed', String(options.seed));
  }
  const { preset, actions = {} } = options.policy ?? {};
  if (preset || Object.keys(actions).length > 0) {
    words.push(
      '--policy',
      JSON.stringify({ ...(preset && { preset }), ...(Object.keys(actions).length > 0 && { actions }) }),
    );
  }
  if (options.pseudonyms === 'project') words.push('--keep-pseudonyms');
  const { consent } = options;
  if (consent !== undefined && consent.scope !== 'training') words.push('--consent-scope', consent.scope);
  if (consent?.override) words.push('--override-consent');
  if (consent?.in_rows === false) words.push('--no-consent-rows');
  return words.map(quotedWord).join(' ');
}

import { quotedWord } from '../../../../shared/command-line.js';
import type { DatasetDefinition, ExportOptions } from '../../../../shared/model/index.js';

/** Where the ids of picked traces lie for a command: the dialog saves them under this name. */
export const idsFile = 'trace-ids.txt';

type Chosen = Omit<DatasetDefinition, 'packages' | 'layouts'> & Pick<DatasetDefinition, 'packages' | 'layouts'>;

/** What stands behind `sluice export` on a command line that does the same. */
export function definitionWords(options: Chosen, out: string | null): string {
  const { packages, layouts, consent } = options;
  const words: string[] = [];
  if (packages.length > 0) words.push('--package', packages.join(','));
  if (layouts.length > 0) words.push('--layout', layouts.join(','));
  words.push('--format', options.format, '--out', out ?? './dataset');
  if (options.compress !== undefined) words.push('--compress', options.compress);
  if (options.shard_mb !== undefined) words.push('--shard-size', String(options.shard_mb));
  if (options.trace_ids !== undefined) words.push('--trace-ids', `./${idsFile}`);
  if (options.query !== '') words.push('--query', options.query);
  if (options.split) {
    const shares = Object.entries(options.split).map(([name, share]) => `${name}=${share}`);
    words.push('--split', shares.join(','), '--seed', String(options.seed));
  }
  if (options.trainer !== undefined) words.push('--trainer', options.trainer);
  if (options.context !== undefined)
    words.push('--context', String(options.context.tokens), '--tokenizer', options.context.tokenizer);
  if (options.forks !== undefined) words.push('--forks', [options.forks].flat().join(','));
  if (options.augment !== undefined) {
    const { ids, share, seed } = options.augment;
    words.push('--augment', ids.join(','), '--augment-share', String(share), '--augment-seed', String(seed));
  }
  if (options.reasoning !== undefined) words.push('--reasoning', options.reasoning);
  if (options.subagents !== undefined) words.push('--subagents', options.subagents);
  if (options.balance !== undefined) words.push('--balance', options.balance.join(','));
  if (options.against !== undefined)
    words.push('--against', ...options.against.files, '--words', String(options.against.words));
  const { preset, actions = {} } = options.policy ?? {};
  if (preset || Object.keys(actions).length > 0) {
    words.push(
      '--policy',
      JSON.stringify({ ...(preset && { preset }), ...(Object.keys(actions).length > 0 && { actions }) }),
    );
  }
  if (options.pseudonyms === 'project') words.push('--keep-pseudonyms');
  if (consent !== undefined && consent.scope !== 'training') words.push('--consent-scope', consent.scope);
  if (consent?.override) words.push('--override-consent');
  if (consent?.in_rows === false) words.push('--no-consent-rows');
  return words.map(quotedWord).join(' ');
}

/** The same for an export of one package and layout. */
export function exportWords(
  { package: pack, layout, dataset: _, ...options }: ExportOptions,
  out: string | null,
): string {
  return definitionWords({ ...options, packages: pack === undefined ? [] : [pack], layouts: [layout] }, out);
}

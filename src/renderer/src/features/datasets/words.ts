import type { DatasetDefinition, DatasetVersion, ExportPreview } from '../../../../shared/model/index.js';

/** What a dataset is made of, in one line. */
export function inWords(definition: DatasetDefinition): string {
  const { query, packages, layouts, format, compress, split } = definition;
  const rows = [packages.join(', '), layouts.length > 0 ? `as ${layouts.join(', ')}` : ''].filter(Boolean).join(' ');
  const parts = split === undefined ? '' : `, split ${Object.keys(split).join('/')}`;
  const packed = compress === undefined ? '' : `, ${compress}`;
  return `${rows === '' ? 'Nothing is chosen' : rows} of ${query === '' ? 'every trace' : query}; ${format}${packed}${parts}`;
}

const staleWords: [keyof DatasetVersion['stale'], string][] = [
  ['erased', 'erased'],
  ['changed', 'of traces that changed'],
  ['relabelled', 'of traces reviewed since'],
  ['policy', 'hidden more by today’s policy'],
];

/** How many rows would be others today, and why; empty where none would. */
export function staleText(stale: DatasetVersion['stale']): string {
  return staleWords
    .filter(([reason]) => stale[reason] > 0)
    .map(([reason, words]) => `${counted(stale[reason])} ${words}`)
    .join(', ');
}

export const counted = (count: number): string => count.toLocaleString('en');

export function some(count: number, one: string, many = `${one}s`): string {
  return `${counted(count)} ${count === 1 ? one : many}`;
}

/** What a preview came to: the traces, what was made of them, and of how many that is known. */
export function previewText({ traces, looked_at, examples, rows_found, beginnings, last_cut }: ExportPreview): string {
  const first = looked_at < traces ? ` in the first ${counted(looked_at)}` : '';
  const parts = [
    ...(beginnings === undefined ? [] : [`of ${counted(beginnings)} long ones the beginning`]),
    ...(last_cut ? ['the last of them looked at in part'] : []),
  ];
  const of = [first, ...parts].join(', ');
  return [
    some(traces, 'trace'),
    ...(examples === null ? [] : [some(examples, 'example')]),
    `${some(rows_found, 'row')}${of}`,
  ].join(' · ');
}

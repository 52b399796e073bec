import { code, table } from './markdown.js';
import type { PartStory } from './story.js';

/** versions.json: which version of what this is, and the states of the traces behind it. */
export function versionsJson({ manifest, dataset }: PartStory) {
  return {
    format_version: 1,
    dataset: dataset?.name ?? null,
    version: dataset?.version ?? null,
    rows: manifest.rows,
    traces: manifest.traces,
    rows_root: manifest.rows_root ?? null,
    revisions_sha256: manifest.revisions_sha256,
    earlier: dataset?.earlier ?? [],
  };
}

export function versionsText({ manifest, dataset }: PartStory): string {
  const head =
    dataset === null
      ? 'An export without a name: `sluice dataset create` gives one, and versions that can be compared.'
      : `Version ${dataset.version} of ${code(dataset.name)}.`;
  return [
    '# Versions',
    '',
    head,
    '',
    `Root over the rows: ${code(manifest.rows_root ?? '')}; states of the traces: ${code(manifest.revisions_sha256)}. While both come out the same, a new build has nothing new.`,
    '',
    ...table(
      ['earlier version', 'rows', 'root'],
      (dataset?.earlier ?? []).map(({ version, rows, rows_root }) => [version, rows, code(rows_root)]),
    ),
  ].join('\n');
}

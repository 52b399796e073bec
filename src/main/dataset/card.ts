import { cardHead } from './card-head.js';
import { layouts } from './layouts/index.js';
import type { Layout } from './layouts/layout.js';
import type { Manifest, PartManifest } from './manifest.js';
import type { Package } from './packages/package.js';
import { privacyText } from './privacy/card-text.js';
import { trainers } from './trainers/index.js';

/**
 * The dataset card: README.md with the YAML head that the Hugging Face hub and `datasets.load_dataset` read
 * (huggingface.co/docs/hub/datasets-cards), so that the folder loads by its path.
 */
export function cardText(layout: Layout, pack: Package | null, manifest: Manifest): string {
  const head = cardHead([{ name: 'default', prefix: '', manifest, ofSessions: isOfSessions(layout) }]);
  const columns = manifest.columns.map(
    (column) => `| \`${column.name}\` | ${column.type}${column.nullable ? ', nullable' : ''} | ${column.description} |`,
  );
  const files = manifest.files.map(
    (file) => `| \`${file.name}\` | ${file.traces} | ${file.rows} | ${file.bytes} | \`${file.sha256}\` |`,
  );
  const skipped = Object.entries(manifest.skipped).map(([reason, count]) => {
    const branches = manifest.skipped_branches?.[reason] ?? 0;
    return `| ${reason} | ${count - branches} | ${branches} |`;
  });
  return [
    ...head,
    '',
    `# ${pack === null ? layout.title : `${pack.title}: ${layout.title}`}`,
    '',
    ...(pack === null ? [] : [pack.description, '']),
    layout.description,
    '',
    'Captured from an agent’s own traffic by Sluice. Secrets and personal data were replaced before anything was',
    'stored: what looks like `<EMAIL_7f3a9c21>` is a pseudonym, the same for the same value.',
    '',
    `${manifest.rows} rows from ${manifest.traces} traces; query ${inlineCode(manifest.query)}${manifest.picked === undefined ? '' : `, ${manifest.picked} picked by hand`}, seed ${manifest.seed}.`,
    '',
    '## Files',
    '',
    '| file | traces | rows | bytes | sha256 |',
    '|---|---|---|---|---|',
    ...files,
    '',
    'SCHEMA.md says what the columns are, QUALITY.md what is in the rows, USAGE.md how they are read, VERSIONS.md which version this is.',
    '',
    ...derivedText(manifest),
    'Traces of one family (a session and its subagents) stand in the same split.',
    '',
    '## Columns',
    '',
    '| column | type | meaning |',
    '|---|---|---|',
    ...columns,
    '',
    manifest.format === 'parquet'
      ? 'Columns of type json hold JSON text; times are microseconds in UTC.'
      : 'Columns of type json are JSON values as they are.',
    '',
    ...trainerText(manifest),
    ...privacyText(manifest.privacy),
    ...consentText(manifest.consent),
    ...(skipped.length === 0
      ? []
      : ['## Left out', '', '| reason | traces | branches of others |', '|---|---|---|', ...skipped, '']),
  ].join('\n');
}

/** What the trainer that was named would lose, in numbers. */
function trainerText({ trainer }: Manifest): string[] {
  if (trainer === undefined) return [];
  const codes = Object.entries(trainer.codes).map(([code, count]) => `| \`${code}\` | ${count} |`);
  const found = codes.length === 0 ? [] : ['| finding | times |', '|---|---|', ...codes, ''];
  return [
    `## ${trainers[trainer.trainer].title}`,
    '',
    `${trainer.rows_with_findings} of ${trainer.rows} rows lose something there${codes.length === 0 ? '.' : '; `trainer-report.jsonl` names the first.'}`,
    '',
    ...found,
  ];
}

/** What is known of the right to use the traces, in numbers. */
function consentText({ scope, required, override, traces, in_rows, file }: Manifest['consent']): string[] {
  const rows = (
    [
      ['basis', 'basis'],
      ['licence', 'licence'],
      ['provider’s terms', 'provider_terms'],
      ['use', 'scope'],
    ] as const
  ).flatMap(([title, name]) =>
    Object.entries(traces[name]).map(([value, count]) => `| ${title} | ${cell(value)} | ${count} |`),
  );
  const rule = required
    ? `Made for ${scope}; each trace needed a consent for it.`
    : `Made for ${scope}; no consent was asked for.`;
  const broken =
    override === null || override.traces === 0
      ? []
      : ['', `${override.traces} traces were taken although their consent or the provider’s terms do not allow it.`];
  const where = {
    column: 'The column `consent` of a row says what is known.',
    metadata: 'The field `consent` of a row’s metadata says what is known.',
    row: 'The field `consent` of a row says what is known.',
    beside: file === null ? '' : `\`${file.name}\` says what is known, by file and row (from 0).`,
  };
  return [
    '## Consent and licences',
    '',
    rule,
    ...broken,
    '',
    ...(in_rows === null || where[in_rows] === '' ? [] : [where[in_rows], '']),
    '| | | traces |',
    '|---|---|---|',
    ...rows,
    '',
  ];
}

/** A user's words in a cell of a table. */
function cell(text: string): string {
  return inlineCode(text).replaceAll('|', '\\|');
}

/** A query as Markdown code; the fence is longer than any run of backticks inside. */
function inlineCode(text: string): string {
  if (text === '') return '(everything)';
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${text.replace(/\s+/g, ' ')} ${fence}`;
}

/** Derived rows are never mixed with the others unsaid. */
function derivedText({ augmentation, rows }: Manifest): string[] {
  if (augmentation === undefined) return [];
  return [
    `**${augmentation.rows} of ${rows} rows were not captured but derived of others** (${augmentation.ids.join(', ')}). They are the splits that end in \`_augmented\`; \`${augmentation.file.name}\` says of each what it was made of and how.`,
    '',
  ];
}

function isOfSessions(layout: Layout): boolean {
  return layout.of === 'trace' && layout.filePerTrace === true;
}

/** The card of a dataset of several parts: each is a configuration, named after its folder, and has a card of its own. */
export function partsCard(parts: readonly PartManifest[]): string {
  const configs = parts.map((part) => ({
    name: part.folder.replaceAll('/', '--'),
    prefix: `${part.folder}/`,
    manifest: part,
    ofSessions: isOfSessions(layouts[part.layout]),
  }));
  return [
    ...cardHead(configs),
    '',
    '# Agent traces',
    '',
    'Captured from an agent’s own traffic by Sluice, written in several ways; each folder has a card of its own.',
    '',
    '| configuration | folder | rows | traces |',
    '|---|---|---|---|',
    ...configs.map(
      ({ name, manifest: { folder, rows, traces } }) =>
        `| ${name} | [${folder}](${folder}/README.md) | ${rows} | ${traces} |`,
    ),
    '',
  ].join('\n');
}

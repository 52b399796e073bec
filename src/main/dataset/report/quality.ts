import { estimateText } from './agreed.js';
import type { Quality } from './figures.js';
import { code, percent, table } from './markdown.js';

/** QUALITY.md: the figures of quality.json for people, with the plots that lie beside it. */
export function qualityText(quality: Quality, plots: readonly string[]): string {
  const {
    distributions,
    duplicates,
    agreement,
    redaction,
    groups,
    under_represented: under,
    balance,
    augmentation,
  } = quality;
  return [
    '# Quality',
    '',
    `${quality.rows} rows of ${quality.traces} traces.`,
    '',
    ...table(
      ['split', 'rows', 'traces'],
      Object.entries(quality.splits).map(([name, { rows, traces }]) => [name, rows, traces]),
    ),
    '## Distributions',
    '',
    ...table(
      ['value', 'count', 'min', 'mean', 'p50', 'p90', 'p99', 'max'],
      Object.entries(distributions).map(([name, d]) => [name, d.count, d.min, d.mean, d.p50, d.p90, d.p99, d.max]),
    ),
    ...plots.filter((name) => !name.startsWith('plot-groups-')).flatMap(shown),
    '## Duplicates',
    '',
    `${duplicates.exact_rows} of ${duplicates.looked_at} rows are the same as one before them.`,
    '',
    ...nearText(quality),
    '## Review',
    '',
    agreement.reviewed_traces === 0
      ? 'Nobody reviewed these traces.'
      : `${agreement.reviewed_traces} traces were reviewed: ${agreement.accepted} accepted, ${agreement.rejected} rejected.`,
    '',
    ...agreementText(agreement.between ?? []),
    '## Redaction',
    '',
    ...table(
      ['replaced for this export', 'by', 'places'],
      Object.entries(redaction).flatMap(([entity, actions]) =>
        Object.entries(actions).map(([action, count]) => [entity, action, count]),
      ),
    ),
    `Rows left out for a value that must not be in exports: ${quality.dropped_rows}.`,
    '',
    ...(balance === null
      ? []
      : [
          '## Balance',
          '',
          `By ${balance.by.join(', ')}: at most ${balance.cap} rows of a group. Left out for that:`,
          '',
          ...table(['group', 'rows'], Object.entries(balance.dropped)),
        ]),
    ...(augmentation === null
      ? []
      : [
          '## Derived rows',
          '',
          `${augmentation.rows} of ${quality.rows} rows are derived of others, at most ${percent(augmentation.share)} of a split. They stand in files of their own (\`<split>_augmented\`), augmented.jsonl says of each what it was made of and how, and the distributions above are without them.`,
          '',
          ...table(['by', 'rows'], Object.entries(augmentation.by)),
          ...table(['nothing was made because', 'examples'], Object.entries(augmentation.left_out)),
        ]),
    ...(quality.proofs === undefined
      ? []
      : [
          '## Harbor tasks',
          '',
          'Proven: tests/ failed at commit_before and passed with solution/, on an engine of containers. Refuted ones are among what was left out.',
          '',
          ...table(['tried', 'tasks'], Object.entries(quality.proofs)),
        ]),
    '## Bias and fairness',
    '',
    'Shares of traces, in this dataset and among everything that was captured.',
    '',
    ...Object.entries(groups).flatMap(([field, shares]) => [
      `### ${field}`,
      '',
      ...table(
        [field, 'dataset', 'captures', 'traces'],
        shares.map(({ value, share, captured, traces }) => [code(value), percent(share), percent(captured), traces]),
      ),
    ]),
    ...plots.filter((name) => name.startsWith('plot-groups-')).flatMap(shown),
    under.length === 0
      ? 'No group has less than half of the share that it has among the captures.'
      : 'These have less than half of the share that they have among the captures:',
    '',
    ...table(
      ['group', 'value', 'dataset', 'captures'],
      under
        .slice(0, 100)
        .map(({ field, value, share, captured }) => [field, code(value), percent(share), percent(captured)]),
    ),
    ...table(['left out because', 'traces or branches'], Object.entries(quality.skipped)),
  ].join('\n');
}

function shown(name: string): string[] {
  return [`![${name.replace(/^plot-|\.svg$/g, '')}](${name})`, ''];
}

/** Clusters of near-duplicates that traces of the dataset stand in. */
function nearText({ duplicates: { near }, traces }: Quality): string[] {
  if (near === undefined) return [];
  if (near === null) return ['Nobody looked for near-duplicates among the captures (`sluice dedupe` does).', ''];
  return [
    'Traces that are near-duplicates of others, as they were looked for last; of each cluster one is kept by a stated rule, the others repeat it.',
    '',
    ...table(
      ['compared by', 'clusters', 'traces in them', 'kept', 'repeated', 'share repeated', 'left outside'],
      Object.entries(near).map(([level, of]) => [
        level,
        of.clusters,
        of.traces,
        of.kept,
        of.repeated,
        percent(traces === 0 ? 0 : of.repeated / traces),
        of.outside,
      ]),
    ),
  ];
}

function agreementText(between: NonNullable<Quality['agreement']['between']>): string[] {
  if (between.length === 0) return ['No trace was judged by two reviewers.', ''];
  return [
    'Agreement between reviewers on what two or more of them judged, with intervals of 95 %:',
    '',
    ...table(
      ['field', 'units', 'reviewers', 'Krippendorff’s alpha', 'ordinal', 'interval'],
      between.map(({ field, units, reviewers, alpha: { nominal, ordinal, interval } }) => [
        field,
        units,
        reviewers,
        estimateText(nominal),
        ordinal === null ? '' : estimateText(ordinal),
        interval === null ? '' : estimateText(interval),
      ]),
    ),
    ...table(
      ['field', 'two reviewers', 'units', 'said the same', 'Cohen’s kappa'],
      between.flatMap(({ field, pairs }) =>
        pairs.map(({ reviewers, units, observed, kappa }) => [
          field,
          reviewers.join(' and '),
          units,
          observed === null ? '' : percent(observed),
          estimateText(kappa),
        ]),
      ),
    ),
  ];
}

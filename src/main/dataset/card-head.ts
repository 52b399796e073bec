import { type Feature, featuresOf } from './formats/features.js';
import type { Manifest } from './manifest.js';

/** The Hub's classes of size (huggingface.co/docs/hub/datasets-cards), by the rows that they end below. */
const sizes: readonly (readonly [below: number, name: string])[] = [
  [1e3, 'n<1K'],
  [1e4, '1K<n<10K'],
  [1e5, '10K<n<100K'],
  [1e6, '100K<n<1M'],
  [1e7, '1M<n<10M'],
  [1e8, '10M<n<100M'],
  [Number.POSITIVE_INFINITY, '100M<n<1B'],
];

/**
 * The YAML head of a dataset card that the Hub and `datasets.load_dataset` read: files by split, features and sizes, so that the folder
 * loads by its path whatever columns its first rows leave out. Written as JSON inside YAML where it nests.
 * @param ofSessions its files are sessions for the Hub's viewer, which looks for them where no features are told
 */
export function cardHead(manifest: Manifest, ofSessions: boolean): string[] {
  const { files, rows } = manifest;
  const features = ofSessions ? null : featuresOf(manifest.columns, manifest.format);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const of = (split: string) => files.filter((file) => file.split === split);
  // A split that has no row cannot be loaded: `datasets` says that it corresponds to no data.
  const splits = [...new Set(files.map(({ split }) => split))].filter((split) =>
    of(split).some((file) => file.rows > 0),
  );
  const bytes = sum(files.map((file) => file.bytes));
  return [
    '---',
    'tags:',
    '- agent-traces',
    '- tool-use',
    'size_categories:',
    `- ${sizes.find(([below]) => rows < below)?.[1] ?? ''}`,
    'configs:',
    '- config_name: default',
    '  data_files:',
    ...splits.flatMap((split) => [
      `  - split: ${named(split)}`,
      ...(of(split).length === 1
        ? [`    path: ${of(split)[0]?.name}`]
        : ['    path:', ...of(split).map(({ name }) => `    - ${name}`)]),
    ]),
    ...(features === null
      ? []
      : [
          'dataset_info:',
          '  config_name: default',
          '  features:',
          ...Object.entries(features).flatMap(([name, feature]) => yamlOf(name, feature, '  ')),
          '  splits:',
          ...splits.flatMap((split) => [
            `  - name: ${named(split)}`,
            `    num_bytes: ${sum(of(split).map((file) => file.bytes))}`,
            `    num_examples: ${sum(of(split).map((file) => file.rows))}`,
          ]),
          `  download_size: ${bytes}`,
          `  dataset_size: ${bytes}`,
        ]),
    '---',
  ];
}

function named(split: string): string {
  // `datasets` takes letters, digits and underscores.
  return (split === 'data' || split === 'data_augmented' ? split.replace('data', 'train') : split).replaceAll('-', '_');
}

/** A feature as `Features._to_yaml_list` writes it. */
function yamlOf(name: string, feature: Feature, indent: string): string[] {
  return [`${indent}- name: ${JSON.stringify(name)}`, ...bodyOf(feature, `${indent}  `)];
}

function bodyOf(feature: Feature, indent: string): string[] {
  const { _type: type, dtype, feature: inner } = feature as { _type?: string; dtype?: string; feature?: Feature };
  if (type === 'Value') return [`${indent}dtype: ${JSON.stringify(dtype)}`];
  if (type === 'Json') return [`${indent}dtype: json`];
  if (type === 'List' && inner !== undefined) {
    const element = inner as { _type?: string; dtype?: string };
    if (element._type === 'Value') return [`${indent}list: ${JSON.stringify(element.dtype)}`];
    if (element._type === 'Json') return [`${indent}list: json`];
    if (element._type === undefined)
      return [
        `${indent}list:`,
        ...Object.entries(inner).flatMap(([name, each]) => yamlOf(name, each as Feature, indent)),
      ];
    return [`${indent}list:`, ...bodyOf(inner, `${indent}  `)];
  }
  return [
    `${indent}struct:`,
    ...Object.entries(feature).flatMap(([name, each]) => yamlOf(name, each as Feature, indent)),
  ];
}

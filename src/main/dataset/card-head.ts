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

/** Rows that a card tells of under one name. */
export interface CardConfig {
  name: string;
  /** In front of the names of its files. */
  prefix: string;
  manifest: Manifest;
  /** Its files are sessions for the Hub's viewer, which looks for them where no features are told. */
  ofSessions: boolean;
}

/**
 * The YAML head of a dataset card that the Hub and `datasets.load_dataset` read: files by split, features and sizes, so that the folder
 * loads by its path whatever columns its first rows leave out. Written as JSON inside YAML where it nests.
 */
export function cardHead(configs: readonly CardConfig[]): string[] {
  const rows = sum(configs.map(({ manifest }) => manifest.rows));
  const infos = configs.map(infoOf).filter((info) => info.length > 0);
  const [only] = infos;
  return [
    '---',
    'tags:',
    '- agent-traces',
    '- tool-use',
    'size_categories:',
    `- ${sizes.find(([below]) => rows < below)?.[1] ?? ''}`,
    'configs:',
    ...configs.flatMap(filesOf),
    ...(only === undefined ? [] : ['dataset_info:']),
    // One is a mapping, several are a list of them.
    ...(configs.length === 1 ? (only ?? []) : infos.flatMap(([first = '', ...more]) => [`- ${first.trim()}`, ...more])),
    '---',
  ];
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Splits that have a row: another cannot be loaded, `datasets` says that it corresponds to no data. */
function splitsOf({ files }: Manifest): { split: string; files: Manifest['files'] }[] {
  return [...new Set(files.map(({ split }) => split))]
    .map((split) => ({ split, files: files.filter((file) => file.split === split) }))
    .filter((of) => of.files.some((file) => file.rows > 0));
}

function filesOf({ name: config, prefix, manifest }: CardConfig): string[] {
  return [
    `- config_name: ${config}`,
    '  data_files:',
    ...splitsOf(manifest).flatMap(({ split, files }) => [
      `  - split: ${named(split)}`,
      ...(files.length === 1
        ? [`    path: ${prefix}${files[0]?.name}`]
        : ['    path:', ...files.map(({ name }) => `    - ${prefix}${name}`)]),
    ]),
  ];
}

function infoOf({ name: config, manifest, ofSessions }: CardConfig): string[] {
  const features = ofSessions ? null : featuresOf(manifest.columns, manifest.format);
  if (features === null) return [];
  const bytes = sum(manifest.files.map((file) => file.bytes));
  return [
    `  config_name: ${config}`,
    '  features:',
    ...Object.entries(features).flatMap(([name, feature]) => yamlOf(name, feature, '  ')),
    '  splits:',
    ...splitsOf(manifest).flatMap(({ split, files }) => [
      `  - name: ${named(split)}`,
      `    num_bytes: ${sum(files.map((file) => file.bytes))}`,
      `    num_examples: ${sum(files.map((file) => file.rows))}`,
    ]),
    `  download_size: ${bytes}`,
    `  dataset_size: ${bytes}`,
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

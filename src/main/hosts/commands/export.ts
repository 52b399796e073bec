import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import {
  augmenterIds,
  balanceFields,
  compressions,
  type DatasetDefinition,
  datasetIdOf,
  type ExportOptions,
  emptyLines,
  exportOptionsSchema,
  fileFormatIds,
  forkPlaces,
  layoutIds,
  packageIds,
  reasonings,
  subagentPlaces,
  trainerIds,
} from '../../../shared/model/index.js';
import type { Pair } from '../../dataset/index.js';
import { folderOf } from '../which-folder.js';
import { type ContextFlags, contextFlags, contextFrom } from './context-flag.js';
import { folderFlag } from './engine-flags.js';
import { commandActor, overrideOf, writingDatasets } from './writing-datasets.js';

/** Which rows, and in which kind of files. */
export interface RowFlags extends ContextFlags {
  package?: string;
  layout?: string;
  format?: string;
  compress?: string;
  shardSize?: string;
  balance?: string;
  against?: string[];
  words: string;
  query: string;
  traceIds?: string;
  split?: string;
  seed: string;
  trainer?: string;
  reasoning?: string;
  subagents?: string;
  forks?: string;
  augment?: string;
  augmentShare: string;
  augmentSeed: string;
  policy?: string;
  keepPseudonyms?: boolean;
  consentScope: string;
  overrideConsent?: boolean;
  consentRows: boolean;
}

export interface ExportFlags extends RowFlags {
  dataDir?: string;
  json?: boolean;
  out: string;
  allowLeaks?: string;
  reason?: string;
}

/** Reads the store directly, so it works beside a running engine and without one. */
export function exportCommand(): Command {
  return withExportFlags(new Command('export').description('write a dataset')).action((flags: ExportFlags) =>
    writeDataset(flags),
  );
}

/** The flags that say which rows are written, how, and where. */
export function withExportFlags(
  command: Command,
  { out = 'required' }: { out?: 'required' | 'optional' } = {},
): Command {
  const withFolder = folderFlag(command);
  const folder = ['--out <folder>', 'new folder for the dataset'] as const;
  return withRowFlags(out === 'required' ? withFolder.requiredOption(...folder) : withFolder.option(...folder))
    .option('--allow-leaks <name>', 'write it although something was found in it: who takes that on')
    .option('--reason <text>', 'why, for the audit log');
}

/** The flags that say which rows, and in which kind of files. */
export function withRowFlags(command: Command): Command {
  return contextFlags(command)
    .option('--package <packages>', `what is learned from, several with commas: ${packageIds.join(', ')}`)
    .option(
      '--layout <layouts>',
      `row shapes, several with commas: ${layoutIds.join(', ')}; left out: the packages’ own`,
    )
    .option('--format <format>', `${fileFormatIds.join(', ')}; harbor-task is written as harbor whatever is said`)
    .option('--compress <how>', `how files are packed: ${compressions.join(', ')}; Parquet has Snappy without`)
    .option('--shard-size <MB>', 'megabytes after which a split goes on in another file')
    .option('--against <file...>', 'leave out traces that share words in a row with these (txt, jsonl, json, parquet)')
    .option('--words <number>', 'how many words in a row', '13')
    .option('--balance <fields>', `cap groups of traces at the median one, by ${balanceFields.join(', ')}`)
    .option('--query <query>', 'which traces, in the query language', '')
    .option(
      '--trace-ids <file>',
      'only these of what the query finds: a file with an id a line, `-` for what is piped in',
    )
    .option('--split <shares>', 'e.g. train=0.9,test=0.1')
    .option('--seed <number>', 'seed of the split', '0')
    .option('--trainer <trainer>', `whose rules the rows are checked by: ${trainerIds.join(', ')}`)
    .option('--reasoning <what>', `what rows carry of the answers’ reasoning: ${reasonings.join(', ')}`)
    .option('--subagents <where>', `where subagents go: ${subagentPlaces.join(', ')}`)
    .option('--forks <where>', `where tasks begin: ${forkPlaces.join(', ')}, or numbers of steps with commas`)
    .option(
      '--augment <ways>',
      `derive rows of those that were captured, in files of their own: ${augmenterIds.join(', ')}`,
    )
    .option('--augment-share <share>', 'of all rows of a split, at most so many are derived', '0.2')
    .option('--augment-seed <number>', 'seed of what is derived', '0')
    .option('--policy <file>', 'stricter than the project: {"preset": …, "actions": {ENTITY: ACTION}}')
    .option('--keep-pseudonyms', 'the project’s pseudonyms, the same in every export, instead of fresh ones')
    .option('--consent-scope <use>', 'what the dataset is for, as consents name it', 'training')
    .option('--override-consent', 'take traces too that their consent or the provider’s terms do not allow')
    .option('--no-consent-rows', 'rows without what is known of the right to use them');
}

/** `only`: what is derived, without what it is derived of. */
export async function writeDataset(flags: ExportFlags, only = false): Promise<void> {
  const orders = await parseOrders(flags, only);
  const allow = overrideOf(flags);
  const folder = await folderOf(flags);
  const out = resolve(flags.out);
  const result = await writingDatasets(folder, { json: flags.json === true, allow }, async (tools) => {
    const { exportPairs } = await import('../../dataset/index.js');
    const order = { orders, out, actor: commandActor, allow_leaks: allow, control: tools.control };
    return tools.guard(order, (guarded) => exportPairs(orders, tools.source, out, guarded));
  });
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const lines = result.files.map(
    (file) => `  ${file.name}  ${file.rows} rows, ${file.bytes} bytes, sha256 ${file.sha256.slice(0, 16)}…`,
  );
  const left = result.skipped_count ?? result.skipped.length;
  const skipped = left === 0 ? '' : `, ${left} skipped`;
  process.stdout.write(
    `${result.rows} rows of ${result.traces} traces${skipped} in ${result.out}\n${[...lines, ...emptyLines(result).map((line) => `  ${line}`)].join('\n')}\n`,
  );
}

/** A file, or its content itself as the studio gives it to be copied. */
function readPolicy(fileOrJson: string): unknown {
  try {
    return JSON.parse(fileOrJson.trimStart().startsWith('{') ? fileOrJson : readFileSync(fileOrJson, 'utf8'));
  } catch (error) {
    throw new SluiceError('usage', `--policy: ${fileOrJson} cannot be read as JSON: ${(error as Error).message}`);
  }
}

function readIds(file: string): string[] {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
      .split(/\s+/)
      .filter((id) => id !== '');
  } catch (error) {
    throw new SluiceError('usage', `--trace-ids: ${file} cannot be read: ${(error as Error).message}`);
  }
}

/** Ids of a list with commas. */
function idsOf<Id extends string>(flag: string, allowed: readonly Id[], list: string | undefined): Id[] {
  if (list === undefined) return [];
  return list.split(',').map((part) => {
    const id = datasetIdOf(part) as Id;
    if (!allowed.includes(id))
      throw new SluiceError('usage', `--${flag}: "${part.trim()}" is none of ${allowed.join(', ')}.`);
    return id;
  });
}

/** What a dataset is made of, by the same flags. Throws `usage`. */
export async function definitionOf(flags: RowFlags): Promise<DatasetDefinition> {
  const [{ package: _, layout: __, dataset: ___, ...options }] = (await parseOrders(flags, false)) as [ExportOptions];
  return {
    ...options,
    packages: idsOf('package', packageIds, flags.package),
    layouts: idsOf('layout', layoutIds, flags.layout),
  };
}

/** One order for each pair of package and layout. */
async function parseOrders(flags: RowFlags, only: boolean): Promise<ExportOptions[]> {
  const named = {
    packages: idsOf('package', packageIds, flags.package),
    layouts: idsOf('layout', layoutIds, flags.layout),
  };
  const { pairsOf } = await import('../../dataset/index.js');
  const picked = flags.traceIds === undefined ? {} : { trace_ids: readIds(flags.traceIds) };
  return pairsOf(named).map((pair) => parseOptions(flags, pair, picked, only));
}

function parseOptions(
  flags: RowFlags,
  { package: pack, layout }: Pair,
  picked: Pick<ExportOptions, 'trace_ids'>,
  only: boolean,
): ExportOptions {
  const split = flags.split?.split(',').map((part): [string, number] => {
    const match = /^([a-z0-9_-]+)=(\d*\.?\d+)$/.exec(part.trim());
    if (!match) throw new SluiceError('usage', `--split needs NAME=SHARE,…, not "${part}".`);
    return [match[1] as string, Number(match[2])];
  });
  const policy = flags.policy === undefined ? undefined : readPolicy(flags.policy);
  const parsed = exportOptionsSchema.safeParse({
    ...(pack === null ? {} : { package: pack }),
    layout,
    format: formatOf(flags, layout),
    ...(flags.compress === undefined ? {} : { compress: flags.compress }),
    ...(flags.shardSize === undefined ? {} : { shard_mb: Number(flags.shardSize) }),
    ...(flags.against === undefined
      ? {}
      : { against: { files: flags.against.map((path) => resolve(path)), words: Number(flags.words) } }),
    ...(flags.balance === undefined ? {} : { balance: idsOf('balance', balanceFields, flags.balance) }),
    query: flags.query,
    ...picked,
    seed: Number(flags.seed),
    consent: {
      scope: flags.consentScope,
      override: flags.overrideConsent === true,
      in_rows: flags.consentRows,
    },
    ...(split ? { split: Object.fromEntries(split) } : {}),
    ...(policy === undefined ? {} : { policy }),
    ...(flags.trainer === undefined ? {} : { trainer: datasetIdOf(flags.trainer) }),
    ...contextFrom(flags),
    ...(flags.reasoning === undefined ? {} : { reasoning: flags.reasoning }),
    ...(flags.subagents === undefined ? {} : { subagents: flags.subagents }),
    ...(flags.augment === undefined
      ? {}
      : {
          augment: {
            ids: flags.augment.split(',').map(datasetIdOf),
            share: Number(flags.augmentShare),
            seed: Number(flags.augmentSeed),
            ...(only ? { only } : {}),
          },
        }),
    ...(flags.forks === undefined ? {} : { forks: forksOf(flags.forks) }),
    pseudonyms: flags.keepPseudonyms === true ? 'project' : 'fresh',
  });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.join('.').replaceAll('_', '-') ?? '';
    const flag = { 'shard-mb': 'shard-size', 'augment.share': 'augment-share', 'augment.seed': 'augment-seed' }[field];
    const named = flag ?? field.replace(/^augment\.ids.*/, 'augment');
    throw new SluiceError('usage', `--${named}: ${issue?.message}`);
  }
  return parsed.data;
}

/** Only a layout that is written in one kind of file needs no word for it. */
function formatOf({ format }: RowFlags, layout: Pair['layout']): string {
  if (format !== undefined) return format;
  if (layout === 'harbor-task') return 'harbor';
  throw new SluiceError('usage', `--format: ${layout} needs one of ${fileFormatIds.join(', ')}.`);
}

function forksOf(list: string): string | number[] {
  return /^[\d,\s]+$/.test(list) ? list.split(',').map(Number) : list;
}

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import {
  type DatasetDefinition,
  datasetDefinitionSchema,
  datasetIdOf,
  emptyLines,
} from '../../../shared/model/index.js';
import { quoted } from '../../engine/live/job-texts.js';
import { exportRules } from '../export-rules.js';
import { folderRedactor } from '../rules.js';
import { folderOf } from '../which-folder.js';
import { type ContextFlags, contextFlags, contextFrom } from './context-flag.js';
import { folderFlag } from './engine-flags.js';
import { definitionOf, type RowFlags, withRowFlags } from './export.js';
import { commandActor, overrideOf, writingDatasets } from './writing-datasets.js';

interface Flags extends ContextFlags {
  dataDir?: string;
  json?: boolean;
  definition?: string;
  out?: string;
  allowLeaks?: string;
  reason?: string;
}

/** Runs an action on the datasets of a data folder and prints what it gives. */
async function onDatasets<T>(
  flags: Flags,
  act: (tools: Parameters<Parameters<typeof writingDatasets>[2]>[0] & { folder: string }) => Promise<T>,
  lines: (result: T) => string[],
): Promise<void> {
  const folder = await folderOf(flags);
  const options = { json: flags.json === true, allow: overrideOf(flags) };
  const result = await writingDatasets(folder, options, (tools) => act({ ...tools, folder: folder.datasets }));
  process.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : `${lines(result).join('\n')}\n`);
}

const datasetRoom = () => import('../../dataset/index.js');

export function listCommand(): Command {
  return folderFlag(new Command('list').description('datasets and their versions')).action((flags: Flags) =>
    onDatasets(
      flags,
      async ({ folder, source }) => (await (await datasetRoom()).createDatasets(folder, source).list()).items,
      (all) =>
        all.length === 0
          ? ['no dataset yet: sluice dataset create NAME --package P --format F']
          : all.flatMap(({ name, versions }) => [
              name,
              ...versions.map(
                ({ version, rows, created_at, stale_rows }) =>
                  `  ${version}  ${created_at}  ${rows} rows${stale_rows === 0 ? '' : `, ${stale_rows} stale`}`,
              ),
            ]),
    ),
  );
}

export function createCommand(): Command {
  const description = 'a dataset: what every version of it is built by, from a file or from the flags of export';
  return withRowFlags(folderFlag(new Command('create').description(description)))
    .argument('<name>')
    .option('--definition <file>', 'JSON: {query, packages, layouts, format, split, seed, policy, consent, …}')
    .action(async (name: string, flags: Flags & RowFlags, command: Command) => {
      const definition = await wantedDefinition(flags, command);
      const dataFolder = await folderOf(flags);
      const { text } = folderRedactor(dataFolder, exportRules(dataFolder).secrets).text(definition.query);
      const stored = { ...definition, query: quoted(definition.query, text) };
      await onDatasets(
        flags,
        async ({ folder, source }) => (await datasetRoom()).createDatasets(folder, source).create(name, stored),
        () => [`${name} is made; sluice dataset build ${name}`],
      );
    });
}

export function buildCommand(): Command {
  return contextFlags(folderFlag(new Command('build').description('the next version of a dataset')))
    .argument('<name>')
    .option('--out <folder>', 'new folder for its data; left out: in the data folder')
    .option('--allow-leaks <name>', 'write it although something was found in it: who takes that on')
    .option('--reason <text>', 'why, for the audit log')
    .action((name: string, flags: Flags) =>
      onDatasets(
        flags,
        async ({ folder, source, guard, control }) => {
          const { buildVersion, createDatasets } = await datasetRoom();
          const out = flags.out === undefined ? null : resolve(flags.out);
          const order = { name, out, actor: commandActor, allow_leaks: overrideOf(flags), ...contextFrom(flags) };
          const begun = { ...control, resumed: null, onVersion: () => undefined };
          return buildVersion(order, createDatasets(folder, source).files, source, { guard, control: begun });
        },
        ({ version, rows, traces, out, sha256, files, empty }) => [
          `version ${version} of ${name}: ${rows} rows of ${traces} traces in ${out}, root ${sha256}`,
          ...files.map((file) => `  ${file.name}  ${file.rows} rows, ${file.bytes} bytes`),
          ...emptyLines({ empty }).map((line) => `  ${line}`),
        ],
      ),
    );
}

export function diffCommand(): Command {
  return folderFlag(new Command('diff').description('two versions of a dataset, by rows and figures'))
    .argument('<name>')
    .argument('<before>', 'version')
    .argument('<after>', 'version')
    .action((name: string, before: string, after: string, flags: Flags) =>
      onDatasets(
        flags,
        async ({ folder, source }) =>
          (await datasetRoom()).createDatasets(folder, source).diff(name, numberOf(before), numberOf(after)),
        ({ added, removed, changed, unchanged, figures }) => [
          `${added} rows added, ${removed} removed, ${changed} changed, ${unchanged} the same`,
          ...Object.entries(figures).map(([figure, values]) => `  ${figure}: ${values.before} -> ${values.after}`),
        ],
      ),
    );
}

function numberOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new SluiceError('usage', `"${text}" is no version: they count from 1.`);
  return Number(text);
}

async function wantedDefinition(flags: Flags & RowFlags, command: Command): Promise<DatasetDefinition> {
  if (flags.definition === undefined) return definitionOf(flags);
  const besides = command.options.find(
    (option) =>
      !['definition', 'dataDir', 'json'].includes(option.attributeName()) &&
      command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (besides !== undefined)
    throw new SluiceError('usage', `${besides.long} says what --definition says: give one of the two.`);
  return definitionIn(flags.definition);
}

function definitionIn(file: string) {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new SluiceError('usage', `--definition: ${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  const parsed = datasetDefinitionSchema.safeParse(withHyphens(json));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new SluiceError('usage', `--definition: ${issue?.path.join('.') || 'it'}: ${issue?.message}`);
}

/** Ids may be written with underscores. */
function withHyphens(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json;
  const ids = (value: unknown) =>
    Array.isArray(value) ? value.map((each) => (typeof each === 'string' ? datasetIdOf(each) : each)) : value;
  const { packages, layouts } = json as { packages?: unknown; layouts?: unknown };
  return { ...json, ...(packages ? { packages: ids(packages) } : {}), ...(layouts ? { layouts: ids(layouts) } : {}) };
}

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { retrievalShareSchema } from '../../../shared/model/oracle.js';
import { oracleThreads } from '../../engine/oracle-threads.js';
import {
  figuresOf,
  mergeParts,
  type OpenCatalogue,
  type RunOptions,
  reportOf,
  reportText,
  runOracle,
  sampleDomains,
  sampleTotal,
  writeReport,
} from '../../oracle/index.js';
import { packageRoot } from '../paths.js';
import { stopSignal } from '../stop-signal.js';
import { collect, engineAtFlags, wholeIn } from './engine-flags.js';
import { catalogueOf, type DomainFlags, foldersOf, seedOf } from './oracle-flags.js';
import { formatOf, type ModelRunFlags, quotasOf, runByModels } from './oracle-models.js';

type RunFlags = DomainFlags &
  ModelRunFlags & { generator: string; out: string; outputDir?: string; shard?: string; retrieval?: string };

export function oracleRunCommand(): Command {
  return engineAtFlags(new Command('run').description('write traces as JSON lines, with a manifest and a report'))
    .option('--total <n>', 'how many', (value) => wholeIn('--total', value, 1))
    .option('--sample', '100 traces over 5 domains')
    .option('--domain <name>', 'only of these domains; may be repeated', collect, [])
    .option('--domains <dir>', 'a folder with domains of your own, beside those that come along')
    .option('--out <dir>', 'where they go', join('outputs', 'gold_traces'))
    .option('--output-dir <dir>', 'the same as --out')
    .option('--seed <n>', 'the same seed makes the same files', seedOf, 1)
    .option('--shapes <shares>', 'how often which shape of calls is to come, as single=0.5,chain=0.3,dag=0.2')
    .option('--calls-per-trace <n>', 'how many calls a trace is to have on the average')
    .option('--format <format>', 'jsonl, or parquet: each file as Parquet too', 'jsonl')
    .option('--retrieval <share>', 'share of traces in which texts of several tiers of trust are retrieved, as 0.2')
    .option('--shard <i/n>', 'only the i-th of n parts, whose files are those that one machine would write')
    .option('--generator <name>', 'sampler: by grammar; model: by language models, in the engine', 'sampler')
    .option('--profile <profile>', 'model profile that writes requests and calls')
    .option('--reviewer <profile>', 'model profile that reviews; several make a committee', collect, [])
    .option('--allow-own <profile>', 'reviewer that may be of the generator’s own model', collect, [])
    .option('--budget <usd>', 'what models may cost at most, in US dollars')
    .option('--resume', 'go on with what is there')
    .action(async (flags: RunFlags, command: Command) => {
      if (flags.total === undefined && flags.sample === undefined)
        throw new SluiceError('usage', 'Say how many: --total N, or --sample.');
      const named = flags.outputDir ?? (command.getOptionValueSource('out') === 'cli' ? flags.out : null);
      if (flags.generator === 'model') {
        if (flags.retrieval !== undefined)
          throw new SluiceError(
            'usage',
            '--retrieval is of the sampler: sluice oracle inject puts texts into other traces.',
          );
        return runByModels(flags, named);
      }
      if (flags.generator !== 'sampler')
        throw new SluiceError('usage', `--generator is sampler or model, not "${flags.generator}".`);
      if (flags.profile !== undefined || flags.reviewer.length > 0)
        throw new SluiceError('usage', 'The sampler asks no model: --profile and --reviewer are of --generator model.');
      await written(catalogueOf(flags), flags, {
        total: flags.total ?? sampleTotal,
        domains: flags.domain.length > 0 ? flags.domain : flags.sample ? sampleDomains : [],
        out: named ?? flags.out,
        seed: flags.seed,
        resume: flags.resume === true,
        ...quotasOf(flags),
        ...(formatOf(flags) === 'parquet' ? { parquet: true as const } : {}),
        ...(flags.retrieval === undefined ? {} : { retrieval: shareIn(flags.retrieval) }),
        ...(flags.shard === undefined ? {} : { shard: shardOf(flags.shard) }),
      });
    });
}

export function oracleMergeCommand(): Command {
  return new Command('merge')
    .description('put the parts of a run (--shard) into one folder: what one machine would have written')
    .argument('<dir...>', 'folders of the parts')
    .requiredOption('--out <dir>', 'where they go')
    .option('--domains <dir>', 'the folder with domains of your own that the parts were made with')
    .option('--json', 'print the report as JSON')
    .action(async (parts: string[], flags: DomainFlags & { out: string }) => {
      const { manifest, seconds } = mergeParts(parts, flags.out);
      const { total, domains, seed, quotas, parquet, retrieval } = manifest.config;
      const order = {
        total,
        domains,
        out: flags.out,
        seed,
        resume: true,
        ...(quotas === undefined ? {} : { quotas }),
        ...(parquet === undefined ? {} : { parquet }),
        ...(retrieval === undefined ? {} : { retrieval }),
      };
      await written(catalogueOf(flags), flags, order, seconds);
    });
}

function shareIn(text: string): number {
  const read = retrievalShareSchema.safeParse(text.trim() === '' ? Number.NaN : Number(text));
  if (read.success) return read.data;
  throw new SluiceError('usage', `--retrieval is a share from 0 to 1, not "${text}".`);
}

type Order = Omit<RunOptions, 'signal' | 'writers' | 'progress'>;

/** Writes what of a run is not there, by a thread a core, and its report. @param took seconds that others made it in */
async function written(
  catalogue: OpenCatalogue,
  flags: DomainFlags,
  order: Order,
  took: number | null = null,
): Promise<void> {
  const { out, seed } = order;
  const shown = !flags.json && process.stderr.isTTY;
  const signal = stopSignal();
  const entry = new URL(`file://${join(packageRoot, 'out', 'main', 'oracle-thread.js')}`);
  const writers = oracleThreads({ entry, folders: foldersOf(flags), atOnce: availableParallelism() }, signal);
  const result = await runOracle(catalogue, {
    ...order,
    signal,
    writers,
    progress: ({ validated, failed }) => {
      if (shown) process.stderr.write(`\r${validated} traces, ${failed} left out `);
    },
  }).finally(writers.end);
  if (shown) process.stderr.write('\n');
  const figures = await figuresOf(catalogue, { ...result, out, seed });
  const made = took === null ? result : { ...result, seconds: took };
  const report = reportOf(made, figures);
  writeReport(out, report);
  process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : reportText(report));
  if (result.cancelled) process.exitCode = 1;
}

/** `2/5` */
function shardOf(text: string): { index: number; of: number } {
  const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text)?.map(Number) ?? [];
  if (index === undefined || of === undefined || index < 1 || index > of)
    throw new SluiceError('usage', `--shard is i/n with i from 1 to n, as 2/5, not "${text}".`);
  return { index, of };
}

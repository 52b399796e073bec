import { createReadStream, existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { idSchema } from '../../../shared/model/index.js';
import { choiceSchema } from '../../../shared/model/oracle.js';
import { oracleThreads } from '../../engine/oracle-threads.js';
import { linesOf } from '../../ground/lines.js';
import {
  corruptions,
  corruptionsById,
  corruptLine,
  domainRows,
  domainsFolder,
  figuresOf,
  openCatalogue,
  reportOf,
  reportText,
  runOracle,
  sampleDomains,
  sampleTotal,
  validateTraces,
  writeReport,
} from '../../oracle/index.js';
import { importHost } from '../import-client.js';
import { importOutcome, printOutcome, tookNothing } from '../import-outcome.js';
import type { EngineFlags } from '../options.js';
import { packageRoot, resourcesDir } from '../paths.js';
import { printed } from '../standard-output.js';
import { stopSignal } from '../stop-signal.js';
import { collect, engineAtFlags, engineFlags, wholeIn } from './engine-flags.js';
import { type ModelRunFlags, runByModels } from './oracle-models.js';

const seedOf = (value: string) => wholeIn('--seed', value, 0);

const shipped = domainsFolder(resourcesDir);

interface Flags {
  domains?: string;
  json?: boolean;
}

/** Gold traces over domains that are data: made, and checked without a model; what asks models or the store needs an engine. */
export function oracleCommand(): Command {
  return new Command('oracle')
    .description('make gold tool-use traces over many domains, and check them')
    .addCommand(runCommand())
    .addCommand(domainsCommand())
    .addCommand(validateCommand())
    .addCommand(corruptCommand())
    .addCommand(bringCommand());
}

const foldersOf = ({ domains }: Flags) => (domains === undefined ? [shipped] : [shipped, domains]);
const catalogueOf = (flags: Flags) => openCatalogue(foldersOf(flags));

function runCommand(): Command {
  return engineAtFlags(new Command('run').description('write traces as JSON lines, with a manifest and a report'))
    .option('--total <n>', 'how many', (value) => wholeIn('--total', value, 1))
    .option('--sample', '100 traces over 5 domains')
    .option('--domain <name>', 'only of these domains; may be repeated', collect, [])
    .option('--domains <dir>', 'a folder with domains of your own, beside those that come along')
    .option('--out <dir>', 'where they go', join('outputs', 'gold_traces'))
    .option('--output-dir <dir>', 'the same as --out')
    .option('--seed <n>', 'the same seed makes the same files', seedOf, 1)
    .option('--generator <name>', 'sampler: by grammar; model: by language models, in the engine', 'sampler')
    .option('--profile <profile>', 'model profile that writes requests and calls')
    .option('--reviewer <profile>', 'model profile that reviews; several make a committee', collect, [])
    .option('--allow-own <profile>', 'reviewer that may be of the generator’s own model', collect, [])
    .option('--budget <usd>', 'what models may cost at most, in US dollars')
    .option('--resume', 'go on with what is there')
    .action(
      async (
        flags: Flags & ModelRunFlags & { generator: string; out: string; outputDir?: string },
        command: Command,
      ) => {
        if (flags.total === undefined && flags.sample === undefined)
          throw new SluiceError('usage', 'Say how many: --total N, or --sample.');
        const named = flags.outputDir ?? (command.getOptionValueSource('out') === 'cli' ? flags.out : null);
        if (flags.generator === 'model') return runByModels(flags, named);
        if (flags.generator !== 'sampler')
          throw new SluiceError('usage', `--generator is sampler or model, not "${flags.generator}".`);
        if (flags.profile !== undefined || flags.reviewer.length > 0)
          throw new SluiceError(
            'usage',
            'The sampler asks no model: --profile and --reviewer are of --generator model.',
          );
        const catalogue = catalogueOf(flags);
        const out = named ?? flags.out;
        const shown = !flags.json && process.stderr.isTTY;
        const signal = stopSignal();
        const entry = new URL(`file://${join(packageRoot, 'out', 'main', 'oracle-thread.js')}`);
        const writers = oracleThreads({ entry, folders: foldersOf(flags), atOnce: availableParallelism() }, signal);
        const result = await runOracle(catalogue, {
          total: flags.total ?? sampleTotal,
          domains: flags.domain.length > 0 ? flags.domain : flags.sample ? sampleDomains : [],
          out,
          seed: flags.seed,
          resume: flags.resume === true,
          signal,
          writers,
          progress: ({ validated, failed }) => {
            if (shown) process.stderr.write(`\r${validated} traces, ${failed} left out `);
          },
        }).finally(writers.end);
        if (shown) process.stderr.write('\n');
        const figures = await figuresOf(catalogue, { ...result, out, seed: flags.seed });
        const report = reportOf(result, figures.calibration, figures.diversity);
        writeReport(out, report);
        process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : reportText(report));
        if (result.cancelled) process.exitCode = 1;
      },
    );
}

function domainsCommand(): Command {
  return new Command('domains')
    .description('the domains that there are')
    .option('--domains <dir>', 'a folder with domains of your own')
    .option('--json', 'print [{domain, title, tools, intents, rules}]')
    .action((flags: Flags) => {
      const list = domainRows(catalogueOf(flags));
      if (flags.json) process.stdout.write(`${JSON.stringify(list)}\n`);
      else
        for (const { domain, title, tools, intents, rules } of list)
          process.stdout.write(
            `${domain.padEnd(22)} ${title.padEnd(28)} ${tools} tools, ${intents} intents, ${rules} rules\n`,
          );
    });
}

function validateCommand(): Command {
  return new Command('validate')
    .description('check gold traces in JSON or JSON lines, without a model')
    .argument('<file...>')
    .option('--domains <dir>', 'a folder with domains of your own')
    .option('--json', 'print {valid, invalid, items}: the invalid ones with what does not hold')
    .action(async (files: string[], flags: Flags) => {
      const checked = await validateTraces(
        catalogueOf(flags),
        files.map((name) => ({ name, lines: linesOfFile(name) })),
      );
      if (flags.json) process.stdout.write(`${JSON.stringify(checked)}\n`);
      else {
        for (const { file, line, trace_id, errors } of checked.items)
          for (const { validator, message } of errors)
            process.stdout.write(`${file}, line ${line}, ${trace_id ?? 'no id'}: ${validator}: ${message}\n`);
        process.stdout.write(`${checked.valid} valid, ${checked.invalid} invalid\n`);
      }
      if (checked.invalid > 0) process.exitCode = 1;
    });
}

function corruptCommand(): Command {
  return new Command('corrupt')
    .description('print siblings of gold traces that go wrong, each labelled with how')
    .argument('<file...>')
    .option('--kind <kind>', `only this one of ${corruptions.map(({ id }) => id).join(', ')}`)
    .option('--seed <n>', 'the same seed makes the same siblings', seedOf, 1)
    .option('--domains <dir>', 'a folder with domains of your own')
    .action(async (files: string[], flags: Flags & { kind?: string; seed: number }) => {
      const only = flags.kind === undefined ? undefined : corruptionsById[flags.kind.replaceAll('_', '-')];
      if (flags.kind !== undefined && only === undefined)
        throw new SluiceError('usage', `--kind: there is no "${flags.kind}".`);
      const kinds = only === undefined ? corruptions : [only];
      const catalogue = catalogueOf(flags);
      for (const file of files)
        for await (const line of linesOfFile(file))
          for (const kind of kinds) {
            const sibling = corruptLine(catalogue, kind, line, flags.seed);
            if (sibling !== null) await printed(`${JSON.stringify(sibling)}\n`);
          }
    });
}

function bringCommand(): Command {
  return engineFlags(new Command('bring').description('bring chosen traces of a run into the store'))
    .argument('<run>', 'the folder that a run wrote, or the id of one of the engine')
    .option(
      '--query <q>',
      'only what it finds in the files: words of the request, domain:, scenario:, tool:, tool_calls>1 …',
    )
    .option('--domain <name>', 'only of these domains; may be repeated', collect, [])
    .option(
      '--most <n>',
      'at most so many, taken from the domains in turns',
      (value) => wholeIn('--most', value, 1),
      10_000,
    )
    .option('--json', 'print the report as JSON')
    .action(
      async (run: string, flags: EngineFlags & { query?: string; domain: string[]; most: number; json?: true }) => {
        const choice = choiceSchema.safeParse({ query: flags.query, domains: flags.domain, most: flags.most });
        if (!choice.success) throw new SluiceError('usage', choice.error.issues[0]?.message ?? 'Nothing is chosen.');
        const isFolder = existsSync(run);
        if (!isFolder && !idSchema.safeParse(run).success) throw new SluiceError('usage', `There is no folder ${run}.`);
        const asked = stopSignal();
        const host = await importHost(flags, asked);
        try {
          const start = () => host.importRun(isFolder ? { path: resolve(run) } : { run_id: run }, choice.data);
          const outcome = await importOutcome(host, run, start, { json: flags.json === true, asked });
          printOutcome(outcome, flags.json === true);
          if ('error' in outcome || tookNothing(outcome.report)) process.exitCode = 1;
        } finally {
          await host.stop();
        }
      },
    );
}

async function* linesOfFile(file: string): AsyncIterable<string> {
  if (!existsSync(file)) throw new SluiceError('usage', `There is no file ${file}.`);
  yield* linesOf(createReadStream(file));
}

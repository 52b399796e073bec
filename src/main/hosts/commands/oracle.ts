import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { linesOf } from '../../ground/lines.js';
import {
  calibrate,
  corruptions,
  corruptionsById,
  corruptLine,
  diversityOf,
  domainsFolder,
  openCatalogue,
  reportOf,
  reportText,
  runOracle,
  validateTraces,
  writeReport,
} from '../../oracle/index.js';
import { oracleWriters } from '../oracle-writers.js';
import { resourcesDir } from '../paths.js';
import { printed } from '../standard-output.js';
import { stopSignal } from '../stop-signal.js';
import { collect, wholeIn } from './engine-flags.js';

const seedOf = (value: string) => wholeIn('--seed', value, 0);

/** What `--sample` is of. */
const sampleDomains = ['finance', 'hr', 'devops', 'support', 'healthcare'];

const shipped = domainsFolder(resourcesDir);

interface Flags {
  domains?: string;
  json?: boolean;
}

/** Gold traces over domains that are data: made, and checked without a model; needs no engine and no data folder. */
export function oracleCommand(): Command {
  return new Command('oracle')
    .description('make gold tool-use traces over many domains, and check them')
    .addCommand(runCommand())
    .addCommand(domainsCommand())
    .addCommand(validateCommand())
    .addCommand(corruptCommand());
}

const foldersOf = ({ domains }: Flags) => (domains === undefined ? [shipped] : [shipped, domains]);
const catalogueOf = (flags: Flags) => openCatalogue(foldersOf(flags));

function runCommand(): Command {
  return new Command('run')
    .description('write traces as JSON lines, with a manifest and a report')
    .option('--total <n>', 'how many', (value) => wholeIn('--total', value, 1))
    .option('--sample', '100 traces over 5 domains')
    .option('--domain <name>', 'only of these domains; may be repeated', collect, [])
    .option('--domains <dir>', 'a folder with domains of your own, beside those that come along')
    .option('--out <dir>', 'where they go', join('outputs', 'gold_traces'))
    .option('--output-dir <dir>', 'the same as --out')
    .option('--seed <n>', 'the same seed makes the same files', seedOf, 1)
    .option('--resume', 'go on with what is there')
    .option('--json', 'print the report as JSON')
    .action(
      async (
        flags: Flags & {
          total?: number;
          sample?: true;
          domain: string[];
          out: string;
          outputDir?: string;
          seed: number;
          resume?: true;
        },
      ) => {
        if (flags.total === undefined && flags.sample === undefined)
          throw new SluiceError('usage', 'Say how many: --total N, or --sample.');
        const catalogue = catalogueOf(flags);
        const out = flags.outputDir ?? flags.out;
        const shown = !flags.json && process.stderr.isTTY;
        const signal = stopSignal();
        const writers = oracleWriters(foldersOf(flags), signal);
        const result = await runOracle(catalogue, {
          total: flags.total ?? 100,
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
        const ran = result.domains.map((id) => catalogue.named(id));
        const report = reportOf(
          result,
          calibrate(catalogue, ran, flags.seed),
          await diversityOf(catalogue, out, result.files),
        );
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
      const list = catalogueOf(flags)
        .all()
        .map(({ id, title, tools, file }) => ({
          domain: id,
          title,
          tools: tools.size,
          intents: Object.keys(file.intents).length,
          rules: file.policy.length,
        }));
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

async function* linesOfFile(file: string): AsyncIterable<string> {
  if (!existsSync(file)) throw new SluiceError('usage', `There is no file ${file}.`);
  yield* linesOf(createReadStream(file));
}

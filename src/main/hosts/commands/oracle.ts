import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { idSchema } from '../../../shared/model/index.js';
import { choiceSchema } from '../../../shared/model/oracle.js';
import { corruptions, corruptionsById, corruptLine, domainRows, validateTraces } from '../../oracle/index.js';
import { importHost } from '../import-client.js';
import { importOutcome, printOutcome, tookNothing } from '../import-outcome.js';
import type { EngineFlags } from '../options.js';
import { printed } from '../standard-output.js';
import { stopSignal } from '../stop-signal.js';
import { collect, engineFlags, wholeIn } from './engine-flags.js';
import { domainsCheckCommand, draftCommand } from './oracle-draft.js';
import { catalogueOf, type DomainFlags, linesOfFile, seedOf } from './oracle-flags.js';
import { oracleInjectCommand } from './oracle-inject.js';
import { oracleBaselineCommand, oracleFeaturesCommand, oracleIntentCommand } from './oracle-measures.js';
import { oraclePauseCommand, oracleReportCommand, oracleResumeCommand, oracleSampleCommand } from './oracle-models.js';
import { oracleMergeCommand, oracleRunCommand } from './oracle-run.js';
import { oracleSeededCommand } from './oracle-seeded.js';

/** Gold traces over domains that are data: made, and checked without a model; what asks models or the store needs an engine. */
export function oracleCommand(): Command {
  return new Command('oracle')
    .description('make gold tool-use traces over many domains, and check them')
    .addCommand(oracleRunCommand())
    .addCommand(oracleMergeCommand())
    .addCommand(oraclePauseCommand())
    .addCommand(oracleResumeCommand())
    .addCommand(oracleSampleCommand())
    .addCommand(oracleReportCommand())
    .addCommand(domainsCommand())
    .addCommand(draftCommand())
    .addCommand(validateCommand())
    .addCommand(corruptCommand())
    .addCommand(oracleInjectCommand())
    .addCommand(oracleIntentCommand())
    .addCommand(oracleFeaturesCommand())
    .addCommand(oracleBaselineCommand())
    .addCommand(oracleSeededCommand())
    .addCommand(bringCommand());
}

function domainsCommand(): Command {
  return new Command('domains')
    .description('the domains that there are')
    .option('--domains <dir>', 'a folder with domains of your own')
    .option('--json', 'print [{domain, title, tools, intents, rules}]')
    .addCommand(domainsCheckCommand())
    .action((flags: DomainFlags) => {
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
    .action(async (files: string[], flags: DomainFlags) => {
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
    .action(async (files: string[], flags: DomainFlags & { kind?: string; seed: number }) => {
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

import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import {
  type ExpansionForecast,
  type ExpansionReport,
  expansionReportSchema,
  type Job,
} from '../../../shared/model/index.js';
import { engineOf } from '../engine-client.js';
import { engineAtFlags } from './engine-flags.js';
import { dollarsIn, forecastLine, onlyProfile, spentWords, tellStopped } from './model-flags.js';
import { finishedJob, type PrivacyFlags } from './rescan.js';

interface ExpandFlags extends PrivacyFlags {
  profile?: string;
  budget?: string;
  all?: boolean;
  forecast?: boolean;
}

/** Reasoning is written by the engine, which alone asks models and writes the store. */
export function expandCommand(): Command {
  return engineAtFlags(
    new Command('expand').description('have a model write the reasoning of calls that tell none, for derived rows'),
  )
    .argument('[query]', 'whose calls, in the query language; "" is all')
    .option('--profile <profile>', 'model profile')
    .option('--budget <usd>', 'what may be spent at most, in US dollars')
    .option('--all', 'of calls that tell reasoning of their own too')
    .option('--forecast', 'say what it may cost, and send nothing')
    .action((query: string | undefined, flags: ExpandFlags) => expanded(query, flags));
}

async function expanded(query: string | undefined, flags: ExpandFlags): Promise<void> {
  if (query === undefined) throw new SluiceError('usage', 'Say whose calls by a query ("" is all).');
  const engine = await engineOf(flags);
  const asked = {
    query,
    profile: flags.profile ?? (await onlyProfile(engine)),
    calls: flags.all === true ? 'all' : 'without',
    budget_usd: dollarsIn(flags.budget),
  };
  if (flags.forecast || !flags.json) {
    const forecast = (await engine.call('POST', '/expansions/forecast', asked)) as ExpansionForecast;
    if (flags.forecast) {
      process.stdout.write(`${flags.json ? JSON.stringify(forecast) : forecastLine(forecast)}\n`);
      return;
    }
    process.stderr.write(`${forecastLine(forecast)}\n`);
  }
  const { job_id } = (await engine.call('POST', '/expansions', asked)) as Job;
  const report = expansionReportSchema.parse((await finishedJob(engine, job_id, flags.json ?? false)).result);
  process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : `${linesOf(report).join('\n')}\n`);
  tellStopped(report);
}

function linesOf({ written, cached, own, left_out, reasons, seconds, ...spent }: ExpansionReport): string[] {
  return [
    `reasoning of ${written} calls, ${cached} from the cache, ${own} told their own, ${left_out} left out, ${spentWords(spent)}, ${seconds.toFixed(1)} s`,
    ...Object.entries(reasons).map(([reason, count]) => `  ${count} ${reason}`),
  ];
}
